"""Scenarios as files: the example of the page, the core schema of YAML, and every fault by its place."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.errors import InputError, UsageError
from models.formats.scenarios.documents import parse_yaml, read_scenario_document
from models.formats.scenarios.edits import edit_document
from models.formats.scenarios.flow import count_visits
from models.formats.scenarios.reading import parse_scenario, read_scenario
from models.formats.scenarios.traces import MAX_TRACE_BYTES

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "scenario.md").read_text(encoding="utf-8")


@pytest.fixture
def document() -> dict[str, Any]:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    parsed: dict[str, Any] = parse_yaml(text, file="page")
    return parsed


def test_the_example_of_the_page_is_a_scenario(document: dict[str, Any]) -> None:
    scenario = parse_scenario(document).scenario
    assert scenario.name == "two teams"
    assert scenario.policy.swing.mode == "shared"
    assert list(count_visits(scenario.processes[0])) == pytest.approx([1 / 0.955, 0.9 / 0.955])


def test_only_true_and_false_are_booleans_and_times_are_text() -> None:
    text = "{mode: off, at: 12:30, day: 2026-04-03, on: yes, is: true, when: 2026-03-02T08:00:00+00:00}"
    assert parse_yaml(text, file="x") == {
        "mode": "off",
        "at": "12:30",
        "day": "2026-04-03",
        "on": "yes",
        "is": True,
        "when": "2026-03-02T08:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("task_types.claim.team", "clams", "task type 'claim': team: is 'clams'; expected the id of a team"),
        ("agents.billing.swing_teams", ["clams"], "agent 'billing': swing_teams: is 'clams'"),
        ("task_types.claim.handling.cv", None, "task type 'claim': handling.cv: is required for gamma"),
        ("task_types.check.handling.cv", 2, "handling.cv: is 2; expected nothing: cv is of lognormal"),
        ("processes.settlement.start", "pay", "process 'settlement': start: is 'pay'"),
        ("arrivals.0.pattern.0.per_hour", -1, "arrivals[0]: pattern[0].per_hour: is -1; expected a number not below 0"),
        ("arrivals.0.task_type", "nothing", "arrivals[0]: task_type: is 'nothing'"),
        ("agents.billing.absence", 1.5, "agent 'billing': absence: is 1.5; expected a number not above 1"),
        ("agents.billing.week", "sometimes", "a list of shifts, or always"),
        ("agents", [], "agents: is an empty list; expected a group of agents at least"),
        ("warm_up_days", 7, "warm_up_days: is 7; expected less than the 7 days"),
        ("timezone", "Nowhere", "an IANA time zone"),
        ("policy.routing", "best", "'fifo', 'edf'"),
        ("policy.swing", {"mode": "threshold"}, "policy.swing.engage_tasks: is required for threshold"),
        ("policy.selection", {"mode": "pull"}, "policy.selection.choose: is required for pull"),
        ("policy.colour", "red", "policy.colour: is not a key of this format"),
        ("calendars.office.week.mon", [["18:00", "08:00"]], "calendar 'office': week.mon[0]"),
        ("calendars.office.holidays", ["3 April"], "a date, such as 2026-04-03"),
        ("task_types.claim.sla.calendar", "home", "the id of a calendar"),
        ("agents.claims.week.0.breaks", [["08:00", "08:30"]], "week[0].breaks[0]: is not inside its shift"),
        ("agents.claims.week.0.start", "25:00", 'a clock time from "00:00" to "24:00"'),
        ("days", 0, "days: is 0; expected a number not below 1"),
        ("start", "1969-12-31T23:59:59Z", "start: is '1969-12-31T23:59:59Z'; expected an instant of the years 1970"),
        ("start", "2200-01-01T00:00:00Z", "expected an instant of the years 1970 to 2199"),
        ("staffing", {"groups": {"billing": {"max": 10**20}}}, "staffing.groups.billing.max: is 1000"),
        ("agents.billing.max_moves", 10**20, "max_moves: is 100000000000000000000; expected a number not above 1,000,"),
        ("policy.swing", {"mode": "threshold", "engage_tasks": 10**24}, "expected a number not above 1,000,000"),
        ("policy.planned.replan_minutes", 0.5, "policy.planned.replan_minutes: is 0.5; expected a number not below 1"),
        ("policy.planned.iterations", 10**9, "policy.planned.iterations: is 1000000000; expected a number not above"),
        ("arrivals.0.day_cv", 1e308, "arrivals[0]: day_cv: is 1e+308; expected a number not above 100"),
        ("arrivals.0.day_cv", 1e-320, "expected 0, or a number from 0.001 to 100"),
        ("task_types.claim.handling.cv", 1e-300, "handling.cv: is 1e-300; expected a number not below 0.001"),
        ("initial_backlog.0.age_hours", 1e7, "age_hours: is 10000000.0; expected at most 876,000: 100 years"),
        ("staffing", {"targets": [{"metric": "overall.cost", "at_most": 1e13}]}, "staffing.targets[0].at_most: is 1"),
        ("staffing", {"targets": [{"metric": "overall.cost", "at_least": float("inf")}]}, "a finite number"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(document: dict[str, Any], path: str, value: Any, said: str) -> None:
    place: Any = edit_document(document, [])
    made = place
    keys = path.split(".")
    for key in keys[:-1]:
        place = _enter(place, key)
    place[keys[-1]] = value
    with pytest.raises(InputError) as failure:
        parse_scenario(made, file="bad.yaml")
    assert said in str(failure.value)
    assert str(failure.value).startswith("bad.yaml: ")


def _enter(place: Any, key: str) -> Any:
    if isinstance(place, list):
        return next((item for item in place if item.get("id") == key), place[int(key)] if key.isdigit() else None)
    return place.setdefault(key, {})


@pytest.mark.parametrize(
    ("branches", "said"),
    [
        ([{"step": "claim", "probability": 0.7}, {"step": "check", "probability": 0.4}], "sum to 1.1"),
        ([{"step": "check", "probability": 1.0}], "from which no case ever leaves"),
        ([{"step": "pay", "probability": 0.5}], "steps[1].next[0].step: is 'pay'"),
    ],
)
def test_a_process_must_make_sense(document: dict[str, Any], branches: list[dict[str, Any]], said: str) -> None:
    document["processes"][0]["steps"][1]["next"] = branches
    with pytest.raises(InputError, match=re.escape(said)):
        parse_scenario(document)


def test_shifts_of_a_week_may_not_overlap_even_across_its_end(document: dict[str, Any]) -> None:
    document["agents"][0]["week"] = [
        {"days": ["sun"], "start": "22:00", "end": "06:00"},
        {"days": ["mon"], "start": "05:00", "end": "12:00"},
    ]
    with pytest.raises(InputError, match="shifts that overlap"):
        parse_scenario(document)


def test_edits_reach_records_by_id_and_by_position(document: dict[str, Any]) -> None:
    edits = ["agents.billing.count=22", "policy.swing.mode=off", "arrivals.0.day_cv=0", "precision.metric=overall.cost"]
    made = edit_document(document, edits)
    assert made["agents"][0]["count"] == 22
    assert made["policy"]["swing"]["mode"] == "off"
    assert made["arrivals"][0]["day_cv"] == 0
    assert made["precision"] == {"metric": "overall.cost"}
    assert document["agents"][0]["count"] == 5


@pytest.mark.parametrize(
    "edit", ["agents.billing.count", "agents.nobody.count=2", "name.first=x", "days=[1", "agents.\u00b2.count=1"]
)
def test_edits_that_lead_nowhere_are_refused(document: dict[str, Any], edit: str) -> None:
    with pytest.raises(UsageError, match="--set"):
        edit_document(document, [edit])


@pytest.fixture
def write_trace(tmp_path: Path, document: dict[str, Any]) -> Callable[[str], Any]:
    def write(text: str) -> Any:
        (tmp_path / "arrivals.csv").write_text(text, encoding="utf-8")
        document["arrivals"] = [{"process": "settlement", "times": "arrivals.csv"}]
        return parse_scenario(document, folder=tmp_path)

    return write


def test_a_trace_is_read_beside_the_scenario(write_trace: Callable[[str], Any]) -> None:
    question = write_trace(
        "arrived,task,step,handling_minutes,due,weight\n"
        "2026-03-02T09:00:00+00:00,A,check,0,2026-03-02T10:00:00+00:00,2\n"
        "2026-03-02T08:00:00Z,,,,,\n"
    )
    trace = question.traces[0]
    assert not trace.was_sorted
    assert [row.task for row in trace.rows] == [None, "A"]
    assert (trace.rows[1].step, trace.rows[1].handling_minutes, trace.rows[1].weight) == ("check", 0.0, 2.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("task\nA\n", "arrived: is a required column"),
        ("arrived,colour\n2026-03-02T08:00:00Z,red\n", "colour: is no column of a trace"),
        ("arrived\n2026-03-02T08:00:00Z\n\n2026-03-02 8am\n", "row 4: arrived: is '2026-03-02 8am'"),
        ("arrived,task\n,A\n", "row 2: arrived: is empty"),
        ("arrived\n2026-03-02T08:00:00\n", "has no offset"),
        ("arrived,handling_minutes\n2026-03-02T08:00:00Z,-1\n", "row 2: handling_minutes: is '-1'"),
        ("arrived,step\n2026-03-02T08:00:00Z,pay\n", "with the step 'pay'"),
        ("arrived,task\n2026-03-02T08:00:00Z\n", "row 2: is of 1 cells; expected 2 cells"),
    ],
)
def test_a_bad_trace_is_named_by_its_row(write_trace: Callable[[str], Any], text: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        write_trace(text)


def test_a_trace_that_is_not_there(document: dict[str, Any], tmp_path: Path) -> None:
    document["arrivals"] = [{"task_type": "claim", "times": "gone.csv"}]
    with pytest.raises(InputError, match=r"gone\.csv: there is no such file"):
        parse_scenario(document, folder=tmp_path)


@pytest.mark.parametrize("name", ["a\0b", "folder"])
def test_a_trace_that_is_no_file(document: dict[str, Any], tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    document["arrivals"] = [{"task_type": "claim", "times": name}]
    with pytest.raises(InputError, match=r"cannot be read: embedded null byte|is no regular file"):
        parse_scenario(document, folder=tmp_path)


def test_a_trace_that_goes_on_for_ever(document: dict[str, Any], tmp_path: Path) -> None:
    document["arrivals"] = [{"task_type": "claim", "times": "/dev/zero"}]
    with pytest.raises(InputError, match="/dev/zero: is no regular file"):
        parse_scenario(document, folder=tmp_path)


def test_a_trace_of_more_than_is_read(document: dict[str, Any], tmp_path: Path) -> None:
    with (tmp_path / "long.csv").open("wb") as stream:
        stream.truncate(MAX_TRACE_BYTES + 1)
    document["arrivals"] = [{"task_type": "claim", "times": "long.csv"}]
    with pytest.raises(InputError, match=r"long\.csv: has more than 1,000,000,000 bytes"):
        parse_scenario(document, folder=tmp_path)


@pytest.mark.parametrize(("first", "again"), [("[1, 1]", "[{}]"), ("{x: 1, y: 2}", "{{<<: [{}]}}")])
def test_a_few_lines_that_unfold_to_billions_are_refused_at_once(first: str, again: str) -> None:
    lines = [f"a0: &a0 {first}"]
    lines += [f"a{n}: &a{n} {again.format(', '.join([f'*a{n - 1}'] * 9))}" for n in range(1, 11)]
    with pytest.raises(InputError, match="has more than 1,000,000 values"):
        parse_yaml("\n".join(lines), file="bomb.yaml")
    assert parse_yaml("a: &a {x: 1}\nb: [*a, *a]", file="x") == {"a": {"x": 1}, "b": [{"x": 1}, {"x": 1}]}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.yaml", "a: [1", "is not YAML"),
        ("x.yaml", "a: 1\na: 2", "is not YAML"),
        ("x.yaml", "- 1", "an object"),
        ("x.json", "{", "is not JSON"),
        ("x.json", '{"a": ' + "[" * 60 + "]" * 60 + "}", "is nested too deeply"),
        ("x.yaml", "a: " + "[" * 60 + "]" * 60, "is nested too deeply"),
        ("x.yaml", "a: &a [*a]", "holds itself: an alias inside its own anchor at line 1"),
        ("x.yaml", "days: !!bool xx", "is not YAML"),
        ("x.yaml", "days: !!set {a}", "is not YAML: could not determine a constructor"),
        ("x.yaml", "%YAML 1.1\n---\nmode: off", "is of another version of YAML; expected 1.2"),
        ("x.yaml", "%YAML 1.3\n---\nmode: off", "is not YAML 1.2"),
        ("x.yaml", "a: 1\n2: b", "has a key that is no text at line 2"),
        ("x.yaml", "format: swingdesk/problem\nversion: 1", "format: is 'swingdesk/problem'"),
    ],
)
def test_files_that_are_no_scenario(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(said)):
        read_scenario(tmp_path / name)
    with pytest.raises(InputError, match="there is no such file"):
        read_scenario_document(tmp_path / "gone.yaml")
