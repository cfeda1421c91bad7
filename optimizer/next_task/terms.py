"""What a task is worth to one agent now, in named terms: units of the planner's objective by minute of the agent.

The index is the policy's own. That of `atc` is, but for a factor, what a delay of random, exponentially distributed
length costs a task: a delay of mean `scale` costs `weight * scale * exp(-slack / scale)` in tardiness, and makes late
what is still on time with the chance `exp(-slack / scale)`. So index and costs of the objective have one unit, and what
else speaks for or against a task is added to it.

References
----------
Vepsalainen and Morton (1987), Priority rules for job shops with weighted tardiness costs. Management Science 33(8),
1035-1047.
Lee, Bhaskaran and Pinedo (1997), A heuristic to minimize the total weighted tardiness with sequence-dependent setups.
IIE Transactions 29(1), 45-52 (setups beside the index).
Morton and Pentico (1993), Heuristic Scheduling Systems, chapter 10 (prices of capacity).
"""

from enum import IntEnum

from optimizer.dispatching.apparent_cost import JUMP_SHARE
from optimizer.kernels import inner
from optimizer.next_task.columns import NO_INSTANT, NOBODY, AgentView, Circumstances, TaskColumns
from optimizer.policy import ATC, WSPT, atc, evaluate

SPREAD = 0.25
"""A task with less than this part of its handling to spare before the shift ends may well not be done by then."""

NUM_TERMS = 11


class Term(IntEnum):
    """The terms of a score; what speaks against a task is negative."""

    URGENCY = 0
    """What waiting costs in tardiness: the index by the look-ahead."""
    ON_TIME = 1
    """What it would cost that the task becomes late, where it is still on time."""
    MUST_BY = 2
    """What it would cost that an instant passes that must not."""
    SETUP = 3
    """What changing over takes of all that."""
    PRICE = 4
    """What others need this agent's skills for."""
    AWAY = 5
    """Work outside the home team."""
    MOVE = 6
    """A change of team."""
    PREFERRED = 7
    """The task would rather go to others."""
    REASSIGNED = 8
    """The published plan gives it to somebody else who is expected to do it."""
    CONTINUITY = 9
    """The agent knows its case."""
    SHIFT_END = 10
    """It may well not be done before the shift ends."""


LEADS_ORDER, OWN_PLAN, ANY = 2, 1, 0
"""Tiers: pinned to the agent; the agent's by the published plan; all else. A higher one comes first, whatever the
score."""


@inner
def is_by_cost(rule: int) -> bool:
    """Return whether the index of a rule is a cost by time, so that terms may be added to it."""
    return rule in (ATC, WSPT)


@inner
def get_tier(slot: int, tasks: TaskColumns, ask: Circumstances) -> int:
    """Return the tier of a task."""
    if tasks.pinned[slot] == ask.agent:
        return LEADS_ORDER
    if tasks.planned[slot] == ask.agent and abs(tasks.planned_at[slot] - ask.now) <= ask.plan_window_s:
        return OWN_PLAN
    return ANY


@inner
def compute_index(slot: int, tasks: TaskColumns, view: AgentView, ask: Circumstances) -> float:
    """Return the index of a task by the policy; its instants are told from now on."""
    handling = tasks.standard_s[slot] / view.speed[tasks.demand[slot]]
    enabled, due = tasks.enabled[slot] - ask.now, tasks.due[slot]
    if due < NO_INSTANT:
        due -= ask.now
    return evaluate(ask.rule, 0.0, enabled, due, tasks.weight[slot], handling, ask.scale_s)


@inner
def weigh(
    slot: int, index: float, tasks: TaskColumns, view: AgentView, ask: Circumstances
) -> tuple[float, float, float, float, float, float, float, float, float, float, float]:
    """Return the terms of a task's score, in the order of `Term`; their sum is the score."""
    demand = tasks.demand[slot]
    handling, setup = tasks.standard_s[slot] / view.speed[demand], view.setup_s[demand]
    minutes = (handling + setup) / 60.0
    urgency, on_time, must_by = 0.0, 0.0, 0.0
    if is_by_cost(ask.rule):
        rate = max(0.0, index)
        urgency = ask.tardiness * ask.scale_s * rate
        if ask.now + handling <= tasks.due[slot]:
            on_time = JUMP_SHARE * ask.late * 60.0 * rate
    if tasks.must_by[slot] < NO_INSTANT and ask.now + handling <= tasks.must_by[slot]:
        rate = max(0.0, atc(0.0, 0.0, tasks.must_by[slot] - ask.now, ask.missed, handling, ask.scale_s))
        must_by = JUMP_SHARE * 60.0 * rate
    lost = -(urgency + on_time + must_by) * setup / (handling + setup)
    preferred = 0.0
    if tasks.num_preferred[slot] > 0 and view.is_preferred[slot] == 0:
        preferred = -ask.preferred / minutes
    reassigned = 0.0
    planned = tasks.planned[slot]
    if (
        NOBODY != planned != ask.agent
        and view.is_expected[planned] != 0
        and abs(tasks.planned_at[slot] - ask.now) <= ask.plan_window_s
    ):
        reassigned = -ask.reassigned / minutes
    continuity = 0.0
    case = tasks.case[slot]
    if case != NOBODY and (case == ask.last_case or view.case_agent[case] == ask.agent):
        continuity = ask.continuity / minutes
    shift_end = 0.0
    spare = view.room_s[demand] - handling
    if spare < SPREAD * handling:
        risk = min(1.0, max(0.0, 1.0 - spare / (SPREAD * handling)))
        shift_end = -ask.carried_over * tasks.weight[slot] * risk / minutes
    return (
        urgency,
        on_time,
        must_by,
        lost,
        -view.price[demand],
        -ask.away * view.is_away[demand],
        -ask.move * view.is_move[demand] / minutes,
        preferred,
        reassigned,
        continuity,
        shift_end,
    )
