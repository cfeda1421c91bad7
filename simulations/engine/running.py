"""The event loop."""

import numpy as np

from simulations.engine.arriving import start_streams
from simulations.engine.bits import set_bit
from simulations.engine.bundles import inner, kernel
from simulations.engine.columns import (
    AGENT_CLASS,
    AT_EPOCH,
    CASE_DUE,
    CHOICES,
    CLASS,
    CLASS_AFTER_DWELL,
    CLASS_HOME,
    COUNTED,
    DUE,
    EPOCH_AT,
    EPOCH_EVERY,
    FAILURE,
    FINISHED,
    FIRST_EPOCH,
    HANDLING_S,
    HAS_BEGUN,
    HAS_IDLE_WITH_WORK,
    HEAD,
    HORIZON,
    IDLE,
    IDLE_SINCE,
    INTERVAL,
    IS_AT_EPOCH,
    IS_SIMPLE,
    LAST_TEAM,
    LAST_TYPE,
    LEAVES_AT,
    LEFT_S,
    MOVES,
    NEXT,
    NEXT_EPOCH,
    NEXT_EVENT,
    NEXT_SAMPLE,
    NOT_COUNTED,
    NOW,
    NUM_EPOCHS,
    NUM_EVENTS,
    NUM_LEFT,
    NUM_PATIENT,
    NUM_ROWS,
    NUM_RUNNING,
    NUM_WAITING,
    NUM_WAITS,
    ON_BREAK,
    OPEN,
    PAUSED,
    PLACE_TEAM,
    PLAN_HEAD,
    QUEUE,
    QUEUE_TYPE,
    RESUMES,
    ROWS_FULL,
    SETUP_S,
    SHIFT,
    SLOT,
    STATE,
    STEP,
    STEP_PROCESS,
    STRETCH,
    TAKEN_AT,
    TYPE_MEAN,
    WAITS_FULL,
)
from simulations.engine.dispatching import act, hand_out, may_hand_out
from simulations.engine.duty import attend, count_work
from simulations.engine.happening import finish_first, go_on, is_idle, is_on_duty, leave_impatient, take_all
from simulations.engine.heaps import get_second
from simulations.engine.idling import end_idling, measure_waiting
from simulations.engine.layout import Layout
from simulations.engine.measuring import count_cohort, log_row
from simulations.engine.tables import fill
from simulations.engine.tasks import admit_all, admit_backlog, admit_next, let_wait
from simulations.engine.workspace import Workspace


@kernel
def start(layout: Layout, work: Workspace, seed: int, replication: int) -> None:
    """Bring a workspace to the beginning of a replication."""
    fill(work.type_sums, 0.0)
    fill(work.process_sums, 0.0)
    fill(work.group_sums, 0.0)
    fill(work.class_free, -1)
    fill(work.queue_whole, -1)
    fill(work.class_since, 0.0)
    fill(work.class_passed, 0.0)
    fill(work.free_words, 0)
    fill(work.idle_words, 0)
    fill(work.stirred_words, 0)
    fill(work.dwelling_words, 0)
    fill(work.waiting_words, 0)
    fill(work.measured_words, 0)
    fill(work.engaged_words, 0)
    fill(work.team_waiting, 0)
    fill(work.team_open, 0)
    fill(work.class_idle, 0)
    fill(work.counts, 0)
    fill(work.clock, 0.0)
    for of_class in range(len(work.class_free)):
        if layout.class_whole[of_class, CLASS_AFTER_DWELL] >= 0:
            set_bit(work.dwelling_words, of_class)
    work.clock[NEXT_EPOCH] = layout.amounts[FIRST_EPOCH]
    work.clock[EPOCH_AT] = -np.inf
    last = len(work.slot_whole) - 1
    for slot in range(last + 1):
        work.slot_whole[slot, NEXT] = slot + 1 if slot < last else -1
    for agent in range(len(work.agent_whole)):
        facts = work.agent_whole[agent]
        facts[STATE], facts[CLASS], facts[SLOT] = IDLE, layout.agent_whole[agent, AGENT_CLASS], -1
        facts[SHIFT], facts[ON_BREAK], facts[STRETCH], facts[CHOICES] = -1, 0, -1, 0
        facts[LAST_TYPE], facts[LAST_TEAM], facts[MOVES] = -1, -1, 0
        facts[PLACE_TEAM], facts[PLAN_HEAD] = layout.class_whole[facts[CLASS], CLASS_HOME], -1
        work.agent_real[agent, IDLE_SINCE] = 0.0
    attend(layout, seed, replication, work.group_sums)
    start_streams(layout, work, seed, replication)
    admit_backlog(layout, work, seed, replication)


@kernel
def run(layout: Layout, work: Workspace, stop: float, seed: int, replication: int) -> int:
    """Go on until `stop` (nothing at that instant is taken), an epoch or the end, and return how it ended.

    At an epoch all of its instant is taken and nobody has acted yet; the next call lets them act and goes on.

    References
    ----------
    Law (2015), Simulation Modeling and Analysis, 5th edition, section 1.3 (the next-event time advance).
    """
    horizon = layout.amounts[HORIZON]
    is_simple = layout.switches[IS_SIMPLE] == 1
    has_idle_with_work = layout.switches[HAS_IDLE_WITH_WORK] == 1
    num_rosters, num_samples, interval = len(layout.event_at), len(work.series), layout.amounts[INTERVAL]
    has_epochs = layout.amounts[FIRST_EPOCH] < np.inf
    if work.counts[IS_AT_EPOCH] == 1:
        work.counts[IS_AT_EPOCH] = 0
        act(layout, work, work.clock[EPOCH_AT], seed, replication)
    while True:
        if work.counts[FAILURE] != 0:
            return work.counts[FAILURE]
        done = work.running_at[0] if work.counts[NUM_RUNNING] > 0 else np.inf
        arriving = work.arriving_at[0]
        other = np.inf
        if work.counts[NEXT_EVENT] < num_rosters:
            other = layout.event_at[work.counts[NEXT_EVENT]]
        if work.counts[NUM_PATIENT] > 0:
            other = min(other, work.slot_real[work.patient[0], LEAVES_AT])
        if work.counts[HAS_BEGUN] == 0:
            other = 0.0
        if has_epochs:
            other = min(other, work.clock[NEXT_EPOCH])
        now = min(done, arriving, other)
        while work.counts[NEXT_SAMPLE] < num_samples and work.counts[NEXT_SAMPLE] * interval <= min(now, horizon, stop):
            if work.counts[NEXT_SAMPLE] * interval == stop and stop < horizon:
                break
            for team in range(len(work.team_open)):
                work.series[work.counts[NEXT_SAMPLE], team] = work.team_open[team]
            work.counts[NEXT_SAMPLE] += 1
        if now >= stop and stop < horizon:
            return PAUSED
        if has_idle_with_work:
            measure_waiting(layout, work)
        work.clock[NOW] = min(now, horizon)
        if now > horizon:
            break
        work.counts[NUM_EVENTS] += 1
        if now == horizon:
            while work.counts[NUM_RUNNING] > 0 and work.running_at[0] == horizon:
                finish_first(layout, work, horizon, seed, replication)
            break
        work.counts[HAS_BEGUN] = 1
        is_alone = is_simple and other > now
        if is_alone and done > now:
            waiting = work.counts[NUM_WAITING]
            slot = admit_next(layout, work, now, seed, replication)
            if slot < 0:
                continue
            is_one = work.arriving_at[0] > now and work.counts[NUM_WAITING] == waiting
            if is_one and may_hand_out(layout, work, slot, now):
                hand_out(layout, work, slot, now, seed, replication)
                continue
            let_wait(layout, work, slot, now, seed, replication)
            admit_all(layout, work, now, seed, replication)
        elif is_alone and arriving > now and get_second(work.running_at, work.counts[NUM_RUNNING]) != now:
            if go_on(layout, work, now, seed, replication):
                continue
            leave_impatient(layout, work, now)
        else:
            take_all(layout, work, now, seed, replication)
        if has_epochs and _pass_epoch(layout, work, now):
            return AT_EPOCH
        act(layout, work, now, seed, replication)
    return _end(layout, work, seed, replication)


@inner
def _pass_epoch(layout: Layout, work: Workspace, now: float) -> bool:
    """Take an epoch if this is its instant; return whether somebody is on duty to be planned for."""
    if now < work.clock[NEXT_EPOCH]:
        return False
    work.counts[NUM_EPOCHS] += 1
    work.clock[NEXT_EPOCH] = layout.amounts[FIRST_EPOCH] + work.counts[NUM_EPOCHS] * layout.amounts[EPOCH_EVERY]
    for agent in range(len(work.agent_whole)):
        if is_on_duty(work, agent):
            work.clock[EPOCH_AT] = now
            work.counts[IS_AT_EPOCH] = 1
            return True
    return False


@inner
def _end(layout: Layout, work: Workspace, seed: int, replication: int) -> int:
    """Count what is left, write its rows, and return how the run ended."""
    horizon = layout.amounts[HORIZON]
    for agent in range(len(work.agent_whole)):
        if layout.switches[HAS_IDLE_WITH_WORK] == 1 and is_idle(work, agent):
            end_idling(layout, work, agent)
        slot = work.agent_whole[agent, SLOT]
        if slot < 0:
            continue
        _count_open(layout, work, slot)
        is_away = work.agent_whole[agent, SHIFT] < 0 and layout.switches[RESUMES] == 1
        if (is_away or work.agent_whole[agent, ON_BREAK] == 1) and work.slot_whole[slot, COUNTED] != NOT_COUNTED:
            task_type = layout.queue_whole[work.slot_whole[slot, QUEUE], QUEUE_TYPE]
            spent = count_work(layout, agent, work.agent_real[agent, TAKEN_AT], horizon, seed, replication)
            left = work.agent_real[agent, SETUP_S] + work.agent_real[agent, HANDLING_S] - spent
            work.type_sums[task_type, LEFT_S] += min(left, work.agent_real[agent, HANDLING_S])
        log_row(work, slot, agent, np.nan, OPEN)
    for queue in range(len(work.queue_whole)):
        slot = work.queue_whole[queue, HEAD]
        task_type = layout.queue_whole[queue, QUEUE_TYPE]
        while slot >= 0:
            _count_open(layout, work, slot)
            if work.slot_whole[slot, COUNTED] != NOT_COUNTED:
                work.type_sums[task_type, LEFT_S] += layout.type_real[task_type, TYPE_MEAN]
            log_row(work, slot, -1, np.nan, OPEN)
            slot = work.slot_whole[slot, NEXT]
    if work.counts[NUM_WAITS] > len(work.waits):
        return WAITS_FULL
    if len(work.row_real) > 0 and work.counts[NUM_ROWS] > len(work.row_real):
        return ROWS_FULL
    return FINISHED


@inner
def _count_open(layout: Layout, work: Workspace, slot: int) -> None:
    counted = work.slot_whole[slot, COUNTED]
    if counted == NOT_COUNTED:
        return
    sums = work.type_sums[layout.queue_whole[work.slot_whole[slot, QUEUE], QUEUE_TYPE]]
    sums[NUM_LEFT] += 1.0
    count_cohort(layout, sums, work.slot_real[slot, DUE], counted, False)
    process = layout.step_whole[work.slot_whole[slot, STEP], STEP_PROCESS]
    if process >= 0:
        work.process_sums[process, NUM_LEFT] += 1.0
        count_cohort(layout, work.process_sums[process], work.slot_real[slot, CASE_DUE], counted, False)
