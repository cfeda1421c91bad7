"""The problem's public form: what is the same as what, and that it comes back as it was."""

import copy
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputError
from models.formats.problem import Problem
from models.formats.problem_checks import find_faults
from models.formats.problem_file import parse_problem, problem_document, read_problem, write_problem

DATA = Path(__file__).parents[1] / "data"
PROBLEM: dict[str, Any] = json.loads((DATA / "problem.json").read_text(encoding="utf-8"))
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
FREE_JSON = st.dictionaries(
    NAMES,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NAMES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


def parse(change: Any) -> Problem:
    document = copy.deepcopy(PROBLEM)
    change(document)
    return parse_problem(document)


def test_what_is_absent_has_the_default_of_the_page() -> None:
    problem = parse_problem(
        {
            "format": "swingdesk/problem",
            "version": 1,
            "now": "2026-03-02T08:00:00+00:00",
            "carry_over": "2026-03-02T08:00:00+00:00",
            "teams": [{"id": "t"}],
            "task_types": [{"id": "k", "team": "t", "skill": "s", "handling_minutes": 0.5}],
            "agents": [{"id": "a", "team": "t", "skills": {"s": {"level": 1}}, "shifts": []}],
            "tasks": [
                {"id": "i", "type": "k", "arrived": "2026-03-02T09:00:00+00:00", "due": "2026-03-01T09:00:00+00:00"}
            ],
        }
    )
    (kind,), (agent,), (task,) = problem.task_types, problem.agents, problem.tasks
    assert (kind.min_level, kind.also_requires, kind.carry_over) == (1, {}, None)
    assert agent.skills["s"].speed == 1
    assert (agent.swing_teams, agent.max_moves, agent.min_stay_minutes, agent.state) == ((), None, 0, None)
    assert (task.weight, task.handling_minutes, task.min_level, task.in_progress) == (1, None, None, False)
    assert (task.must_by, task.earliest_start, task.carry_over) == (None, None, None)
    assert (task.pinned_agent, task.published_agent, task.preferred_agents, task.excluded_agents) == (
        None,
        None,
        (),
        (),
    )
    assert (task.separate_from, task.after, task.also_requires, task.attributes) == ((), (), {}, {})
    assert (problem.office_hours, problem.setup.same_team_minutes, problem.setup.other_team_minutes) == ((), 0, 0)
    coefficients = problem.objective
    assert (coefficients.tardiness, coefficients.late, coefficients.carried_over) == (1, 60, 30)
    assert (coefficients.missed, coefficients.away, coefficients.move) == (5000, 0.05, 5)
    assert (coefficients.preferred, coefficients.reassigned) == (5, 10)


def test_lists_may_be_empty() -> None:
    empty: dict[str, list[object]] = {key: [] for key in ("teams", "task_types", "agents", "tasks", "office_hours")}
    assert parse_problem({**PROBLEM, **empty}).tasks == ()


def test_null_is_the_same_as_absent_wherever_a_key_may_be_absent() -> None:
    def fill(record: dict[str, Any], *keys: str) -> None:
        for key in keys:
            record.setdefault(key, None)

    def change(document: dict[str, Any]) -> None:
        fill(document, "office_hours", "setup", "objective")
        fill(document["setup"], "other_team_minutes")
        fill(document["objective"], "tardiness", "late")
        fill(document["teams"][1], "name")
        fill(document["task_types"][1], "name", "min_level", "also_requires", "carry_over")
        fill(document["agents"][2], "name", "swing_teams", "max_moves", "min_stay_minutes", "state")
        fill(document["agents"][1]["skills"]["claims"], "speed")
        fill(document["agents"][2]["shifts"][0], "breaks")
        document["agents"][1]["shifts"][0]["breaks"][0].append(None)
        document["agents"][1]["skills"]["typing"] = None
        for task in document["tasks"]:
            fill(task, "name", "weight", "handling_minutes", "min_level", "also_requires", "carry_over", "must_by")
            fill(task, "earliest_start", "preferred_agents", "pinned_agent", "in_progress", "excluded_agents")
            fill(task, "separate_from", "after", "published_agent", "attributes")

    assert parse(change) == parse_problem(PROBLEM)


def test_null_in_attributes_is_data() -> None:
    assert parse_problem(PROBLEM).tasks[5].attributes == {"title": "Invoice 8812", "amount": 81.5, "note": None}


def test_a_skill_called_attributes_is_a_skill() -> None:
    def change(document: dict[str, Any]) -> None:
        document["agents"][0]["skills"]["attributes"] = {"level": 2, "speed": None}
        document["agents"][0]["skills"]["extra"] = None

    assert parse(change).agents[0].skills["attributes"].speed == 1
    assert "extra" not in parse(change).agents[0].skills


def test_a_whole_number_may_be_written_with_a_point() -> None:
    def change(document: dict[str, Any]) -> None:
        document["version"] = 1.0
        document["agents"][0]["max_moves"] = 2.0
        document["agents"][0]["state"]["moves"] = 0.0
        document["agents"][0]["skills"]["billing"]["level"] = 3.0
        document["tasks"][3]["min_level"] = 3.0

    assert parse(change) == parse_problem(PROBLEM)
    assert isinstance(parse(change).agents[0].max_moves, int)


def test_stretches_may_stand_in_any_order_and_touch() -> None:
    def change(document: dict[str, Any]) -> None:
        document["office_hours"] = [
            ["2026-03-03T08:00:00+00:00", "2026-03-03T18:00:00+00:00"],
            ["2026-03-02T08:00:00+00:00", "2026-03-02T12:00:00+00:00"],
            ["2026-03-02T12:00:00+00:00", "2026-03-02T18:00:00+00:00"],
        ]
        document["agents"][0]["shifts"].reverse()
        document["agents"][0]["shifts"][0]["start"] = "2026-03-02T16:30:00+00:00"
        document["agents"][0]["shifts"][1]["breaks"] = [
            ["2026-03-02T16:00:00+00:00", "2026-03-02T16:30:00+00:00"],
            ["2026-03-02T08:00:00+00:00", "2026-03-02T08:15:00+00:00", "meeting"],
            ["2026-03-02T08:15:00+00:00", "2026-03-02T08:30:00+00:00"],
        ]

    assert len(parse(change).agents[0].shifts[1].breaks) == 3


def test_a_due_before_arrival_and_a_must_by_in_the_past_are_late_and_not_wrong() -> None:
    def change(document: dict[str, Any]) -> None:
        document["tasks"][1] |= {"due": "2020-01-01T00:00:00Z", "must_by": "2020-01-01T00:00:00Z"}

    assert parse(change).tasks[1].due < parse(change).tasks[1].arrived


def test_a_problem_is_written_without_what_equals_its_default() -> None:
    document = problem_document(parse_problem(PROBLEM))
    assert document["tasks"][1] == {key: value for key, value in PROBLEM["tasks"][1].items() if value is not None}
    assert document["objective"] == {"move": 7.0}
    assert list(document)[:4] == ["format", "version", "now", "carry_over"]


@pytest.mark.parametrize("name", ["problem.json", "problem.json.gz"])
def test_a_problem_comes_back_from_its_file(tmp_path: Path, name: str) -> None:
    problem = parse_problem(PROBLEM)
    write_problem(tmp_path / name, problem)
    assert read_problem(tmp_path / name) == problem


@settings(max_examples=60, deadline=None, derandomize=True)
@given(NAMES, NAMES, FREE_JSON, st.floats(0, 1e12), st.floats(0, 1e9, exclude_min=True), st.booleans())
def test_any_names_numbers_and_attributes_come_back(
    name: str, skill: str, attributes: dict[str, Any], weight: float, minutes: float, is_open: bool
) -> None:
    def change(document: dict[str, Any]) -> None:
        task = document["tasks"][0]
        task.update(name=name, weight=weight, handling_minutes=minutes, attributes=attributes, in_progress=is_open)
        document["task_types"][0] |= {"skill": skill, "also_requires": {skill: 5}}
        document["agents"][2]["skills"][skill] = {"level": 5, "speed": 0.3}
        document["agents"][0]["shifts"][0]["breaks"][0][2] = name

    problem = parse(change)
    assert problem.tasks[0].attributes == attributes
    text = json.dumps(problem_document(problem), ensure_ascii=False, allow_nan=False)
    assert parse_problem(json.loads(text)) == problem


def test_circles_are_found_once_each_however_long_and_many() -> None:
    def after(name: str, before: str) -> dict[str, Any]:
        instant = "2026-03-02T08:00:00Z"
        return {"id": name, "type": "refund", "arrived": instant, "due": instant, "after": [before]}

    num, length = 1_000, 10_000
    pairs = [after(f"p{n}", f"p{n ^ 1}") for n in range(num)]
    long = [after(f"c{n}", f"c{(n + 1) % length}") for n in range(length)]
    tail = [after(f"t{n}", f"t{n - 1}" if n else "c7") for n in range(1_000)]
    begun = time.process_time()
    with pytest.raises(InputError) as refused:
        parse_problem({**PROBLEM, "tasks": [*tail, *pairs, *long]})
    assert time.process_time() - begun < 5
    assert len(refused.value.faults) == num // 2 + 1
    assert str(refused.value.faults[0]) == (
        "problem: task 'c0': after: is 'c0' after 'c1' after 'c2' after 'c3' after ... after 'c0'; "
        "expected no circle: a task cannot wait for itself"
    )


def test_records_made_by_code_can_be_checked_too() -> None:
    problem = parse_problem(PROBLEM)
    assert find_faults(problem, file="ours") == []
    twice = Problem(
        now=problem.now,
        carry_over=problem.now - 1,
        teams=problem.teams + problem.teams,
        task_types=problem.task_types,
        agents=problem.agents,
        tasks=problem.tasks,
    )
    assert [str(fault)[:43] for fault in find_faults(twice, file="ours")] == [
        "ours: team 'billing' (teams[2]): id: is 'bi",
        "ours: team 'claims' (teams[3]): id: is 'cla",
        "ours: carry_over: is 2026-03-02T07:59:59+00",
    ]
