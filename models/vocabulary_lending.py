"""The words of lending: where an agreement between two leads stands."""

from enum import StrEnum


class LendingState(StrEnum):
    """Where a move of somebody between two teams stands."""

    SUGGESTED = "suggested"
    """Neither side has said anything."""
    ACCEPTED = "accepted"
    """One side wants it, and the other has not answered yet."""
    AGREED = "agreed"
    REFUSED = "refused"


class Side(StrEnum):
    """Whose word it is: that of the team that lends, or of the one that borrows."""

    GIVING = "giving"
    TAKING = "taking"
