"""The peers of the optimizer: their plans hold, and their formulations charge what the objective charges."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from benchmarks.peers import cp_sat
from benchmarks.peers.contest import OURS, PEERS, Limits, Outcome, Question, judge, run
from benchmarks.peers.cp_sat import formulate
from benchmarks.peers.deciding import Decision, time_anew
from benchmarks.peers.dispatching import decide_by_rule
from benchmarks.peers.table import make_table
from benchmarks.peers.task_assigning import explain_missing, read_decision
from benchmarks.peers.task_assigning import formulate as formulate_lists
from benchmarks.peers.task_lists import BARRED, PlannedShift, PlannedTask
from benchmarks.standard_problems import draw_problem
from models.formats.problem import Problem, Setup
from models.formats.problem_file import parse_problem
from models.vocabulary import Rule
from optimizer.exact import solve_exactly
from optimizer.exact.shifts import list_candidates
from optimizer.exact.whole_costs import count_costs
from services.assemble import assemble_instance

LIMITS = Limits(seconds=20.0, threads=1, seed=1)


def without_changes(problem: Problem) -> Problem:
    """Return a problem in which setups, moves and work away cost nothing, so that every formulation is whole."""
    return replace(
        problem,
        setup=Setup(same_team_minutes=0, other_team_minutes=0),
        objective=replace(problem.objective, away=0.0, move=0.0),
    )


@pytest.mark.parametrize("name", [name for name, peer in PEERS.items() if peer.load is None])
def test_every_plan_is_feasible_and_its_total_is_the_referees(name: str) -> None:
    problem = draw_problem(num_tasks=9, num_agents=3, seed=4)
    instance = assemble_instance(problem)
    solution = PEERS[name].solve(instance, LIMITS)
    assert solution is not None
    assert judge(problem, instance, solution).objective.total == pytest.approx(solution.total, rel=1e-9)


@pytest.mark.parametrize("name", [name for name in PEERS if "CP-SAT" in name or "PyJobShop" in name])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_whole_formulation_finds_the_optimum(name: str, seed: int) -> None:
    problem = without_changes(draw_problem(num_tasks=8, num_agents=3, seed=seed, load=1.6))
    instance = assemble_instance(problem)
    best = solve_exactly(instance, time_limit_s=60, threads=1)
    assert best.lower_bound == best.total
    assert (best.task_agent < 0).any(), "a problem in which nothing is left tries no charge for leaving"
    solution = PEERS[name].solve(instance, LIMITS)
    assert solution is not None
    assert solution.total == pytest.approx(best.total, rel=1e-6)


@pytest.mark.parametrize("has_setups", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_hint_is_whole_and_costs_what_the_plan_costs(seed: int, has_setups: bool) -> None:
    problem = draw_problem(num_tasks=40, num_agents=5, seed=seed)
    instance = assemble_instance(problem)
    decision = decide_by_rule(instance, Rule.ATC)
    made = formulate(instance, has_setups=has_setups)
    cp_sat.hint(made, decision)
    assert len(set(made.program.proto.solution_hint.vars)) == len(made.program.proto.variables)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.fix_variables_to_their_hinted_value = True
    assert solver.solve(made.program) == cp_model.OPTIMAL
    terms = judge(problem, instance, time_anew(instance, decision)).objective
    assert terms.move is not None
    expected = terms.total - (0 if has_setups else problem.objective.move * terms.move)
    # What is done away is charged by the second and rounded down to a part.
    assert solver.objective_value / made.costs.parts == pytest.approx(expected, rel=1e-6)


def _demanding() -> Problem:
    """Return two agents and tasks with every rule that a formulation may leave out."""
    kinds = [{"id": f"k{n}", "team": f"x{n % 2}", "skill": f"k{n}", "handling_minutes": 12} for n in range(4)]

    def at(minute: int) -> str:
        return f"2026-03-02T{8 + minute // 60:02}:{minute % 60:02}:00+00:00"

    agents = [
        {
            "id": name,
            "team": "x0",
            "swing_teams": ["x1"],
            "skills": {kind["skill"]: {"level": 3} for kind in kinds},
            "shifts": [
                {"start": at(0), "end": at(60), "breaks": [[at(20), at(30)]]},
                {"start": at(90), "end": at(150)},
            ],
            "max_moves": 2,
            "min_stay_minutes": 15,
            "state": {"type": "k1"},
        }
        for name in ("ana", "ben")
    ]
    more: list[dict[str, Any]] = [
        {"pinned_agent": "ana", "in_progress": True},
        {"after": ["t2"]},
        {},
        {"separate_from": ["t2"]},
        {"excluded_agents": ["ana"]},
        {"after": ["t1", "t4"]},
        {"earliest_start": at(40)},
        {},
    ]
    tasks = [
        {"id": f"t{n}", "type": f"k{n % 4}", "arrived": at(0), "due": at(30), **extra} for n, extra in enumerate(more)
    ]
    return parse_problem(
        {
            "format": "swingdesk/problem",
            "version": 1,
            "now": at(0),
            "carry_over": at(300),
            "teams": [{"id": "x0"}, {"id": "x1"}],
            "task_types": kinds,
            "agents": agents,
            "tasks": tasks,
            "setup": {"same_team_minutes": 1, "other_team_minutes": 5},
        }
    )


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_decision_timed_anew_keeps_every_rule(data: st.DataObject) -> None:
    problem = _demanding()
    instance = assemble_instance(problem)
    able = [[-1, *list_candidates(instance, task)] for task in range(instance.num_tasks)]
    decision = Decision(
        agent=np.array([data.draw(st.sampled_from(row)) for row in able], np.int32),
        start=np.array([data.draw(st.integers(0, 9000)) for _ in able], np.int64),
    )
    solution = time_anew(instance, decision)
    assert judge(problem, instance, solution).objective.total == pytest.approx(solution.total, rel=1e-9)
    assert set(np.flatnonzero(solution.task_agent >= 0)) <= set(np.flatnonzero(decision.agent >= 0))


def test_a_rule_keeps_its_own_times() -> None:
    instance = assemble_instance(draw_problem(num_tasks=60, num_agents=6, seed=3))
    decision = decide_by_rule(instance, Rule.EDF)
    solution = time_anew(instance, decision)
    assert (solution.task_agent == decision.agent).all()
    assert (solution.task_start <= decision.start).all()


def test_a_peer_without_time_gives_no_answer() -> None:
    outcome = run("CP-SAT", Question(num_tasks=20, num_agents=4, seed=1), Limits(seconds=0.001, threads=1, seed=1))
    assert outcome.total is None
    assert outcome.fault.startswith("no answer in")


def _assign(shifts: list[PlannedShift], tasks: list[PlannedTask], decision: Decision) -> None:
    """Fill the lists as a decision says, and compute what follows in the order in which Timefold does."""
    for task in sorted(tasks, key=lambda task: int(decision.start[task.number])):
        begin, agent = int(decision.start[task.number]), int(decision.agent[task.number])
        for shift in [s for s in shifts if s.agent == agent and begin < s.find_end(s.seconds)][:1]:
            task.shift, task.before = shift, shift.tasks[-1] if shift.tasks else None
            shift.tasks.append(task)
            task.update()


@pytest.mark.parametrize("rule", [Rule.FIFO, Rule.EDF, Rule.ATC])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lists_of_tasks_cost_what_the_plan_costs_and_say_its_ends(seed: int, rule: Rule) -> None:
    problem = draw_problem(num_tasks=60, num_agents=6, seed=seed)
    instance = assemble_instance(problem)
    decision = decide_by_rule(instance, rule)
    shifts, tasks = formulate_lists(instance)
    _assign(shifts, tasks, decision)
    plan = time_anew(instance, decision)
    ends = {task.number: task.shift.find_end(task.ends or 0) for task in tasks if task.shift is not None}
    assert ends == {task: int(plan.task_end[task]) for task in np.flatnonzero(plan.task_agent >= 0).tolist()}
    assert not any(task.count_broken() for task in tasks)
    parts = count_costs(instance, int(instance.task_carry_over.max())).parts
    expected = judge(problem, instance, plan).objective.total
    assert sum(task.charge() for task in tasks) / parts == pytest.approx(expected, rel=1e-6)
    assert (read_decision(instance, shifts).agent == decision.agent).all()


def test_a_list_of_tasks_counts_what_does_not_fit() -> None:
    instance = assemble_instance(draw_problem(num_tasks=60, num_agents=6, seed=1))
    shifts, tasks = formulate_lists(instance)
    shift = shifts[0]
    everything = Decision(
        agent=np.full(instance.num_tasks, shift.agent, np.int32), start=np.arange(instance.num_tasks, dtype=np.int64)
    )
    _assign(shifts, tasks, everything)
    barred = [task for task in tasks if shift.agent not in task.seconds]
    assert all(task.count_broken() >= BARRED for task in barred)
    able = [task for task in tasks if shift.agent in task.seconds]
    assert [task.count_broken() for task in able] == [max(0, (task.ends or 0) - shift.seconds) for task in able]
    assert 0 < len(barred) < len(tasks)
    found = read_decision(instance, shifts)
    assert (found.agent >= 0).sum() == len(able)
    tasks[0].shift = None
    tasks[0].update()
    assert tasks[0].ends is None
    assert tasks[0].charge() == tasks[0].left


@pytest.mark.parametrize(("has_package", "has_java"), [(False, True), (True, False), (True, True)])
def test_timefold_runs_only_where_all_is_there(
    monkeypatch: pytest.MonkeyPatch, has_package: bool, has_java: bool
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object() if has_package else None)
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/java" if has_java else None)
    missing = explain_missing()
    assert (not missing) == (has_package and has_java)
    monkeypatch.setattr("multiprocessing.get_context", lambda _kind: pytest.fail("a process was started"))
    if missing:
        outcome = run("Timefold", Question(num_tasks=5, num_agents=2, seed=1), LIMITS)
        assert outcome.fault == f"not run: {missing}"
        assert outcome.total is None


def test_the_table_is_ordered_and_says_who_is_ahead() -> None:
    table = make_table(
        {
            "CP-SAT": Outcome(total=150.0, late=3.0, num_left=2, seconds=1.0),
            "PyJobShop": Outcome(fault="no answer in 1 s"),
            "Timefold": Outcome(fault="not run: there is no Java here"),
            "ATC, best k": Outcome(total=125.0, late=3.0, num_left=2, seconds=1.0),
            OURS: Outcome(total=100.0, late=1.0, num_left=1, seconds=1.0, lower_bound=90.0),
        }
    ).splitlines()
    assert [line.split(" | ")[0] for line in table[2:7]] == [
        "| ours",
        "| ATC, best k",
        "| CP-SAT",
        "| PyJobShop",
        "| Timefold",
    ]
    assert "| 125 | +25.0% |" in table[3]
    assert "within 10.0%" in table[-2]
    assert table[-1].endswith("ours is 20.0% of its total below it.")
