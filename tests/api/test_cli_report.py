"""`swingdesk report`, as a shell would run it."""

import csv
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "formats" / "report-waiting.md").read_text(encoding="utf-8")
ROWS = [
    "1,Check,ana,2026-03-02T08:00:00,2026-03-02T08:30:00",
    "2,Check,ana,2026-03-02T08:30:00,2026-03-02T09:00:00",
    "2,=Pay,ben,2026-03-02T09:00:00,2026-03-02T09:30:00",
    "1,=Pay,ben,2026-03-02T10:00:00,2026-03-02T10:30:00",
]


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small log, with hours of its people beside it; nothing else is there."""
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'office.sqlite3'}")
    path = tmp_path / "claims.csv"
    path.write_text("\n".join(["case_id,Activity,Resource,start_time,end_time", *ROWS]), encoding="utf-8")
    hours = {"ana": {"mon": [["08:00", "16:00"]]}, "ben": {"mon": [["08:45", "16:00"]]}}
    (tmp_path / "hours.json").write_text(json.dumps(hours), encoding="utf-8")
    return path


@pytest.fixture
def report(swingdesk: Callable[..., Any], log: Path) -> Callable[..., Any]:
    """Report on the log: `report(...)` runs `swingdesk report waiting --log ... --calendar ... ...`."""
    return lambda *options: swingdesk(
        "report", "waiting", "--log", log, "--calendar", log.parent / "hours.json", *options
    )


def test_the_document_has_the_keys_that_its_page_describes(report: Callable[..., Any]) -> None:
    described, _, causes = PAGE.partition("| cause | kinds |")
    cells = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ", described, re.MULTILINE)
    keys = {name for cell in cells for name in re.findall(r"\w+", cell)}
    kinds = dict(re.findall(r"^\| `(\w+)`(?: \(not with `paper`\))? \| (.*?) ?\|$", causes, re.MULTILINE))
    for definitions in ("paper", "pool"):
        ran = report("--definitions", definitions, "--json")
        assert ran.code == 0, ran.err
        document = json.loads(ran.out)
        assert keys == set(document)
        assert set(document["causes"]) == {cause for cause in kinds if definitions == "pool" or cause != "customer"}
        assert sum(document["causes"].values()) == pytest.approx(document["wait_hours"])
        assert document["wait_hours"] == 1.5
    assert {cause: list(parts) for cause, parts in document["details"].items()} == {
        cause: re.findall(r"\w+", told) for cause, told in kinds.items() if told
    }


def test_the_first_screen_says_in_words_what_to_do(report: Callable[..., Any]) -> None:
    ran = report()
    first = ran.out.split("Waiting by cause")[0]
    assert first.startswith("Why tasks waited\nclaims.csv, 2026-03-02 to 2026-03-02: 4 tasks of 2 cases.")
    assert "1. =Pay: Find out what holds it back while its own people are free" in first
    assert "0.8 hours, 50 % of all waiting, of 1 task: who did it in the end was on duty" in first
    assert "2. =Pay: Take it in the order in which it comes, or give it deadlines" in first
    assert "3. =Pay: Roster, or train, somebody for it at the hours when nobody can" in first


def test_evidence_lists_the_rows_of_a_figure(report: Callable[..., Any], tmp_path: Path) -> None:
    ran = report("--evidence", "prioritization", "-o", tmp_path / "rows.csv")
    assert ran.code == 0, ran.err
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 1
    assert rows[0]["type"] == "'=Pay"  # no spreadsheet takes it for a formula
    assert rows[0]["hours waited"] == "1.5"
    assert rows[0]["prioritization"] == "0.5"
    assert rows[0]["longest behind"] == "2-2"
    assert rows[0]["enabled"] == "2026-03-02T08:30:00+00:00"
    wrong = report("--evidence", "weather")
    assert wrong.code == 2
    assert "has no table 'evidence-weather'; it has causes" in wrong.err


def test_the_workbook_has_real_types_and_headers_that_stay(report: Callable[..., Any], tmp_path: Path) -> None:
    assert report("-o", tmp_path / "waiting.xlsx", "-q").out == ""
    book = load_workbook(tmp_path / "waiting.xlsx")
    assert book.sheetnames[:3] == ["Summary", "Waiting by cause", "Kinds of causes"]
    sheet = book["Every task that waited"]
    assert sheet.freeze_panes == "B2"
    cells = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert cells["type"].value == "'=Pay"
    assert cells["type"].data_type == "s"
    assert cells["hours waited"].value == 1.5
    assert cells["start"].value == datetime(2026, 3, 2, 10)  # noqa: DTZ001 - a workbook has no offsets
    told = [str(row[0].value) for row in book["Summary"].iter_rows()]
    assert any(text.startswith("1. =Pay") for text in told)
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_the_page_needs_no_network_and_runs_nothing_but_its_own(report: Callable[..., Any], tmp_path: Path) -> None:
    assert report("-o", tmp_path / "waiting.html").code == 0
    page = (tmp_path / "waiting.html").read_text(encoding="utf-8")
    body = page.split("<main", 1)[1].split("</main>")[0]
    assert "default-src &#39;none&#39;; script-src &#39;sha256-" in page
    assert not re.findall(r'(?:src|href)="(?!#)', page.split("<script>", 1)[0])
    assert body.index("What to do first") < body.index("Waiting by cause")
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert {"evidence", "evidence-extraneous", "evidence-prioritization"} <= links
    assert links <= set(re.findall(r'id="([^"]+)"', page))
    assert "<script>=Pay" not in page
    assert "processing / (processing + waiting - waiting of the cause)" in body


def test_a_name_is_shown_as_it_is_and_never_as_markup(swingdesk: Callable[..., Any], log: Path) -> None:
    log.write_text(log.read_text(encoding="utf-8").replace("=Pay", "<img src=x onerror=alert(1)>"), encoding="utf-8")
    out = log.parent / "waiting.html"
    assert swingdesk("report", "waiting", "--log", log, "-o", out, "-q").code == 0
    assert "<img src=x" not in out.read_text(encoding="utf-8").split("<main", 1)[1].split("figures-data")[0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--definitions", "mine"), "--definitions is 'mine'; expected paper or pool"),
        (("--option", "annual=yes"), "takes no --annual"),
        (("--option", "annual"), "expected NAME=VALUE"),
        (("-o", "waiting.pdf"), "expected a name that ends in .html or .xlsx"),
        (("--table", "causes", "--evidence", "batching"), "does not go with --table"),
        (("--timezone", "Madrid"), "an IANA time zone"),
        (("--type", "Pray"), "there is no such task type"),
    ],
)
def test_what_makes_no_sense_is_refused(report: Callable[..., Any], options: tuple[str, ...], told: str) -> None:
    ran = report(*options)
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""


def test_nothing_is_written_over_what_is_read(swingdesk: Callable[..., Any], log: Path) -> None:
    ran = swingdesk("report", "waiting", "--log", log, "-o", log)
    assert ran.code == 2
    assert "is the log itself" in ran.err


def test_options_of_a_log_want_one(swingdesk: Callable[..., Any], log: Path) -> None:
    ran = swingdesk("report", "waiting", "--timezone", "UTC", "--case", "case_id")
    assert ran.code == 2
    assert "--timezone and columns: only of a log" in ran.err
    missing = swingdesk("report", "waiting", "--log", log.parent / "none.csv")
    assert missing.code == 2
    assert "there is no such file" in missing.err


def test_reports_are_listed_and_unknown_ones_refused(swingdesk: Callable[..., Any], log: Path) -> None:
    listed = swingdesk("report")
    assert re.search(r"^waiting +why tasks waited", listed.out, re.MULTILINE)
    ran = swingdesk("report", "weather", "--log", log)
    assert ran.code == 2
    assert "there is no report 'weather'; there are waiting" in ran.err
