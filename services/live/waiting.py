"""Tasks that cannot go on where they are: pended for somebody outside, or handed to a lead."""

from typing import Any

from models.errors import ConflictError, InputError, NotFoundError, UsageError
from models.formats.offices.calendar import calendar_of
from models.formats.offices.office import Office
from models.repositories.live.records import Event, LiveTask
from models.repositories.live.subjects import Subject, has_row, read_calendar_tables, read_standard
from models.time import SECONDS_PER_DAY, format_instant
from models.vocabulary_live import EventKind, LeadReason, PendReason
from services.live.acting import Acting
from services.live.acts import Act, Outcome
from services.live.scene import Scene
from services.office_deadlines import due_after_open_minutes

MOST_DAYS_PENDED = 366


class Waiting(Acting):
    """What waits for somebody outside, and what waits for a lead."""

    def pend(
        self, task_id: str, act: Act, *, reason: PendReason, follow_up_at: int, agent_id: str | None = None
    ) -> Outcome:
        """Let a task wait for somebody outside; it comes back by itself. Its clock stops if that of its type does.

        Parameters
        ----------
        follow_up_at
            When it comes back at the latest; epoch second.
        agent_id
            Who has it in hand; None where a lead pends it, wherever it is.

        Raises
        ------
        ConflictError
            If it is closed, or not in the hand of that agent.
        UsageError
            If it would come back before now, or in more than a year.
        """

        def work(scene: Scene) -> Event:
            latest = scene.now + MOST_DAYS_PENDED * SECONDS_PER_DAY
            if not scene.now < follow_up_at <= latest:
                raise UsageError(
                    f"a task is pended until a time between now ({format_instant(scene.now)}) and "
                    f"{format_instant(latest)}"
                )
            task = _hold(scene, task_id, agent_id)
            subject = scene.subject(task_id)
            details: dict[str, Any] = {"reason": reason.value, "follow_up_at": follow_up_at}
            standard = read_standard(scene.connection, subject.task_type_id, scene.today())
            if standard is not None and standard.pending_stops_clock:
                details["stops_clock"] = True
                if subject.due_at is None and task.due_at is None:
                    details["due_at"] = _promised(scene, subject)
            return scene.record(EventKind.PENDED, task_id=task_id, agent_id=task.agent_id, details=details)

        return self._act(EventKind.PENDED, act, work, task_id=task_id)

    def unpend(self, task_id: str, act: Act) -> Outcome:
        """Bring a pended task back before its time: what it waited for has come.

        Raises
        ------
        ConflictError
            If it is not pended.
        """

        def work(scene: Scene) -> Event:
            scene.hold_with_holder(task_id)
            return scene.record(EventKind.UNPENDED, task_id=task_id)

        return self._act(EventKind.UNPENDED, act, work, task_id=task_id)

    def wrong_team(self, agent_id: str, task_id: str, act: Act, *, team_id: str | None = None) -> Outcome:
        """Hand a task to a lead: it is not this team's.

        Parameters
        ----------
        team_id
            Whose it is, where the agent knows.

        Raises
        ------
        ConflictError
            If it is not in the agent's hand.
        NotFoundError
            If there is no such team.
        """

        def work(scene: Scene) -> Event:
            scene.hold_in_hand(agent_id, task_id)
            if team_id is not None and not has_row(scene.connection, "teams", team_id):
                raise NotFoundError(f"there is no team {team_id!r}")
            details = {} if team_id is None else {"team": team_id}
            return scene.record(EventKind.WRONG_TEAM, task_id=task_id, agent_id=agent_id, details=details)

        return self._act(EventKind.WRONG_TEAM, act, work, agent_id=agent_id, task_id=task_id)

    def information_missing(self, agent_id: str, task_id: str, act: Act) -> Outcome:
        """Hand a task to a lead: it lacks what one would need to do it.

        Raises
        ------
        ConflictError
            If it is not in the agent's hand.
        """
        return self._to_lead(EventKind.INFORMATION_MISSING, agent_id, task_id, act)

    def ask_help(self, agent_id: str, task_id: str, act: Act) -> Outcome:
        """Hand a task to a lead, since the agent cannot go on alone.

        Raises
        ------
        ConflictError
            If it is not in the agent's hand.
        """
        return self._to_lead(EventKind.HELP_ASKED, agent_id, task_id, act)

    def release(self, task_id: str, act: Act) -> Outcome:
        """Take a task out of its agent's hand; it waits for a lead to decide.

        Raises
        ------
        ConflictError
            If it is in nobody's hand.
        """

        def work(scene: Scene) -> Event:
            task = scene.hold_with_holder(task_id)
            details = {"lead_reason": LeadReason.RELEASED.value}
            return scene.record(EventKind.RELEASED, task_id=task_id, agent_id=task.agent_id, details=details)

        return self._act(EventKind.RELEASED, act, work, task_id=task_id)

    def follow_up(self, task_id: str, act: Act) -> Outcome:
        """Bring a pended task back whose time has come.

        Raises
        ------
        ConflictError
            If it is not pended, or its time has not come.
        """

        def work(scene: Scene) -> Event:
            task = scene.hold_with_holder(task_id)
            if task.follow_up_at is None or task.follow_up_at > scene.now:
                raise ConflictError(f"the time of task {task_id!r} has not come")
            return scene.record(EventKind.UNPENDED, task_id=task_id, details={"cause": "follow-up"})

        return self._act(EventKind.UNPENDED, act, work, task_id=task_id)

    def expire(self, task_id: str, act: Act) -> Outcome:
        """Give a task back to the queue whose claim has run out.

        Raises
        ------
        ConflictError
            If it is not claimed, or its time is not over.
        """

        def work(scene: Scene) -> Event:
            task = scene.hold_with_holder(task_id)
            if task.expires_at is None or task.expires_at > scene.now:
                raise ConflictError(f"the claim of task {task_id!r} has not run out")
            return scene.record(EventKind.EXPIRED, task_id=task_id, agent_id=task.agent_id)

        return self._act(EventKind.EXPIRED, act, work, task_id=task_id)

    def _to_lead(self, kind: EventKind, agent_id: str, task_id: str, act: Act) -> Outcome:
        def work(scene: Scene) -> Event:
            scene.hold_in_hand(agent_id, task_id)
            return scene.record(kind, task_id=task_id, agent_id=agent_id)

        return self._act(kind, act, work, agent_id=agent_id, task_id=task_id)


def _hold(scene: Scene, task_id: str, agent_id: str | None) -> LiveTask:
    return scene.hold_with_holder(task_id) if agent_id is None else scene.hold_in_hand(agent_id, task_id)


def _promised(scene: Scene, subject: Subject) -> int | None:
    """Return when a task without a due of its own is due, by what was promised for its type when it arrived."""
    calendar = calendar_of(Office(tables=dict(read_calendar_tables(scene.connection)), source="database"))
    day = calendar.local_day(subject.arrived_at)
    standard = read_standard(scene.connection, subject.task_type_id, day, or_first=True)
    if standard is None or standard.sla_minutes is None:
        return None
    try:
        return int(due_after_open_minutes(calendar, [subject.arrived_at], [standard.sla_minutes])[0])
    except ValueError as error:
        raise InputError.of("database", str(error), record="office_hours") from error
