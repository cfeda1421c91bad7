"""The life of a task: it enters, it is enabled, it is completed or leaves, and its case goes on to the next step."""

import numpy as np

from simulations.engine.arriving import PATIENCE_USE, USES_OF_VISIT, draw_content, refill
from simulations.engine.bundles import inner
from simulations.engine.columns import (
    ARRIVED,
    BACKLOG_AGENT,
    BACKLOG_AT,
    BACKLOG_CONTENT,
    BACKLOG_DUE,
    BACKLOG_INDEX,
    BACKLOG_LEFT,
    BACKLOG_SINCE,
    BACKLOG_STEP,
    BACKLOG_STREAM,
    BACKLOG_WEIGHT,
    BRANCH_HIGH,
    BRANCH_LOW,
    BUFFER,
    CASE_DUE,
    CONTENT,
    COUNTED,
    DUE,
    ENABLED,
    ENTRY,
    FAILURE,
    FREE_SLOT,
    INDEX,
    IS_BACKLOG,
    IS_COUNTED,
    KIND,
    LAST_AGENT,
    LEAVES_AT,
    LOT,
    LOW,
    NEXT,
    NO_SLA,
    NOT_COUNTED,
    NUM_ARRIVED,
    NUM_BACKLOG,
    NUM_CASES,
    NUM_OPEN,
    ORDER,
    PATIENCE_A,
    PATIENCE_B,
    PLAN_AGENT,
    QUEUE,
    QUEUE_TEAM,
    QUEUE_TYPE,
    ROUTE,
    SLOTS_FULL,
    STEP,
    STEP_PROCESS,
    STEP_TYPE,
    STREAM,
    STREAM_NEXT,
    TRACE,
    TRACE_AT,
    TRACE_DUE,
    TRACE_HANDLING,
    TRACE_STEP,
    TRACE_WEIGHT,
    TYPE_CALENDAR,
    TYPE_PATIENCE,
    TYPE_SLA,
    VISIT,
    WARM_UP,
    WEIGHT,
    WORK_STREAM,
)
from simulations.engine.dues import compute_due
from simulations.engine.heaps import replace_stream
from simulations.engine.layout import Layout
from simulations.engine.measuring import count_abandoned, count_completed
from simulations.engine.queues import put
from simulations.engine.resuming import resume_task
from simulations.engine.workspace import Workspace
from simulations.randomness.distributions import sample
from simulations.randomness.philox import draw


@inner
def _open_slot(work: Workspace) -> int:
    """Return a place for a task; -1 where all are taken, which ends the run."""
    slot = work.counts[FREE_SLOT]
    if slot < 0:
        work.counts[FAILURE] = SLOTS_FULL
        return -1
    work.counts[FREE_SLOT] = work.slot_whole[slot, NEXT]
    return slot


@inner
def _close_slot(work: Workspace, slot: int) -> None:
    work.slot_whole[slot, NEXT] = work.counts[FREE_SLOT]
    work.counts[FREE_SLOT] = slot


@inner
def _enter(
    layout: Layout,
    work: Workspace,
    step: int,
    weight: int,
    at: float,
    due: float,
    stream: int,
    index: int,
    counted: int,
) -> int:
    """Open a case at a step and return the place of its task, which is not enabled yet."""
    slot = _open_slot(work)
    if slot < 0:
        return -1
    whole, real = work.slot_whole[slot], work.slot_real[slot]
    whole[ORDER] = work.counts[NUM_CASES]
    work.counts[NUM_CASES] += 1
    whole[STREAM], whole[INDEX], whole[VISIT] = stream, index, 0
    whole[WEIGHT], whole[COUNTED] = weight, counted
    whole[LAST_AGENT], whole[PLAN_AGENT] = -1, -1
    process = layout.step_whole[step, STEP_PROCESS]
    real[ARRIVED], real[CASE_DUE] = at, due
    if process >= 0:
        if np.isnan(due):
            real[CASE_DUE] = compute_due(layout, layout.process_whole[process], layout.process_real[process], at)
        if counted != NOT_COUNTED:
            work.process_sums[process, NUM_ARRIVED] += 1.0
    return slot


@inner
def _enable(
    layout: Layout,
    work: Workspace,
    slot: int,
    step: int,
    enabled: float,
) -> None:
    """Enable a task at a step; it is in no queue yet."""
    whole, real = work.slot_whole[slot], work.slot_real[slot]
    task_type = layout.step_whole[step, STEP_TYPE]
    queue = layout.queue_of[whole[WEIGHT], task_type]
    whole[STEP], whole[QUEUE] = step, queue
    real[ENABLED] = enabled
    case_due = real[CASE_DUE]
    is_case = layout.step_whole[step, STEP_PROCESS] >= 0
    if is_case or np.isnan(case_due):
        own = np.inf
        if layout.type_whole[task_type, TYPE_CALENDAR] != NO_SLA:
            own = compute_due(
                layout, layout.type_whole[task_type, TYPE_CALENDAR], layout.type_real[task_type, TYPE_SLA], enabled
            )
        real[DUE] = min(case_due, own) if is_case else own
    else:
        real[DUE] = case_due
    if whole[COUNTED] == IS_BACKLOG:
        work.type_sums[task_type, NUM_BACKLOG] += 1.0
    elif whole[COUNTED] == IS_COUNTED:
        work.type_sums[task_type, NUM_ARRIVED] += 1.0
    work.team_open[layout.queue_whole[queue, QUEUE_TEAM]] += 1
    work.counts[NUM_OPEN] += 1


@inner
def let_wait(layout: Layout, work: Workspace, slot: int, since: float, seed: int, replication: int) -> None:
    """Let an enabled task wait in its queue, with the patience that it has from `since` on."""
    queue = work.slot_whole[slot, QUEUE]
    task_type = layout.queue_whole[queue, QUEUE_TYPE]
    if layout.type_whole[task_type, TYPE_PATIENCE] >= 0:
        stream, index = work.slot_whole[slot, STREAM], work.slot_whole[slot, INDEX]
        use = USES_OF_VISIT * work.slot_whole[slot, VISIT] + PATIENCE_USE
        unit, _ = draw(seed, replication, stream, index, use)
        work.slot_real[slot, LEAVES_AT] = since + sample(
            layout.type_whole[task_type, TYPE_PATIENCE],
            layout.type_real[task_type, PATIENCE_A],
            layout.type_real[task_type, PATIENCE_B],
            layout.values,
            unit,
            seed,
            replication,
            stream,
            index,
            use + 1,
        )
    put(layout, work, slot)


@inner
def admit_backlog(layout: Layout, work: Workspace, seed: int, replication: int) -> None:
    """Let the tasks wait that wait from the beginning, and give people what they have in hand."""
    counted = IS_BACKLOG if layout.amounts[WARM_UP] <= 0.0 else NOT_COUNTED
    for n in range(len(layout.backlog_real)):
        step, stream = layout.backlog_whole[n, BACKLOG_STEP], layout.backlog_whole[n, BACKLOG_STREAM]
        index, weight = layout.backlog_whole[n, BACKLOG_INDEX], layout.backlog_whole[n, BACKLOG_WEIGHT]
        at, due = layout.backlog_real[n, BACKLOG_AT], layout.backlog_real[n, BACKLOG_DUE]
        slot = _enter(layout, work, step, weight, at, due, stream, index, counted)
        if slot < 0:
            return
        content, route = draw_content(layout, layout.step_whole[step, STEP_TYPE], seed, replication, stream, index, 0)
        given = layout.backlog_real[n, BACKLOG_CONTENT]
        work.slot_real[slot, CONTENT] = content if np.isnan(given) else given
        work.slot_real[slot, ROUTE] = route
        _enable(layout, work, slot, step, at)
        agent = layout.backlog_whole[n, BACKLOG_AGENT]
        if agent < 0:
            let_wait(layout, work, slot, 0.0, seed, replication)
            continue
        since, left = layout.backlog_real[n, BACKLOG_SINCE], layout.backlog_real[n, BACKLOG_LEFT]
        resume_task(layout, work, agent, slot, since, left, seed, replication)


@inner
def admit_next(layout: Layout, work: Workspace, now: float, seed: int, replication: int) -> int:
    """Let in the next arrival, a lot of one or more; return the place of its last task, which is in no queue yet."""
    stream = work.arriving_stream[0]
    facts, state = layout.stream_whole[stream], work.stream_whole[stream]
    number = state[STREAM_NEXT]
    counted = IS_COUNTED if now >= layout.amounts[WARM_UP] else NOT_COUNTED
    slot = -1
    if facts[KIND] == TRACE:
        slot = _admit_row(
            layout, work, facts[LOW] + number, number, facts[WORK_STREAM], counted, now, seed, replication
        )
    else:
        step = facts[ENTRY]
        for n in range(facts[LOT]):
            if slot >= 0:
                let_wait(layout, work, slot, now, seed, replication)
            index = number * facts[LOT] + n
            slot = _enter(layout, work, step, 0, now, np.nan, facts[WORK_STREAM], index, counted)
            if slot < 0:
                return -1
            if facts[LOT] == 1:
                work.slot_real[slot, CONTENT] = work.buffer_content[stream, number % BUFFER]
                work.slot_real[slot, ROUTE] = work.buffer_route[stream, number % BUFFER]
            else:
                task_type = layout.step_whole[step, STEP_TYPE]
                content, route = draw_content(layout, task_type, seed, replication, facts[WORK_STREAM], index, 0)
                work.slot_real[slot, CONTENT] = content
                work.slot_real[slot, ROUTE] = route
            _enable(layout, work, slot, step, now)
    state[STREAM_NEXT] = number + 1
    if (number + 1) % BUFFER == 0:
        refill(layout, work, stream, seed, replication)
    at = work.buffer_at[stream, (number + 1) % BUFFER]
    replace_stream(work.arriving_at, work.arriving_stream, len(layout.stream_whole), at)
    return slot


@inner
def admit_all(layout: Layout, work: Workspace, now: float, seed: int, replication: int) -> None:
    """Let in everything that arrives now, and let it wait."""
    while work.arriving_at[0] == now and work.counts[FAILURE] == 0:
        slot = admit_next(layout, work, now, seed, replication)
        if slot >= 0:
            let_wait(layout, work, slot, now, seed, replication)


@inner
def _admit_row(
    layout: Layout,
    work: Workspace,
    row: int,
    index: int,
    stream: int,
    counted: int,
    now: float,
    seed: int,
    replication: int,
) -> int:
    """Let in an arrival of a trace."""
    step, weight = layout.trace_whole[row, TRACE_STEP], layout.trace_whole[row, TRACE_WEIGHT]
    at = layout.trace_real[row, TRACE_AT]
    slot = _enter(layout, work, step, weight, at, layout.trace_real[row, TRACE_DUE], stream, index, counted)
    if slot < 0:
        return -1
    content, route = draw_content(layout, layout.step_whole[step, STEP_TYPE], seed, replication, stream, index, 0)
    given = layout.trace_real[row, TRACE_HANDLING]
    work.slot_real[slot, CONTENT] = content if np.isnan(given) else given
    work.slot_real[slot, ROUTE] = route
    _enable(layout, work, slot, step, now)
    return slot


@inner
def complete(layout: Layout, work: Workspace, slot: int, now: float, seed: int, replication: int) -> bool:
    """Complete a task; return whether its case goes on: its next task is in the same place, and in no queue yet."""
    whole, real = work.slot_whole[slot], work.slot_real[slot]
    queue = whole[QUEUE]
    task_type = layout.queue_whole[queue, QUEUE_TYPE]
    counted = whole[COUNTED]
    count_completed(layout, work.type_sums[task_type], real[ENABLED], real[DUE], counted, now)
    work.team_open[layout.queue_whole[queue, QUEUE_TEAM]] -= 1
    work.counts[NUM_OPEN] -= 1
    step = whole[STEP]
    process = layout.step_whole[step, STEP_PROCESS]
    if process < 0:
        _close_slot(work, slot)
        return False
    for branch in range(layout.step_whole[step, BRANCH_LOW], layout.step_whole[step, BRANCH_HIGH]):
        if real[ROUTE] < layout.branch_until[branch]:
            following = layout.branch_step[branch]
            whole[VISIT] += 1
            content, route = draw_content(
                layout,
                layout.step_whole[following, STEP_TYPE],
                seed,
                replication,
                whole[STREAM],
                whole[INDEX],
                whole[VISIT],
            )
            real[CONTENT], real[ROUTE] = content, route
            _enable(layout, work, slot, following, now)
            return True
    count_completed(layout, work.process_sums[process], real[ARRIVED], real[CASE_DUE], counted, now)
    _close_slot(work, slot)
    return False


@inner
def abandon(layout: Layout, work: Workspace, slot: int) -> None:
    """Let a task that is in no queue any more leave unserved, and its case with it."""
    whole, real = work.slot_whole[slot], work.slot_real[slot]
    queue = whole[QUEUE]
    count_abandoned(layout, work.type_sums[layout.queue_whole[queue, QUEUE_TYPE]], real[DUE], whole[COUNTED])
    work.team_open[layout.queue_whole[queue, QUEUE_TEAM]] -= 1
    work.counts[NUM_OPEN] -= 1
    process = layout.step_whole[whole[STEP], STEP_PROCESS]
    if process >= 0:
        count_abandoned(layout, work.process_sums[process], real[CASE_DUE], whole[COUNTED])
    _close_slot(work, slot)
