"""Where an office stands at an instant, and what it is told to do from there."""

from dataclasses import dataclass
from typing import Protocol

from simulations.engine.layout import Reals, Wholes


@dataclass(frozen=True, kw_only=True)
class LiveState:
    """What waits, and who works on what, at an instant. W tasks in order of arrival, A agents of the layout.

    Attributes
    ----------
    now : seconds from the start of the scenario, as are all instants
    task_type, task_enabled, task_due, task_weight : (W,) of what waits; due is infinity where there is none
    agent_shift : (A,) the shift of the layout in which somebody is, on a break or not; -1 where in none
    agent_last_type : (A,) type of the last task in that shift, the one in hand included; -1 where there is none
    agent_moves : (A,) moves made in that shift
    held_type : (A,) type of the task in hand, also of one that waits for its agent's next shift; -1 where there is none
    held_setup_s, held_spent_s : (A,) seconds of setup still to come, and of handling already spent on it
    """

    now: float
    task_type: Wholes
    task_enabled: Reals
    task_due: Reals
    task_weight: Reals
    agent_shift: Wholes
    agent_last_type: Wholes
    agent_moves: Wholes
    held_type: Wholes
    held_setup_s: Reals
    held_spent_s: Reals


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who does what in which order, until somebody decides again.

    Attributes
    ----------
    task, agent : (N,) positions among what waits, and who does it; of one agent in the order in which it does them
    team : (A,) the team for which somebody works, -1 where nothing is said
    """

    task: Wholes
    agent: Wholes
    team: Wholes


class Decider(Protocol):
    """Whoever is asked at an epoch: the same state must give the same answer."""

    def decide(self, live: LiveState) -> Decision:
        """Return what to do from a state on."""
