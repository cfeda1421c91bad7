"""The demo office's open tasks at the opening of a day: single ones, and cases on their way through a process."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

import numpy as np

from models.calendar import OfficeCalendar
from models.time import from_wall_clock
from simulations.demo_office.arrivals import draw_arrivals
from simulations.demo_office.kinds import KIND, KINDS, Kind
from simulations.demo_office.organisation import CLEARED, LANGUAGES
from simulations.demo_office.people import Person, may_do
from simulations.demo_office.processes import PROCESSES, Process
from simulations.demo_office.titles import Facts, FactsDrawer

OVERDUE_SHARE: Mapping[str, float] = {"complaints": 0.16, "billing": 0.14, "claims": 0.08}
USUAL_OVERDUE_SHARE = 0.04
PENDED_SHARE, IMPORTANT_SHARE, PROMISED_SHARE, PINNED_SHARE = 0.03, 0.04, 0.06, 0.006
LARGE_AMOUNT, LARGE_AMOUNT_LEVEL = 3000.0, 4
LANGUAGE_LEVEL = 2
SOURCES: Mapping[str, str] = {
    "portal": "customer portal",
    "email": "shared mailbox",
    "phone": "call centre",
    "letter": "mail room",
    "batch": "nightly batch",
}

Row = dict[str, Any]


class Desk:
    """What comes onto the office's desk, day by day; numbers of cases go on from one day to the next."""

    def __init__(self, generator: np.random.Generator, calendar: OfficeCalendar, people: Sequence[Person]) -> None:
        self._generator = generator
        self._calendar = calendar
        self._opening = 0
        self._facts = FactsDrawer(generator)
        self._people = people
        self._able: dict[tuple[str, int], list[str]] = {}

    def draw_tasks(self, num_tasks: int, *, opening: int) -> list[Row]:
        """Return `num_tasks` rows of `tasks` that are open at `opening`; a few more where cases are cut short of it."""
        self._opening = opening
        total = sum(kind.volume for kind in KINDS) + sum(process.volume for process in PROCESSES)
        rows: list[Row] = []
        for process in PROCESSES:
            rows += self._draw_cases(process, round(num_tasks * process.volume / total))
        singles = [kind for kind in KINDS if kind.volume > 0]
        counts = _apportion(max(0, num_tasks - len(rows)), [kind.volume for kind in singles])
        for kind, count in zip(singles, counts, strict=True):
            rows += self._draw_singles(kind, count)
        self._mark(rows)
        return rows

    def _arrivals(self, kind: Kind, count: int) -> list[int]:
        share = OVERDUE_SHARE.get(kind.team, USUAL_OVERDUE_SHARE)
        arrivals = draw_arrivals(
            self._generator,
            self._calendar,
            opening=self._opening,
            channel=kind.channel,
            sla_minutes=kind.sla_minutes,
            overdue_share=share,
            count=count,
        )
        return [int(instant) for instant in arrivals]

    def _draw_singles(self, kind: Kind, count: int) -> list[Row]:
        rows = []
        for arrived in self._arrivals(kind, count):
            facts = self._facts.draw(kind.prefix)
            task_id = f"{kind.prefix}-{facts.number}"
            rows.append(self._row(kind, facts, task_id=task_id, arrived=arrived))
        return rows

    def _draw_cases(self, process: Process, num_tasks: int) -> list[Row]:
        lengths = [len(process.steps) - stage for stage in range(len(process.steps))]
        mean_length = sum(s * n for s, n in zip(process.stages, lengths, strict=True))
        counts = _apportion(round(num_tasks / mean_length), process.stages)
        rows: list[Row] = []
        for stage, count in enumerate(counts):
            for arrived in self._arrivals(KIND[process.steps[stage].kind], count):
                rows += self._draw_case(process, stage, arrived)
        return rows

    def _draw_case(self, process: Process, stage: int, arrived: int) -> list[Row]:
        """Return the open steps of one case; steps before `stage` are done, by agents who count for four eyes."""
        facts = self._facts.draw(process.prefix)
        ids = {step.name: f"{facts.case}-{step.name}" for step in process.steps}
        done = {step.name: self._somebody(KIND[step.kind], KIND[step.kind].min_level) for step in process.steps[:stage]}
        open_names = [step.name for step in process.steps[stage:]]
        rows: list[Row] = []
        for position, step in enumerate(process.steps[stage:], start=stage):
            kind = KIND[step.kind]
            row = self._row(kind, facts, task_id=ids[step.name], arrived=arrived)
            row["case"], row["step"] = facts.case, step.name
            if position > stage:
                row["after"] = (ids[process.steps[position - 1].name],)
            row["separate_from"] = tuple(ids[name] for name in step.separate_from if name in open_names)
            row["excluded_agents"] = tuple(sorted({done[name] for name in step.separate_from if name in done}))
            if process.prefix == "CPL" and done:
                row["preferred_agents"] = (list(done.values())[-1],)
            if step.kind == "claim-approval" and facts.amount >= LARGE_AMOUNT:
                row["min_level"] = LARGE_AMOUNT_LEVEL
                row["weight"] = kind.weight + 2
            if step.kind == "payment-run":
                row["earliest_start"] = self._today_at(9 + int(self._generator.integers(0, 4)))
                row["due"] = row["earliest_start"] + 2 * 3600
            rows.append(row)
        return rows

    def _row(self, kind: Kind, facts: Facts, *, task_id: str, arrived: int) -> Row:
        generator = self._generator
        quantity = 1 if kind.mean_quantity == 1 else 1 + int(generator.poisson(kind.mean_quantity - 1))
        title_draw, language_draw = generator.random(2).tolist()
        title = kind.titles[int(title_draw * len(kind.titles))]
        row: Row = {
            "id": task_id,
            "type": kind.id,
            "title": facts.fill(title, quantity=quantity),
            "client": facts.client.id,
            "source": SOURCES[kind.channel],
            "external_id": str(facts.number),
            "link": f"https://desk.example/{kind.prefix.lower()}/{facts.number}",
            "quantity": float(quantity),
            "arrived": arrived,
            "attributes": {"amount_eur": facts.amount, "channel": kind.channel},
        }
        if kind.spread:
            noise = generator.lognormal(-0.5 * kind.spread**2, kind.spread)
            row["handling_minutes"] = round(max(2.0, kind.minutes * noise), 1)
        if language_draw < kind.language_share:
            language = str(generator.choice(list(LANGUAGES), p=list(LANGUAGES.values())))
            row["also_requires"] = {language: LANGUAGE_LEVEL}
            row["attributes"]["language"] = language
        if kind.is_regulated:
            # The law allows a working day more than the office allows itself.
            row["must_by"] = self._calendar.after_open_minutes(arrived, kind.sla_minutes + 600)
        return row

    def _mark(self, rows: list[Row]) -> None:
        """Mark what waits for a customer, matters more than usual, was promised for an hour, or is somebody's."""
        draws = self._generator.random((len(rows), 4))
        for row, (pended, important, promised, pinned) in zip(rows, draws, strict=True):
            kind = KIND[row["type"]]
            if pended < PENDED_SHARE and "case" not in row:
                days = int(self._generator.integers(1, 6))
                row["pended_until"] = self._today_at(12) + days * 86400
            if important < IMPORTANT_SHARE:
                row["weight"] = 2 * row.get("weight", kind.weight)
                row["attributes"]["key_customer"] = True
            if kind.channel == "phone" and promised < PROMISED_SHARE:
                row["earliest_start"] = self._today_at(int(self._generator.integers(11, 17)))
                row["due"] = row["earliest_start"] + 90 * 60
                row["attributes"]["call_back"] = True
            # Leads pin what anybody of the team could do: no case, no language, no clearance.
            is_plain = "case" not in row and "also_requires" not in row and row["client"] not in CLEARED
            if pinned < PINNED_SHARE and is_plain:
                row["pinned_agent"] = self._somebody(kind, kind.min_level)

    def _somebody(self, kind: Kind, level: int) -> str:
        """Return one of the kind's own team who may do it at a level."""
        key = (kind.id, level)
        if key not in self._able:
            home = [person for person in self._people if person.team == kind.team]
            able = [person.id for person in home if may_do(person, kind.team, kind.skill, level)]
            self._able[key] = able or [person.id for person in home]
        able_ids = self._able[key]
        return able_ids[int(self._generator.integers(0, len(able_ids)))]

    def _today_at(self, hour: int) -> int:
        return from_wall_clock(self._calendar.local_day(self._opening), time(hour), self._calendar.zone)


def _apportion(count: int, shares: Sequence[float]) -> list[int]:
    """Return `count` split by shares, largest remainders first."""
    exact = np.array(shares, float) / sum(shares) * count
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: count - int(whole.sum())]] += 1
    return [int(value) for value in whole]
