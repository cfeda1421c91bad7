"""What changes while a replication runs: one set of arrays for each thread, used again for the next replication."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from simulations.engine.columns import (
    AGENT_WHOLES,
    BUFFER,
    GROUP_SUMS,
    HORIZON,
    INTERVAL,
    NUM_COUNTS,
    ROWS_FULL,
    SLOT_REALS,
    SLOT_WHOLES,
    SLOTS_FULL,
    TASK_SUMS,
)
from simulations.engine.layout import Layout, Reals, Wholes, Words

LEAST_SLOTS = 256


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """How many tasks fit: in the system at one time, among those that waited, and in the log."""

    slots: int = LEAST_SLOTS
    waits: int = 1024
    rows: int = 0

    def enlarge(self, failure: int, *, num_waits: int, num_rows: int) -> "Capacity":
        """Return a capacity that is larger where a run found it too small.

        Parameters
        ----------
        num_waits, num_rows
            What the run would have needed; it counts on where they do not fit.
        """
        if failure == SLOTS_FULL:
            return replace(self, slots=4 * self.slots)
        if failure == ROWS_FULL:
            return replace(self, rows=_add_tenth(num_rows))
        return replace(self, waits=_add_tenth(num_waits))


def _add_tenth(number: int) -> int:
    return number + number // 10 + 1024


class Workspace(NamedTuple):
    """The state of one replication; the columns of its tables are in `columns`."""

    slot_real: Reals
    slot_whole: Wholes
    agent_real: Reals
    agent_whole: Wholes
    queue_whole: Wholes
    team_waiting: Wholes
    team_open: Wholes
    class_free: Wholes
    class_idle: Wholes
    class_since: Reals
    class_passed: Reals
    free_words: Words
    idle_words: Words
    stirred_words: Words
    dwelling_words: Words
    waiting_words: Words
    measured_words: Words
    engaged_words: Words
    running_at: Reals
    running_agent: Wholes
    arriving_at: Reals
    arriving_stream: Wholes
    patient: Wholes
    plan_next: Wholes
    ready: Wholes
    stream_real: Reals
    stream_whole: Wholes
    buffer_at: Reals
    buffer_content: Reals
    buffer_route: Reals
    gaps: Reals
    counts: Wholes
    clock: Reals
    type_sums: Reals
    process_sums: Reals
    group_sums: Reals
    waits: Reals
    wait_type: Wholes
    series: Wholes
    row_real: Reals
    row_whole: Wholes


def allocate(layout: Layout, capacity: Capacity, *, num_teams: int, num_groups: int) -> Workspace:
    """Return the arrays for a scenario; `start` fills them."""
    num_agents, num_queues = len(layout.agent_whole), len(layout.queue_whole)
    num_classes, num_streams = len(layout.class_whole), max(1, len(layout.stream_whole))
    num_samples = int(layout.amounts[HORIZON] // layout.amounts[INTERVAL]) + 1

    def reals(*shape: int) -> Reals:
        return np.zeros(shape)

    def wholes(*shape: int) -> Wholes:
        return np.zeros(shape, dtype=np.int64)

    def words(bits: int) -> Words:
        return np.zeros((bits + 63) // 64, dtype=np.uint64)

    return Workspace(
        slot_real=reals(capacity.slots, SLOT_REALS),
        slot_whole=wholes(capacity.slots, SLOT_WHOLES),
        agent_real=reals(num_agents, 8),
        agent_whole=wholes(num_agents, AGENT_WHOLES),
        queue_whole=wholes(num_queues, 3),
        team_waiting=wholes(num_teams),
        team_open=wholes(num_teams),
        class_free=wholes(num_classes, 2),
        class_idle=wholes(num_classes),
        class_since=reals(num_classes),
        class_passed=reals(num_classes),
        free_words=words(num_classes),
        idle_words=words(num_classes),
        stirred_words=words(num_classes),
        dwelling_words=words(num_classes),
        waiting_words=words(num_queues),
        measured_words=words(num_queues),
        engaged_words=words(num_queues),
        running_at=reals(num_agents + 1),
        running_agent=wholes(num_agents + 1),
        arriving_at=reals(num_streams),
        arriving_stream=wholes(num_streams),
        patient=wholes(capacity.slots),
        plan_next=wholes(capacity.slots),
        ready=wholes(num_agents),
        stream_real=reals(num_streams, 2),
        stream_whole=wholes(num_streams, 4),
        buffer_at=reals(num_streams, BUFFER),
        buffer_content=reals(num_streams, BUFFER),
        buffer_route=reals(num_streams, BUFFER),
        gaps=reals(BUFFER),
        counts=wholes(NUM_COUNTS),
        clock=reals(4),
        type_sums=reals(len(layout.type_whole), TASK_SUMS),
        process_sums=reals(len(layout.process_whole), TASK_SUMS),
        group_sums=reals(num_groups, GROUP_SUMS),
        waits=reals(capacity.waits),
        wait_type=wholes(capacity.waits if len(layout.type_whole) > 1 else 0),
        series=wholes(num_samples, num_teams),
        row_real=reals(capacity.rows, 8),
        row_whole=wholes(capacity.rows, 8),
    )
