"""Who is free while work waits, and why: an able agent beside work that could be done, or work that nobody may take."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.vocabulary_live import Presence
from optimizer.next_task import Block
from services.live.queue import LiveQueue
from services.names import lasting, listed

GRACE_S = 2
"""Who has been free for less is on the way from one task to the next."""

MOST_RANKED = 200
"""Agents that are looked at in one round: those who have been free longest."""


@dataclass(frozen=True, kw_only=True)
class IdlePair:
    """An agent who is free while work waits.

    Attributes
    ----------
    since
        Since when the agent is free.
    task_id
        The first task that the agent could do; None where something keeps the agent from all that wait.
    num_doable
        Tasks that the agent could take now.
    num_skipped
        Of these, those that the agent skipped today.
    blocked
        How many tasks that wait are kept from the agent, by reason; those of foreign teams are left out.
    is_asking
        Whether the agent has asked for a task since.
    why
        In a sentence.
    """

    agent_id: str
    since: int
    task_id: str | None
    num_doable: int
    num_skipped: int
    blocked: Mapping[Block, int]
    is_asking: bool
    why: str


def find_idle_pairs(queue: LiveQueue, now: int, *, grace_s: int = GRACE_S) -> list[IdlePair]:
    """Return the agents who have been free for a while although tasks of their teams wait, the longest free first."""
    free = [
        state
        for state in queue.agent_states()
        if state.presence is Presence.FREE and now - state.since >= grace_s and state.agent_id in queue.crew.position
    ]
    found = []
    for state in sorted(free, key=lambda state: (state.since, state.agent_id))[:MOST_RANKED]:
        ranked = queue.rank(state.agent_id, now)
        blocked = dict(ranked.ranking.blocked)
        blocked.pop(Block.TEAM, None)
        doable = ranked.ranking.num_eligible
        if not doable and not blocked:
            continue
        first = next((task.id for task in ranked.tasks if task.id not in ranked.skipped), None)
        skipped = min(doable, len(ranked.skipped))
        is_asking = state.looking_since is not None
        found.append(
            IdlePair(
                agent_id=state.agent_id,
                since=state.since,
                task_id=first,
                num_doable=doable,
                num_skipped=skipped,
                blocked=blocked,
                is_asking=is_asking,
                why=_tell(now - state.since, doable, skipped, blocked, is_asking=is_asking),
            )
        )
    return found


def _tell(idle_s: int, doable: int, skipped: int, blocked: Mapping[Block, int], *, is_asking: bool) -> str:
    """Return why an agent is free while work waits."""
    begin = f"free for {lasting(idle_s)}: "
    if doable > skipped:
        asked = "has asked, and got none" if is_asking else "has not asked for one"
        return f"{begin}{_count(doable - skipped)} could be done, and the agent {asked}"
    reasons = [f"{_count(count)} {WHY[block]}" for block, count in sorted(blocked.items(), key=lambda item: -item[1])]
    if skipped:
        reasons.insert(0, f"{_count(skipped)} the agent skipped today")
    return begin + listed(reasons, most=len(reasons))


def _count(number: int) -> str:
    return "1 task" if number == 1 else f"{number:,} tasks"


WHY: Mapping[Block, str] = {
    Block.ELIGIBLE: "to be done",
    Block.NOT_WAITING: "not waiting",
    Block.TEAM: "of teams that the agent is not lent to",
    Block.SKILL: "beyond the agent's skills",
    Block.CLEARANCE: "of clients that the agent is not cleared for",
    Block.PINNED: "kept for others",
    Block.EXCLUDED: "kept from the agent",
    Block.FOUR_EYES: "to be done by another than who did the task before",
    Block.PREDECESSOR: "waiting for another task to be done",
    Block.TOO_EARLY: "that may not start yet",
    Block.MOVE_CAP: "of another team, and the agent may change teams no more in this shift",
    Block.DWELL: "of another team, and the agent must stay with the present one for longer",
    Block.SHIFT_END: "longer than what is left of the shift",
    Block.SKIPPED: "one that the agent skipped today",
}
"""What keeps an agent from a task, after a number of tasks."""
