"""The next best task: ranked in memory, claimed in the database; one that is lost falls to the next candidate."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from models.database import Database
from models.errors import ConflictError, NotFoundError
from models.repositories.live.records import LiveAgent, LiveTask
from models.repositories.live.states import get_choice_set, read_task
from models.vocabulary_live import Presence, TaskStage
from optimizer.next_task import Block
from services.live.acts import Act, Outcome
from services.live.choice_sets import Shown, make_choice_set
from services.live.desk import Desk
from services.live.following import Follower
from services.live.idling import WHY, IdlePair, find_idle_pairs
from services.live.offers import NUM_ALTERNATES, Choices, Offer, OfferedTask, describe_offered, list_candidates
from services.live.queue import LiveQueue, Ranked
from services.live.why_waiting import WaitingReason, explain_waiting

MOST_TRIES = 20
"""Candidates that are tried before the queue is read anew."""

MOST_ROUNDS = 25
"""How often it is: while nobody gives events their positions, each round brings just the candidates up to date."""


class NextTask:
    """Offers and takes tasks.

    Parameters
    ----------
    clock
        Returns the epoch second.
    """

    def __init__(self, database: Database, desk: Desk, follower: Follower, *, clock: Callable[[], int]) -> None:
        self._database = database
        self._desk = desk
        self._follower = follower
        self._clock = clock

    def next_task(self, agent_id: str, act: Act) -> Offer:
        """Claim the best task for an agent and offer it with two alternates.

        Who has one that is claimed and not started is offered that one again.

        Raises
        ------
        NotFoundError
            If there is no such agent today.
        ConflictError
            If the agent is not free: not signed in, off task, or with a task in hand.
        """
        for _ in range(MOST_ROUNDS):
            queue, now = self._follower.queue, self._clock()
            state = self._present(queue, agent_id)
            in_hand = _claimed_task(queue, state)
            if in_hand is not None:
                return self._repeat(queue, agent_id, in_hand, now)
            ranked = queue.rank(agent_id, now)
            places = list_candidates(ranked)
            for nth, at in enumerate(places[:MOST_TRIES]):
                task_id = ranked.tasks[at].id
                later = places[nth + 1 : nth + 1 + NUM_ALTERNATES]
                shown = Shown(primary=task_id, alternates=tuple(ranked.tasks[other].id for other in later))
                rivals = [ranked.tasks[other].id for other in places[nth + 1 : MOST_TRIES]]
                try:
                    with queue.reserving(task_id) as is_free:
                        outcome = self._claim(ranked, task_id, act, shown, rivals) if is_free else None
                except ConflictError:
                    # Asked twice at once, or again in another process: the first to be there has claimed.
                    in_hand = _claimed_task(queue, self._present(queue, agent_id))
                    if in_hand is None:
                        raise
                    return self._repeat(queue, agent_id, in_hand, now)
                if outcome is not None:
                    offered = [describe_offered(queue, ranked, place) for place in (at, *later)]
                    return _offer(ranked, offered[0], tuple(offered[1:]), outcome.task)
            if len(places) <= MOST_TRIES:
                self._desk.look(agent_id, act)
                return _offer(ranked, None, (), None)
            self._follower.catch_up()
        raise ConflictError("others took every task that was tried; ask again")

    def take(self, agent_id: str, task_id: str, act: Act, *, is_told: bool = False) -> Outcome:
        """Claim a certain task for an agent: an alternate, or any that the agent may do.

        One that is claimed and not started is given back for it.

        Parameters
        ----------
        is_told
            Whether a lead says so.

        Raises
        ------
        NotFoundError
            If no such task is open, or there is no such agent today.
        ConflictError
            If the agent may not do it, or somebody has it.
        """
        queue, now = self._follower.queue, self._clock()
        state = self._present(queue, agent_id, wants_task=False)
        in_hand = _claimed_task(queue, state)
        if queue.find(task_id) is None:
            self._follower.refresh(tasks=[task_id])
        if queue.find(task_id) is None:
            raise NotFoundError(f"no task {task_id!r} is open")
        if in_hand == task_id:
            raise ConflictError(f"agent {agent_id!r} has task {task_id!r} already")
        ranked = queue.rank(agent_id, now, taken=task_id, instead_of=in_hand)
        if ranked.ranking.taken_rank is None:
            self._follower.refresh(tasks=[task_id])
            ranked = queue.rank(agent_id, now, taken=task_id, instead_of=in_hand)
        if ranked.ranking.taken_rank is None:
            raise ConflictError(_refusal(queue, agent_id, task_id, now))
        choice = make_choice_set(ranked, task_id, self._shown(in_hand), is_told=is_told)
        try:
            return self._desk.claim(agent_id, task_id, _decided(act, ranked), choice=choice, instead_of=in_hand)
        except ConflictError:
            self._follower.refresh(tasks=[task_id], agents=[agent_id])
            raise

    def rank(self, agent_id: str) -> Ranked:
        """Return what an agent may take now, ranked exactly; nothing is claimed.

        Raises
        ------
        NotFoundError
            If there is no such agent today.
        """
        queue = self._follower.queue
        if agent_id not in queue.crew.position:
            raise NotFoundError(f"there is no agent {agent_id!r} today")
        return queue.rank(agent_id, self._clock())

    def list_choices(self, agent_id: str, *, limit: int) -> Choices:
        """Return what an agent may take now, the best first, whether or not the agent is free.

        Raises
        ------
        NotFoundError
            If there is no such agent today.
        """
        queue, ranked = self._follower.queue, self.rank(agent_id)
        return Choices(
            agent_id=agent_id,
            at=ranked.now,
            num_eligible=ranked.ranking.num_eligible,
            tasks=tuple(describe_offered(queue, ranked, at) for at in list_candidates(ranked)[:limit]),
        )

    def explain_waiting(self, task_id: str) -> WaitingReason:
        """Return why a task is still waiting.

        Raises
        ------
        NotFoundError
            If no such task is open.
        """
        queue = self._follower.queue
        if queue.find(task_id) is None:
            self._follower.refresh(tasks=[task_id])
        return explain_waiting(queue, task_id, self._clock())

    def find_idle_pairs(self, now: int | None = None) -> list[IdlePair]:
        """Return the agents who are free although work waits, and why."""
        return find_idle_pairs(self._follower.queue, self._clock() if now is None else now)

    def _present(self, queue: LiveQueue, agent_id: str, *, wants_task: bool = True) -> LiveAgent | None:
        """Return where an agent stands, read anew where what is in memory would refuse."""
        if agent_id not in queue.crew.position:
            raise NotFoundError(f"there is no agent {agent_id!r} today")
        state = queue.state_of(agent_id)
        is_ready = state is not None and state.presence is Presence.FREE
        if not is_ready or not wants_task:
            self._follower.refresh(agents=[agent_id], tasks=[state.task_id] if state and state.task_id else [])
            state = queue.state_of(agent_id)
        return state

    def _claim(self, ranked: Ranked, task_id: str, act: Act, shown: Shown, rivals: Sequence[str]) -> Outcome | None:
        """Claim a task; return None where somebody else has it by now.

        Parameters
        ----------
        rivals
            The candidates that come next: whoever was faster here may have been faster there.
        """
        choice = make_choice_set(ranked, task_id, shown, is_told=False)
        act = _decided(act, ranked)
        outcome = self._desk.try_claim(ranked.agent_id, task_id, act, choice=choice)
        if outcome is not None:
            return outcome
        queue = self._follower.queue
        if not self._database.is_sqlite:
            self._follower.refresh(tasks=[task_id, *rivals], agents=[ranked.agent_id])
            if _is_taken(queue, ranked.agent_id, task_id):
                return None
        try:
            return self._desk.claim(ranked.agent_id, task_id, act, choice=choice)
        except ConflictError:
            self._follower.refresh(tasks=[task_id], agents=[ranked.agent_id])
            if _is_taken(queue, ranked.agent_id, task_id):
                return None
            raise  # it is not the task that stands in the way

    def _repeat(self, queue: LiveQueue, agent_id: str, task_id: str, now: int) -> Offer:
        """Return the offer of a task that the agent has claimed already, with the alternates that came with it.

        In place of those that wait no more come the next of the choice set of the claim: what an agent is shown is
        what the claim says that they were shown, or what stood right behind it.
        """
        ranked = queue.rank(agent_id, now, taken=task_id, instead_of=task_id)
        at = next((at for at, task in enumerate(ranked.tasks) if task.id == task_id), None)
        with self._database.reading() as session:
            task = read_task(session.connection(), task_id)
            choice = None if task is None else get_choice_set(session.connection(), task.event_id)
        if at is None:  # it can be done no more, say because the shift ends
            raise ConflictError(_refusal(queue, agent_id, task_id, now))
        others = [place for place in list_candidates(ranked) if place != at]
        if choice is not None:
            known = (*choice.shown.get("alternates", ()), *choice.entries["task"])
            order = {name: nth for nth, name in reversed(list(enumerate(known)))}
            others = sorted(
                (place for place in others if ranked.tasks[place].id in order),
                key=lambda place: order[ranked.tasks[place].id],
            )
        return _offer(
            ranked,
            describe_offered(queue, ranked, at),
            tuple(describe_offered(queue, ranked, place) for place in others[:NUM_ALTERNATES]),
            task,
        )

    def _shown(self, in_hand: str | None) -> Shown:
        """Return what an agent was shown with the task that is claimed."""
        if in_hand is None:
            return Shown()
        with self._database.reading() as session:
            task = read_task(session.connection(), in_hand)
            choice = None if task is None else get_choice_set(session.connection(), task.event_id)
        said = {} if choice is None else choice.shown
        return Shown(primary=said.get("primary"), alternates=tuple(said.get("alternates", ())))


def _is_taken(queue: LiveQueue, agent_id: str, task_id: str) -> bool:
    """Return whether a task waits no more, for an agent who is free."""
    task, state = queue.find(task_id), queue.state_of(agent_id)
    still_waits = task is not None and task.stage is TaskStage.WAITING
    return not still_waits and state is not None and state.presence is Presence.FREE


def _claimed_task(queue: LiveQueue, state: LiveAgent | None) -> str | None:
    """Return the task that an agent has claimed and not started."""
    if state is None or state.task_id is None:
        return None
    task = queue.find(state.task_id)
    return state.task_id if task is not None and task.stage is TaskStage.CLAIMED else None


def _decided(act: Act, ranked: Ranked) -> Act:
    """Return the act with what decided."""
    return replace(act, policy_version=ranked.policy.version)


def _offer(
    ranked: Ranked, primary: OfferedTask | None, alternates: tuple[OfferedTask, ...], task: LiveTask | None
) -> Offer:
    return Offer(
        agent_id=ranked.agent_id,
        at=ranked.now,
        primary=primary,
        alternates=alternates,
        version=None if task is None else task.version,
        expires_at=None if task is None else task.expires_at,
        num_eligible=ranked.ranking.num_eligible,
        blocked=ranked.ranking.blocked,
        policy_version=ranked.policy.version,
        plan_id=ranked.policy.plan_id,
    )


def _refusal(queue: LiveQueue, agent_id: str, task_id: str, now: int) -> str:
    """Return why an agent may not take a task."""
    task, name = queue.find(task_id), repr(task_id)
    if task is None:
        return f"task {name} is open no more"
    block = queue.block(agent_id, task_id, now)
    if block is Block.NOT_WAITING:
        holder = "" if task.agent is None else f" and with agent {task.agent!r}"
        return f"task {name} is {task.stage.value}{holder}: only a task that waits can be taken"
    return f"agent {agent_id!r} may not take task {name} now: it is {WHY[block]}"
