"""The plan of a day to come that its agents have been shown already, for who looks before that day begins."""

from dataclasses import dataclass

from api.pages.today.scope import Scope
from models.repositories.published import list_publications
from services.today.attendance import Attendance, take_attendance

NOT_AT_WORK = frozenset({Attendance.ILL, Attendance.AWAY, Attendance.LEFT, Attendance.GONE})


@dataclass(frozen=True, kw_only=True)
class ComingPlan:
    """A plan that was published and is not in force yet.

    Attributes
    ----------
    begins
        Epoch second.
    is_worked_before
        Whether somebody of the caller's teams is here until then or still to come, for whom today can be planned.
    """

    plan_id: int
    begins: int
    is_worked_before: bool


def find_coming(scope: Scope) -> ComingPlan | None:
    """Return the next plan that holds for one of the caller's teams; None where nothing was published ahead."""
    with scope.live.database.reading() as session:
        known = list_publications(session.connection())
    ahead = [
        one
        for one in known
        if one.planned_from > scope.now and (one.teams is None or not scope.plan_teams.isdisjoint(one.teams))
    ]
    if not ahead:
        return None
    begins = min(one.planned_from for one in ahead)
    first = next(one for one in ahead if one.planned_from == begins)
    return ComingPlan(plan_id=first.plan_id, begins=begins, is_worked_before=_is_worked_before(scope, begins))


def _is_worked_before(scope: Scope, begins: int) -> bool:
    people = take_attendance(
        scope.live.database, scope.queue, teams=scope.own_teams, now=scope.now, start=scope.start, end=scope.end
    )
    return any(
        one.attendance not in NOT_AT_WORK and (one.shift_start is None or one.shift_start < begins) for one in people
    )
