"""The referee on a plan made by hand: true as it stands, and every rule broken by a change of its own."""

import ast
import copy
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.formats.plan import Objective, parse_plan
from models.formats.problem_file import parse_problem
from optimizer import referee
from optimizer.referee import Verdict, check

DATA = Path(__file__).parents[1] / "data"
PROBLEM: dict[str, Any] = json.loads((DATA / "problem.json").read_text(encoding="utf-8"))
PLAN: dict[str, Any] = json.loads((DATA / "plan.json").read_text(encoding="utf-8"))

Change = Callable[[dict[str, Any], dict[str, Any]], object]


def at(clock: str, day: int = 2) -> str:
    return f"2026-03-{day:02d}T{clock}{':00' if len(clock) == 5 else ''}+00:00"


def judge(change: Change | None = None, *, keep_figures: bool = False) -> Verdict:
    """Judge the plan after a change, its figures made true again unless they are what was changed."""
    problem, plan = copy.deepcopy(PROBLEM), copy.deepcopy(PLAN)
    if change is not None:
        change(problem, plan)
    if not keep_figures:
        plan["objective"] = {"total": 0}
        for key in ("sunk", "status", "lower_bound"):
            plan.pop(key, None)
        verdict = check(parse_problem(problem), parse_plan(plan))
        plan["objective"] = {"total": verdict.objective.total}
    return check(parse_problem(problem), parse_plan(plan))


def place(plan: dict[str, Any], task: str, **fields: str) -> object:
    item = next(item for item in plan["assignments"] if item["task"] == task)
    item.update(fields)
    return item


def add(plan: dict[str, Any], task: str, agent: str, start: str, end: str) -> object:
    plan["unscheduled"] = [item for item in plan["unscheduled"] if item["task"] != task]
    item = {"task": task, "agent": agent, "start": start, "end": end}
    plan["assignments"].append(item)
    return item


def leave(plan: dict[str, Any], task: str, reason: str) -> object:
    plan["assignments"] = [item for item in plan["assignments"] if item["task"] != task]
    item = {"task": task, "reason": reason}
    plan["unscheduled"].append(item)
    return item


def task_of(problem: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in problem["tasks"] if item["id"] == name)


def test_the_plan_holds_and_is_worth_what_was_worked_out_by_hand() -> None:
    verdict = judge(keep_figures=True)
    assert verdict.violations == ()
    assert verdict.feasible
    # T4 5 minutes, T6 37; T7 (weight 3) 960 office minutes to its own carry-over, T8 1080 to its type's, T9 720.
    assert verdict.objective == Objective(
        tardiness=5 + 37 + 3 * 960 + 1080 + 720,
        late=1 + 1 + 1 + 1,
        carried_over=3 + 1 + 1,
        missed=0,
        away=20,
        move=2,
        preferred=0,
        reassigned=0,
        total=4722 + 60 * 4 + 30 * 5 + 0.05 * 20 + 7 * 2,
    )
    assert verdict.sunk == 3 * 16 * 60
    assert verdict.gap == pytest.approx((5127 - 100) / 5127)


BROKEN: dict[str, tuple[Change, str]] = {
    "a task in no list": (
        lambda _, plan: plan["unscheduled"].pop(0),
        "task 'T7': is in the plan 0 times; expected once",
    ),
    "a task in both lists": (
        lambda _, plan: plan["unscheduled"].append({"task": "T2", "reason": "no-capacity"}),
        "task 'T2': is in the plan 2 times; expected once",
    ),
    "a task twice in one list": (
        lambda _, plan: plan["assignments"].append(plan["assignments"][3]),
        "task 'T4': is in the plan 2 times; expected once",
    ),
    "a task that is not there": (
        lambda _, plan: plan["unscheduled"].append({"task": "T99", "reason": "no-capacity"}),
        "task 'T99': is not in the problem",
    ),
    "an agent who is not there": (
        lambda _, plan: place(plan, "T5", agent="zoe"),
        "task 'T5': goes to 'zoe', who is no agent of the problem",
    ),
    "a skill that is missing": (
        lambda _, plan: place(plan, "T5", agent="bob", start=at("09:20"), end=at("09:35")),
        "task 'T5': 'bob' may not do it: lacks the skill 'billing'",
    ),
    "a level too low": (
        lambda problem, _: task_of(problem, "T5").update(min_level=3),
        "task 'T5': 'eva' may not do it: has level 2 of the skill 'billing', not 3",
    ),
    "a further skill of the type too low": (
        lambda problem, _: problem["task_types"][2]["also_requires"].update(spanish=2),
        "task 'T3': 'ana' may not do it: has level 1 of the skill 'spanish', not 2",
    ),
    "a further skill of the task missing": (
        lambda problem, _: task_of(problem, "T4").update(also_requires={"clearance": 1}),
        "task 'T4': 'bob' may not do it: lacks the skill 'clearance'",
    ),
    "a team that an agent is not lent to": (
        lambda problem, _: problem["agents"][0].update(swing_teams=[]),
        "task 'T3': 'ana' may not do it: is neither of team 'claims' nor lent to it",
    ),
    "an agent who is excluded": (
        lambda problem, _: task_of(problem, "T5").update(excluded_agents=["eva"]),
        "task 'T5': 'eva' may not do it: is excluded from it",
    ),
    "another agent than the pinned one": (
        lambda problem, _: task_of(problem, "T5").update(pinned_agent="ana"),
        "task 'T5': 'eva' may not do it: is not 'ana', to whom it is pinned",
    ),
    "a start before the shift": (
        lambda _, plan: place(plan, "T5", start=at("08:59:59"), end=at("09:18:44")),
        "task 'T5': 'eva' does not work at its start, 2026-03-02T08:59:59+00:00",
    ),
    "a start when the shift has ended": (
        lambda _, plan: place(plan, "T5", start=at("13:00"), end=at("13:18:45")),
        "task 'T5': 'eva' does not work at its start, 2026-03-02T13:00:00+00:00",
    ),
    "a start when a break starts": (
        lambda _, plan: place(plan, "T6", start=at("12:00"), end=at("12:42")),
        "task 'T6': 'ana' does not work at its start, 2026-03-02T12:00:00+00:00",
    ),
    "an end that is too early": (
        lambda _, plan: place(plan, "T5", end=at("09:18:44")),
        "task 'T5': ends at 2026-03-02T09:18:44+00:00; 1125 working seconds of 'eva' from",
    ),
    "an end that ignores the break": (
        lambda _, plan: place(plan, "T6", end=at("12:07")),
        "720 working seconds of 'ana' from 2026-03-02T11:55:00+00:00 end at 2026-03-02T12:37:00+00:00",
    ),
    "an end after the shift": (
        lambda _, plan: place(plan, "T5", start=at("12:50"), end=at("13:08:45")),
        "1125 working seconds of 'eva' from 2026-03-02T12:50:00+00:00 are more than the shift has left",
    ),
    "tasks of one agent that overlap": (
        lambda problem, plan: (
            task_of(problem, "T4").update(after=[]),
            place(plan, "T4", start=at("08:19:59"), end=at("08:39:59")),
        ),
        "task 'T4': overlaps 'T2' of 'bob'",
    ),
    "too little setup within the team": (
        lambda _, plan: add(plan, "T7", "eva", at("09:19:44"), at("09:32:14")),
        "task 'T7': 'eva' has 59 working seconds of setup before it, not 60",
    ),
    "too little setup to another team": (
        lambda problem, plan: (
            problem["agents"][0].update(min_stay_minutes=0),
            place(plan, "T3", start=at("08:09:59"), end=at("08:29:59")),
        ),
        "task 'T3': 'ana' has 299 working seconds of setup before it, not 300",
    ),
    "too little setup from where the agent stands": (
        lambda _, plan: place(plan, "T1", start=at("08:00:59"), end=at("08:04:59")),
        "task 'T1': 'ana' has 59 working seconds of setup before it, not 60",
    ),
    "setup in a break": (
        lambda _, plan: (
            place(plan, "T3", start=at("11:36"), end=at("11:56")),
            place(plan, "T6", start=at("12:30"), end=at("12:42")),
        ),
        "task 'T6': 'ana' has 240 working seconds of setup before it, not 300",
    ),
    "a start before now": (
        lambda problem, plan: (
            place(plan, "T2", start=at("07:59:59"), end=at("08:19:59")),
            problem["agents"][1].pop("state", None),
        ),
        "task 'T2': starts at 2026-03-02T07:59:59+00:00, before 2026-03-02T08:00:00+00:00",
    ),
    "a start before it arrived": (
        lambda problem, _: task_of(problem, "T5").update(arrived=at("09:00:01")),
        "task 'T5': starts at 2026-03-02T09:00:00+00:00, before 2026-03-02T09:00:01+00:00",
    ),
    "a start before its earliest start": (
        lambda problem, _: task_of(problem, "T6").update(earliest_start=at("11:56")),
        "task 'T6': starts at 2026-03-02T11:55:00+00:00, before 2026-03-02T11:56:00+00:00",
    ),
    "a start before a predecessor has ended": (
        lambda problem, _: task_of(problem, "T3").update(after=["T2"]),
        "task 'T3': starts before its predecessor 'T2' has ended",
    ),
    "a predecessor that is not scheduled": (
        lambda problem, _: task_of(problem, "T3").update(after=["T7"]),
        "task 'T3': is scheduled, but its predecessor 'T7' is not",
    ),
    "the agent of a task that it is kept apart from": (
        lambda problem, _: task_of(problem, "T4").update(separate_from=["T2"]),
        "task 'T4': has the same agent as 'T2', 'bob'; they must differ",
    ),
    "a move too many": (
        lambda problem, _: problem["agents"][0].update(max_moves=1),
        "task 'T6': is move 2 of 'ana' in a shift; at most 1 are allowed",
    ),
    "a move too many with those before now": (
        lambda problem, _: problem["agents"][0]["state"].update(moves=1),
        "task 'T6': is move 3 of 'ana' in a shift; at most 2 are allowed",
    ),
    "a move too soon after the last": (
        lambda _, plan: place(plan, "T3", start=at("11:26"), end=at("11:46")),
        "task 'T6': 'ana' moves again after 1740 seconds, not 1800",
    ),
    "a move too soon after one before now": (
        lambda problem, _: problem["agents"][0]["state"].update(team_since=at("07:45:01")),
        "task 'T3': 'ana' moves again after 1799 seconds, not 1800",
    ),
    "a task before the one in progress": (
        lambda _, plan: (
            place(plan, "T1", start=at("15:00"), end=at("15:04")),
            place(plan, "T3", start=at("08:15"), end=at("08:35")),
        ),
        "task 'T1': is in progress, but 'T6' precedes it",
    ),
    "a reason that there is no eligible agent": (
        lambda _, plan: plan["unscheduled"][0].update(reason="no-eligible-agent"),
        "task 'T7': is left for no-eligible-agent, but 'ana' may do it",
    ),
    "a reason that a predecessor is unscheduled": (
        lambda _, plan: leave(plan, "T4", "predecessor-unscheduled"),
        "task 'T4': is left for predecessor-unscheduled, but no predecessor is unscheduled",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_found_and_said(change: Change, sentence: str) -> None:
    verdict = judge(change)
    assert not verdict.feasible
    assert [text for text in verdict.violations if sentence in text], verdict.violations
    assert len(verdict.violations) == 1, verdict.violations


ALLOWED: dict[str, Change] = {
    "null for what is absent": lambda problem, _: task_of(problem, "T5").update(pinned_agent=None),
    "a start when a break ends, after the setup": lambda _, plan: place(plan, "T6", start=at("12:30"), end=at("12:42")),
    "an end when a break starts": lambda _, plan: place(plan, "T6", start=at("11:50"), end=at("12:32")),
    "an end when the shift ends": lambda _, plan: place(plan, "T5", start=at("12:41:15"), end=at("13:00")),
    "no setup between tasks of one type": lambda _, plan: place(plan, "T4", start=at("08:20"), end=at("08:40")),
    "setup of just its length": lambda _, plan: add(plan, "T7", "eva", at("09:19:45"), at("09:32:15")),
    "a reason that nobody can disprove": lambda _, plan: plan["unscheduled"][0].update(reason="no-capacity"),
    "a shift's first task in another team": lambda problem, plan: (
        add(plan, "T7", "ana", at("08:00", 3), at("08:08", 3)),
        task_of(problem, "T7").update(type="claim", handling_minutes=8),
    ),
    "a state in no open shift": lambda problem, _: problem["agents"][2].update(
        state={"type": "claim", "moves": 9, "team_since": at("07:59")}, max_moves=0, min_stay_minutes=600
    ),
    "a stay of just its length": lambda _, plan: place(plan, "T3", start=at("11:25"), end=at("11:45")),
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_what_the_rules_allow_is_no_violation(change: Change) -> None:
    assert judge(change).violations == ()


FALSE_CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "total": ({"objective": {"total": 5127.01}}, "the plan reports 5127.01 for total; it is 5127"),
    "tardiness": ({"objective": {"total": 5127, "tardiness": 4721}}, "reports 4721 for tardiness; it is 4722"),
    "late": ({"objective": {"total": 5127, "late": 3}}, "reports 3 for late; it is 4"),
    "carried_over": ({"objective": {"total": 5127, "carried_over": 0}}, "reports 0 for carried_over; it is 5"),
    "missed": ({"objective": {"total": 5127, "missed": 1}}, "reports 1 for missed; it is 0"),
    "away": ({"objective": {"total": 5127, "away": 25}}, "reports 25 for away; it is 20"),
    "move": ({"objective": {"total": 5127, "move": 3}}, "reports 3 for move; it is 2"),
    "preferred": ({"objective": {"total": 5127, "preferred": 1}}, "reports 1 for preferred; it is 0"),
    "reassigned": ({"objective": {"total": 5127, "reassigned": 1}}, "reports 1 for reassigned; it is 0"),
    "sunk": ({"sunk": 2881}, "reports 2881 for sunk; it is 2880"),
    "bound": ({"lower_bound": 5127.1}, "reports a lower bound of 5127.1, above its own total of 5127"),
    "status": ({"status": "optimal"}, "reports the status optimal; by its total and its bound it is feasible"),
    "too modest a status": ({"lower_bound": 5127}, "reports the status feasible; by its total and its bound it is opt"),
}


@pytest.mark.parametrize(("claims", "sentence"), FALSE_CLAIMS.values(), ids=FALSE_CLAIMS)
def test_a_figure_that_is_not_true_is_found_and_said(claims: dict[str, Any], sentence: str) -> None:
    verdict = judge(lambda _, plan: plan.update(claims), keep_figures=True)
    assert len(verdict.violations) == 1, verdict.violations
    assert sentence in verdict.violations[0]


@pytest.mark.parametrize(
    "claims",
    [
        {"objective": {"total": 5127.004}},
        {"objective": {"total": 5126.996, "tardiness": 4722.004}},
        {"lower_bound": 5127, "status": "optimal"},
        {"lower_bound": 5126.999, "status": "optimal"},
        {"lower_bound": None, "status": None, "sunk": None, "seed": None, "solve_seconds": None},
    ],
    ids=["total within tolerance", "term within tolerance", "optimal", "optimal within tolerance", "silent"],
)
def test_figures_may_differ_by_a_millionth_and_may_be_left_out(claims: dict[str, Any]) -> None:
    assert judge(lambda _, plan: plan.update(claims), keep_figures=True).violations == ()


def test_preferred_reassigned_missed_and_lent_work_are_counted() -> None:
    def change(problem: dict[str, Any], plan: dict[str, Any]) -> None:
        task_of(problem, "T5").update(preferred_agents=["bob", "ana"], published_agent="ana", must_by=at("09:18:44"))
        task_of(problem, "T8").update(must_by=at("17:59", 3))
        place(plan, "T2", agent="ana", start=at("08:35"), end=at("08:55"))
        place(plan, "T3", agent="bob", start=at("08:00"), end=at("08:20"))
        place(plan, "T4", start=at("08:55"), end=at("09:30"))

    objective = judge(change).objective
    assert (objective.preferred, objective.reassigned, objective.missed, objective.away) == (1, 2, 2, 20)


def test_nothing_to_do_is_worth_nothing_and_optimal() -> None:
    problem = parse_problem({**PROBLEM, "tasks": []})
    plan = {"format": "swingdesk/plan", "version": 1, "assignments": [], "unscheduled": [], "objective": {"total": 0}}
    assert check(problem, parse_plan({**plan, "status": "optimal"})).violations == ()
    assert check(problem, parse_plan({**plan, "status": "feasible"})).violations != ()
    assert check(problem, parse_plan(plan)).gap == 0


def test_the_referee_shares_no_code_with_the_solver() -> None:
    """Two programs that agree are the evidence; a shared line would be a shared fault."""
    folder = Path(referee.__file__).parent
    modules = [folder / "referee.py", *(folder / "refereeing").glob("*.py")]
    assert len(modules) > 4
    imported = set()
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module))
    ours = ("models.", "optimizer.refereeing.")
    assert {name for name in imported if not name.startswith(ours)} <= set(sys.stdlib_module_names) | {
        "collections.abc"
    }
    assert "models.formats.problem" in imported
