"""Replications: each by itself, the same bits whichever thread runs it and in whatever order."""

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulations.engine.bundles import Bundle
from simulations.engine.columns import (
    AT_EPOCH,
    FINISHED,
    NUM_EVENTS,
    NUM_ROWS,
    NUM_STARTED,
    NUM_WAITED,
    NUM_WAITS,
    TYPE_TEAM,
)
from simulations.engine.layout import Layout, Reals, Wholes
from simulations.engine.quantiles import compute_quantiles
from simulations.engine.running import run, start
from simulations.engine.stepping import advise
from simulations.engine.workspace import LEAST_SLOTS, Capacity, Workspace, allocate
from simulations.planning.live import Decider

SHARE_THAT_WAITS = 0.6
"""Of the tasks, those for whose waits there is room at first; where more wait, a replication is run again."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one replication counted.

    Attributes
    ----------
    type_sums, process_sums, group_sums
        See `columns`.
    wait_quantiles : (1 + T + Y, 3) seconds: overall, by team, by task type; `nan` where nothing started
    series : (K, T) open tasks by team at the beginning of each interval, and at the end
    row_real, row_whole
        The log, where one was asked for.
    """

    replication: int
    type_sums: Reals
    process_sums: Reals
    group_sums: Reals
    wait_quantiles: Reals
    series: Wholes
    row_real: Reals | None = None
    row_whole: Wholes | None = None
    num_events: int = 0


@dataclass
class Engine:
    """Runs replications of one scenario; threads share what they learn of how much room one needs.

    The decider is asked at each epoch; a layout without epochs needs none.
    """

    layout: Layout
    num_teams: int
    num_groups: int
    seed: int
    expected_tasks: float = 0.0
    has_log: bool = False
    decider: Decider | None = None
    _capacity: Capacity = field(init=False)
    _facts: Any = field(init=False)
    _own: threading.local = field(init=False, default_factory=threading.local)

    def __post_init__(self) -> None:
        room = int(1.1 * self.expected_tasks + 6 * self.expected_tasks**0.5) + 1024
        self._facts = Bundle(self.layout)
        self._capacity = Capacity(
            slots=max(LEAST_SLOTS, 2 * len(self.layout.agent_whole)),
            waits=int(SHARE_THAT_WAITS * room),
            rows=room if self.has_log else 0,
        )

    @property
    def bytes_per_thread(self) -> int:
        """What each thread that replicates needs for itself, as far as replications have shown."""
        return sum(array.nbytes for array in self._workspace())

    def replicate(self, replication: int) -> Outcome:
        """Run one replication."""
        while True:
            work = self._workspace()
            bundle: Any = self._own.bundle
            start(self._facts, bundle, self.seed, replication)
            end = run(self._facts, bundle, np.inf, self.seed, replication)
            while end == AT_EPOCH and self.decider is not None:
                advise(self.layout, work, self._facts, bundle, self.decider, self.seed, replication)
                end = run(self._facts, bundle, np.inf, self.seed, replication)
            if end == FINISHED:
                return self._read(work, replication)
            used = getattr(self._own, "capacity", self._capacity)
            larger = used.enlarge(end, num_waits=int(work.counts[NUM_WAITS]), num_rows=int(work.counts[NUM_ROWS]))
            self._capacity = Capacity(
                slots=max(larger.slots, self._capacity.slots),
                waits=max(larger.waits, self._capacity.waits),
                rows=max(larger.rows, self._capacity.rows),
            )

    def _workspace(self) -> Workspace:
        capacity = self._capacity
        if getattr(self._own, "capacity", None) != capacity:
            self._own.work = None  # the old one goes before the new one comes
            self._own.work = allocate(self.layout, capacity, num_teams=self.num_teams, num_groups=self.num_groups)
            self._own.bundle = Bundle(self._own.work)
            self._own.capacity = capacity
        work: Workspace = self._own.work
        return work

    def _read(self, work: Workspace, replication: int) -> Outcome:
        num_waits, num_rows = int(work.counts[NUM_WAITS]), int(work.counts[NUM_ROWS])
        return Outcome(
            replication=replication,
            type_sums=work.type_sums.copy(),
            process_sums=work.process_sums.copy(),
            group_sums=work.group_sums.copy(),
            wait_quantiles=compute_quantiles(
                work.waits[:num_waits],
                work.wait_type[:num_waits],
                num_at_once=(work.type_sums[:, NUM_STARTED] - work.type_sums[:, NUM_WAITED]).astype(np.int64),
                type_team=self.layout.type_whole[:, TYPE_TEAM],
                num_teams=self.num_teams,
            ),
            series=work.series.copy(),
            row_real=work.row_real[:num_rows].copy() if self.has_log else None,
            row_whole=work.row_whole[:num_rows].copy() if self.has_log else None,
            num_events=int(work.counts[NUM_EVENTS]),
        )
