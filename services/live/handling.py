"""What agents do with tasks: take one, work on it, finish it, or give it back."""

from models.errors import ConflictError
from models.repositories.live.claiming import claim_at_once
from models.repositories.live.records import SCHEMA_VERSION, ChoiceSet, Event, LiveAgent, LiveTask
from models.repositories.live.states import add_choice_set
from models.repositories.live.subjects import close_subject, read_standard
from models.time import SECONDS_PER_MINUTE
from models.vocabulary import ClosedReason
from models.vocabulary_live import EventKind, Presence, SkipReason, TaskStage
from services.live.acting import Acting
from services.live.acts import Act, Outcome
from services.live.agent_stages import check_agent
from services.live.scene import Scene


class Handling(Acting):
    """From the claim of a task to its completion."""

    def claim(
        self,
        agent_id: str,
        task_id: str,
        act: Act,
        *,
        choice: ChoiceSet | None = None,
        instead_of: str | None = None,
    ) -> Outcome:
        """Give a waiting task to an agent who is free. Nobody else gets it, whoever asks at the same time.

        Parameters
        ----------
        choice
            What the agent could have taken.
        instead_of
            A task that the agent has claimed and not started: it goes back to the queue.

        Raises
        ------
        ConflictError
            If the task does not wait, is for another agent, or the agent is not free to take one.
        NotFoundError
            If there is no such task.
        """
        outcome = None if instead_of is not None else self.try_claim(agent_id, task_id, act, choice=choice)
        if outcome is not None:
            return outcome

        def work(scene: Scene) -> Event:
            scene.hold_agent(agent_id)
            scene.hold_tasks({task_id} if instead_of is None else {task_id, instead_of})
            if instead_of is not None:
                _check_unstarted(scene.tasks[instead_of], agent_id)
                details = {"for": task_id}
                scene.record(EventKind.RELEASED, task_id=instead_of, agent_id=agent_id, details=details, is_asked=False)
            task = scene.tasks[task_id]
            scene.check_version(task.version)
            _check_may_take(task, scene.agents[agent_id], scene.settings.most_in_hand)
            details_of_claim = {"expires_at": self._expires_at(scene.now)}
            event = scene.record(EventKind.CLAIMED, task_id=task_id, agent_id=agent_id, details=details_of_claim)
            if choice is not None and event.id is not None:
                add_choice_set(scene.connection, choice, event_id=event.id, agent_id=agent_id, task_id=task_id)
            return event

        return self._act(EventKind.CLAIMED, act, work, agent_id=agent_id, task_id=task_id)

    def start(self, agent_id: str, task_id: str, act: Act) -> Outcome:
        """Note that an agent begins to work on the task that they claimed.

        Raises
        ------
        ConflictError
            If it is not in their hand, or begun already.
        """

        def work(scene: Scene) -> Event:
            task = scene.hold_in_hand(agent_id, task_id)
            subject = scene.subject(task_id)
            team = task.queue_team_id
            if team is None:
                standard = read_standard(scene.connection, subject.task_type_id, scene.today())
                team = None if standard is None else standard.team_id
            details = {"type": subject.task_type_id, "team": team, "case": subject.case_id}
            return scene.record(EventKind.STARTED, task_id=task_id, agent_id=agent_id, details=details)

        return self._act(EventKind.STARTED, act, work, agent_id=agent_id, task_id=task_id)

    def pause(self, agent_id: str, task_id: str, act: Act) -> Outcome:
        """Stop the clock of the work on a task that stays in the agent's hand.

        Raises
        ------
        ConflictError
            If it is not in their hand, or not started.
        """
        return self._in_hand(EventKind.PAUSED, agent_id, task_id, act)

    def resume(self, agent_id: str, task_id: str, act: Act) -> Outcome:
        """Go on with a paused task.

        Raises
        ------
        ConflictError
            If it is not in their hand, not paused, or the agent has another one at work.
        """
        return self._in_hand(EventKind.RESUMED, agent_id, task_id, act)

    def complete(self, agent_id: str, task_id: str, act: Act) -> Outcome:
        """Close a task that an agent has done.

        Raises
        ------
        ConflictError
            If it is not in their hand, or never was started.
        """

        def work(scene: Scene) -> Event:
            scene.subject(task_id, hold=True)
            scene.hold_in_hand(agent_id, task_id)
            event = scene.record(EventKind.COMPLETED, task_id=task_id, agent_id=agent_id)
            task = scene.tasks[task_id]
            close_subject(
                scene.connection,
                task_id,
                at=task.since,
                reason=ClosedReason.COMPLETED,
                started_at=task.started_at,
                done_by_id=agent_id,
            )
            return event

        return self._act(EventKind.COMPLETED, act, work, agent_id=agent_id, task_id=task_id)

    def return_(self, agent_id: str, task_id: str, act: Act, *, reason: SkipReason) -> Outcome:
        """Give a task back to the queue; what was worked on it stays noted.

        Raises
        ------
        ConflictError
            If it is not in the agent's hand.
        """
        return self._in_hand(EventKind.RETURNED, agent_id, task_id, act, reason=reason.value)

    def skip(self, agent_id: str, task_id: str, act: Act, *, reason: SkipReason) -> Outcome:
        """Give back, unstarted, a task that was given; one that is skipped too often goes to a lead.

        Raises
        ------
        ConflictError
            If it is not in the agent's hand, is begun, or the agent has skipped as many today as they may.
        """

        def work(scene: Scene) -> Event:
            task = scene.hold_in_hand(agent_id, task_id)
            agent, day, most = scene.agents[agent_id], scene.today(), scene.settings.most_skips_a_day
            if (agent.skips_today if agent.skips_day == day else 0) >= most:
                raise ConflictError(f"agent {agent_id!r} has skipped {most} tasks today, which is the most: return it")
            goes_to_lead = task.num_skips + 1 >= scene.settings.skips_to_lead
            details = {"reason": reason.value, "day": day.isoformat(), **({"to_lead": True} if goes_to_lead else {})}
            return scene.record(EventKind.SKIPPED, task_id=task_id, agent_id=agent_id, details=details)

        return self._act(EventKind.SKIPPED, act, work, agent_id=agent_id, task_id=task_id)

    def try_claim(self, agent_id: str, task_id: str, act: Act, *, choice: ChoiceSet | None = None) -> Outcome | None:
        """Give a waiting task to an agent by one statement, where the database has one and nothing stands against it.

        Where it returns None nothing has happened, and nothing is said of why.
        """
        is_plain = act.dedup_key is None and act.occurred_at is None and act.if_version is None
        if not is_plain or self.database.is_sqlite:
            return None
        outcome = self._claim_at_once(agent_id, task_id, act, choice)
        return None if outcome is None else self._tell(outcome)

    def _in_hand(self, kind: EventKind, agent_id: str, task_id: str, act: Act, **details: str) -> Outcome:
        def work(scene: Scene) -> Event:
            scene.hold_in_hand(agent_id, task_id)
            return scene.record(kind, task_id=task_id, agent_id=agent_id, details=details)

        return self._act(kind, act, work, agent_id=agent_id, task_id=task_id)

    def _expires_at(self, now: int) -> int:
        return now + round(self.settings.claim_minutes * SECONDS_PER_MINUTE)

    def _claim_at_once(self, agent_id: str, task_id: str, act: Act, choice: ChoiceSet | None) -> Outcome | None:
        """Claim by one statement; return None where something stands against it."""
        now = self.clock()
        expires_at = self._expires_at(now)
        claimed = claim_at_once(
            self.database,
            agent_id=agent_id,
            task_id=task_id,
            now=now,
            expires_at=expires_at,
            most_in_hand=self.settings.most_in_hand,
            principal_id=act.principal_id,
            rule_version=act.rule_version,
            policy_version=act.policy_version,
            choice=choice,
        )
        if claimed is None:
            return None
        task, agent = claimed
        event = Event(
            id=task.event_id,
            kind=EventKind.CLAIMED,
            principal_id=act.principal_id,
            agent_id=agent_id,
            task_id=task_id,
            occurred_at=now,
            recorded_at=now,
            rule_version=act.rule_version,
            policy_version=act.policy_version,
            schema_version=SCHEMA_VERSION,
            details={"expires_at": expires_at},
        )
        return Outcome(event=event, events=(event,), tasks={task_id: task}, agents={agent_id: agent})


def _check_unstarted(task: LiveTask, agent_id: str) -> None:
    if task.agent_id != agent_id or task.state is not TaskStage.CLAIMED:
        raise ConflictError(
            f"task {task.task_id!r} is {task.state.value}: only what agent {agent_id!r} has claimed and not started "
            "goes back for another"
        )


def _check_may_take(task: LiveTask, agent: LiveAgent, most_in_hand: int) -> None:
    check_agent(agent, EventKind.CLAIMED)  # before what is said of a task that such an agent does not get anyhow
    if task.state is TaskStage.WAITING and task.reserved_agent_id not in {None, agent.agent_id}:
        raise ConflictError(f"task {task.task_id!r} is for another agent: a lead gave it to them")
    if agent.presence is Presence.FREE and agent.num_in_hand >= most_in_hand:
        raise ConflictError(
            f"agent {agent.agent_id!r} has {agent.num_in_hand} in hand, which is the most: finish, or give back, first"
        )
