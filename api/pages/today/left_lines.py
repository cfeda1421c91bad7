"""What the plans in force leave, and why, as text."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
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
from services.live.snapshot import Longs, Rows, Snapshot, order_of
from services.today.outlook import Outlook

MOST_KEPT = 4
_NOT_LEFT = -1


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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Left:
    """What plans leave, each task by the newest that does. K tasks.

    Attributes
    ----------
    order : (K,) what tells tasks apart in a snapshot, ascending
    nth : (K,) which of the plans leaves each, the newest being 0
    items
        What the plan says of each.
    plans
        The plans, each with the teams that newer ones spoke of.
    """

    order: Longs
    nth: Rows
    items: Sequence[Unscheduled]
    plans: Sequence[tuple[int, frozenset[str]]]

    def find(self, known: Snapshot, rows: Rows) -> Rows:
        """Return the places of some tasks here; `_NOT_LEFT` where no plan leaves one."""
        if not len(self.order):
            return np.full(len(rows), _NOT_LEFT, np.intp)
        wanted = known.order[rows]
        at = np.minimum(np.searchsorted(self.order, wanted), len(self.order) - 1)
        return np.where(self.order[at] == wanted, at, _NOT_LEFT)


class LeftLines(Sequence[LeftLine]):
    """Tasks that nobody is to do, the one due first coming first: as text only where they are looked at.

    Parameters
    ----------
    rows
        Of the snapshot, in any order.
    left
        What plans leave.
    """

    def __init__(self, scope: Scope, known: Snapshot, rows: Rows, left: _Left) -> None:
        self._scope, self._known, self._rows, self._left = scope, known, rows, left

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> LeftLine: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[LeftLine]: ...
    def __getitem__(self, place: int | slice) -> LeftLine | Sequence[LeftLine]:
        wanted = range(len(self))[place]
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        first = self._known.by_due(self._rows, most=max(wanted, default=-1) + 1)
        rows = first[np.array(wanted, np.intp)]
        return [
            self._tell(*both) for both in zip(rows.tolist(), self._left.find(self._known, rows).tolist(), strict=True)
        ]

    def _tell(self, row: int, place: int) -> LeftLine:
        known, left = self._known, self._left
        plan_id, item = (0, None) if place == _NOT_LEFT else (left.plans[left.nth[place]][0], left.items[place])
        team = known.demands[known.demand[row]].team
        return _line(self._scope, float(known.due[row]), known.tasks[row], team, plan_id, item)


def view_left(scope: Scope, publications: Sequence[Publication], outlook: Outlook) -> LeftLines:
    """Return the open tasks that nobody is to do, the one due first coming first.

    They are what the plans in force leave, and what has come since and is due today.
    """
    left, known = _find_left(scope, publications), outlook.columns.snapshot
    rows = known.free[known.in_teams(scope.teams)[known.free]]
    places = left.find(known, rows)
    is_shown = places != _NOT_LEFT
    if publications:
        is_shown |= known.due[rows] < outlook.ends
    for nth, (_, spoken) in enumerate(left.plans):  # a newer plan of some teams stands before what an older one says
        if spoken and left.items:
            is_of_it = (places != _NOT_LEFT) & (left.nth[places] == nth)
            is_shown &= ~(is_of_it & known.in_teams(spoken)[rows])
    return LeftLines(scope, known, rows[is_shown], left)


_KEPT = Kept[Hashable, _Left](MOST_KEPT)


def _find_left(scope: Scope, publications: Sequence[Publication]) -> _Left:
    """Return what plans leave, by the newest that does, where no newer one spoke of all teams."""
    key = scope.edition, tuple((one.plan_id, tuple(one.teams or ("",))) for one in publications)
    return _KEPT.get(key, lambda: _left_of_plans(scope, publications))


def _left_of_plans(scope: Scope, publications: Sequence[Publication]) -> _Left:
    left: dict[int, tuple[int, Unscheduled]] = {}
    plans: list[tuple[int, frozenset[str]]] = []
    spoken: frozenset[str] = frozenset()
    for publication in publications:
        for item in scope.plan(publication.plan_id).unscheduled:
            left.setdefault(order_of(item.task), (len(plans), item))
        plans.append((publication.plan_id, spoken))
        if publication.teams is None:
            break
        spoken |= frozenset(publication.teams)
    ordered = sorted(left)
    return _Left(
        order=np.array(ordered, np.int64),
        nth=np.array([left[one][0] for one in ordered], np.intp),
        items=[left[one][1] for one in ordered],
        plans=plans,
    )


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
