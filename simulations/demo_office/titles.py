"""What the demo office's tasks are about: a customer, an amount, a case, in words that read like real ones."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulations.demo_office.names import DAMAGES, FAMILY, GIVEN, GOODS, GRIEVANCES, MONTHS, TOWNS
from simulations.demo_office.organisation import CLIENTS, Client

FIRST_NUMBER = 10000
MEDIAN_AMOUNT: Mapping[str, float] = {"CLM": 1100.0, "PPL": 640.0, "SUP": 480.0, "CRN": 95.0, "GDW": 30.0}
USUAL_MEDIAN_AMOUNT = 88.0

CLIENTS_OF: Mapping[str, tuple[str, ...]] = {
    "CLM": ("aurora", "aurora", "aurora", "banco-tormes"),
    "DOC": ("aurora", "aurora", "clinica-montalvo"),
    "ORD": ("mercanova", "mercanova", "hogarvia", "hogarvia", "telvia"),
    "STK": ("mercanova", "hogarvia"),
    "MTR": ("iberluz", "rioclaro"),
    "KYC": ("banco-tormes", "aurora", "telvia"),
    "SCR": ("banco-tormes", "aurora"),
}
"""Clients whose work a family of tasks is; by the clients' volume where a family is not named."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What one case, or one task that comes alone, is about."""

    number: int
    prefix: str
    client: Client
    person: str
    amount: float
    town: str
    goods: str
    damage: str
    grievance: str
    month: str

    @property
    def case(self) -> str:
        """The case's number as people quote it."""
        return f"{self.prefix}-{self.number}"

    def fill(self, title: str, *, quantity: int) -> str:
        """Return a title with its blanks filled in."""
        return title.format(
            case=self.case,
            client=self.client.name,
            person=self.person,
            eur=f"€{self.amount:,.2f}",
            town=self.town,
            goods=self.goods,
            damage=self.damage,
            grievance=self.grievance,
            month=self.month,
            number=self.number % 90 + 10,
            quantity=quantity,
            invoice=f"2026-{self.number % 10000:04d}",
            mandate=f"{self.client.id[:2].upper()}{self.number * 7919 % 1000000:06d}",
        )


class FactsDrawer:
    """Draws facts, each with a number of its own."""

    def __init__(self, generator: np.random.Generator, first_number: int = FIRST_NUMBER) -> None:
        self._generator = generator
        self._next = first_number
        self._by_id = {client.id: client for client in CLIENTS}
        volumes = np.array([client.volume for client in CLIENTS])
        self._edges: list[float] = np.cumsum(volumes / volumes.sum()).tolist()

    def draw(self, prefix: str) -> Facts:
        """Return the facts of the next case of a family."""
        step, given, family, town, goods, damage, grievance, month, client = self._generator.random(9).tolist()
        self._next += 1 + int(4 * step)
        median = MEDIAN_AMOUNT.get(prefix, USUAL_MEDIAN_AMOUNT)
        amount = max(1.0, median * float(self._generator.lognormal(0, 0.9)))
        return Facts(
            number=self._next,
            prefix=prefix,
            client=self._pick_client(prefix, client),
            person=f"{_pick(GIVEN, given)} {_pick(FAMILY, family)}",
            amount=round(amount, 2),
            town=_pick(TOWNS, town),
            goods=_pick(GOODS, goods),
            damage=_pick(DAMAGES, damage),
            grievance=_pick(GRIEVANCES, grievance),
            month=_pick(MONTHS, month),
        )

    def _pick_client(self, prefix: str, draw: float) -> Client:
        named = CLIENTS_OF.get(prefix)
        if named is not None:
            return self._by_id[_pick(named, draw)]
        return CLIENTS[min(bisect_right(self._edges, draw), len(CLIENTS) - 1)]


def _pick(items: Sequence[str], draw: float) -> str:
    return items[int(draw * len(items))]
