"""Why a task is still waiting: where it stands, who could do it, and what keeps everybody else from it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.errors import NotFoundError
from models.repositories.live.records import LiveAgent
from models.repositories.live.waiting import OpenTask
from models.vocabulary_live import TaskStage
from optimizer.next_task import Block
from services.live.crew import Demand
from services.live.queue import LiveQueue
from services.live.views import stays_until
from services.names import lasting, listed, show_clock


class Standing(StrEnum):
    """What an agent who may do a task is doing, those first who could begin soonest."""

    FREE = "free"
    BUSY = "busy"
    OFF_TASK = "off-task"
    OUT = "out"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An agent, seen from a task.

    Attributes
    ----------
    block
        What keeps the agent from it; `Block.ELIGIBLE` where nothing does.
    detail
        That in words.
    standing
        What the agent is doing.
    """

    agent_id: str
    name: str
    block: Block
    detail: str
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class WaitingReason:
    """Why a task is still waiting.

    Attributes
    ----------
    able
        Agents who may take it as soon as they are free; those who are come first.
    blocked
        Agents with the skills for it who are kept from it all the same.
    num_without
        Agents who lack its team, a skill or a clearance, by which of these.
    before
        Open tasks that must be done first.
    planned
        To whom the published plan gives it, and when.
    sentence
        All that in short.
    """

    task: OpenTask
    due: int | None
    able: tuple[Candidate, ...]
    blocked: tuple[Candidate, ...]
    num_without: Mapping[Block, int]
    before: tuple[str, ...]
    planned: tuple[str, int] | None
    sentence: str


def explain_waiting(queue: LiveQueue, task_id: str, now: int) -> WaitingReason:
    """Return why a task is still waiting at an instant.

    Raises
    ------
    NotFoundError
        If no such task is open.
    """
    task = queue.find(task_id)
    if task is None:
        raise NotFoundError(f"no task {task_id!r} is open")
    crew = queue.crew
    demand = crew.demand_of(task)
    without: Counter[Block] = Counter()
    able: list[Candidate] = []
    blocked: list[Candidate] = []
    for agent in crew.agents:
        gap, _ = crew.find_gap(agent, demand)
        if gap is not Block.ELIGIBLE:
            without[gap] += 1
            continue
        # Somebody has it, or a lead must look at it: who could do it otherwise is still worth knowing.
        block = queue.block(agent.id, task_id, now) if task.stage is TaskStage.WAITING else Block.ELIGIBLE
        candidate = Candidate(
            agent_id=agent.id,
            name=agent.name or agent.id,
            block=block,
            detail=_detail(queue, agent.id, task, block, now),
            standing=_standing(queue.state_of(agent.id)),
        )
        (able if block is Block.ELIGIBLE else blocked).append(candidate)
    order = list(Standing)
    able.sort(key=lambda one: (order.index(one.standing), one.agent_id))
    before = tuple(queue.before(task_id))
    return WaitingReason(
        task=task,
        due=queue.due_of(task_id),
        able=tuple(able),
        blocked=tuple(blocked),
        num_without=dict(without),
        before=before,
        planned=queue.planned(task_id),
        sentence=_tell(queue, task, demand, able, blocked, without, before),
    )


def _standing(state: LiveAgent | None) -> Standing:
    return Standing.OUT if state is None else Standing(state.presence.value)


def _tell(
    queue: LiveQueue,
    task: OpenTask,
    demand: Demand,
    able: list[Candidate],
    blocked: list[Candidate],
    without: Counter[Block],
    before: tuple[str, ...],
) -> str:
    crew = queue.crew
    if task.stage is not TaskStage.WAITING:
        holder = "" if task.agent is None else f" by {crew.name(task.agent)}"
        return f"It is not waiting: it is {_STAGES[task.stage]}{holder}."
    if before:
        return f"It waits for {listed(before)} to be done first."
    free = [one.name for one in able if one.standing is Standing.FREE]
    if free:
        return f"{listed(free)} could do it now: other tasks come first, or nobody has asked."
    busy = [one.name for one in able if one.standing in (Standing.BUSY, Standing.OFF_TASK)]
    if busy:
        return f"Those who could do it are at other things: {listed(busy)}."
    if able:
        return f"Those who could do it are not there: {listed([one.name for one in able])}."
    if blocked:
        reasons = Counter(one.detail for one in blocked)
        return f"All {len(blocked)} with the skills for it are kept from it: {listed([*reasons])}."
    needs = f"{crew.skill_names.get(demand.skill, demand.skill)} at level {demand.min_level}"
    team = crew.team_names.get(demand.team, demand.team)
    return (
        f"Nobody may do it: it needs {needs} for {team}; of {len(crew.agents)} agents {without[Block.TEAM]} are not "
        f"for that team, {without[Block.SKILL]} lack a skill and {without[Block.CLEARANCE]} the clearance."
    )


def _detail(queue: LiveQueue, agent_id: str, task: OpenTask, block: Block, now: int) -> str:
    """Return in words what keeps an agent from a task."""
    crew = queue.crew
    zone = crew.calendar.zone
    position = crew.position[agent_id]
    match block:
        case Block.ELIGIBLE:
            return ""
        case Block.PINNED:
            return f"it is kept for {crew.name(task.pinned or '')}"
        case Block.FOUR_EYES:
            mine = [other for other, doer in queue.apart(task.id).items() if doer == agent_id]
            return f"did {listed(mine)}, which must have another agent"
        case Block.TOO_EARLY:
            start = max(task.arrived, task.earliest_start or task.arrived)
            return f"it may not start before {show_clock(start, now=now, zone=zone)}"
        case Block.MOVE_CAP:
            moves = queue.stint_of(agent_id).num_moves
            return f"has changed teams {moves} times, as often as is allowed in a shift"
        case Block.DWELL:
            until = int(stays_until(crew.agents[position], queue.stint_of(agent_id)))
            return f"stays with the present team until {show_clock(until, now=now, zone=zone)}"
        case Block.SHIFT_END:
            return f"has {lasting(max(0.0, crew.room(position, now).seconds))} left of the shift"
        case _:
            return _DETAILS[block]


_DETAILS = {
    Block.NOT_WAITING: "it is not waiting",
    Block.EXCLUDED: "is excluded from it",
    Block.PREDECESSOR: "a task before it is still open",
    Block.SKIPPED: "skipped it today",
    Block.TEAM: "does not work for its team",
    Block.SKILL: "lacks a skill",
    Block.CLEARANCE: "is not cleared for its client",
}
_STAGES = {
    TaskStage.CLAIMED: "claimed",
    TaskStage.STARTED: "being done",
    TaskStage.PAUSED: "paused",
    TaskStage.PENDED: "pended",
    TaskStage.LEAD: "with a lead",
    TaskStage.CLOSED: "closed",
}
