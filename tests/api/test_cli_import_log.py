"""`swingdesk import log`, as a shell would run it."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROWS = [
    f"C{number},{kind},{person},2025-03-0{3 + number % 5}T{hour:02d}:{number % 40:02d}:00,"
    f"2025-03-0{3 + number % 5}T{hour:02d}:{number % 40 + 9:02d}:00.5"
    for number in range(60)
    for kind, person, hour in (("Check", "11201", 9), ("Pay", "10861.0" if number % 2 else "NOT_SET", 11))
]
NAMED = ("--case", "case", "--activity", "step", "--resource", "who", "--end", "ended", "--start", "began")
ZONE = ("--timezone", "Europe/Madrid")
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(8))
    + ']><log><trace><event><string key="concept:name" value="&i;"/></event></trace></log>'
)


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'office.sqlite3'}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    log = tmp_path / "claims.csv.gz"
    log.write_bytes(gzip.compress("\n".join(["case,step,who,began,ended", *ROWS]).encode()))
    return log


def test_it_says_what_was_cleaned_assumed_and_stored(swingdesk: Callable[..., Any], path: Path) -> None:
    ran = swingdesk("import", "log", path, *NAMED, *ZONE)
    assert ran.code == 0, ran.err
    assert "120 records, 120 task instances" in ran.out
    assert "30  unknown-agent: the person is blank or a placeholder" in ran.out
    assert "30  decimal-id: ids that a spreadsheet turned into decimals (10861.0) were turned back" in ran.out
    assert "2 people in 2 teams; none of them helps other teams too" in ran.out
    assert ran.err == ""  # what it is at is told on a terminal only
    assert "tasks: 120 new, 0 changed, 0 unchanged" in ran.out
    again = swingdesk("import", "log", path, *NAMED, *ZONE)
    assert "nothing has changed" in again.out


def test_quiet_says_nothing(swingdesk: Callable[..., Any], path: Path) -> None:
    assert swingdesk("import", "log", path, *NAMED, *ZONE, "--quiet") == (0, "", "")
    assert "nothing has changed" in swingdesk("import", "log", path, *NAMED, *ZONE).out


def test_a_terminal_sees_what_it_is_at(
    swingdesk: Callable[..., Any], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    ran = swingdesk("import", "log", path, *NAMED, *ZONE)
    assert ran.code == 0
    assert "storing" in ran.err
    assert "storing" not in ran.out
    assert swingdesk("import", "log", path, *NAMED, *ZONE, "--json").err == ""


def test_one_of_a_thing_is_told_as_one(swingdesk: Callable[..., Any], tmp_path: Path) -> None:
    log = tmp_path / "one.csv"
    log.write_bytes(HEADER + LINE)
    ran = swingdesk("import", "log", log, *NAMED)
    assert "1 record, 1 task instance\nof 1 case," in ran.out
    assert "\n1 person in 1 team; none of them helps other teams too\n  Check: 1 person, 0 helpers\n" in ran.out


def test_the_instant_that_it_names_can_be_planned(swingdesk: Callable[..., Any], path: Path, tmp_path: Path) -> None:
    made = swingdesk("import", "log", path, *NAMED, *ZONE, "--json")
    at = json.loads(made.out)["sample_instant"]
    problem = tmp_path / "problem.json"
    ran = swingdesk("export", "problem", "--at", at, "-o", problem)
    assert ran.code == 0, ran.err
    assert json.loads(problem.read_text(encoding="utf-8"))["tasks"]


def test_json_is_one_document(swingdesk: Callable[..., Any], path: Path, tmp_path: Path) -> None:
    ran = swingdesk("import", "log", path, *NAMED, *ZONE, "--json", "--dry-run", "--name", "Claims")
    document = json.loads(ran.out)
    assert ran.code == 0
    assert document["import"]["dry_run"] is True
    assert {finding["rule"]: finding["count"] for finding in document["cleaned"]} == {
        "mixed-fractions": 120, "decimal-id": 30, "unknown-agent": 30, "not-in-order": 11,
    }  # fmt: skip
    assert document["has_starts"] is True
    assert not (tmp_path / "office.sqlite3").exists()


def test_without_starts_it_says_that_handling_is_unknown(swingdesk: Callable[..., Any], path: Path) -> None:
    ran = swingdesk("import", "log", path, *NAMED[:-2], *ZONE)
    assert ran.code == 0, ran.err
    assert "handling-unknown: task types of a log without starts: handling is unknown" in ran.out
    assert "note: the file has a column" not in ran.out
    assert "* estimated, not measured" in ran.out


@pytest.mark.parametrize("option", ["--personal-speed", "--roster=usual", "--attribute=step", "--team=step"])
def test_options_are_taken(swingdesk: Callable[..., Any], path: Path, option: str) -> None:
    ran = swingdesk("import", "log", path, *NAMED, *ZONE, option, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["import"]["tables"]["tasks"]["new"] == 120


HEADER = b"case,step,who,began,ended\n"
LINE = b"C,Check,ana,2025-03-03T09:00:00Z,2025-03-03T09:10:00Z\n"


@pytest.mark.parametrize(
    ("name", "content", "arguments", "message"),
    [
        ("a.csv.gz", gzip.compress(HEADER + LINE * 99, mtime=0)[:-15], NAMED, "is truncated"),
        ("a.xes", BOMB.encode(), (), "has a document type"),
        ("a.xes", BOMB.encode("utf-16"), (), "has a document type"),
        ("a.xes", b"<log><trace>", (), "is no well-formed XML"),
        ("a.xes", b"<html><body>log</body></html>", (), "is XML and no XES log"),
        ("a.csv", HEADER + LINE, (*NAMED[2:], "--case", "matter"), "matter: there is no such column"),
        ("a.csv", HEADER + LINE, NAMED[2:], "name the column with --case"),
        ("a.csv", HEADER + LINE, (*NAMED, "--timezone", "Mars/Olympus"), "--timezone: is 'Mars/Olympus'"),
        ("a.csv", HEADER + LINE.replace(b"Z", b""), NAMED, "--timezone Europe/Madrid"),
        ("a.csv", HEADER, NAMED, "has a header and no rows"),
        ("a.csv", b"", NAMED, "is empty"),
        ("a.csv", HEADER + LINE + LINE.replace(b"2025-03-03T09:10:00Z", b"ten past nine"), NAMED, "row 3: ended: is"),
        ("a.csv", HEADER + LINE.replace(b"09:10", b"08:10"), NAMED, "swapped"),
        ("a.csv", HEADER + LINE.replace(b"ana", b"NOT_SET"), NAMED, "nobody is known"),
        ("a.csv", HEADER + LINE.replace(b"09:10", b"09:00"), NAMED, "no task type takes any time"),
        ("a.csv", HEADER + LINE.replace(b"2025", b"2999"), NAMED, "has no usable row"),
        ("a.csv", HEADER + b"C,Check,ana,one,two,three,four\n", NAMED, "is no table"),
        ("a.xlsx", b"PK\x03\x04", NAMED, "is a zip file or a workbook"),
        ("a.csv", HEADER + LINE, (*NAMED, "--roster", "guess"), "--roster is 'guess'"),
        ("a.csv", HEADER + LINE, (*NAMED, "--lifecycle", "step"), "--start and --lifecycle"),
    ],
)
def test_a_log_that_cannot_be_used_is_refused_and_leaves_nothing(
    swingdesk: Callable[..., Any], tmp_path: Path, name: str, content: bytes, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    ran = swingdesk("import", "log", tmp_path / name, *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_log_that_is_not_there(swingdesk: Callable[..., Any], tmp_path: Path) -> None:
    ran = swingdesk("import", "log", tmp_path / "none.csv", *NAMED)
    assert ran.code == 2
    assert "there is no such file" in ran.err
