"""The reasons of a plan and the fixes for it, in sentences that a team lead understands, and as JSON."""

from collections.abc import Sequence
from typing import Any

from models.time import format_instant, load_zone
from models.vocabulary import UnscheduledReason
from services.explaining import AssignmentReason, Explainer, LeftReason, Other, PushedOut
from services.fixes import Fix, FixKind
from services.names import Names, amount, lasting, listed
from services.office_duty import CLEARANCE
from services.sentences import Narrator
from services.start_reasons import Start, StartReason

WORTH_TELLING = 0.005
"""A difference of less is none to speak of."""


class ReasonTeller:
    """Says what an `Explainer` finds."""

    def __init__(self, explainer: Explainer, *, zone_name: str = "UTC") -> None:
        self._explainer = explainer
        self._names = Names(explainer.problem, zone_name=zone_name)
        self._narrator = Narrator(explainer.problem, zone_name=zone_name)
        self._zone = load_zone(zone_name)
        self._tasks = {task.id: task for task in explainer.problem.tasks}
        self._agents = {agent.id: agent for agent in explainer.problem.agents}

    def tell_assignment(self, reason: AssignmentReason) -> str:
        """Return why a task is with its agent and when it is."""
        names = self._names
        who = names.agent(reason.agent)
        when = f"{names.span(reason.start, reason.end)}, {self._begins(reason.begins)}"
        said = [f"{who} does it {when}; {self._due(reason)}."]
        if reason.is_in_progress:
            said.append(f"{who} has it open.")
        elif reason.is_pinned:
            said.append(f"It is pinned to {who}.")
        elif reason.num_able == 1:
            said.append("Nobody else may do it.")
        elif not reason.others:
            others = reason.num_able - 1
            said.append(
                "The one other who may do it has no room."
                if others == 1
                else f"None of the {others:,} others who may do it has room."
            )
        else:
            said.append(self._others(reason.others))
        order = [
            f"{when}, it would cost {_more(change)}"
            for when, change in (("done sooner", reason.sooner), ("done later", reason.later))
            if change is not None
        ]
        if order:
            said.append(f"{'; '.join(order).capitalize()}.")
        return " ".join(said)

    def tell_left(self, reason: LeftReason) -> str:
        """Return why a task is left, and what it would push out."""
        task = self._tasks[reason.task]
        said = []
        if reason.pushed_out is None or reason.reason is not UnscheduledReason.NOT_WORTH_IT:
            said.append(self._narrator.tell(task, reason.explanation))
        if reason.pushed_out is not None:
            said.append(self._push(reason.pushed_out, reason))
        said.append(f"Leaving it costs {amount(reason.cost)}.")
        return " ".join(said)

    def tell_fix(self, fix: Fix) -> str:
        """Return what to do, what that brings, and what it saves."""
        said = f"{self._demand(fix)}: {self._outcome(fix)}"
        if fix.made_late:
            said += f"; {listed(fix.made_late)} would then be late"
        if fix.also_done:
            said += f"; then {listed(fix.also_done)} can be done too"
        return f"{said}. Saves {amount(fix.saving)}."

    def assignment_document(self, reason: AssignmentReason) -> dict[str, Any]:
        """Return the reason of an assignment as a JSON object."""
        return {
            "task": reason.task,
            "agent": reason.agent,
            "start": self._instant(reason.start),
            "end": self._instant(reason.end),
            "in_progress": reason.is_in_progress,
            "pinned": reason.is_pinned,
            "able": reason.num_able,
            "others": [{"agent": other.agent, "change": other.change} for other in reason.others],
            "sooner": reason.sooner,
            "later": reason.later,
            "begins": {
                "reason": reason.begins.reason.value,
                "task": reason.begins.task,
                "setup_minutes": reason.begins.setup_minutes,
            },
            "sentence": self.tell_assignment(reason),
        }

    def left_document(self, reason: LeftReason, fixes: Sequence[Fix] | None) -> dict[str, Any]:
        """Return why a task is left as a JSON object; fixes are null where they were not looked for."""
        pushed = reason.pushed_out
        return {
            "task": reason.task,
            "reason": reason.reason.value,
            "cost": reason.cost,
            "pushes_out": None
            if pushed is None
            else {
                "agent": pushed.agent,
                "start": self._instant(pushed.start),
                "end": self._instant(pushed.end),
                "left": list(pushed.left),
                "made_late": dict(pushed.made_late),
                "change": pushed.change,
            },
            "sentence": self.tell_left(reason),
            "fixes": None if fixes is None else [self.fix_document(fix) for fix in fixes],
        }

    def fix_document(self, fix: Fix) -> dict[str, Any]:
        """Return a fix as a JSON object; what its kind does not have is null."""
        return {
            "kind": fix.kind.value,
            "task": fix.task,
            "agent": fix.agent,
            **{name: self._instant(getattr(fix, name)) for name in ("start", "end", "until", "due")},
            **{name: getattr(fix, name) for name in ("overtime_minutes", "moves", "skill", "level", "held_level")},
            "made_late": list(fix.made_late),
            "also_done": list(fix.also_done),
            "saving": fix.saving,
            "total": fix.total,
            "sentence": self.tell_fix(fix),
        }

    def _begins(self, start: Start) -> str:
        change = f" and {start.setup_minutes:g} min to change over" if start.setup_minutes else ""
        if start.reason in (StartReason.PREVIOUS, StartReason.STAY, StartReason.PREDECESSOR):
            assert start.task is not None  # noqa: S101 - these reasons name one
            if start.reason is StartReason.PREVIOUS:
                return f"after {start.task}{change}"
            if start.reason is StartReason.STAY:
                return f"after {start.task} and the least stay in its team"
            return f"as soon as {start.task} is done"
        return {
            StartReason.NOW: f"at once{' after' + change.removeprefix(' and') if change else ''}",
            StartReason.SHIFT: "when the shift starts",
            StartReason.ARRIVAL: "when it comes in",
            StartReason.EARLIEST_START: "when it may start",
            StartReason.NOTHING: "though it could start sooner",
        }[start.reason]

    def _due(self, reason: AssignmentReason) -> str:
        late = reason.end - reason.due
        if late > 0:
            overdue = reason.due < self._explainer.problem.now
            return f"it {'was' if overdue else 'is'} due {self._names.clock(reason.due)} and ends {lasting(late)} late"
        return f"it is due {self._names.clock(reason.due)}, {lasting(late)} to spare" if late else "it is due just then"

    def _others(self, others: Sequence[Other]) -> str:
        better = [other for other in others if other.change < -WORTH_TELLING]
        if better:
            name = self._names.agent(better[0].agent)
            return f"With {name} the plan would cost {amount(-better[0].change)} less: a longer search would find that."
        told = [f"{self._names.agent(other.agent)} would cost {_more(other.change)}" for other in others]
        return f"Instead, {' and '.join(told)}."

    def _push(self, pushed: PushedOut, reason: LeftReason) -> str:
        names = self._names
        could = f"{names.agent(pushed.agent)} could do it {names.span(pushed.start, pushed.end)}"
        late = {task: minutes for task, minutes in pushed.made_late.items() if task != reason.task}
        effects = []
        if pushed.left:
            effects.append(f"{listed(pushed.left)} would have to be left for it")
        if late:
            worst = max(late, key=lambda task: late[task])
            more = "" if len(late) == 1 else f" and {len(late) - 1:,} more"
            effects.append(f"{worst}{more} would end late, by up to {lasting(60 * late[worst])}")
        text = f"{could}{', but ' if effects else ''}{' and '.join(effects)}"
        if pushed.change < -WORTH_TELLING:
            return f"{text}. That would cost {amount(-pushed.change)} less: a longer search would find it."
        return f"{text}. That would cost {amount(pushed.change)} more than leaving it."

    def _demand(self, fix: Fix) -> str:
        names = self._names
        who = "" if fix.agent is None else names.agent(fix.agent)
        if fix.kind is FixKind.OVERTIME:
            assert fix.until is not None  # noqa: S101 - overtime has an end
            return f"{fix.overtime_minutes} min of overtime for {who}, until {names.clock(fix.until)}"
        if fix.kind is FixKind.DUE_MOVED:
            assert fix.due is not None  # noqa: S101 - that is what is moved
            before = self._tasks[fix.task].due
            past = ", already past," if before < self._explainer.problem.now else ""
            return f"Agree on {names.clock(fix.due)} instead of {names.clock(before)}{past} for {fix.task}"
        if fix.kind is FixKind.MOVE:
            limit = self._agents[fix.agent or ""].max_moves
            return f"Let {who} change teams {_times(fix.moves)} instead of {_times(limit)}"
        if fix.kind is FixKind.PIN_LIFTED:
            pinned = self._tasks[fix.task].pinned_agent or ""
            return f"Lift the pin of {fix.task} on {names.agent(pinned)}"
        if fix.kind is FixKind.LENDING:
            return f"Lend {who} of {names.team(self._agents[fix.agent or ''].team)} to {self._team(fix)}"
        if fix.kind is FixKind.SKILL_WAIVED:
            if fix.held_level:
                return f"Accept {fix.skill} at level {fix.level} for {fix.task}"
            return f"Do without {fix.skill} for {fix.task}"
        if fix.skill is not None and fix.skill.startswith(CLEARANCE):
            return f"Clear {who} for the client {fix.skill.removeprefix(CLEARANCE)}"
        now = f"has level {fix.held_level}" if fix.held_level else "has none"
        return f"Train {who} in {fix.skill} to level {fix.level} ({now})"

    def _outcome(self, fix: Fix) -> str:
        if fix.agent is None or fix.start is None or fix.end is None:
            return "it can wait for the next plan"
        task = fix.task if fix.kind not in (FixKind.DUE_MOVED, FixKind.PIN_LIFTED, FixKind.SKILL_WAIVED) else "it"
        due = self._tasks[fix.task].due if fix.due is None else fix.due
        late = "" if fix.end <= due else f", {lasting(fix.end - due)} late"
        return f"{self._names.agent(fix.agent)} does {task} {self._names.span(fix.start, fix.end)}{late}"

    def _team(self, fix: Fix) -> str:
        problem = self._explainer.problem
        kind = next(kind for kind in problem.task_types if kind.id == self._tasks[fix.task].type)
        return self._names.team(kind.team)

    def _instant(self, instant: int | None) -> str | None:
        return None if instant is None else format_instant(instant, self._zone)


def _times(count: int | None) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count or 0, f"{count} times")


def _more(change: float) -> str:
    if abs(change) < WORTH_TELLING:
        return "the same"
    return f"{amount(change)} more" if change > 0 else f"{amount(-change)} less"
