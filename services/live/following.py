"""The resident queue kept up with the database: read whole at first, then event by event, by position."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import time
from time import monotonic

import structlog

from models.database import Database, Session
from models.errors import SwingdeskError
from models.formats.plan import Objective as PlanObjective
from models.formats.plan import Plan
from models.repositories.audit import read_lineage
from models.repositories.live.events import last_position, read_events
from models.repositories.live.records import Event
from models.repositories.live.waiting import (
    PublishedPlan,
    read_batch_tasks,
    read_case_agents,
    read_crew,
    read_day_events,
    read_live_agents,
    read_live_tasks,
    read_open_tasks,
    read_published_plan,
    read_ties,
)
from models.time import SECONDS_PER_DAY, SECONDS_PER_MINUTE, from_wall_clock
from models.vocabulary_live import EventKind
from services.hour_values import HourValues, read_hour_values
from services.live.acts import Outcome
from services.live.crew import Crew
from services.live.desk_policy import DeskPolicy, follow_plan
from services.live.queue import LiveQueue
from services.settings import Settings

POLL_S = 0.1
LOOK_S = 2.0
"""How often to look though nothing was committed: a new day begins without."""
MOST_EVENTS = 2_000
ROW_CHANGES = frozenset({EventKind.REOPENED, EventKind.REASSIGNED, EventKind.DUE_CHANGED, EventKind.PRIORITISED})
"""Events after which a task's own row says something new; so does the arrival of one that is not known yet."""
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Followed:
    """A queue, and up to which position of which database's events it is."""

    queue: LiveQueue
    position: int
    lineage: str


class Follower:
    """Keeps a queue; `queue` is always the newest.

    Parameters
    ----------
    policy
        The rule and windows to go by; costs come with the published plan.
    clock
        Returns the epoch second.
    """

    def __init__(
        self, database: Database, settings: Settings, *, clock: Callable[[], int], policy: DeskPolicy | None = None
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._policy = policy or DeskPolicy()
        self._lock = threading.Lock()
        self._followed: Followed | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def queue(self) -> LiveQueue:
        """The queue as it is now; it is read first where it was not yet."""
        followed = self._followed
        if followed is None:
            self.catch_up()
            followed = self._followed
        assert followed is not None  # noqa: S101 - it was read
        return followed.queue

    def peek(self) -> LiveQueue | None:
        """Return the queue as it is now; None where it was not read yet."""
        return None if self._followed is None else self._followed.queue

    def catch_up(self) -> int:
        """Take over what happened since, and return the number of events; reads all where that is needed."""
        with self._lock:
            total = 0
            while True:
                followed = self._followed
                if followed is None or followed.queue.crew.day != followed.queue.crew.calendar.local_day(self._clock()):
                    self._followed = self._read_all()
                    return total
                number, has_more = self._follow(followed)
                total += number
                if not has_more:
                    return total

    def refresh(self, *, tasks: Iterable[str] = (), agents: Iterable[str] = ()) -> None:
        """Take over where some tasks and agents stand, at once: what is in memory was found to be behind.

        A task that is not known yet is read whole.
        """
        task_ids, agent_ids = list(tasks), list(agents)
        queue = self.queue
        with self._database.reading() as session:
            connection = session.connection()
            states = read_live_tasks(connection, task_ids) if task_ids else []
            known = {state.task_id for state in states if queue.apply_task(state)}
            self._reread(session, queue, [task_id for task_id in task_ids if task_id not in known])
            found = read_live_agents(connection, agent_ids) if agent_ids else []
        for state in found:
            queue.apply_agent(state)

    def hear(self, outcome: Outcome) -> None:
        """Take over what was just committed here, without waiting for its position."""
        if self._followed is None:
            return
        queue = self._followed.queue
        behind = _read_anew(queue, outcome.events)
        behind |= {state.task_id for state in outcome.tasks.values() if not queue.apply_task(state)}
        for agent in outcome.agents.values():
            queue.apply_agent(agent)
        for event in outcome.events:
            queue.apply_event(event)
        if behind:
            with self._database.reading() as session:
                self._reread(session, queue, sorted(behind))

    def start(self) -> None:
        """Follow in a thread of its own until `stop`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="live queue", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        seen, look_at = "", 0.0
        while not self._stop.wait(POLL_S):
            try:
                mark = self._database.commit_mark()  # first: what is committed meanwhile is looked at the next time
                if mark != seen or monotonic() >= look_at:
                    self.catch_up()
                    seen, look_at = mark, monotonic() + LOOK_S
            except SwingdeskError as error:  # a database that is down comes back
                _LOG.warning("live-queue-behind", reason=str(error))
                self._stop.wait(1.0)
            except Exception:  # noqa: BLE001 - one fault must not leave the queue behind for good
                _LOG.exception("live-queue-behind")
                self._stop.wait(1.0)

    def _read_all(self) -> Followed:
        now = self._clock()
        with self._database.reading() as session:
            connection = session.connection()
            lineage, position = read_lineage(session), last_position(connection)
            crew = Crew(read_crew(connection, at=now), at=now)
            setup = self._settings.setup
            seconds = (
                round(setup.same_team_minutes * SECONDS_PER_MINUTE),
                round(setup.other_team_minutes * SECONDS_PER_MINUTE),
            )
            queue = LiveQueue(crew, self._policy, setup=seconds)
            tasks = read_open_tasks(connection)
            queue.write_tasks([task.id for task in tasks], tasks, read_ties(connection))
            queue.know_cases(read_case_agents(connection))
            for agent in read_live_agents(connection):
                queue.apply_agent(agent)
            day_start = from_wall_clock(crew.day, time(0), crew.calendar.zone)
            for event in read_day_events(connection, since=day_start - SECONDS_PER_DAY):
                queue.apply_event(event)
            self._show_plan(session, queue)
        _LOG.info("live-queue-read", waiting=queue.num_waiting, position=position)
        return Followed(queue, position, lineage)

    def _follow(self, followed: Followed) -> tuple[int, bool]:
        """Take over some events; return how many, and whether there may be more."""
        queue = followed.queue
        with self._database.reading() as session:
            connection = session.connection()
            lineage = read_lineage(session)
            events = read_events(connection, after_position=followed.position, limit=MOST_EVENTS)
            kinds = {event.kind for event in events}
            batches = [_task_batch(event) for event in events if event.kind is EventKind.OFFICE_CHANGED]
            is_whole = lineage != followed.lineage or None in batches
            if not is_whole:
                behind = _read_anew(queue, events)
                behind |= read_batch_tasks(connection, [batch for batch in batches if batch is not None])
                touched = {event.task_id for event in events if event.task_id is not None} - behind
                states = read_live_tasks(connection, sorted(touched))
                behind |= {state.task_id for state in states if not queue.apply_task(state)}
                self._reread(session, queue, sorted(behind))
                for agent in read_live_agents(
                    connection, sorted({event.agent_id for event in events if event.agent_id is not None})
                ):
                    queue.apply_agent(agent)
                for event in events:
                    queue.apply_event(event)
                if EventKind.PLAN_PUBLISHED in kinds:
                    self._show_plan(session, queue)
        if is_whole:
            self._followed = self._read_all()  # the old one serves meanwhile
        elif events:
            self._followed = Followed(queue, events[-1].position or followed.position, lineage)
        return len(events), len(events) == MOST_EVENTS

    def _reread(self, session: Session, queue: LiveQueue, ids: list[str]) -> None:
        if ids:
            connection = session.connection()
            queue.write_tasks(ids, read_open_tasks(connection, ids), read_ties(connection, ids))

    def _show_plan(self, session: Session, queue: LiveQueue) -> None:
        plan = read_published_plan(session.connection())
        weights = [float(kind["weight"]) for kind in queue.crew.kinds.values()]
        queue.follow_plan(
            follow_plan(self._policy, plan, weights), _values(plan), [] if plan is None else plan.assignments
        )


def _read_anew(queue: LiveQueue, events: Iterable[Event]) -> set[str]:
    """Return the tasks whose own rows say something new after some events."""
    return {
        event.task_id
        for event in events
        if event.task_id is not None
        and (event.kind in ROW_CHANGES or (event.kind is EventKind.ARRIVED and queue.find(event.task_id) is None))
    }


def _task_batch(event: Event) -> int | None:
    """Return the import that changed tasks and nothing else; None where everything is to be read anew."""
    batch = event.details.get("batch")
    return int(batch) if batch is not None and event.details.get("tables") == ["tasks"] else None


def _values(plan: PublishedPlan | None) -> HourValues | None:
    """Return what a plan says that hours are worth."""
    if plan is None:
        return None
    said = Plan(assignments=(), unscheduled=(), objective=PlanObjective(total=0.0), extra=dict(plan.extra))
    return read_hour_values(said)
