"""What the plans in force leave, and why, as text."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.language.texts import Texts
from api.pages.today.scope import Scope
from models.repositories.live.waiting import OpenTask
from models.repositories.published import Publication
from models.vocabulary import UnscheduledReason
from models.vocabulary_live import TaskStage
from services.today.outlook import Outlook


@dataclass(frozen=True, kw_only=True)
class LeftLine:
    """A task that nobody is to do.

    Attributes
    ----------
    plan_id
        The plan that leaves it; 0 where it came after the plan.
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


def view_left(scope: Scope, publications: Sequence[Publication], outlook: Outlook) -> list[LeftLine]:
    """Return the open tasks that nobody is to do, the one due first coming first.

    They are what the plans in force leave, and what has come since and is due today.
    """
    found: dict[str, LeftLine] = {}
    known: set[str] = set()
    spoken: set[str] = set()
    for publication in publications:
        for item in scope.plan(publication.plan_id).unscheduled:
            task = scope.queue.find(item.task)
            if task is None or item.task in known:
                continue
            known.add(item.task)
            team = task.team or str(scope.queue.crew.kinds[task.type]["team"])
            if team not in spoken and scope.is_asked(team) and _is_free(scope, task):
                why = reason_text(item.reason, scope.texts)
                found[task.id] = _line(scope, task, team, publication.plan_id, why, item.detail or "")
        if publication.teams is None:
            break
        spoken.update(publication.teams)
    if publications:
        for one in (one for team in outlook.of(scope.teams) for one in team.tasks):
            if one.task.id not in known and _is_free(scope, one.task):
                why = scope.texts.gettext("It came after the plan")
                found[one.task.id] = _line(scope, one.task, one.team, 0, why, "")
    return sorted(found.values(), key=lambda line: (line.due is None, line.due or 0, line.id))


def _is_free(scope: Scope, task: OpenTask) -> bool:
    """Return whether a task waits for anybody, and no plan gives it to somebody."""
    return task.stage is TaskStage.WAITING and not task.pinned_by_lead and scope.queue.planned(task.id) is None


def _line(scope: Scope, task: OpenTask, team: str, plan_id: int, reason: str, detail: str) -> LeftLine:
    due = scope.queue.due_of(task.id)
    return LeftLine(
        id=task.id,
        title=task.title or scope.type_name(task.type),
        kind=scope.type_name(task.type),
        team=scope.team_name(team),
        due=due,
        is_overdue=due is not None and due <= scope.now,
        plan_id=plan_id,
        reason=reason,
        detail=detail,
    )


def reason_text(reason: UnscheduledReason, texts: Texts) -> str:
    """Return why a plan leaves a task, in a few words."""
    return {
        UnscheduledReason.NO_CAPACITY: texts.gettext("Nobody has room for it"),
        UnscheduledReason.NOT_WORTH_IT: texts.gettext("It would push out work worth more"),
        UnscheduledReason.PREDECESSOR_UNSCHEDULED: texts.gettext("The step before is left as well"),
        UnscheduledReason.NO_ELIGIBLE_AGENT: texts.gettext("Nobody may do it"),
    }[reason]
