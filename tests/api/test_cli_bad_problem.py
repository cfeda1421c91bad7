"""Malformed problems: each is refused by a message that names the place, and nothing is written."""

import copy
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[1] / "data"
PROBLEM: dict[str, Any] = json.loads((DATA / "problem.json").read_text(encoding="utf-8"))
TEXT = json.dumps(PROBLEM)

Change = Callable[[dict[str, Any]], object]


def task(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in document["tasks"] if item["id"] == name)


def first_shift(document: dict[str, Any], agent: int = 0) -> dict[str, Any]:
    shift: dict[str, Any] = document["agents"][agent]["shifts"][0]
    return shift


def missing_of(swingdesk: Any, folder: Path, name: str, content: bytes, fragments: tuple[str, ...]) -> list[str]:
    """Solve a file, see it refused and the folder as it was; return what the message should say and does not."""
    path = folder / name
    path.write_bytes(content)
    ran = swingdesk("solve", path, "-o", folder / "plan.json")
    assert ran.code == 2, ran
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert [item.name for item in folder.iterdir()] == [name]
    return [fragment for fragment in (str(path), *fragments) if fragment not in ran.err]


BROKEN_FILES: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "truncated gzip": (
        "problem.json.gz",
        gzip.compress(TEXT.encode(), mtime=0)[:-20],
        ("cannot be read: the compressed data ends too soon; the file was cut off",),
    ),
    "gzip of damaged content": (
        "problem.json.gz",
        gzip.compress(TEXT.encode(), mtime=0)[:300] + b"\x00" * 40 + gzip.compress(TEXT.encode(), mtime=0)[340:],
        ("cannot be read: ",),
    ),
    "a name in .gz that is not compressed": ("problem.json.gz", TEXT.encode(), ("cannot be read: Not a gzipped file",)),
    "compressed without .gz": (
        "problem.json",
        gzip.compress(TEXT.encode(), mtime=0),
        ("is not UTF-8 text", "it looks compressed, and then its name must end in .gz"),
    ),
    "not UTF-8": ("problem.json", TEXT.replace("Ana", "Añá").encode("latin-1"), ("is not UTF-8 text: invalid",)),
    "empty file": ("problem.json", b"  \n", ("is empty; expected one JSON object",)),
    "cut off": ("problem.json", TEXT[:-30].encode(), ("is not JSON: ", "at line 1, column")),
    "two documents": ("problem.json", (TEXT + TEXT).encode(), ("is not JSON: Extra data at line 1",)),
    "a list": ("problem.json", b"[]", ("is an empty list; expected one JSON object",)),
    "nested too deeply": ("problem.json", b'{"a":' * 100_000, ("is nested too deeply",)),
    "nested rather deeply": (
        "problem.json",
        TEXT.replace('"setup": {', '"setup": ' + '{"a":' * 900 + "1" + "}" * 900 + ', "x": {').encode(),
        ("is nested too deeply",),
    ),
    "a number of 5000 digits": (
        "problem.json",
        TEXT.replace('"weight": 4', '"weight": ' + "9" * 5000).encode(),
        ("holds a whole number of more digits than can be read",),
    ),
    "NaN": (
        "problem.json",
        TEXT.replace('"weight": 4', '"weight": NaN').encode(),
        ("task 'T1': weight: is NaN; expected a finite number",),
    ),
    "Infinity in attributes": (
        "problem.json",
        TEXT.replace("81.5", "-Infinity").encode(),
        ("task 'T6': attributes.amount: is -Infinity; expected a finite number",),
    ),
    "1e400": (
        "problem.json",
        TEXT.replace('"weight": 4', '"weight": 1e400').encode(),
        ("task 'T1': weight: is Infinity; expected a finite number",),
    ),
    "1e400 in attributes": (
        "problem.json",
        TEXT.replace("81.5", "1e400").encode(),
        ("task 'T6': attributes: is an object; expected finite numbers",),
    ),
    "a key twice": (
        "problem.json",
        TEXT.replace('"weight": 4', '"weight": 4, "weight": 5').encode(),
        ("the object of 'T1': weight: a key may stand once in an object; this one stands twice",),
    ),
    "half a surrogate pair": (
        "problem.json",
        TEXT.replace("Invoice 8812", "\\ud83d").encode(),
        ("task 'T6': attributes: is an object; expected text without half a surrogate pair",),
    ),
}


@pytest.mark.parametrize(("name", "content", "fragments"), BROKEN_FILES.values(), ids=BROKEN_FILES)
def test_a_broken_file_is_refused(
    swingdesk: Any, tmp_path: Path, name: str, content: bytes, fragments: tuple[str, ...]
) -> None:
    assert missing_of(swingdesk, tmp_path, name, content, fragments) == []


FAULTS: dict[str, tuple[Change, str]] = {
    "another format": (
        lambda d: d.update(format="swingdesk/plan"),
        "format: is 'swingdesk/plan'; expected 'swingdesk/problem'",
    ),
    "a version to come": (lambda d: d.update(version=2), "version: is 2; expected 1"),
    "no version": (lambda d: d.pop("version"), "version: is absent; expected 1"),
    "a required key missing": (lambda d: d.pop("now"), "now: is required and not there"),
    "null for a required key": (lambda d: task(d, "T3").update(due=None), "task 'T3': due: is required and not there"),
    "an unknown key": (lambda d: d.update(office=[]), "office: is not a key of this format"),
    "an unknown key of a task": (lambda d: task(d, "T1").update(dew=1), "task 'T1': dew: is not a key of this format"),
    "an unknown key of a skill": (
        lambda d: d["agents"][0]["skills"]["billing"].update(grade=1),
        "agent 'ana': skills.billing.grade: is not a key of this format",
    ),
    "an unknown key of a shift": (
        lambda d: first_shift(d).update(pauses=[]),
        "agent 'ana': shifts[0].pauses: is not a key of this format",
    ),
    "an unknown term": (lambda d: d["objective"].update(lateness=1), "objective.lateness: is not a key of this format"),
    "an empty id": (lambda d: d["tasks"][2].update(id=""), "tasks[2]: id: is ''; expected text that is not empty"),
    "a number for an id": (lambda d: d["tasks"][2].update(id=3), "tasks[2]: id: is 3; expected text"),
    "an id twice": (
        lambda d: d["tasks"][2].update(id="T1"),
        "task 'T1' (tasks[2]): id: is 'T1'; expected an id of its own; tasks[0] has it too",
    ),
    "an unknown team": (
        lambda d: d["task_types"][1].update(team="biling"),
        "task type 'refund': team: is 'biling'; expected the id of a team of this problem",
    ),
    "an unknown swing team": (
        lambda d: d["agents"][0].update(swing_teams=["claims", "moon"]),
        "agent 'ana': swing_teams: is 'moon'; expected the id of a team of this problem",
    ),
    "an unknown task type": (
        lambda d: task(d, "T2").update(type="clam"),
        "task 'T2': type: is 'clam'; expected the id of a task type of this problem",
    ),
    "an unknown type in a state": (
        lambda d: d["agents"][0]["state"].update(type="clam"),
        "agent 'ana': state.type: is 'clam'; expected the id of a task type of this problem",
    ),
    "an unknown agent": (
        lambda d: task(d, "T2").update(published_agent="zoe"),
        "task 'T2': published_agent: is 'zoe'; expected the id of an agent of this problem",
    ),
    "an unknown predecessor": (
        lambda d: task(d, "T4").update(after=["T2", "T0"]),
        "task 'T4': after: is 'T0'; expected the id of a task of this problem",
    ),
    "null in a list of ids": (
        lambda d: task(d, "T4").update(after=["T2", None]),
        "task 'T4': after[1]: is null; expected text",
    ),
    "an instant without an offset": (
        lambda d: task(d, "T2").update(due="2026-03-02T08:30:00"),
        "2026-03-02T08:30:00'; expected an ISO 8601 instant with an offset, such as 2026-03-02T08:00:00+00:00; this",
    ),
    "a day for an instant": (
        lambda d: task(d, "T2").update(due="2026-03-02"),
        "task 'T2': due: is '2026-03-02'; expected an ISO 8601 instant with an offset",
    ),
    "a number for an instant": (
        lambda d: task(d, "T2").update(due=1772438400),
        "task 'T2': due: is 1772438400; expected an ISO 8601 instant with an offset, as text",
    ),
    "a fraction of a second": (
        lambda d: first_shift(d).update(end="2026-03-02T16:30:00.000001+00:00"),
        "agent 'ana': shifts[0].end: is '2026-03-02T16:30:00.000001+00:00'; expected an instant in whole seconds",
    ),
    "a fraction finer than Python's": (
        lambda d: first_shift(d).update(end="2026-03-02T16:30:00.0000001+00:00"),
        "agent 'ana': shifts[0].end: is '2026-03-02T16:30:00.0000001+00:00'; expected an instant in whole seconds",
    ),
    "an offset with seconds": (
        lambda d: task(d, "T2").update(due="2026-03-02T08:30:00+00:19:32"),
        "task 'T2': due: is '2026-03-02T08:30:00+00:19:32'; expected an ISO 8601 instant with an offset",
    ),
    "an instant before all years": (
        lambda d: task(d, "T2").update(arrived="0001-01-01T00:00:00+14:00"),
        "task 'T2': arrived: is '0001-01-01T00:00:00+14:00'; expected an instant of the years 1 to 9999 in UTC",
    ),
    "an instant after all years": (
        lambda d: task(d, "T2").update(due="9999-12-31T23:59:59-14:00"),
        "task 'T2': due: is '9999-12-31T23:59:59-14:00'; expected an instant of the years 1 to 9999 in UTC",
    ),
    "a negative weight": (
        lambda d: task(d, "T5").update(weight=-0.5),
        "task 'T5': weight: is -0.5; expected a number not below 0",
    ),
    "a weight beyond all sums": (
        lambda d: task(d, "T5").update(weight=1e300),
        "task 'T5': weight: is 1e+300; expected a number not above 1,000,000,000,000",
    ),
    "a weight of 400 digits": (
        lambda d: task(d, "T5").update(weight=10**400),
        "task 'T5': weight: is a whole number of more than 70 digits; expected a number",
    ),
    "true for a weight": (
        lambda d: task(d, "T5").update(weight=True),
        "task 'T5': weight: is true; expected a number",
    ),
    "text for a number": (
        lambda d: task(d, "T5").update(weight="2"),
        "task 'T5': weight: is '2'; expected a number",
    ),
    "no time for handling": (
        lambda d: d["task_types"][0].update(handling_minutes=0),
        "task type 'dispute': handling_minutes: is 0; expected a number greater than 0",
    ),
    "handling beyond all time": (
        lambda d: task(d, "T5").update(handling_minutes=1e10),
        "task 'T5': handling_minutes: is 10000000000.0; expected a number not above 1,000,000,000",
    ),
    "a level of 6": (
        lambda d: d["agents"][0]["skills"]["claims"].update(level=6),
        "agent 'ana': skills.claims.level: is 6; expected a number not above 5",
    ),
    "a level of 0": (lambda d: task(d, "T5").update(min_level=0), "task 'T5': min_level: is 0; expected a number not"),
    "half a level": (
        lambda d: task(d, "T8").update(also_requires={"spanish": 1.5}),
        "task 'T8': also_requires.spanish: is 1.5; expected a whole number",
    ),
    "a speed of 0": (
        lambda d: d["agents"][2]["skills"]["billing"].update(speed=0),
        "agent 'eva': skills.billing.speed: is 0; expected a number not below 1e-06",
    ),
    "one and a half moves": (
        lambda d: d["agents"][0].update(max_moves=1.5),
        "agent 'ana': max_moves: is 1.5; expected a whole number",
    ),
    "true for a count": (
        lambda d: d["agents"][0].update(max_moves=True),
        "agent 'ana': max_moves: is true; expected a whole number",
    ),
    "1 for true": (
        lambda d: task(d, "T1").update(in_progress=1),
        "task 'T1': in_progress: is 1; expected true or false",
    ),
    "a negative coefficient": (
        lambda d: d["objective"].update(late=-1),
        "objective.late: is -1; expected a number not below 0",
    ),
    "an object for a list": (
        lambda d: d.update(teams={"billing": {}}),
        "teams: is an object; expected a list",
    ),
    "text for a record": (lambda d: d["teams"].append("ops"), "teams[2]: is 'ops'; expected an object"),
    "a shift that ends before it starts": (
        lambda d: first_shift(d, 1).update(end="2026-03-02T06:00:00+00:00", breaks=[]),
        "agent 'bob': shifts[0]: is 2026-03-02T07:00:00+00:00 to 2026-03-02T06:00:00+00:00; expected an end after",
    ),
    "an empty break": (
        lambda d: first_shift(d).update(breaks=[["2026-03-02T12:00:00+00:00"] * 2]),
        "agent 'ana': shifts[0].breaks[0]: is 2026-03-02T12:00:00+00:00 to 2026-03-02T12:00:00+00:00; expected an end",
    ),
    "shifts that overlap": (
        lambda d: d["agents"][0]["shifts"][1].update(start="2026-03-02T16:29:59+00:00"),
        "agent 'ana': shifts[1]: is 2026-03-02T16:29:59+00:00 to 2026-03-03T12:00:00+00:00; expected no overlap with",
    ),
    "breaks that overlap": (
        lambda d: first_shift(d)["breaks"].insert(0, ["2026-03-02T12:29:00+00:00", "2026-03-02T12:40:00+00:00"]),
        "agent 'ana': shifts[0].breaks[0]: is 2026-03-02T12:29:00+00:00 to 2026-03-02T12:40:00+00:00; expected no",
    ),
    "a break outside its shift": (
        lambda d: first_shift(d)["breaks"].append(["2026-03-02T16:15:00+00:00", "2026-03-02T16:45:00+00:00"]),
        "shifts[0].breaks[1]: is 2026-03-02T16:15:00+00:00 to 2026-03-02T16:45:00+00:00; expected a break inside its",
    ),
    "a break with one end": (
        lambda d: first_shift(d).update(breaks=[["2026-03-02T12:00:00+00:00"]]),
        "agent 'ana': shifts[0].breaks[0]: is a list of 1; expected a list of start and end",
    ),
    "a break as an object": (
        lambda d: first_shift(d).update(
            breaks=[{"start": "2026-03-02T12:00:00+00:00", "end": "2026-03-02T12:30:00+00:00"}]
        ),
        "agent 'ana': shifts[0].breaks[0]: is an object; expected a list of start and end",
    ),
    "office hours that overlap": (
        lambda d: d["office_hours"].append(["2026-03-02T17:00:00+00:00", "2026-03-02T19:00:00+00:00"]),
        "office_hours[2]: is 2026-03-02T17:00:00+00:00 to 2026-03-02T19:00:00+00:00; expected no overlap with",
    ),
    "office hours of three": (
        lambda d: d["office_hours"][0].append("open"),
        "office_hours[0]: is a list of 3; expected a list of start and end",
    ),
    "a carry-over before now": (
        lambda d: d.update(carry_over="2026-03-02T07:59:59+00:00"),
        "carry_over: is 2026-03-02T07:59:59+00:00; expected an instant not before now, 2026-03-02T08:00:00+00:00",
    ),
    "a type's carry-over before now": (
        lambda d: d["task_types"][2].update(carry_over="2026-03-01T00:00:00+00:00"),
        "task type 'claim': carry_over: is 2026-03-01T00:00:00+00:00; expected an instant not before now",
    ),
    "a task's carry-over before now": (
        lambda d: task(d, "T7").update(carry_over="2026-03-01T00:00:00+00:00"),
        "task 'T7': carry_over: is 2026-03-01T00:00:00+00:00; expected an instant not before now",
    ),
    "a task after itself": (
        lambda d: task(d, "T7").update(after=["T7"]),
        "task 'T7': after: is 'T7' after 'T7'; expected no circle: a task cannot wait for itself",
    ),
    "tasks after each other": (
        lambda d: (task(d, "T2").update(after=["T9"]), task(d, "T8").update(after=["T4"])),
        "task 'T2': after: is 'T2' after 'T9' after 'T8' after 'T4' after 'T2'; expected no circle",
    ),
    "a task apart from itself": (
        lambda d: task(d, "T3").update(separate_from=["T3"]),
        "task 'T3': separate_from: is 'T3'; expected the ids of other tasks, not its own",
    ),
    "in progress with nobody": (
        lambda d: task(d, "T1").pop("pinned_agent"),
        "task 'T1': in_progress: is true; expected a pinned_agent beside it, who has the task open",
    ),
    "two in progress with one agent": (
        lambda d: task(d, "T7").update(in_progress=True, pinned_agent="ana"),
        "task 'T7': in_progress: is true; expected one open task an agent; 'ana' has 'T1' open too",
    ),
    "attributes that are no object": (
        lambda d: task(d, "T6").update(attributes=[1]),
        "task 'T6': attributes: is a list of 1; expected an object",
    ),
    "attributes without a bottom": (
        lambda d: task(d, "T6").update(attributes=json.loads('{"a":' * 60 + "1" + "}" * 60)),
        "task 'T6': attributes: is an object; expected JSON nested at most 50 levels deep",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_problem_is_named(swingdesk: Any, tmp_path: Path, change: Change, sentence: str) -> None:
    document = copy.deepcopy(PROBLEM)
    change(document)
    assert missing_of(swingdesk, tmp_path, "problem.json", json.dumps(document).encode(), (sentence,)) == []


def test_all_faults_are_named_at_once(swingdesk: Any, tmp_path: Path) -> None:
    """Of values and of what records say of each other, in whatever records they stand."""
    document = copy.deepcopy(PROBLEM)
    document["now"] = "2026-03-02T08:00:00"
    task(document, "T2")["due"] = "soon"
    task(document, "T3")["after"] = ["T0"]
    task(document, "T5")["weight"] = -1
    task(document, "T7")["after"] = ["T7"]
    task(document, "T9")["id"] = "T8"
    document["agents"][1]["team"] = "moon"
    document["agents"][2]["shifts"] = [["09:00", "13:00"]]
    document["office_hours"].append(["2026-03-02T19:00:00+00:00", "2026-03-02T18:00:00+00:00"])
    missing = missing_of(
        swingdesk,
        tmp_path,
        "problem.json",
        json.dumps(document).encode(),
        (
            "now: is '2026-03-02T08:00:00'; expected an ISO 8601 instant",
            "task 'T2': due: is 'soon'; expected an ISO 8601 instant",
            "task 'T3': after: is 'T0'; expected the id of a task",
            "task 'T5': weight: is -1; expected a number not below 0",
            "task 'T7': after: is 'T7' after 'T7'; expected no circle",
            "task 'T8' (tasks[8]): id: is 'T8'; expected an id of its own; tasks[7] has it too",
            "agent 'bob': team: is 'moon'; expected the id of a team",
            "agent 'eva': shifts[0]: is a list of 2; expected an object",
            "office_hours[2]: is 2026-03-02T19:00:00+00:00 to 2026-03-02T18:00:00+00:00; expected an end after",
        ),
    )
    assert missing == []


def test_sound_records_are_not_blamed_for_their_neighbours(swingdesk: Any, tmp_path: Path) -> None:
    """A team, an agent and a task that are faulty themselves are still there for others to name."""
    document = copy.deepcopy(PROBLEM)
    document["teams"][0]["name"] = 5
    document["agents"][0]["skills"] = None
    task(document, "T2")["due"] = "soon"
    (tmp_path / "problem.json").write_text(json.dumps(document), encoding="utf-8")
    ran = swingdesk("solve", tmp_path / "problem.json", "-o", tmp_path / "plan.json")
    assert ran.code == 2
    assert [line.split(": ")[2] for line in ran.err.splitlines()] == ["team 'billing'", "agent 'ana'", "task 'T2'"]


def test_a_list_that_is_not_there_is_one_fault(swingdesk: Any, tmp_path: Path) -> None:
    document = {key: value for key, value in PROBLEM.items() if key != "agents"}
    (tmp_path / "problem.json").write_text(json.dumps(document), encoding="utf-8")
    ran = swingdesk("solve", tmp_path / "problem.json", "-o", tmp_path / "plan.json")
    assert ran.err == f"swingdesk: {tmp_path / 'problem.json'}: agents: is required and not there\n"
