"""What a new plan changes against an old one, for whom, and what that gains: as data and in sentences."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.errors import PlanRejectedError
from models.formats.plan import Assignment, Objective, Plan
from models.formats.problem import Problem
from models.time import format_instant, load_zone
from optimizer.instance import Instance
from optimizer.keeping import keep, may_keep
from optimizer.objective import score
from optimizer.referee import check
from optimizer.solution import Solution
from reports.shares import say_share
from services.assemble import assemble_instance, assemble_solution
from services.names import Names, listed

TERMS = {
    "tardiness": "minutes late, weighted",
    "late": "late",
    "carried_over": "left",
    "missed": "must-by missed",
    "away": "minutes lent",
    "move": "moves",
    "preferred": "not preferred",
    "reassigned": "not as published",
}
MAX_SHOWN = 10
MAX_PEOPLE = 5


@dataclass(frozen=True, kw_only=True)
class Change:
    """A task in the old plan and in the new; None where a plan gives it to nobody."""

    task: str
    old_agent: str | None
    new_agent: str | None
    old_start: int | None
    new_start: int | None


@dataclass(frozen=True, kw_only=True)
class TaskCounts:
    """How many tasks a plan leaves, and how many become late: done after their due, or left past it."""

    num_late: int
    num_left: int


@dataclass(frozen=True, kw_only=True)
class Differences:
    """What a new plan changes.

    Attributes
    ----------
    reassigned
        Tasks that change agent.
    planned
        Tasks that the old plan left, or did not know, and that are now done.
    left
        Tasks that the old plan had, and that are now left.
    moved
        Tasks that keep their agent and start more than `moved_minutes` sooner or later.
    gone
        Tasks of the old plan that the problem no longer has.
    num_untouched
        Tasks of the old plan that could stay as they were: still there, their agent still may do them and is still on
        duty at the time that the old plan had.
    num_kept
        Those of them that keep their agent.
    num_shown
        Tasks that somebody has been shown (`published_agent`), and that the new plan gives to somebody.
    num_shown_kept
        Those of them that go to whom they were shown to.
    changes_by_agent
        How many of these changes each agent sees; the most first.
    before
        What the old plan costs on this problem if it is kept: the same agents and order, at the earliest times; what no
        longer holds is left.
    after
        What the new plan costs.
    counts_before, counts_after
        Of both, tasks late and left by number, where the costs have them by weight.
    """

    reassigned: tuple[Change, ...]
    planned: tuple[Change, ...]
    left: tuple[Change, ...]
    moved: tuple[Change, ...]
    gone: tuple[str, ...]
    moved_minutes: float
    num_untouched: int
    num_kept: int
    num_shown: int
    num_shown_kept: int
    changes_by_agent: Mapping[str, int]
    before: Objective
    after: Objective
    counts_before: TaskCounts
    counts_after: TaskCounts

    @property
    def kept_share(self) -> float | None:
        """Share of the untouched tasks that keep their agent; None where there are none."""
        return self.num_kept / self.num_untouched if self.num_untouched else None

    @property
    def gain(self) -> float:
        """By how much the new plan costs less than the old one kept."""
        return self.before.total - self.after.total


def compare_plans(problem: Problem, old: Plan, new: Plan, *, moved_minutes: float = 15.0) -> Differences:
    """Return what a new plan of a problem changes against an old one, which may be of an earlier problem.

    Raises
    ------
    PlanRejectedError
        If the new plan does not hold.
    """
    verdict = check(problem, new)
    if not verdict.feasible:
        raise PlanRejectedError(verdict.violations)
    instance = assemble_instance(problem)
    old_solution = assemble_solution(problem, instance, old)
    kept = keep(instance, old_solution.task_agent, old_solution.task_start)
    before = score(instance, kept.task_agent, kept.task_start, kept.task_end)
    old_of = {item.task: item for item in old.assignments}
    new_of = {item.task: item for item in new.assignments}
    found: dict[str, list[Change]] = {"reassigned": [], "planned": [], "left": [], "moved": []}
    num_untouched = num_kept = 0
    for position, task in enumerate(problem.tasks):
        was, now_is = old_of.get(task.id), new_of.get(task.id)
        kind = _kind_of_change(was, now_is, moved_s=60 * moved_minutes)
        if kind is not None:
            found[kind].append(_change(task.id, was, now_is))
        agent = int(old_solution.task_agent[position])
        start, end = int(old_solution.task_start[position]), int(old_solution.task_end[position])
        if was is not None and agent >= 0 and may_keep(instance, position, agent, start, end):
            num_untouched += 1
            num_kept += now_is is not None and now_is.agent == was.agent
    known = {task.id for task in problem.tasks}
    shown = [
        item.agent == task.published_agent
        for task in problem.tasks
        if task.published_agent is not None and (item := new_of.get(task.id)) is not None
    ]
    listed = [*old_of, *(item.task for item in old.unscheduled)]
    return Differences(
        **{name: tuple(changes) for name, changes in found.items()},
        gone=tuple(task for task in listed if task not in known),
        moved_minutes=moved_minutes,
        num_untouched=num_untouched,
        num_kept=num_kept,
        num_shown=len(shown),
        num_shown_kept=sum(shown),
        changes_by_agent=_count_by_agent(problem, [change for changes in found.values() for change in changes]),
        before=Objective(**asdict(before)),
        after=verdict.objective,
        counts_before=_count_tasks(instance, kept),
        counts_after=_count_tasks(instance, assemble_solution(problem, instance, new)),
    )


def differences_document(differences: Differences, *, zone_name: str = "UTC") -> dict[str, Any]:
    """Return what changes as a JSON object."""
    zone = load_zone(zone_name)

    def told(change: Change) -> dict[str, str | None]:
        starts = {name: getattr(change, name) for name in ("old_start", "new_start")}
        return {
            "task": change.task,
            "old_agent": change.old_agent,
            "new_agent": change.new_agent,
            **{name: None if start is None else format_instant(start, zone) for name, start in starts.items()},
        }

    return {
        **{
            name: [told(change) for change in getattr(differences, name)]
            for name in ("reassigned", "planned", "left", "moved")
        },
        "gone": list(differences.gone),
        "moved_minutes": differences.moved_minutes,
        "untouched": differences.num_untouched,
        "kept": differences.num_kept,
        "kept_share": differences.kept_share,
        "shown": differences.num_shown,
        "shown_kept": differences.num_shown_kept,
        "changes_by_agent": dict(differences.changes_by_agent),
        "before": asdict(differences.before),
        "after": asdict(differences.after),
        "gain": differences.gain,
    }


def tell_differences(problem: Problem, differences: Differences, *, zone_name: str = "UTC") -> Iterator[str]:
    """Yield what changes in sentences that a lead understands."""
    names = Names(problem, zone_name=zone_name)

    def who(agent: str | None) -> str:
        return "" if agent is None else names.agent(agent) if names.knows(agent) else agent

    def clock(instant: int | None) -> str:
        return "" if instant is None else names.clock(instant)

    if differences.kept_share is not None:
        yield (
            f"{differences.num_kept:,} of {differences.num_untouched:,} untouched tasks keep their agent"
            f" ({say_share(differences.kept_share, 1)})."
        )
    if differences.num_shown:
        yield (
            f"{differences.num_shown_kept:,} of {differences.num_shown:,} tasks that somebody was shown go to them"
            f" ({say_share(differences.num_shown_kept / differences.num_shown, 1)})."
        )
    if differences.changes_by_agent:
        most = [f"{who(agent)} {count:,}" for agent, count in list(differences.changes_by_agent.items())[:MAX_PEOPLE]]
        people = len(differences.changes_by_agent)
        seen = "1 person sees changes" if people == 1 else f"{people:,} people see changes"
        yield f"{seen}{', most of all' if people > MAX_PEOPLE else ':'} {listed(most, most=MAX_PEOPLE)}."
    parts = (
        ("Change hands", differences.reassigned, lambda c: f"{c.task} from {who(c.old_agent)} to {who(c.new_agent)}"),
        ("Newly planned", differences.planned, lambda c: f"{c.task} with {who(c.new_agent)} at {clock(c.new_start)}"),
        ("Now left", differences.left, lambda c: f"{c.task}, which {who(c.old_agent)} had at {clock(c.old_start)}"),
        (
            f"Moved by more than {differences.moved_minutes:g} minutes",
            differences.moved,
            lambda c: f"{c.task} with {who(c.new_agent)} from {clock(c.old_start)} to {clock(c.new_start)}",
        ),
        ("No longer asked for", differences.gone, str),
    )
    nothing = True
    for what, changes, tell in parts:
        if changes:
            nothing = False
            yield f"{what}: {len(changes):,} ({_join([tell(change) for change in changes])})."
    if nothing:
        yield "Nothing changes."
    yield _tell_gain(differences)


def _tell_gain(differences: Differences) -> str:
    before, after = differences.before, differences.after
    told = []
    for name, meaning in TERMS.items():
        less = (getattr(before, name) or 0.0) - (getattr(after, name) or 0.0)
        if abs(less) > 1e-9:
            told.append(f"{_number(abs(less))} {'fewer' if less > 0 else 'more'} {meaning}")
    verdict = f"{abs(differences.gain):,.2f} {'less' if differences.gain >= 0 else 'more'}"
    why = f" ({'; '.join(told)})" if told else ""
    costs = f"Kept as it is, the old plan would cost {before.total:,.2f}; this one costs {after.total:,.2f}"
    return f"{costs}: {verdict}{why}."


def _kind_of_change(was: Assignment | None, now_is: Assignment | None, *, moved_s: float) -> str | None:
    if was is None:
        return None if now_is is None else "planned"
    if now_is is None:
        return "left"
    if was.agent != now_is.agent:
        return "reassigned"
    return "moved" if abs(now_is.start - was.start) > moved_s else None


def _change(task: str, was: Assignment | None, now_is: Assignment | None) -> Change:
    return Change(
        task=task,
        old_agent=None if was is None else was.agent,
        new_agent=None if now_is is None else now_is.agent,
        old_start=None if was is None else was.start,
        new_start=None if now_is is None else now_is.start,
    )


def _count_tasks(instance: Instance, solution: Solution) -> TaskCounts:
    """Return how many tasks are late and left; what was overdue when it was planned has become late before."""
    is_left = solution.task_agent < 0
    completion = np.where(is_left, instance.task_carry_over, solution.task_end)
    is_late = (instance.task_due >= 0) & (completion > instance.task_due)
    return TaskCounts(num_late=int(is_late.sum()), num_left=int(is_left.sum()))


def _count_by_agent(problem: Problem, changes: Sequence[Change]) -> dict[str, int]:
    """Return how many changes each agent sees, the most first, then in the problem's order."""
    seen = Counter(agent for change in changes for agent in {change.old_agent, change.new_agent} if agent is not None)
    order = {agent.id: position for position, agent in enumerate(problem.agents)}
    return dict(sorted(seen.items(), key=lambda item: (-item[1], order.get(item[0], len(order)), item[0])))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def _join(items: Sequence[str]) -> str:
    shown = "; ".join(items[:MAX_SHOWN])
    return shown if len(items) <= MAX_SHOWN else f"{shown}; and {len(items) - MAX_SHOWN:,} more"
