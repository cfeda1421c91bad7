"""What all use cases of the desk share: one transaction, done again where others got in the way, then told on."""

import time
from collections.abc import Callable, Iterable

from models.database import Database, Session
from models.errors import ConflictError
from models.repositories.live.records import Event
from models.repositories.live.turns import in_turn
from models.vocabulary_live import EventKind
from services.live.acts import Act, Outcome
from services.live.scene import Scene
from services.settings import Settings

Listener = Callable[[Outcome], None]


def read_clock() -> int:
    """Return the machine's time; epoch second."""
    return int(time.time())


class Acting:
    """Does acts on a database.

    Parameters
    ----------
    clock
        Returns the present; epoch second.
    listeners
        Called with each outcome after it is committed, in the thread that asked for it.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        clock: Callable[[], int] = read_clock,
        listeners: Iterable[Listener] = (),
    ) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.listeners = list(listeners)

    def _act(
        self,
        kind: EventKind,
        act: Act,
        work: Callable[[Scene], Event],
        *,
        task_id: str | None = None,
        agent_id: str | None = None,
    ) -> Outcome:
        """Do an act in one short transaction, unless it was told before, and tell the listeners.

        Parameters
        ----------
        kind, task_id, agent_id
            What is asked for; an act that was told before must have been the same.
        """
        now = self.clock()

        def find(session: Session) -> tuple[Scene, Outcome | None]:
            scene = Scene(session, self.settings, act, now)
            return scene, scene.find_duplicate(kind, task_id=task_id, agent_id=agent_id)

        def run(session: Session) -> Outcome:
            scene, told = find(session)
            return scene.outcome(work(scene)) if told is None else told

        try:
            outcome = in_turn(self.database, run)
        except ConflictError:
            # Told a second time while the first was not committed yet: what stands in the way is what it did itself.
            told = None if act.dedup_key is None else in_turn(self.database, lambda session: find(session)[1])
            if told is None:
                raise
            outcome = told
        return self._tell(outcome)

    def _tell(self, outcome: Outcome) -> Outcome:
        for listener in self.listeners:
            listener(outcome)
        return outcome
