"""What all use cases of the desk share: one transaction, done again where others got in the way, then told on."""

import time
from collections.abc import Callable, Iterable

from models.database import Database, Session
from models.repositories.live.records import Event
from models.repositories.live.turns import in_turn
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

    def _act(self, act: Act, work: Callable[[Scene], Event]) -> Outcome:
        """Do an act in one short transaction, unless it was told before, and tell the listeners."""
        now = self.clock()

        def run(session: Session) -> Outcome:
            scene = Scene(session, self.settings, act, now)
            return scene.find_duplicate() or scene.outcome(work(scene))

        return self._tell(in_turn(self.database, run))

    def _tell(self, outcome: Outcome) -> Outcome:
        for listener in self.listeners:
            listener(outcome)
        return outcome
