"""What a new plan changes, in words and figures, a line for each task that changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.today.scope import Scope
from models.formats.plan import Plan
from models.formats.problem import Problem
from services.differences import Change, Differences

MOST_LINES = 40
"""Tasks on a page."""
MOST_PEOPLE = 8
"""People whose changes are told at once; the others are behind a click."""


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """A task that changes; instants are epoch seconds, names empty where nobody has it."""

    task_id: str
    title: str
    what: str
    mark: str
    old_name: str
    old_start: int | None
    new_name: str
    new_start: int | None


@dataclass(frozen=True, kw_only=True)
class FigureLine:
    """A figure of the plan, beside that of the plan before if it were kept; `note` says what it counts."""

    name: str
    note: str
    before: str
    after: str
    difference: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class DifferenceView:
    """What a plan changes.

    Attributes
    ----------
    sentences
        The whole in words.
    people
        Who sees how many changes, the most first.
    more_people
        Those after them.
    lines
        The changes of a page.
    num_lines
        Changes on all pages.
    """

    sentences: Sequence[str]
    figures: Sequence[FigureLine]
    people: Sequence[tuple[str, int]]
    more_people: Sequence[tuple[str, int]]
    lines: Sequence[ChangeLine]
    num_lines: int


def view_differences(
    scope: Scope, problem: Problem, plan: Plan, found: Differences, *, is_first: bool, page: int = 1
) -> DifferenceView:
    """Return what a plan changes.

    Parameters
    ----------
    is_first
        Whether agents have been shown nothing yet.
    page
        Which page of the changes, from 1 on.
    """
    texts = scope.texts
    kinds = (
        (found.left, texts.gettext("Now left"), "bad"),
        (found.reassigned, texts.gettext("Changes hands"), "info"),
        (found.planned, texts.gettext("Newly planned"), "good"),
        (found.moved, texts.gettext("Moves in time"), "plain"),  # the many that matter least
    )
    changed = [(change, what, mark) for changes, what, mark in kinds for change in changes]
    on_page = changed[(page - 1) * MOST_LINES : page * MOST_LINES]
    named = {change.task for change, _, _ in on_page}
    titles = {task.id: task.name or scope.type_name(task.type) for task in problem.tasks if task.id in named}
    people = [(scope.queue.crew.name(agent), count) for agent, count in found.changes_by_agent.items()]
    return DifferenceView(
        sentences=_sentences(scope, plan, found, is_first=is_first),
        figures=_figures(scope, found),
        people=people[:MOST_PEOPLE],
        more_people=people[MOST_PEOPLE:],
        lines=[
            _line(scope, change, what, mark, titles.get(change.task, change.task)) for change, what, mark in on_page
        ],
        num_lines=len(changed),
    )


def _sentences(scope: Scope, plan: Plan, found: Differences, *, is_first: bool) -> list[str]:
    texts = scope.texts
    said = [
        texts.ngettext(
            "The plan gives %(num)s task to somebody and leaves %(left)s.",
            "The plan gives %(num)s tasks to somebody and leaves %(left)s.",
            len(plan.assignments),
            left=texts.number(len(plan.unscheduled)),
        )
    ]
    if is_first:
        return said
    if found.num_untouched:
        said.append(
            texts.gettext(
                "%(kept)s of %(whole)s tasks that could stay as they were keep their agent (%(share)s).",
                kept=texts.number(found.num_kept),
                whole=texts.number(found.num_untouched),
                share=texts.share(found.kept_share),
            )
        )
    if found.changes_by_agent:
        said.append(
            texts.ngettext("%(num)s person sees changes.", "%(num)s people see changes.", len(found.changes_by_agent))
        )
    else:
        said.append(texts.gettext("Nobody sees a change."))
    points = texts.number(abs(found.gain))
    if found.gain > 0:
        said.append(texts.gettext("That is %(points)s points better than going on as before.", points=points))
    elif found.gain < 0:
        said.append(texts.gettext("That is %(points)s points worse than going on as before.", points=points))
    return said


def _figures(scope: Scope, found: Differences) -> list[FigureLine]:
    texts = scope.texts
    before, after = found.before, found.after
    old_counts, new_counts = found.counts_before, found.counts_after
    rows = (
        (
            texts.gettext("Tasks left"),
            texts.gettext("Nobody is to do them before the plan ends."),
            old_counts.num_left,
            new_counts.num_left,
        ),
        (
            texts.gettext("Tasks late"),
            texts.gettext("Done after their due, or left past it; not those that are overdue already."),
            old_counts.num_late,
            new_counts.num_late,
        ),
        (
            texts.gettext("Minutes late, by weight"),
            texts.gettext("Of each task the minutes past its due, times what it weighs."),
            before.tardiness,
            after.tardiness,
        ),
        (texts.gettext("Moves between teams"), "", before.move, after.move),
        (texts.gettext("Shown to somebody else before"), "", before.reassigned, after.reassigned),
    )
    lines = []
    for name, note, old, new in rows:
        less = (old or 0.0) - (new or 0.0)
        told = texts.number(abs(less))
        lines.append(
            FigureLine(
                name=name,
                note=note,
                before=texts.number(old or 0.0),
                after=texts.number(new or 0.0),
                difference=(
                    texts.gettext("the same")
                    if abs(less) < 0.5
                    else texts.gettext("%(amount)s fewer", amount=told)
                    if less > 0
                    else texts.gettext("%(amount)s more", amount=told)
                ),
                tone="good" if less >= 0.5 else "risk" if less <= -0.5 else "",
            )
        )
    return lines


def _line(scope: Scope, change: Change, what: str, mark: str, title: str) -> ChangeLine:
    crew = scope.queue.crew
    return ChangeLine(
        task_id=change.task,
        title=title,
        what=what,
        mark=mark,
        old_name="" if change.old_agent is None else crew.name(change.old_agent),
        old_start=change.old_start,
        new_name="" if change.new_agent is None else crew.name(change.new_agent),
        new_start=change.new_start,
    )
