"""Who is there, who is still to come, and what each has in hand: the states of agents in memory."""

import numpy as np

from models.repositories.live.records import LiveAgent
from models.time import SECONDS_PER_MINUTE
from models.vocabulary_live import Presence
from optimizer.next_task.columns import Bytes
from services.live.crew import Crew


class Presences:
    """The states of the agents, the newest of each."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._states: dict[str, LiveAgent] = {}
        self._num_changes = 0
        self._expected: tuple[tuple[int, int, float], Bytes] | None = None

    def apply(self, state: LiveAgent) -> None:
        """Take over the state of an agent, unless a newer one is known."""
        known = self._states.get(state.agent_id)
        if known is not None and state.version <= known.version:
            return
        was_out = known is None or known.presence is Presence.OUT
        self._states[state.agent_id] = state
        self._num_changes += was_out != (state.presence is Presence.OUT)

    def state(self, agent_id: str) -> LiveAgent | None:
        """Return where an agent stands; None for one who never signed in."""
        return self._states.get(agent_id)

    def states(self) -> list[LiveAgent]:
        """Return where all agents stand who ever signed in."""
        return list(self._states.values())

    def expected(self, now: int, window_s: float) -> Bytes:
        """Return, by position, 1 for agents who are there, or who have a shift now or soon and have not left it."""
        key = now // SECONDS_PER_MINUTE, self._num_changes, window_s
        if self._expected is None or self._expected[0] != key:
            ids = [agent.id for agent in self._crew.agents]
            found = (self._is_expected(at, agent_id, now, window_s) for at, agent_id in enumerate(ids))
            self._expected = key, np.fromiter(found, np.uint8, len(ids))
        return self._expected[1]

    def _is_expected(self, position: int, agent_id: str, now: int, window_s: float) -> bool:
        state = self._states.get(agent_id)
        if state is not None and state.presence is not Presence.OUT:
            return True
        start = self._crew.next_start(position, now)
        if start is None or start > now + window_s:
            return False
        return state is None or state.since < start
