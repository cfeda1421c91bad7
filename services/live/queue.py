"""The desk in memory: the open tasks as columns, kept up with the events, and the exact ranking over all of them.

What is in memory proposes; the database decides. A ranking that is behind by an event costs a claim that is refused and
the next candidate, never a task that is given twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import RLock

from models.repositories.live.records import Event, LiveAgent, LiveTask
from models.repositories.live.waiting import OpenTask, Ties
from models.time import SECONDS_PER_MINUTE
from models.vocabulary_live import IN_HAND, EventKind, TaskStage
from optimizer.instance import Floats
from optimizer.next_task import Block, Ranking, make_board, rank, tell_block
from optimizer.next_task.columns import NOBODY, AgentView
from optimizer.policy import NO_DUE
from services.hour_values import HourValues
from services.live.crew import Crew
from services.live.desk_policy import DeskPolicy
from services.live.presences import Presences
from services.live.slots import TaskSlots, slots_of
from services.live.snapshot import Snapshot
from services.live.stints import NO_STINT, Stint
from services.live.ties import TieBook
from services.live.views import AgentViews
from services.office_deadlines import due_after_open_minutes

GIVEN_BACK = frozenset({EventKind.SKIPPED, EventKind.RETURNED})
"""What an agent has given back with a reason is not offered to them again that day."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranked:
    """A ranking with the tasks that it lists, and what they looked like when they were ranked.

    Attributes
    ----------
    tasks
        The tasks of the ranking, in its order. L tasks.
    due, weight, handling_s, enabled : (L,) of each; `NO_DUE` where there is none, handling by the agent who asks
    stint
        What the agent has done since signing in.
    skipped
        Open tasks that the agent skipped today: they are ranked, and not offered again.
    scale_s
        Look-ahead of the index, in seconds.
    """

    agent_id: str
    now: int
    ranking: Ranking
    tasks: Sequence[OpenTask]
    due: Floats
    weight: Floats
    handling_s: Floats
    enabled: Floats
    stint: Stint
    policy: DeskPolicy
    skipped: frozenset[str]
    scale_s: float


class LiveQueue:
    """The open tasks and the agents of a desk. All methods may be called by any thread.

    Parameters
    ----------
    setup
        Seconds to change over to another type of the same team, and to another team.
    """

    def __init__(self, crew: Crew, policy: DeskPolicy, *, setup: tuple[int, int]) -> None:
        self.crew = crew
        self.policy = policy
        self._lock = RLock()
        self._ties = TieBook()
        self._slots = TaskSlots(crew, self._ties)
        self._views = AgentViews(crew, self._slots, setup=setup)
        self._presences = Presences(crew)
        self._skip_day: date | None = None
        self._stints: dict[str, Stint] = {}
        self._board = make_board()

    @property
    def num_waiting(self) -> int:
        """Number of tasks that wait for an agent."""
        return self._slots.num_waiting

    @property
    def num_changes(self) -> int:
        """Number of changes to tasks that were taken over: the same number, the same tasks."""
        return self._slots.num_changes

    def follow_plan(
        self, policy: DeskPolicy, values: HourValues | None, assignments: Iterable[tuple[str, str, int]]
    ) -> None:
        """Go by another policy and plan: task, agent and start of each of its assignments."""
        with self._lock:
            self.policy, self._views.values = policy, values
            self._slots.plan({task: (agent, start) for task, agent, start in assignments})

    def know_cases(self, agents: Mapping[str, str]) -> None:
        """Note who last worked on cases."""
        with self._lock:
            for case, agent in agents.items():
                self._slots.note_case(case, agent)

    def write_tasks(self, ids: Iterable[str], tasks: Iterable[OpenTask], ties: Ties) -> None:
        """Write tasks as they were read: those of `ids` that are not among `tasks` are open no more."""
        with self._lock:
            # A type without standard minutes can be given to nobody; the office's tables do not let it in.
            found = {task.id: task for task in tasks if task.type in self.crew.kinds}
            named = set(ids)
            for task_id in named - found.keys():
                self._slots.remove(task_id)
                self._slots.touch(self._ties.close(task_id, ties.doers.get(task_id)))
            for task, due in zip(found.values(), self._dues(list(found.values())), strict=True):
                slot = self._slots.slot(task.id)
                if slot == NOBODY or self._slots.task(slot).version <= task.version:  # else it was read too early
                    self._slots.write(task, due)
            self._slots.touch(self._ties.write(named, ties))

    def apply_task(self, state: LiveTask) -> bool:
        """Take over the state of a task; return False where the task is not known and must be read."""
        with self._lock:
            slot = self._slots.slot(state.task_id)
            if state.state is TaskStage.CLOSED:
                if slot != NOBODY and state.done_by_id is not None:
                    self._slots.note_case(self._slots.task(slot).case, state.done_by_id)
                self._slots.remove(state.task_id)
                self._slots.touch(self._ties.close(state.task_id, state.done_by_id))
                return True
            if slot == NOBODY:
                return False
            known = self._slots.task(slot)
            if state.version <= known.version:
                return True
            if known.pinned_by_lead and state.reserved_agent_id is None:
                return False  # whom the office pins it to, if anybody, is in its row
            task = known._replace(
                stage=state.state,
                agent=state.agent_id,
                team=state.queue_team_id,
                stopped_s=state.stopped_seconds,
                pinned=state.reserved_agent_id or known.pinned,
                pinned_by_lead=state.reserved_agent_id is not None,
                version=state.version,
            )
            due = float(self._slots.columns.due[slot])
            moved = task.stopped_s - known.stopped_s
            self._slots.write(task, due if due >= NO_DUE else due + moved)
            holder = state.agent_id if state.state in IN_HAND else None
            self._ties.hold(task.id, holder)
            if state.state is TaskStage.STARTED and holder is not None:
                self._slots.note_case(task.case, holder)
            return True

    def apply_agent(self, state: LiveAgent) -> None:
        """Take over the state of an agent."""
        with self._lock:
            self._presences.apply(state)

    def apply_event(self, event: Event) -> None:
        """Take over what is in no state: what was given back today and not given again, moves since coming."""
        with self._lock:
            if event.agent_id is not None:
                self._stints[event.agent_id] = self._stints.get(event.agent_id, NO_STINT).follow(event)
            giver, taker = event.agent_id, event.details.get("to_agent_id")
            if event.task_id is None or not (event.kind in GIVEN_BACK or taker is not None):
                return
            # The day by our own clock, as skips are counted: nobody says of yesterday, or tomorrow, what is done today.
            day = self.crew.calendar.local_day(event.recorded_at)
            if self._skip_day is not None and day < self._skip_day:
                return
            self._turn_day(day)
            if taker is not None:
                self._ties.give(event.task_id, taker, event.id or 0)
            elif giver is not None:
                self._ties.skip(event.task_id, giver, event.id or 0)

    def rank(self, agent_id: str, now: int, *, taken: str | None = None, instead_of: str | None = None) -> Ranked:
        """Return what an agent may take now, ranked exactly.

        Parameters
        ----------
        taken
            A task whose rank is asked for besides.
        instead_of
            A task that the agent has in hand and would give back: it is ranked as if it waited.

        Raises
        ------
        KeyError
            If the agent does not belong to the office today.
        """
        position = self.crew.position[agent_id]
        with self._lock, self._given_back(instead_of, agent_id):
            slots, state, stint = self._slots, self._presences.state(agent_id), self._stints.get(agent_id, NO_STINT)
            ask = self.policy.ask(
                agent=position,
                last_case=NOBODY if state is None else slots.case(state.last_case_id),
                now=now,
                mean_handling_s=slots.mean_handling_s,
            )
            asked = NOBODY if taken is None else slots.slot(taken)
            with self._viewing(position, stint, now) as (view, skipped):
                ranking = rank(slots.columns, view, ask, self._board, taken=asked)
            at, columns = ranking.slots, slots.columns
            return Ranked(
                agent_id=agent_id,
                now=now,
                ranking=ranking,
                tasks=[slots.task(slot) for slot in at.tolist()],
                due=columns.due[at],
                weight=columns.weight[at],
                handling_s=columns.standard_s[at] / view.speed[columns.demand[at]],
                enabled=columns.enabled[at],
                stint=stint,
                policy=self.policy,
                skipped=skipped,
                scale_s=ask.scale_s,
            )

    @contextmanager
    def reserving(self, task_id: str) -> Iterator[bool]:
        """Keep a task that waits from the rankings of this process while it is claimed; tell whether it still waited.

        Without it, all who ask at once would try for the same task, and all but one in vain.
        """
        with self._lock:
            slot = self._slots.slot(task_id)
            is_free = slot != NOBODY and bool(self._slots.columns.is_waiting[slot])
            if is_free:
                self._slots.let_wait(slot, False)
        try:
            yield is_free
        finally:
            with self._lock:
                slot = self._slots.slot(task_id)
                if is_free and slot != NOBODY:
                    self._slots.let_wait(slot, self._slots.task(slot).stage is TaskStage.WAITING)

    def block(self, agent_id: str, task_id: str, now: int) -> Block:
        """Return the first thing that keeps an agent from an open task, whether or not the agent is there.

        Raises
        ------
        KeyError
            If the agent does not belong to the office today, or the task is not open.
        """
        position = self.crew.position[agent_id]
        with self._lock:
            slot = self._slots.slot(task_id)
            if slot == NOBODY:
                raise KeyError(task_id)
            with self._viewing(position, self._stints.get(agent_id, NO_STINT), now) as (view, skipped):
                found = tell_block(slot, position, now, self._slots.columns, view)
            return Block.SKIPPED if found is Block.ELIGIBLE and task_id in skipped else found

    def find(self, task_id: str) -> OpenTask | None:
        """Return a task that is open."""
        with self._lock:
            slot = self._slots.slot(task_id)
            return None if slot == NOBODY else self._slots.task(slot)

    def due_of(self, task_id: str) -> int | None:
        """Return when an open task is due, by itself or by its type; None where nothing says."""
        with self._lock:
            slot = self._slots.slot(task_id)
            return None if slot == NOBODY else self._slots.due(slot)

    def state_of(self, agent_id: str) -> LiveAgent | None:
        """Return where an agent stands; None for one who never signed in."""
        with self._lock:
            return self._presences.state(agent_id)

    def agent_states(self) -> list[LiveAgent]:
        """Return where all agents stand who ever signed in."""
        with self._lock:
            return self._presences.states()

    def stint_of(self, agent_id: str) -> Stint:
        """Return what an agent has done since signing in."""
        with self._lock:
            return self._stints.get(agent_id, NO_STINT)

    def before(self, task_id: str) -> list[str]:
        """Return the open tasks that must be done before a task."""
        with self._lock:
            return self._ties.before(task_id)

    def apart(self, task_id: str) -> Mapping[str, str]:
        """Return the tasks that must not share their agent with a task, with the agent of each that has one."""
        with self._lock:
            return self._ties.apart(task_id)

    def planned(self, task_id: str) -> tuple[str, int] | None:
        """Return to whom the published plan gives a task, and when."""
        return self._slots.planned(task_id)

    def list_planned(self, agent_id: str) -> list[tuple[str, int]]:
        """Return what the published plan gives an agent: tasks, closed ones too, and when, in the plan's order."""
        return self._slots.list_planned(agent_id)

    def list_waiting(self, teams: Iterable[str] | None = None) -> list[OpenTask]:
        """Return the tasks that wait, for some teams or all, the one that is due first coming first."""
        with self._lock:
            return self._slots.list_waiting(teams)

    def snapshot(self) -> Snapshot:
        """Return all open tasks as they are now, as columns."""
        with self._lock:
            return self._slots.snapshot()

    @contextmanager
    def _given_back(self, task_id: str | None, agent_id: str) -> Iterator[None]:
        """Take a task out of an agent's hand for as long as a ranking takes."""
        slot = NOBODY if task_id is None else self._slots.slot(task_id)
        if task_id is None or slot == NOBODY or self._slots.task(slot).agent != agent_id:
            yield
            return
        self._slots.let_wait(slot, True)
        self._ties.hold(task_id, None)
        try:
            yield
        finally:
            self._slots.let_wait(slot, False)
            self._ties.hold(task_id, agent_id)

    @contextmanager
    def _viewing(self, position: int, stint: Stint, now: int) -> Iterator[tuple[AgentView, frozenset[str]]]:
        """Return what an agent may do, with what ties single tasks to the agent, and what was skipped today."""
        self._turn_day(self.crew.calendar.local_day(now))
        agent_id, slots = self.crew.agents[position].id, self._slots
        known = {slots.slot(task): block for task, block in self._ties.bars(agent_id).items()}
        known.pop(NOBODY, None)
        bars = {at: block for at, block in known.items() if block is not Block.SKIPPED}
        barred, wished = list(bars), slots_of(slots, list(self._ties.wishes(agent_id)))
        expected = self._presences.expected(now, self.policy.plan_window_minutes * SECONDS_PER_MINUTE)
        view = self._views.view(position, stint, now, expected)
        view.barred[barred], view.is_preferred[wished] = list(bars.values()), 1
        skipped = (slots.task(at) for at in known.keys() - bars.keys())
        try:
            # Whom a lead gave a task after all is offered it again, whatever they skipped before.
            yield view, frozenset(task.id for task in skipped if not (task.pinned_by_lead and task.pinned == agent_id))
        finally:
            view.barred[barred], view.is_preferred[wished] = 0, 0

    def _turn_day(self, day: date) -> None:
        """Forget what was skipped when a new day begins."""
        if self._skip_day != day:
            self._skip_day = day
            self._ties.forget_skips()

    def _dues(self, tasks: Sequence[OpenTask]) -> list[float]:
        """Return when tasks are due: by themselves, or by what was promised for their type."""
        crew = self.crew
        promised = [
            (at, task.arrived, minutes)
            for at, task in enumerate(tasks)
            if task.due is None
            and (minutes := crew.standards.sla_minutes(task.type, task.arrived, crew.calendar)) is not None
        ]
        reached = due_after_open_minutes(
            crew.calendar, [arrived for _, arrived, _ in promised], [minutes for _, _, minutes in promised]
        )
        dues = [NO_DUE if task.due is None else float(task.due + task.stopped_s) for task in tasks]
        for (at, _, _), due in zip(promised, reached.tolist(), strict=True):
            dues[at] = float(due + tasks[at].stopped_s)
        return dues
