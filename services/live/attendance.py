"""Agents come and go: signed in, off task for a reason, looking for the next task, signed out."""

from models.errors import NotFoundError
from models.repositories.live.records import Event
from models.repositories.live.states import find_in_hand
from models.repositories.live.subjects import has_row
from models.vocabulary_live import EventKind, LeadReason, OffTaskCode, TaskStage
from services.live.acting import Acting
from services.live.acts import Act, Outcome
from services.live.scene import Scene


class Attendance(Acting):
    """Where agents are, and for what."""

    def sign_in(self, agent_id: str, act: Act) -> Outcome:
        """Let an agent begin.

        Raises
        ------
        ConflictError
            If they have already.
        NotFoundError
            If there is no such agent.
        """

        def work(scene: Scene) -> Event:
            if not has_row(scene.connection, "agents", agent_id):
                raise NotFoundError(f"there is no agent {agent_id!r}")
            scene.check_version(scene.hold_agent(agent_id).version)
            return scene.record(EventKind.SIGNED_IN, agent_id=agent_id)

        return self._act(EventKind.SIGNED_IN, act, work, agent_id=agent_id)

    def sign_out(self, agent_id: str, act: Act, *, cause: str | None = None) -> Outcome:
        """Let an agent go: what they have begun goes to a lead, what they only claimed back to the queue.

        Parameters
        ----------
        cause
            Code of why, where it is not the agent who does it.

        Raises
        ------
        ConflictError
            If they are not signed in.
        """

        def work(scene: Scene) -> Event:
            scene.check_version(scene.hold_agent(agent_id).version)
            for task in scene.hold_tasks(find_in_hand(scene.connection, agent_id)):
                is_begun = task.state is not TaskStage.CLAIMED
                details = {"lead_reason": LeadReason.SIGNED_OUT.value} if is_begun else {}
                scene.record(
                    EventKind.RELEASED, task_id=task.task_id, agent_id=agent_id, details=details, is_asked=False
                )
            details = {} if cause is None else {"cause": cause}
            return scene.record(EventKind.SIGNED_OUT, agent_id=agent_id, details=details)

        return self._act(EventKind.SIGNED_OUT, act, work, agent_id=agent_id)

    def off_task(self, agent_id: str, act: Act, *, code: OffTaskCode) -> Outcome:
        """Let an agent do something else; a task at work is paused, one that is only claimed may run out.

        Raises
        ------
        ConflictError
            If they are not signed in.
        """

        def work(scene: Scene) -> Event:
            agent = scene.hold_agent(agent_id)
            scene.check_version(agent.version)
            if agent.task_id is not None and scene.hold_task(agent.task_id).state is TaskStage.STARTED:
                scene.record(
                    EventKind.PAUSED,
                    task_id=agent.task_id,
                    agent_id=agent_id,
                    details={"cause": code.value},
                    is_asked=False,
                )
            return scene.record(EventKind.OFF_TASK_BEGAN, agent_id=agent_id, details={"code": code.value})

        return self._act(EventKind.OFF_TASK_BEGAN, act, work, agent_id=agent_id)

    def back_on_task(self, agent_id: str, act: Act) -> Outcome:
        """Let an agent come back to tasks.

        Raises
        ------
        ConflictError
            If they were not off task.
        """
        return self._of_agent(EventKind.OFF_TASK_ENDED, agent_id, act)

    def look(self, agent_id: str, act: Act) -> Outcome:
        """Note that an agent opened the list, or was shown the next task: from here on they choose.

        Raises
        ------
        ConflictError
            If they are not on tasks.
        """
        return self._of_agent(EventKind.LOOKING, agent_id, act)

    def _of_agent(self, kind: EventKind, agent_id: str, act: Act) -> Outcome:
        def work(scene: Scene) -> Event:
            scene.check_version(scene.hold_agent(agent_id).version)
            return scene.record(kind, agent_id=agent_id)

        return self._act(kind, act, work, agent_id=agent_id)
