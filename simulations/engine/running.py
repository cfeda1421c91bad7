"""The event loop."""

import numpy as np

from optimizer.kernels import kernel
from simulations.engine.arriving import start_streams
from simulations.engine.bits import ONE, find_lowest
from simulations.engine.columns import (
    AGENT_CLASS,
    AT_EPOCH,
    CASE_DUE,
    CHOICES,
    CLASS,
    CLASS_GROUP,
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
    IS_PULL,
    IS_SIMPLE,
    LAST_TEAM,
    LAST_TYPE,
    LEAVES_AT,
    LEFT_S,
    MEASURED_TO,
    MOVES,
    NEXT,
    NEXT_EPOCH,
    NEXT_EVENT,
    NEXT_SAMPLE,
    NOT_COUNTED,
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
    SUM_IDLE_WITH_WORK,
    TAKEN_AT,
    TYPE_MEAN,
    WAITS_FULL,
)
from simulations.engine.dispatching import act, find_taker, schedule
from simulations.engine.duty import attend, clip, count_work
from simulations.engine.happening import finish_first, go_on, is_on_duty, leave_impatient, take_all
from simulations.engine.heaps import get_second
from simulations.engine.idling import NUMBER, leave_free
from simulations.engine.layout import Layout
from simulations.engine.measuring import count_cohort, log_row
from simulations.engine.taking import begin_task
from simulations.engine.tasks import admit_backlog, admit_next
from simulations.engine.workspace import Workspace


@kernel
def start(layout: Layout, work: Workspace, seed: int, replication: int) -> None:
    """Bring a workspace to the beginning of a replication."""
    for sums in (work.type_sums, work.process_sums, work.group_sums):
        sums[:] = 0.0
    for table in (work.class_free, work.queue_whole):
        table[:] = -1
    work.class_free[:, NUMBER] = 0
    for words in (work.free_words, work.waiting_words, work.engaged_words):
        words[:] = np.uint64(0)
    work.team_waiting[:] = 0
    work.team_open[:] = 0
    work.class_choosing[:] = 0
    work.counts[:] = 0
    work.clock[:] = 0.0
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
            _measure_idle(layout, work, min(now, horizon))
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
            if work.arriving_at[0] > now and work.counts[NUM_WAITING] == waiting + 1:
                agent = find_taker(layout, work, work.slot_whole[slot, QUEUE])
                if agent >= 0:
                    leave_free(work, agent)
                    schedule(layout, work, agent, begin_task(layout, work, agent, slot, now, seed, replication))
                continue
            while work.arriving_at[0] == now and work.counts[FAILURE] == 0:
                admit_next(layout, work, now, seed, replication)
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


@kernel
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


@kernel
def _measure_idle(layout: Layout, work: Workspace, now: float) -> None:
    """Add up the time since the last event that people were free while work waited that they may do."""
    seconds = clip(layout, work.clock[MEASURED_TO], now)
    work.clock[MEASURED_TO] = now
    if seconds <= 0.0 or work.counts[NUM_WAITING] == 0:
        return
    if layout.switches[IS_PULL] == 1:
        for of_class in range(len(work.class_free)):
            _add_idle(layout, work, of_class, seconds)
        return
    for n in range(len(work.free_words)):
        word = work.free_words[n]
        while word != 0:
            _add_idle(layout, work, 64 * n + find_lowest(word), seconds)
            word &= word - ONE


@kernel
def _add_idle(layout: Layout, work: Workspace, of_class: int, seconds: float) -> None:
    number = work.class_free[of_class, NUMBER] + work.class_choosing[of_class]
    if number == 0:
        return
    for n in range(len(work.waiting_words)):
        if layout.class_all[of_class, n] & work.waiting_words[n] != 0:
            group = layout.class_whole[of_class, CLASS_GROUP]
            work.group_sums[group, SUM_IDLE_WITH_WORK] += seconds * number
            return


@kernel
def _end(layout: Layout, work: Workspace, seed: int, replication: int) -> int:
    """Count what is left, write its rows, and return how the run ended."""
    horizon = layout.amounts[HORIZON]
    for agent in range(len(work.agent_whole)):
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


@kernel
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
