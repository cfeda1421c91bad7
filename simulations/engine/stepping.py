"""Between two steps: what the state is, and what people are told to do from it."""

from typing import Any

import numpy as np

from simulations.engine.bundles import inner, kernel
from simulations.engine.columns import (
    AGENT_CLASS,
    BUSY,
    CHOOSING,
    CLASS,
    DUE,
    ENABLED,
    EPOCH_AT,
    HAS_TEAMS,
    HEAD,
    IDLE,
    IS_PLANNED,
    LAST_TEAM,
    LAST_TYPE,
    MAX_MOVES,
    MOVES,
    NEXT,
    NUM_WAITING,
    ON_BREAK,
    ORDER,
    PLAN_AGENT,
    PLAN_HEAD,
    QUEUE,
    QUEUE_TYPE,
    READY,
    RESUMES,
    SETUP_S,
    SHIFT,
    SLOT,
    STATE,
    STRETCH_HIGH,
    STRETCH_LOW,
    TAKEN_AT,
)
from simulations.engine.duty import is_absent
from simulations.engine.idling import begin_idling, end_idling, join_free, leave_free
from simulations.engine.layout import Layout, Reals, Wholes
from simulations.engine.workspace import Workspace
from simulations.planning.live import Decider, LiveState

_START, _END = range(2)


def advise(
    layout: Layout, work: Workspace, facts: Any, state: Any, decider: Decider, seed: int, replication: int
) -> None:
    """Ask what to do at the epoch at which a run has stopped, and tell people.

    Parameters
    ----------
    facts, state
        The bundles of `layout` and `work`.
    """
    live, slots = read_live(layout, work, facts, state, seed, replication)
    decision = decider.decide(live)
    if layout.switches[IS_PLANNED] == 1:
        follow(state, slots, slots[decision.task], decision.agent)
    if layout.switches[HAS_TEAMS] == 1:
        assign_teams(facts, state, decision.team)


def read_live(
    layout: Layout, work: Workspace, facts: Any, state: Any, seed: int, replication: int
) -> tuple[LiveState, Wholes]:
    """Return the state at the epoch at which a run has stopped, and the places of what waits."""
    slots = np.empty(int(work.counts[NUM_WAITING]), dtype=np.int64)
    worked = np.empty(len(work.agent_whole))
    now = float(work.clock[EPOCH_AT])
    _look(facts, state, slots, worked, now, seed, replication)
    slots = slots[np.argsort(work.slot_whole[slots, ORDER], kind="stable")]
    queues = work.slot_whole[slots, QUEUE]
    is_busy = work.agent_whole[:, STATE] == BUSY
    held = work.slot_whole[np.where(is_busy, work.agent_whole[:, SLOT], 0), QUEUE]
    setup = work.agent_real[:, SETUP_S]
    live = LiveState(
        now=now,
        task_type=layout.queue_whole[queues, QUEUE_TYPE],
        task_enabled=work.slot_real[slots, ENABLED],
        task_due=work.slot_real[slots, DUE],
        task_weight=layout.queue_weight[queues],
        agent_shift=work.agent_whole[:, SHIFT].copy(),
        agent_last_type=work.agent_whole[:, LAST_TYPE].copy(),
        agent_moves=work.agent_whole[:, MOVES].copy(),
        held_type=np.where(is_busy, layout.queue_whole[np.where(is_busy, held, 0), QUEUE_TYPE], -1),
        held_setup_s=np.where(is_busy, np.maximum(0.0, setup - worked), 0.0),
        held_spent_s=np.where(is_busy, np.maximum(0.0, worked - setup), 0.0),
    )
    return live, slots


@kernel
def _look(
    layout: Layout, work: Workspace, slots: Wholes, worked: Reals, now: float, seed: int, replication: int
) -> None:
    """List the places of what waits, and how long each person has worked on what it has in hand."""
    n = 0
    for queue in range(len(work.queue_whole)):
        slot = work.queue_whole[queue, HEAD]
        while slot >= 0:
            slots[n] = slot
            n += 1
            slot = work.slot_whole[slot, NEXT]
    for agent in range(len(work.agent_whole)):
        worked[agent] = 0.0
        if work.agent_whole[agent, STATE] == BUSY:
            worked[agent] = _count_worked(layout, agent, work.agent_real[agent, TAKEN_AT], now, seed, replication)


@inner
def _count_worked(layout: Layout, agent: int, since: float, until: float, seed: int, replication: int) -> float:
    """Return the seconds from `since` to `until` in shifts, and in overtime up to the shift that is under way."""
    worked, over = 0.0, np.inf
    shift = -1
    for stretch in range(layout.agent_whole[agent, STRETCH_LOW], layout.agent_whole[agent, STRETCH_HIGH]):
        start, end = layout.stretch_real[stretch, _START], layout.stretch_real[stretch, _END]
        if end <= since:
            continue
        if start >= until:
            break
        if is_absent(layout, agent, layout.stretch_shift[stretch], seed, replication):
            continue
        if layout.stretch_shift[stretch] != shift:
            shift = layout.stretch_shift[stretch]
            if layout.switches[RESUMES] == 0 and layout.shift_real[shift, _START] > over:
                worked += layout.shift_real[shift, _START] - over
            over = layout.shift_real[shift, _END]
        worked += min(end, until) - max(start, since)
    return worked


@kernel
def follow(work: Workspace, waiting: Wholes, slots: Wholes, agents: Wholes) -> None:
    """Give everybody a list of tasks, in the order in which they stand, in place of the list of before."""
    for n in range(len(waiting)):
        work.slot_whole[waiting[n], PLAN_AGENT] = -1
    for agent in range(len(work.agent_whole)):
        work.agent_whole[agent, PLAN_HEAD] = -1
    for n in range(len(slots) - 1, -1, -1):
        work.slot_whole[slots[n], PLAN_AGENT] = agents[n]
        work.plan_next[slots[n]] = work.agent_whole[agents[n], PLAN_HEAD]
        work.agent_whole[agents[n], PLAN_HEAD] = slots[n]


@kernel
def assign_teams(layout: Layout, work: Workspace, team: Wholes) -> None:
    """Let everybody work for a team; who may not move any more stays."""
    for agent in range(len(work.agent_whole)):
        facts = work.agent_whole[agent]
        if team[agent] < 0 or (facts[LAST_TEAM] >= 0 and facts[MOVES] >= layout.agent_whole[agent, MAX_MOVES]):
            continue
        of_class = layout.class_next[layout.agent_whole[agent, AGENT_CLASS], team[agent], 0]
        is_on_duty = facts[SHIFT] >= 0 and facts[ON_BREAK] == 0
        if is_on_duty and facts[STATE] in (IDLE, READY):
            leave_free(layout, work, agent)
            facts[CLASS] = of_class
            join_free(layout, work, agent)
            continue
        if is_on_duty and facts[STATE] == CHOOSING:
            end_idling(layout, work, agent)
            facts[CLASS] = of_class
            begin_idling(layout, work, agent)
        facts[CLASS] = of_class
