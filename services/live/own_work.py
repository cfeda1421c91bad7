"""What an agent has before them: what is in their hand and why, what they may take instead, or why there is nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.database import Database
from models.errors import NotFoundError
from models.repositories.live.own_day import DayTask, read_day_task
from models.repositories.live.records import LiveAgent, LiveTask
from models.repositories.live.states import find_in_hand, get_choice_set, read_task
from models.repositories.live.waiting import OpenTask
from models.time import to_datetime
from models.vocabulary_live import Presence, TaskStage
from optimizer.next_task import Block
from services.live.following import Follower
from services.live.offers import NUM_ALTERNATES, OfferedTask, describe_offered, list_candidates
from services.live.queue import LiveQueue, Ranked
from services.settings import Settings

MOST_GIVEN_BACK = 4


@dataclass(frozen=True, kw_only=True)
class HeldTask:
    """A task in an agent's hand.

    Attributes
    ----------
    task, row
        As the desk knows it, and as the office has it besides: step, link.
    due
        Epoch second.
    offered
        Why it stands where it does, and how long it takes this agent; None where it could not be taken now.
    block
        What would keep the agent from taking it now; `Block.ELIGIBLE` where nothing does.
    """

    task: OpenTask
    state: LiveTask
    row: DayTask
    due: int | None
    offered: OfferedTask | None
    block: Block


@dataclass(frozen=True, kw_only=True)
class OwnWork:
    """What an agent has before them at an instant.

    Attributes
    ----------
    held
        What is in the agent's hand: the one at work, or claimed, first.
    alternates
        What was shown beside the claimed task, and may still be taken for it.
    num_offerable
        Tasks that the agent would be offered, those skipped today left out.
    blocked
        How many others wait, by what keeps the agent from them.
    given_back
        What the agent skipped or gave back today and might take after all, where there is nothing else.
    skips_left, most_skips
        Tasks that the agent may still skip today, and in all.
    shift
        Start and end of the shift that runs or comes next today; None where there is none.
    token
        Another one means that something changed; see `watch`.
    """

    agent_id: str
    name: str
    team: str
    at: int
    state: LiveAgent
    skips_left: int
    most_skips: int
    token: str
    held: tuple[HeldTask, ...] = ()
    alternates: tuple[OfferedTask, ...] = ()
    num_offerable: int = 0
    blocked: Mapping[Block, int] = field(default_factory=dict)
    given_back: tuple[OfferedTask, ...] = ()
    shift: tuple[int, int] | None = None


def look_at_work(database: Database, follower: Follower, settings: Settings, agent_id: str, *, now: int) -> OwnWork:
    """Return what an agent has before them; nothing is claimed.

    Raises
    ------
    NotFoundError
        If there is no such agent today.
    """
    queue = follower.queue
    position = queue.crew.position.get(agent_id)
    if position is None:
        raise NotFoundError(f"there is no agent {agent_id!r} today")
    with database.reading() as session:
        in_hand = find_in_hand(session.connection(), agent_id)
    follower.refresh(agents=[agent_id], tasks=in_hand)
    state = queue.state_of(agent_id) or LiveAgent(agent_id=agent_id)
    first = state.task_id if state.task_id in in_hand else None
    ordered = [*([first] if first else []), *(name for name in in_hand if name != first)]
    ranked = _rank(queue, agent_id, ordered, now)
    held = tuple(
        found
        for nth, name in enumerate(ordered)
        if (found := _hold(database, queue, agent_id, name, now, ranked if nth == 0 else None)) is not None
    )
    agent, day = queue.crew.agents[position], queue.crew.calendar.local_day(now)
    shifts = [(shift.start, shift.end) for shift in agent.shifts if shift.end > now]
    today = [each for each in shifts if to_datetime(each[0], queue.crew.calendar.zone).date() == day or each[0] <= now]
    skipped = state.skips_today if state.skips_day == day else 0
    is_free = state.presence is Presence.FREE and not held
    return OwnWork(
        agent_id=agent_id,
        name=agent.name or agent_id,
        team=agent.team,
        at=now,
        state=state,
        skips_left=max(0, settings.most_skips_a_day - skipped),
        most_skips=settings.most_skips_a_day,
        token=watch(queue, agent_id, now),
        held=held,
        alternates=_alternates(database, queue, ranked, held),
        num_offerable=_count_offerable(ranked) if is_free else 0,
        blocked=ranked.ranking.blocked if is_free else {},
        given_back=_given_back(queue, ranked) if is_free else (),
        shift=today[0] if today else None,
    )


def watch(queue: LiveQueue, agent_id: str, now: int) -> str:
    """Return a mark of where an agent stands: another one says that there is something new to look at.

    It follows the agent, the task that is claimed or at work, and, while the agent is free, whether there is any work.
    """
    state = queue.state_of(agent_id)
    if state is None:
        return "0.0.-"
    task = None if state.task_id is None else queue.find(state.task_id)
    has_work = "-"
    if state.presence is Presence.FREE and not state.num_in_hand:
        has_work = "y" if list_candidates(queue.rank(agent_id, now)) else "n"
    return f"{state.version}.{0 if task is None else task.version}.{has_work}"


def _rank(queue: LiveQueue, agent_id: str, in_hand: list[str], now: int) -> Ranked:
    first = in_hand[0] if in_hand else None
    return queue.rank(agent_id, now, taken=first, instead_of=first)


def _count_offerable(ranked: Ranked) -> int:
    if not list_candidates(ranked):
        return 0
    return max(1, ranked.ranking.num_eligible - len(ranked.skipped))


def _given_back(queue: LiveQueue, ranked: Ranked) -> tuple[OfferedTask, ...]:
    if list_candidates(ranked):
        return ()
    places = [at for at, task in enumerate(ranked.tasks) if task.id in ranked.skipped]
    return tuple(describe_offered(queue, ranked, at) for at in places[:MOST_GIVEN_BACK])


def _hold(
    database: Database, queue: LiveQueue, agent_id: str, task_id: str, now: int, ranked: Ranked | None
) -> HeldTask | None:
    """Return a task in hand; None where somebody took it out of it since."""
    with database.reading() as session:
        state = read_task(session.connection(), task_id)
        row = read_day_task(session.connection(), task_id)
    task = queue.find(task_id)
    if task is None or state is None or row is None or state.agent_id != agent_id:
        return None
    ranked = ranked or queue.rank(agent_id, now, taken=task_id, instead_of=task_id)
    at = next((at for at, one in enumerate(ranked.tasks) if one.id == task_id), None)
    return HeldTask(
        task=task,
        state=state,
        row=row,
        due=queue.due_of(task_id),
        offered=None if at is None else describe_offered(queue, ranked, at),
        block=Block.ELIGIBLE if at is not None else queue.block(agent_id, task_id, now),
    )


def _alternates(
    database: Database, queue: LiveQueue, ranked: Ranked, held: tuple[HeldTask, ...]
) -> tuple[OfferedTask, ...]:
    """Return what was shown when the task in hand was claimed and still waits.

    Nothing else is shown beside it: what an agent takes is judged by what they were shown then.
    """
    if not held or held[0].state.state is not TaskStage.CLAIMED:
        return ()
    with database.reading() as session:
        choice = get_choice_set(session.connection(), held[0].state.event_id)
    shown = {} if choice is None else choice.shown
    names = {shown.get("primary"), *shown.get("alternates", ())} - {held[0].task.id}
    places = [at for at in list_candidates(ranked) if ranked.tasks[at].id in names]
    return tuple(describe_offered(queue, ranked, at) for at in places[:NUM_ALTERNATES])
