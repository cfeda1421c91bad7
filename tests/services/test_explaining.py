"""Why a plan is as it is, in the words that a lead reads, and as data."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.errors import NotFoundError, PlanRejectedError
from models.formats.plan import Assignment, Plan, read_plan
from models.formats.problem import Problem
from models.formats.problem_file import read_problem
from optimizer.referee import check
from services.explaining import MOST_KEPT, AssignmentReason, Explainer
from services.fixes import Fix, FixKind
from services.planning import solve_problem
from services.reason_sentences import ReasonTeller
from services.start_reasons import StartReason

DATA = Path(__file__).parents[1] / "data"
MINUTE = 60


@pytest.fixture(scope="module")
def problem() -> Problem:
    return read_problem(DATA / "problem.json")


@pytest.fixture(scope="module")
def given(problem: Problem) -> Explainer:
    """A plan that somebody else made: it keeps the rules, and is not a good one."""
    return Explainer(problem, read_plan(DATA / "plan.json"))


@pytest.fixture(scope="module")
def solved(problem: Problem) -> Explainer:
    return Explainer(problem, solve_problem(problem, iterations=2000, time_limit_s=None))


def reason_of(explainer: Explainer, task: str) -> AssignmentReason:
    (reason,) = explainer.assignments([task])
    return reason


def test_a_plan_that_does_not_hold_has_no_reasons(problem: Problem) -> None:
    plan = read_plan(DATA / "plan.json")
    first = plan.assignments[0]
    broken = replace(plan, assignments=(replace(first, start=first.start + 1), *plan.assignments[1:]))
    with pytest.raises(PlanRejectedError):
        Explainer(problem, broken)


def test_a_task_that_is_not_there_is_told(given: Explainer) -> None:
    with pytest.raises(NotFoundError, match="no task 'T77'"):
        given.is_left("T77")


def test_the_order_is_that_of_what_leaving_costs(given: Explainer) -> None:
    assert given.left_tasks == ("T7", "T8", "T9")
    assert [given.left(task).cost for task in given.left_tasks] == [2970, 1170, 810]


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        (
            "T3",
            "Ana does it from 08:15 to 08:35, after T1 and the least stay in its team; it is due 11:00, 2 h 25 min ",
        ),
        ("T3", "25 min to spare. The one other who may do it has no room. Done later, it would cost 5,165 more."),
        ("T5", "eva does it from 09:00 to 09:18, when the shift starts; it is due 09:30, 11 min to spare. "),
        ("T6", "With eva the plan would cost 35 less: a longer search would find that."),
        ("T4", "it is due 09:15 and ends 5 min late. Nobody else may do it."),
    ],
)
def test_the_sentences_of_a_plan_that_somebody_made(given: Explainer, task: str, sentence: str) -> None:
    told = ReasonTeller(given).tell_assignment(reason_of(given, task))
    assert sentence in told


def test_the_clock_is_that_of_the_zone(given: Explainer) -> None:
    told = ReasonTeller(given, zone_name="Atlantic/Azores").tell_assignment(reason_of(given, "T3"))
    assert told.startswith("Ana does it from 07:15 to 07:35")


def test_every_figure_of_an_assignment_is_that_of_a_changed_plan(problem: Problem, solved: Explainer) -> None:
    """What a change is said to cost is the difference of two totals that the referee sums."""
    reason = reason_of(solved, "T6")
    assert (reason.agent, [other.agent for other in reason.others]) == ("eva", ["ana"])
    other = reason.others[0]
    pinned = [replace(task, pinned_agent="ana") if task.id == "T6" else task for task in problem.tasks]
    only = replace(problem, tasks=tuple(pinned))
    assert solve_problem(only, iterations=2000, time_limit_s=None).objective.total == pytest.approx(
        solved.plan.objective.total + other.change
    )


def test_what_is_in_hand_is_said_to_be(solved: Explainer) -> None:
    reason = reason_of(solved, "T1")
    assert reason.is_in_progress
    assert reason.others == ()
    assert "Ana has it open." in ReasonTeller(solved).tell_assignment(reason)


def test_a_task_left_tells_what_it_would_push_out(given: Explainer) -> None:
    told = ReasonTeller(given).tell_left(given.left("T7"))
    assert told == (
        "Ana could do it from 08:05 to 08:13. That would cost 2,931 less: a longer search would find it. "
        "Leaving it costs 2,970."
    )


def test_a_task_left_behind_another_is_let_in_with_it(given: Explainer) -> None:
    teller = ReasonTeller(given)
    told = [teller.tell_fix(fix) for fix in given.fixes("T9")]
    assert (
        told[0]
        == "Accept claims at level 4 for T8: bob does it from 08:20 to 08:40; then T9 can be done too. Saves 1,980."
    )
    assert "Agree on Tue 12:00 instead of 10:00 for T9: it can wait for the next plan. Saves 780." in told
    assert told[-2] == (
        "Train bob in claims to level 5 (has level 4): bob does T8 from 08:20 to 08:40; then T9 can be done too. "
        "Saves 1,980."
    )


def test_a_due_of_days_ago_is_told_with_its_date(problem: Problem) -> None:
    week_ago = problem.now - 5 * 24 * 3600
    tasks = [
        replace(task, arrived=min(task.arrived, week_ago), due=week_ago) if task.id == "T9" else task
        for task in problem.tasks
    ]
    late = replace(problem, tasks=tuple(tasks))
    plan = read_plan(DATA / "plan.json")
    verdict = check(late, plan)
    explainer = Explainer(late, replace(plan, objective=verdict.objective, sunk=verdict.sunk))
    told = [ReasonTeller(explainer).tell_fix(fix) for fix in explainer.fixes("T9")]
    due = [sentence for sentence in told if sentence.startswith("Agree on ")]
    assert due == [sentence for sentence in due if "instead of Wed 25 Feb 08:00, already past, for T9: " in sentence]
    assert due


def test_fixes_that_are_kept_are_those_that_are_found_anew(given: Explainer) -> None:
    first = Explainer(given.problem, given.plan)
    found = first.fixes("T9")
    assert found
    assert first.fixes("T9") is found
    for task in given.left_tasks:
        for most in range(1, MOST_KEPT + 1):
            assert first.fixes(task, most=most) == Explainer(given.problem, given.plan).fixes(task, most=most)
    again = first.fixes("T9")
    assert again is not found
    assert again == found


def test_what_can_be_had_without_a_fix_is_no_gain_of_one(given: Explainer) -> None:
    """T7 fits as the plan is: no overtime and no move is asked for what a longer search finds."""
    assert {fix.kind.value for fix in given.fixes("T7")} == {"due-moved"}


def test_the_documents_are_json_and_complete(given: Explainer) -> None:
    teller = ReasonTeller(given, zone_name="Europe/Madrid")
    document = teller.assignment_document(reason_of(given, "T6"))
    assert document["others"] == [{"agent": "eva", "change": pytest.approx(-35.25)}]
    assert document["start"].endswith("+01:00")
    left = teller.left_document(given.left("T8"), given.fixes("T8"))
    assert left["pushes_out"] is None
    assert [fix["kind"] for fix in left["fixes"]] == ["skill-waived"] * 2 + ["due-moved"] + ["training"] * 2
    assert left["fixes"][0]["total"] == pytest.approx(given.plan.objective.total - left["fixes"][0]["saving"])


def make_day(tasks: list[dict[str, Any]], **keys: Any) -> Problem:
    from models.formats.problem_file import parse_problem

    def clock(minute: int) -> str:
        return f"2026-03-02T{8 + minute // 60:02d}:{minute % 60:02d}:00+00:00"

    agent = {"id": "ana", "team": "x", "swing_teams": ["y"], "skills": {"s": {"level": 1}}, **keys}
    agent.setdefault("shifts", [{"start": clock(0), "end": clock(180)}])
    body = [
        {"arrived": clock(0), "due": clock(170)}
        | {key: clock(value) if key in ("arrived", "earliest_start") else value for key, value in task.items()}
        for task in tasks
    ]
    return parse_problem(
        {
            "format": "swingdesk/problem",
            "version": 1,
            "now": clock(0),
            "carry_over": "2026-03-03T12:00:00+00:00",
            "teams": [{"id": "x"}, {"id": "y"}],
            "task_types": [
                {"id": "kx", "team": "x", "skill": "s", "handling_minutes": 10},
                {"id": "ky", "team": "y", "skill": "s", "handling_minutes": 10},
            ],
            "agents": [agent],
            "tasks": body,
            "setup": {"same_team_minutes": 1, "other_team_minutes": 5},
        }
    )


def plan_in_order(problem: Problem, starts: dict[str, int]) -> Plan:
    """Return a plan of one agent with these starts, in minutes; its sum is what the referee says."""
    from models.formats.plan import Objective

    plan = Plan(
        assignments=tuple(
            Assignment(task=name, agent="ana", start=problem.now + 60 * at, end=problem.now + 60 * (at + 10))
            for name, at in starts.items()
        ),
        unscheduled=(),
        objective=Objective(total=0.0),
    )
    return replace(plan, objective=check(problem, plan).objective)


@pytest.mark.parametrize(
    ("tasks", "keys", "starts", "expected"),
    [
        ([{"id": "A", "type": "kx"}], {}, {"A": 0}, (StartReason.NOW, None, 0.0)),
        ([{"id": "A", "type": "ky"}], {"state": {"type": "kx"}}, {"A": 5}, (StartReason.NOW, None, 5.0)),
        ([{"id": "A", "type": "kx", "arrived": 30}], {}, {"A": 30}, (StartReason.ARRIVAL, None, 0.0)),
        ([{"id": "A", "type": "kx", "earliest_start": 40}], {}, {"A": 40}, (StartReason.EARLIEST_START, None, 0.0)),
        ([{"id": "A", "type": "kx"}], {}, {"A": 7}, (StartReason.NOTHING, None, 0.0)),
        (
            [{"id": "B", "type": "kx"}, {"id": "A", "type": "ky"}],
            {},
            {"B": 0, "A": 15},
            (StartReason.PREVIOUS, "B", 5.0),
        ),
        (
            [{"id": "B", "type": "kx"}, {"id": "A", "type": "ky"}],
            {"state": {"type": "ky", "moves": 0}, "min_stay_minutes": 60},
            {"B": 5, "A": 65},
            (StartReason.STAY, "B", 5.0),
        ),
    ],
)
def test_a_start_has_its_reason(
    tasks: list[dict[str, Any]], keys: dict[str, Any], starts: dict[str, int], expected: tuple[Any, ...]
) -> None:
    problem = make_day(tasks, **keys)
    begins = reason_of(Explainer(problem, plan_in_order(problem, starts)), "A").begins
    assert (begins.reason, begins.task, begins.setup_minutes) == expected


def test_a_task_waits_for_another_and_for_the_shift() -> None:
    at = "2026-03-02T{}:00+00:00".format
    two = [{"start": at("08:00"), "end": at("08:30")}, {"start": at("09:00"), "end": at("10:00")}]
    problem = make_day([{"id": "A", "type": "kx"}], shifts=two)
    assert reason_of(Explainer(problem, plan_in_order(problem, {"A": 60})), "A").begins.reason is StartReason.SHIFT
    body = make_day([{"id": "B", "type": "kx"}, {"id": "A", "type": "kx", "after": ["B"]}])
    bob = replace(body.agents[0], id="bob")
    problem = replace(body, agents=(*body.agents, bob))
    made = plan_in_order(body, {"B": 20, "A": 30})
    shared = (made.assignments[0], replace(made.assignments[1], agent="bob"))
    begins = reason_of(Explainer(problem, replace(made, assignments=shared)), "A").begins
    assert (begins.reason, begins.task) == (StartReason.PREDECESSOR, "B")


@pytest.mark.parametrize(
    ("kind", "facts", "sentence"),
    [
        (
            "move",
            {"moves": 3},
            "Let Ana change teams 3 times instead of twice: Ana does T8 from 09:00",
        ),
        ("lending", {}, "Lend Ana of Billing resolution to claims: Ana does T8 from 09:00 to 09:20. Saves 12."),
        (
            "overtime",
            {"overtime_minutes": 9, "until": 3600},
            "9 min of overtime for Ana, until 09:00: Ana does T8",
        ),
        (
            "skill-waived",
            {"skill": "spanish", "level": 0, "held_level": 0, "made_late": ("T1", "T2")},
            "Do without spanish for T8: Ana does it from 09:00 to 09:20; T1 and T2 would then be late. Saves 12.",
        ),
        (
            "due-moved",
            {"due": 5400},
            "Agree on 09:30 instead of 10:00 for T8: Ana does it from 09:00",
        ),
        (
            "training",
            {"skill": "tax", "level": 2, "held_level": 0},
            "Train Ana in tax to level 2 (has none): ",
        ),
    ],
)
def test_each_kind_of_fix_is_a_sentence(
    problem: Problem, given: Explainer, kind: str, facts: dict[str, Any], sentence: str
) -> None:
    instants = {name: problem.now + value for name, value in facts.items() if name in ("until", "due")}
    fix = Fix(
        kind=FixKind(kind),
        task="T8",
        agent="ana",
        start=problem.now + 3600,
        end=problem.now + 4800,
        saving=12.0,
        total=given.plan.objective.total - 12.0,
        remake=lambda: (problem, given.plan),
        **{**facts, **instants},
    )
    assert ReasonTeller(given).tell_fix(fix).startswith(sentence)
