"""What a replication counts: tasks by type, cases by process, and the log."""

from optimizer.policy import NO_DUE
from simulations.engine.bundles import inner
from simulations.engine.columns import (
    ARRIVED,
    DUE,
    ENABLED,
    HANDLING_S,
    HORIZON,
    INDEX,
    IS_BACKLOG,
    NOT_COUNTED,
    NUM_ABANDONED,
    NUM_COHORT,
    NUM_COMPLETED,
    NUM_DUE,
    NUM_ON_TIME,
    NUM_ROWS,
    ORDER,
    QUEUE,
    ROW_AGENT,
    ROW_ARRIVED,
    ROW_DUE,
    ROW_ENABLED,
    ROW_ENDED,
    ROW_HANDLING,
    ROW_INDEX,
    ROW_ORDER,
    ROW_OUTCOME,
    ROW_QUEUE,
    ROW_SETUP,
    ROW_STARTED,
    ROW_STEP,
    ROW_STREAM,
    ROW_TAKEN,
    ROW_VISIT,
    SETUP_S,
    STARTED_AT,
    STEP,
    STREAM,
    SUM_FLOW,
    SUM_TARDY,
    TAKEN_AT,
    VISIT,
    WARM_UP,
)
from simulations.engine.layout import Layout, Reals
from simulations.engine.workspace import Workspace


@inner
def count_completed(layout: Layout, sums: Reals, since: float, due: float, counted: int, now: float) -> None:
    """Count a task or a case that is completed."""
    if counted == NOT_COUNTED:
        return
    sums[NUM_COMPLETED] += 1.0
    sums[SUM_FLOW] += now - since
    if due < NO_DUE:
        sums[NUM_DUE] += 1.0
        sums[SUM_TARDY] += max(0.0, now - due)
        count_cohort(layout, sums, due, counted, now <= due)


@inner
def count_cohort(layout: Layout, sums: Reals, due: float, counted: int, is_on_time: bool) -> None:
    """Count a task or a case among those that both arrived and fell due in the counted period, if it did."""
    if counted in (NOT_COUNTED, IS_BACKLOG) or not layout.amounts[WARM_UP] <= due <= layout.amounts[HORIZON]:
        return
    sums[NUM_COHORT] += 1.0
    sums[NUM_ON_TIME] += 1.0 if is_on_time else 0.0


@inner
def count_abandoned(layout: Layout, sums: Reals, due: float, counted: int) -> None:
    """Count a task or a case that left unserved."""
    if counted != NOT_COUNTED:
        sums[NUM_ABANDONED] += 1.0
        count_cohort(layout, sums, due, counted, False)


@inner
def log_row(work: Workspace, slot: int, agent: int, ended: float, outcome: int) -> None:
    """Write a row of the log, where one is kept; rows that do not fit are counted."""
    n = work.counts[NUM_ROWS]
    work.counts[NUM_ROWS] = n + 1
    if n >= len(work.row_real):
        return
    real, whole = work.row_real[n], work.row_whole[n]
    real[ROW_ARRIVED] = work.slot_real[slot, ARRIVED]
    real[ROW_ENABLED] = work.slot_real[slot, ENABLED]
    real[ROW_DUE] = work.slot_real[slot, DUE]
    real[ROW_ENDED] = ended
    if agent >= 0:
        real[ROW_TAKEN] = work.agent_real[agent, TAKEN_AT]
        real[ROW_STARTED] = work.agent_real[agent, STARTED_AT]
        real[ROW_HANDLING] = work.agent_real[agent, HANDLING_S]
        real[ROW_SETUP] = work.agent_real[agent, SETUP_S]
    whole[ROW_ORDER] = work.slot_whole[slot, ORDER]
    whole[ROW_STEP] = work.slot_whole[slot, STEP]
    whole[ROW_QUEUE] = work.slot_whole[slot, QUEUE]
    whole[ROW_AGENT] = agent
    whole[ROW_OUTCOME] = outcome
    whole[ROW_STREAM] = work.slot_whole[slot, STREAM]
    whole[ROW_INDEX] = work.slot_whole[slot, INDEX]
    whole[ROW_VISIT] = work.slot_whole[slot, VISIT]
