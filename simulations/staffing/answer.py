"""What a search for staffing ends with."""

from dataclasses import dataclass
from enum import StrEnum

from simulations.engine.layout import Reals
from simulations.staffing.question import Plan
from simulations.staffing.trials import Trials


class Status(StrEnum):
    """How a search ended."""

    FOUND = "found"
    IMPOSSIBLE = "impossible"
    OPEN = "open"
    """No plan was confirmed: the replications ran out."""

    STOPPED = "stopped"


class Proof(StrEnum):
    """Why there should be no cheaper plan."""

    DOMINATED = "dominated"
    """Every cheaper plan has no more heads in any group than one that misses a target."""

    ESTIMATED = "estimated"
    """Every cheaper plan misses a target by far, as estimated from plans that were simulated."""

    NONE = "none"
    """The search ended before that was clear."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The plan that was found, and on what grounds.

    Attributes
    ----------
    plan
        The cheapest that was confirmed; where none was, the best that is known.
    confirmed
        The replications that confirmed it, which no search has seen; none where it was not.
    rejected
        Plans that miss a target for sure.
    undecided
        Plans so close to a target that the replications that were allowed do not tell.
    """

    status: Status
    plan: Plan
    proof: Proof
    trials: Trials
    confirmed: Reals | None = None
    rejected: tuple[Plan, ...] = ()
    undecided: tuple[Plan, ...] = ()
