"""What the plans in force leave, and why, as text."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import overload

import numpy as np

from api.keeping import Kept
from api.language.texts import Texts
from api.pages.today.scope import Scope
from models.formats.plan import Unscheduled
from models.repositories.live.waiting import OpenTask
from models.repositories.published import Publication
from models.vocabulary import UnscheduledReason
from optimizer.policy import NO_DUE
from services.live.snapshot import Rows, Snapshot
from services.today.outlook import Outlook

MOST_KEPT = 4


@dataclass(frozen=True, kw_only=True)
class LeftLine:
    """A task that nobody is to do.

    Attributes
    ----------
    plan_id
        The plan that leaves it; 0 where no plan speaks of it: it came later, or waits.
    reason
        Why, in a few words; `detail` says it in full, as the plan does.
    """

    id: str
    title: str
    kind: str
    team: str
    due: int | None
    is_overdue: bool
    plan_id: int
    reason: str
    detail: str


_OfPlan = tuple[int, Unscheduled, Collection[str]]
"""The newest plan that leaves a task, what it says of it, and the teams that newer ones spoke of."""


class LeftLines(Sequence[LeftLine]):
    """Tasks that nobody is to do, the one due first coming first: as text only where they are looked at.

    Parameters
    ----------
    rows
        Of the snapshot.
    of_plan
        What a plan says of each; None where none does.
    """

    def __init__(self, scope: Scope, known: Snapshot, rows: Rows, of_plan: Sequence[_OfPlan | None]) -> None:
        self._scope, self._known, self._rows, self._of_plan = scope, known, rows, of_plan

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> LeftLine: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[LeftLine]: ...
    def __getitem__(self, place: int | slice) -> LeftLine | Sequence[LeftLine]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        row, known = int(self._rows[place]), self._known
        plan_id, item, _ = self._of_plan[place] or (0, None, ())
        team = known.demands[known.demand[row]].team
        return _line(self._scope, float(known.due[row]), known.tasks[row], team, plan_id, item)


def view_left(scope: Scope, publications: Sequence[Publication], outlook: Outlook) -> LeftLines:
    """Return the open tasks that nobody is to do, the one due first coming first.

    They are what the plans in force leave, and what has come since and is due today.
    """
    left, known = _find_left(scope, publications), outlook.columns.snapshot
    rows = known.free[known.in_teams(scope.teams)[known.free]]
    of_plan = [left.get(known.tasks[row].id) for row in rows.tolist()]
    is_shown = np.fromiter((one is not None for one in of_plan), np.bool_, len(of_plan))
    if publications:
        is_shown |= known.due[rows] < outlook.ends
    if any(one.teams is not None for one in publications):  # a plan of some teams may stand before what it says
        for at in np.flatnonzero(is_shown).tolist():
            one = of_plan[at]
            is_shown[at] = one is None or known.demands[known.demand[rows[at]]].team not in one[2]
    return LeftLines(scope, known, rows[is_shown], list(compress(of_plan, is_shown.tolist())))


_KEPT = Kept[Hashable, Mapping[str, _OfPlan]](MOST_KEPT)


def _find_left(scope: Scope, publications: Sequence[Publication]) -> Mapping[str, _OfPlan]:
    """Return what plans leave, by the newest that does, where no newer one spoke of all teams."""
    key = scope.edition, tuple((one.plan_id, tuple(one.teams or ("",))) for one in publications)
    return _KEPT.get(key, lambda: _left_of_plans(scope, publications))


def _left_of_plans(scope: Scope, publications: Sequence[Publication]) -> Mapping[str, _OfPlan]:
    left: dict[str, _OfPlan] = {}
    spoken: frozenset[str] = frozenset()
    for publication in publications:
        for item in scope.plan(publication.plan_id).unscheduled:
            if item.task not in left:
                left[item.task] = publication.plan_id, item, spoken
        if publication.teams is None:
            break
        spoken |= frozenset(publication.teams)
    return left


def _line(scope: Scope, due_at: float, task: OpenTask, team: str, plan_id: int, item: Unscheduled | None) -> LeftLine:
    due = None if due_at >= NO_DUE else int(due_at)
    return LeftLine(
        id=task.id,
        title=task.title or scope.type_name(task.type),
        kind=scope.type_name(task.type),
        team=scope.team_name(team),
        due=due,
        is_overdue=due is not None and due <= scope.now,
        plan_id=plan_id,
        reason=_outside_plan(task, scope) if item is None else reason_text(item.reason, scope.texts),
        detail="" if item is None else item.detail or "",
    )


def _outside_plan(task: OpenTask, scope: Scope) -> str:
    """Return why no plan speaks of a task: nobody may begin it yet, or it is newer."""
    if task.earliest_start is not None and task.earliest_start > scope.now:
        return scope.texts.gettext("It waits until %(when)s", when=scope.texts.moment(task.earliest_start))
    return scope.texts.gettext("It came after the plan")


def reason_text(reason: UnscheduledReason, texts: Texts) -> str:
    """Return why a plan leaves a task, in a few words."""
    return {
        UnscheduledReason.NO_CAPACITY: texts.gettext("Nobody has room for it"),
        UnscheduledReason.NOT_WORTH_IT: texts.gettext("It would push out work worth more"),
        UnscheduledReason.PREDECESSOR_UNSCHEDULED: texts.gettext("The step before is left as well"),
        UnscheduledReason.NO_ELIGIBLE_AGENT: texts.gettext("Nobody may do it"),
    }[reason]
