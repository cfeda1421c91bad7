"""The plan of a day to come that its agents have been shown already, for who looks before that day begins."""

from dataclasses import dataclass

from api.pages.today.scope import Scope
from models.repositories.published import list_publications


@dataclass(frozen=True, kw_only=True)
class ComingPlan:
    """A plan that was published and is not in force yet; it begins at an epoch second."""

    plan_id: int
    begins: int


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
    return ComingPlan(plan_id=first.plan_id, begins=begins)
