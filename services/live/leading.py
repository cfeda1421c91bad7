"""What leads decide about tasks: who does them, whether, how soon; and what a check of them found."""

import math

from models.errors import NotFoundError, UsageError
from models.formats.offices.tables import MOST_WEIGHT
from models.repositories.live.records import Event
from models.repositories.live.subjects import close_subject, has_row, has_step, open_subject, set_subject
from models.time import FIRST_INSTANT, LAST_INSTANT
from models.vocabulary import ClosedReason
from models.vocabulary_live import CancelReason, CheckResult, EventKind, ReopenReason, Severity
from services.live.acting import Acting
from services.live.acts import Act, Outcome
from services.live.scene import Scene


class Leading(Acting):
    """What leads decide about tasks."""

    def reassign(
        self, task_id: str, act: Act, *, to_agent_id: str | None = None, to_team_id: str | None = None
    ) -> Outcome:
        """Let an open task wait again: for one agent, in the queue of a team, or, where neither is given, by its type.

        Raises
        ------
        ConflictError
            If it is closed.
        NotFoundError
            If there is no such agent or team.
        """

        def work(scene: Scene) -> Event:
            task = scene.hold_with_holder(task_id)
            details = {}
            for table, key, name in (("agents", "to_agent_id", to_agent_id), ("teams", "to_team_id", to_team_id)):
                if name is None:
                    continue
                if not has_row(scene.connection, table, name):
                    raise NotFoundError(f"there is no {table.removesuffix('s')} {name!r}")
                details[key] = name
            return scene.record(EventKind.REASSIGNED, task_id=task_id, agent_id=task.agent_id, details=details)

        return self._act(EventKind.REASSIGNED, act, work, task_id=task_id)

    def cancel(self, task_id: str, act: Act, *, reason: CancelReason) -> Outcome:
        """Close an open task that need not be done.

        Raises
        ------
        ConflictError
            If it is closed.
        """

        def work(scene: Scene) -> Event:
            scene.subject(task_id, hold=True)
            task = scene.hold_with_holder(task_id)
            details = {"reason": reason.value}
            event = scene.record(EventKind.CANCELLED, task_id=task_id, agent_id=task.agent_id, details=details)
            at = scene.tasks[task_id].since
            close_subject(scene.connection, task_id, at=at, reason=ClosedReason.CANCELLED)
            return event

        return self._act(EventKind.CANCELLED, act, work, task_id=task_id)

    def reopen(self, task_id: str, act: Act, *, reason: ReopenReason) -> Outcome:
        """Open a closed task again; it waits in its queue.

        Raises
        ------
        ConflictError
            If it is open.
        """

        def work(scene: Scene) -> Event:
            scene.subject(task_id, hold=True)
            scene.hold_with_holder(task_id)
            event = scene.record(EventKind.REOPENED, task_id=task_id, details={"reason": reason.value})
            open_subject(scene.connection, task_id)
            return event

        return self._act(EventKind.REOPENED, act, work, task_id=task_id)

    def check(
        self,
        task_id: str,
        act: Act,
        *,
        result: CheckResult,
        severity: Severity | None = None,
        step: str | None = None,
    ) -> Outcome:
        """Note what a quality check of a closed task found. Who checked is who acts.

        Parameters
        ----------
        severity
            How bad it is; of a check that failed, and of no other.
        step
            The step of the task's case that was at fault; of a check that failed.

        Raises
        ------
        ConflictError
            If it is open.
        UsageError
            If a severity is missing, or there to no purpose, or the step is none of its case.
        """
        has_failed = result is CheckResult.FAIL
        if has_failed != (severity is not None):
            raise UsageError("a check that failed has a severity, and no other has one")
        if step is not None and not has_failed:
            raise UsageError("no step is at fault where a check passed")

        def work(scene: Scene) -> Event:
            task = scene.hold_with_holder(task_id)
            details = {"result": result.value}
            if severity is not None:
                details["severity"] = severity.value
            if step is not None:
                if not has_step(scene.connection, scene.subject(task_id), step):
                    raise UsageError(f"{step!r} is no step of the case of task {task_id!r}")
                details["step"] = step
            return scene.record(EventKind.CHECKED, task_id=task_id, agent_id=task.done_by_id, details=details)

        return self._act(EventKind.CHECKED, act, work, task_id=task_id)

    def change_due(self, task_id: str, act: Act, *, due_at: int) -> Outcome:
        """Give an open task another deadline; however long its clock stood still before, it is this one.

        Raises
        ------
        ConflictError
            If it is closed, or its clock stands still.
        """
        if not FIRST_INSTANT <= due_at <= LAST_INSTANT:
            raise UsageError("a due is an instant of the years 1 to 9999")

        def work(scene: Scene) -> Event:
            before = scene.subject(task_id, hold=True).due_at
            task = scene.hold_with_holder(task_id)
            details = {"before": task.due(before), "due_at": due_at}
            event = scene.record(EventKind.DUE_CHANGED, task_id=task_id, agent_id=task.agent_id, details=details)
            set_subject(scene.connection, task_id, due_at=due_at)
            return event

        return self._act(EventKind.DUE_CHANGED, act, work, task_id=task_id)

    def prioritise(self, task_id: str, act: Act, *, weight: float) -> Outcome:
        """Give an open task another importance.

        Raises
        ------
        ConflictError
            If it is closed.
        """
        if not (math.isfinite(weight) and 0 <= weight <= MOST_WEIGHT):
            raise UsageError(f"a weight is a number from 0 to {MOST_WEIGHT:g}")

        def work(scene: Scene) -> Event:
            before = scene.subject(task_id, hold=True).weight
            task = scene.hold_with_holder(task_id)
            details = {"before": before, "weight": weight}
            event = scene.record(EventKind.PRIORITISED, task_id=task_id, agent_id=task.agent_id, details=details)
            set_subject(scene.connection, task_id, weight=weight)
            return event

        return self._act(EventKind.PRIORITISED, act, work, task_id=task_id)
