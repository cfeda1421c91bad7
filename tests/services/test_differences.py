"""What changes between two plans, and what a plan costs that is kept when the day has changed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.errors import PlanRejectedError
from models.formats.plan import Plan, read_plan
from models.formats.problem import Problem, Task
from models.formats.problem_file import read_problem
from models.vocabulary import Rule
from optimizer.keeping import keep
from optimizer.referee import check
from services.assemble import assemble_instance, assemble_plan, assemble_solution
from services.differences import compare_plans, differences_document, tell_differences
from services.planning import dispatch_problem
from services.publishing import publish_plan

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def problem() -> Problem:
    return read_problem(DATA / "problem.json")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(DATA / "plan.json")


def with_agents(problem: Problem, **agents: Any) -> Problem:
    return replace(problem, agents=tuple(replace(a, **agents.get(a.id, {})) for a in problem.agents))


def test_the_same_plan_changes_nothing(problem: Problem, plan: Plan) -> None:
    found = compare_plans(problem, plan, plan)
    assert (found.reassigned, found.planned, found.left, found.moved, found.gone) == ((), (), (), (), ())
    assert found.kept_share == 1
    assert found.num_untouched == len(plan.assignments)
    assert "Nothing changes." in list(tell_differences(problem, found))


def test_a_plan_kept_on_the_same_day_costs_no_more(problem: Problem, plan: Plan) -> None:
    found = compare_plans(problem, plan, plan)
    assert found.before.total <= plan.objective.total
    assert found.gain == pytest.approx(found.before.total - plan.objective.total)


@pytest.mark.parametrize("rule", [Rule.FIFO, Rule.ATC])
def test_what_is_kept_of_a_plan_holds(problem: Problem, plan: Plan, rule: Rule) -> None:
    ruled = dispatch_problem(problem, rule)
    for old in (plan, ruled):
        for asked in (
            problem,
            replace(
                problem, agents=problem.agents[1:], tasks=tuple(free(t, problem.agents[0].id) for t in problem.tasks)
            ),
            replace(problem, tasks=tuple(without(t, "T2") for t in problem.tasks if t.id != "T2")),
        ):
            instance = assemble_instance(asked)
            was = assemble_solution(asked, instance, old)
            kept = keep(instance, was.task_agent, was.task_start)
            left = [asked.tasks[n].id for n in range(instance.num_tasks) if kept.task_agent[n] < 0]
            made = assemble_plan(asked, instance, kept, unscheduled=())
            verdict = check(asked, made)
            assert [text for text in verdict.violations if not any(f"'{task}'" in text for task in left)] == []
            for n, task in enumerate(asked.tasks):
                assert kept.task_agent[n] in (-1, was.task_agent[n]) or task.in_progress


def free(task: Task, agent: str) -> Task:
    """Return a task that does not name an agent who is not there."""
    return replace(
        task,
        pinned_agent=None if task.pinned_agent == agent else task.pinned_agent,
        in_progress=task.in_progress and task.pinned_agent != agent,
        published_agent=None if task.published_agent == agent else task.published_agent,
        preferred_agents=tuple(other for other in task.preferred_agents if other != agent),
        excluded_agents=tuple(other for other in task.excluded_agents if other != agent),
    )


def without(task: Task, other: str) -> Task:
    return replace(
        task,
        after=tuple(name for name in task.after if name != other),
        separate_from=tuple(name for name in task.separate_from if name != other),
    )


def test_every_kind_of_change_is_told(problem: Problem, plan: Plan) -> None:
    new = dispatch_problem(problem, Rule.ATC)
    agent_of = {item.task: item for item in new.assignments}
    found = compare_plans(problem, plan, new, moved_minutes=0)
    for old in plan.assignments:
        now_is = agent_of.get(old.task)
        changes = {
            name: [c for c in getattr(found, name) if c.task == old.task]
            for name in ("reassigned", "left", "moved", "planned")
        }
        if now_is is None:
            assert [c.old_agent for c in changes.pop("left")] == [old.agent]
        elif now_is.agent != old.agent:
            (change,) = changes.pop("reassigned")
            assert (change.old_agent, change.new_agent) == (old.agent, now_is.agent)
            assert (change.old_start, change.new_start) == (old.start, now_is.start)
        elif now_is.start != old.start:
            assert len(changes.pop("moved")) == 1
        assert not any(changes.values())
    assert {c.task for c in found.planned} == set(agent_of) - {item.task for item in plan.assignments}
    assert found.after == check(problem, new).objective


def test_an_absence_touches_the_tasks_of_who_is_absent(problem: Problem, plan: Plan) -> None:
    absent = with_agents(problem, ana={"shifts": ()})
    new = dispatch_problem(absent, Rule.ATC)
    found = compare_plans(absent, plan, new)
    num_anas = sum(item.agent == "ana" for item in plan.assignments)
    assert num_anas > 0
    assert found.num_untouched == len(plan.assignments) - num_anas
    assert {c.task for c in (*found.reassigned, *found.left)} >= {i.task for i in plan.assignments if i.agent == "ana"}


def test_what_is_gone_and_what_is_new_is_told(problem: Problem, plan: Plan) -> None:
    fewer = replace(problem, tasks=tuple(without(t, "T5") for t in problem.tasks if t.id != "T5"))
    urgent = replace(problem.tasks[0], id="U1", name="")
    asked = replace(fewer, tasks=(*fewer.tasks, urgent))
    new = dispatch_problem(asked, Rule.ATC)
    found = compare_plans(asked, plan, new)
    assert found.gone == ("T5",)
    assert "U1" in {c.task for c in found.planned}
    told = "\n".join(tell_differences(asked, found, zone_name="Europe/Madrid"))
    assert "No longer asked for: 1 (T5)." in told
    assert "Kept as it is, the old plan would cost" in told
    json.dumps(differences_document(found))


def test_who_sees_a_change_and_who_had_been_shown_is_counted(problem: Problem, plan: Plan) -> None:
    shown = publish_plan(problem, plan).problem
    absent = with_agents(shown, ana={"shifts": ()})
    new = dispatch_problem(absent, Rule.ATC)
    found = compare_plans(absent, plan, new, moved_minutes=0)
    agent_of = {item.task: item.agent for item in new.assignments}
    told = [item for item in absent.tasks if item.published_agent is not None and item.id in agent_of]
    assert found.num_shown == len(told) > 0
    assert found.num_shown_kept == sum(agent_of[item.id] == item.published_agent for item in told)
    changes = [c for name in ("reassigned", "planned", "left", "moved") for c in getattr(found, name)]
    for agent, count in found.changes_by_agent.items():
        assert count == sum(agent in (c.old_agent, c.new_agent) for c in changes)
    assert list(found.changes_by_agent.values()) == sorted(found.changes_by_agent.values(), reverse=True)
    sentences = list(tell_differences(absent, found))
    assert f"{found.num_shown_kept:,} of {found.num_shown:,} tasks that somebody was shown go to them" in sentences[1]
    assert "people see changes: " in sentences[2]
    assert "Ana " in sentences[2]


def test_a_new_plan_that_does_not_hold_is_refused(problem: Problem, plan: Plan) -> None:
    wrong = replace(plan, assignments=plan.assignments[1:])
    with pytest.raises(PlanRejectedError):
        compare_plans(problem, plan, wrong)


def test_tasks_are_counted_where_costs_weigh_them(problem: Problem, plan: Plan) -> None:
    heavy = replace(problem, tasks=tuple(replace(task, weight=3.0) for task in problem.tasks))
    nothing = Plan(assignments=(), unscheduled=(), objective=plan.objective)
    made = dispatch_problem(heavy, Rule.ATC)
    found = compare_plans(heavy, nothing, made)
    begun = [task.id for task in problem.tasks if task.in_progress]  # it stays with whom has it open
    assert found.counts_before.num_left == len(problem.tasks) - len(begun)
    assert found.counts_after.num_left == len(made.unscheduled)
    assert found.after.carried_over == pytest.approx(3.0 * len(made.unscheduled))
    for counts, cost in ((found.counts_before, found.before), (found.counts_after, found.after)):
        assert cost.late == pytest.approx(3.0 * counts.num_late)
    assert found.counts_before.num_late > found.counts_after.num_late
