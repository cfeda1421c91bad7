"""The stretch since an agent signed in: what was begun last, and how often the team changed."""

from dataclasses import dataclass, replace

from models.repositories.live.records import Event
from models.vocabulary_live import EventKind


@dataclass(frozen=True, kw_only=True)
class Stint:
    """What an agent has done since signing in, as far as the next task depends on it.

    Attributes
    ----------
    task_type, team
        Of the task begun last.
    num_moves
        Changes of team between consecutive tasks.
    moved_at
        When the last of them was.
    event_id
        The last event that is in it; earlier ones change nothing any more.
    """

    task_type: str | None = None
    team: str | None = None
    num_moves: int = 0
    moved_at: int | None = None
    event_id: int = 0

    def follow(self, event: Event) -> "Stint":
        """Return the stint after an event of its agent."""
        event_id = event.id or 0
        if event_id <= self.event_id:
            return self
        if event.kind is EventKind.SIGNED_IN:
            return Stint(event_id=event_id)
        team = event.details.get("team")
        if event.kind is not EventKind.STARTED or team is None:
            return self
        begun = replace(self, task_type=event.details.get("type"), team=team, event_id=event_id)
        if self.team is None or team == self.team:
            return begun
        return replace(begun, num_moves=self.num_moves + 1, moved_at=event.took_effect_at)


NO_STINT = Stint()
