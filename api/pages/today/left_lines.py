"""What the plans in force leave, and why, as text."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from api.language.texts import Texts
from api.pages.today.scope import Scope
from models.formats.plan import Unscheduled
from models.repositories.live.waiting import OpenTask
from models.repositories.published import Publication
from models.vocabulary import UnscheduledReason
from optimizer.policy import NO_DUE
from services.today.outlook import Outlook


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


_Left = tuple[float, OpenTask, str, int, Unscheduled | None]
"""When a task is due, the task, in whose queue it is, the plan that leaves it and what that says of it."""


class LeftLines(Sequence[LeftLine]):
    """Tasks that nobody is to do, the one due first coming first: as text only where they are looked at."""

    def __init__(self, scope: Scope, found: Sequence[_Left]) -> None:
        self._scope, self._found = scope, found

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> LeftLine: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[LeftLine]: ...
    def __getitem__(self, place: int | slice) -> LeftLine | Sequence[LeftLine]:
        if isinstance(place, slice):
            return [_line(self._scope, *one) for one in self._found[place]]
        return _line(self._scope, *self._found[place])


def view_left(scope: Scope, publications: Sequence[Publication], outlook: Outlook) -> LeftLines:
    """Return the open tasks that nobody is to do, the one due first coming first.

    They are what the plans in force leave, and what has come since and is due today.
    """
    left, known = _left_of_plans(scope, publications), outlook.columns.snapshot
    rows = known.free[known.in_teams(scope.teams)[known.free]]
    found: list[_Left] = []
    for row, due, demand in zip(rows.tolist(), known.due[rows].tolist(), known.demand[rows].tolist(), strict=True):
        task = known.tasks[row]
        of_plan = left.get(task.id)
        if of_plan is None:
            if publications and due < outlook.ends:
                found.append((due, task, known.demands[demand].team, 0, None))
        elif not of_plan[2] or known.demands[demand].team not in of_plan[2]:
            found.append((due, task, known.demands[demand].team, of_plan[0], of_plan[1]))
    return LeftLines(scope, found)


def _left_of_plans(
    scope: Scope, publications: Sequence[Publication]
) -> Mapping[str, tuple[int, Unscheduled, Collection[str]]]:
    """Return what plans leave, by the newest that does: its number, what it says, the teams newer ones spoke of."""
    left: dict[str, tuple[int, Unscheduled, Collection[str]]] = {}
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
