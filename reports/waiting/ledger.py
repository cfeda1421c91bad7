"""The waiting ledger: how long each task waited, and for what, to the microsecond."""

from dataclasses import dataclass

import numpy as np

from models.errors import SwingdeskError
from reports.waiting.batching import Batches
from reports.waiting.enabling import Enabling
from reports.waiting.history import NAT, US_PER_HOUR, Flags, Integers, WorkHistory
from reports.waiting.person_split import Split

MOST = 0.5
"""Share of tasks with a start from which on their source counts as one that has starts."""


class LedgerError(SwingdeskError):
    """A ledger that does not balance: a mistake of ours, never shown as figures."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WaitingLedger:
    """Waiting by cause of all task instances of a history, and those of them that are reported on.

    Attributes
    ----------
    definitions
        By which definitions: `paper` or `pool`.
    split
        Waiting by cause; checked to balance.
    chosen : (I,) bool
        Which instances the report is about; the others only explain them.
    team : (I,) positions
        Whose work each is; -1 where unknown.
    team_names
        What these positions stand for.
    by_person
        The same waiting by what the person who did it was at; None where that is what `split` is.
    """

    definitions: str
    history: WorkHistory
    enabling: Enabling
    batches: Batches
    split: Split
    chosen: Flags
    team: Integers
    team_names: tuple[str, ...]
    by_person: Split | None = None

    def __post_init__(self) -> None:
        waited = self.history.start - self.enabling.enabled
        if (self.split.parts < 0).any() or not np.array_equal(self.split.parts.sum(axis=1), waited):
            raise LedgerError("the waiting ledger does not balance")

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes, in the order in which an instant goes to the first that holds."""
        return tuple(dict.fromkeys(name.partition(".")[0] for name in self.split.causes))

    def waited(self) -> Integers:
        """Return how long each chosen instance waited : (N,) microseconds."""
        return (self.history.start - self.enabling.enabled)[self.chosen]

    def parts(self) -> Integers:
        """Return the waiting of the chosen instances by cause : (N, C) microseconds."""
        fine, causes = self.split.parts[self.chosen], self.causes
        made = np.zeros((len(fine), len(causes)), dtype=np.int64)
        for position, name in enumerate(self.split.causes):
            made[:, causes.index(name.partition(".")[0])] += fine[:, position]
        return made

    def worked(self) -> Integers:
        """Return how long each chosen instance was worked on, from its start to its end : (N,) microseconds."""
        return (self.history.end - self.history.start)[self.chosen]

    def wait_hours(self) -> float:
        """Return all waiting of the chosen instances."""
        return int(self.waited().sum()) / US_PER_HOUR

    def processing_hours(self) -> float:
        """Return all work on the chosen instances."""
        return int(self.worked().sum()) / US_PER_HOUR

    def has_starts(self) -> bool:
        """Return whether most of the chosen instances have a start, so that waiting and work are told apart."""
        return bool(self.history.has_start[self.chosen].mean() >= MOST)

    def efficiency(self) -> float | None:
        """Return the cycle time efficiency; None where work and waiting are not told apart, or there is neither."""
        return cycle_time_efficiency(self.processing_hours(), self.wait_hours()) if self.has_starts() else None

    def efficiency_without(self, hours: float) -> float | None:
        """Return the cycle time efficiency if so much waiting were gone; None where it is unknown."""
        if not self.has_starts():
            return None
        return impact_of_removing(self.processing_hours(), self.wait_hours(), hours)

    def cause_hours(self) -> dict[str, float]:
        """Return the waiting of the chosen instances by cause."""
        return dict(zip(self.causes, (self.parts().sum(axis=0) / US_PER_HOUR).tolist(), strict=True))

    def detail_hours(self) -> dict[str, dict[str, float]]:
        """Return, for each cause that has kinds, the waiting of the chosen instances by kind."""
        hours = self.split.parts[self.chosen].sum(axis=0) / US_PER_HOUR
        made: dict[str, dict[str, float]] = {}
        for name, value in zip(self.split.causes, hours.tolist(), strict=True):
            cause, _, kind = name.partition(".")
            if kind:
                made.setdefault(cause, {})[kind] = value
        return made

    def arrivals(self) -> Flags:
        """Return which instances waited from when the source says that they came in : (I,) bool."""
        told: Flags = (self.history.told != NAT) & (self.history.told == self.enabling.enabled)
        return told

    def num_transitions(self) -> int:
        """Return how many of the chosen instances have a predecessor in their case."""
        return int(np.count_nonzero(self.enabling.by[self.chosen] >= 0))


def cycle_time_efficiency(processing: float, waiting: float) -> float | None:
    """Return the share of the time of cases in which they are worked on; None where there is no time."""
    return None if processing + waiting <= 0 else processing / (processing + waiting)


def impact_of_removing(processing: float, waiting: float, cause: float) -> float | None:
    """Return the cycle time efficiency that would be, were one cause of waiting gone: PT / (PT + WT - WT of it)."""
    return cycle_time_efficiency(processing, waiting - cause)
