"""What somebody asks of the desk, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.repositories.live.records import Event, LiveAgent, LiveTask


@dataclass(frozen=True, kw_only=True)
class Act:
    """Who asks the desk for something, and how they tell it.

    Attributes
    ----------
    principal_id
        Who asks; None for the product itself.
    occurred_at
        When it happened by the clock of whoever tells it; epoch second, None for now.
    dedup_key
        The source's own id of this event: telling it again changes nothing.
    if_version
        The version of the task (of the agent, where no task is meant) that the change was decided on; None for any.
    rule_version, policy_version
        What decided, to be noted with the events.
    """

    principal_id: str | None = None
    occurred_at: int | None = None
    dedup_key: str | None = None
    if_version: int | None = None
    rule_version: str | None = None
    policy_version: str | None = None


ITSELF = Act()
"""What the product does by itself."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an act, as it was committed.

    Attributes
    ----------
    event
        What was asked for; where it had been told before, the event that was written then.
    events
        All that was written, in order.
    tasks, agents
        Where the tasks and agents stand that were looked at, by id.
    is_duplicate
        Whether it had been told before; nothing changed then.
    """

    event: Event
    events: tuple[Event, ...]
    tasks: Mapping[str, LiveTask] = field(default_factory=dict)
    agents: Mapping[str, LiveAgent] = field(default_factory=dict)
    is_duplicate: bool = False

    @property
    def task(self) -> LiveTask | None:
        """Where the event's task stands."""
        return None if self.event.task_id is None else self.tasks.get(self.event.task_id)

    @property
    def agent(self) -> LiveAgent | None:
        """Where the event's agent stands."""
        return None if self.event.agent_id is None else self.agents.get(self.event.agent_id)

    @property
    def late_seconds(self) -> int:
        """How many seconds before the last change of its task, or agent, it happened; 0 where it was not late."""
        return int(self.event.details.get("late_seconds", 0))
