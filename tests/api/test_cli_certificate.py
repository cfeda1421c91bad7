"""`swingdesk certificate` on the terminal."""

import json
import re
from pathlib import Path
from typing import Any

PROBLEM = Path(__file__).parents[1] / "data" / "problem.json"


def write(folder: Path, *, late: bool) -> Path:
    """Write the sample without what is too late; with `late`, with two hours of work due in one."""
    document = json.loads(PROBLEM.read_text(encoding="utf-8"))
    document["tasks"] = [task for task in document["tasks"] if task["id"] in {"T1", "T2", "T7"}]
    for task in document["tasks"]:
        task.pop("after", None)
        task.pop("separate_from", None)
    if late:
        kind = document["task_types"][0]["id"]
        document["tasks"] += [
            {
                "id": f"U{n}",
                "type": kind,
                "arrived": document["now"],
                "due": "2026-03-02T10:00:00+00:00",
                "handling_minutes": 50,
            }
            for n in range(12)
        ]
    path = folder / "problem.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_what_holds_ends_with_0(swingdesk: Any, tmp_path: Path) -> None:
    ran = swingdesk("certificate", write(tmp_path, late=False), "--timezone", "Europe/Madrid")
    assert ran.code == 0, ran
    assert ran.out.startswith("No breach that arises from too few hours")
    assert "overdue before 09:00: 1 (T7)" in ran.out
    assert re.search(r"^set of skills +people +10:00 +11:00 +can wait +start by$", ran.out, re.MULTILINE)


def test_a_breach_ends_with_1_and_its_sentence(swingdesk: Any, tmp_path: Path) -> None:
    ran = swingdesk("certificate", write(tmp_path, late=True), "--hours", 2, "--top", 1)
    assert ran.code == 1, ran
    assert ran.out.startswith("First breach that nobody can avoid: by 10:00.\n")
    assert re.search(
        r"h of (such )?work are due by 10:00; .* h will be late whatever you do, at least \d+ of \d+", ran.out
    )
    assert "too late\n" in ran.out
    assert "more slack; --top N shows more" in ran.out


def test_what_is_too_late_even_if_done_first_is_the_headline(swingdesk: Any) -> None:
    ran = swingdesk("certificate", PROBLEM)
    assert ran.code == 1, ran
    headline, rest, *_ = ran.out.splitlines()
    assert headline == "1 task will be late whatever you do, even if it is done first: T6."
    assert rest.startswith("No further breach that arises from too few hours: of the tasks counted,")


def test_what_is_too_late_stands_beside_a_breach(swingdesk: Any, tmp_path: Path) -> None:
    path = write(tmp_path, late=True)
    document = json.loads(path.read_text(encoding="utf-8"))
    some = next(task for task in document["tasks"] if task["id"] == "U0")
    document["tasks"] += [some | {"id": f"V{n}", "due": "2026-03-02T08:05:00+00:00"} for n in range(10)]
    path.write_text(json.dumps(document), encoding="utf-8")
    ran = swingdesk("certificate", path)
    assert ran.code == 1, ran
    assert ran.out.startswith("First breach that nobody can avoid: by 10:00.\n")
    assert "\n10 tasks will be late whatever you do besides, even if each is done first: V0, V1," in ran.out
    assert "V7 and 2 more.\n" in ran.out
    assert not re.search("no (further )?breach", ran.out, re.IGNORECASE)


def test_json_is_one_document(swingdesk: Any, tmp_path: Path) -> None:
    ran = swingdesk("certificate", write(tmp_path, late=True), "--json")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert told["holds"] is False
    assert told["breaches"][0]["short_hours"] > 0
    assert ran.err == ""


def test_bad_input_ends_with_2(swingdesk: Any, tmp_path: Path) -> None:
    ran = swingdesk("certificate", tmp_path / "none.json")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no such file" in ran.err
    ran = swingdesk("certificate", PROBLEM, "--timezone", "Mars/Olympus")
    assert (ran.code, ran.out) == (2, "")
    assert "--timezone is 'Mars/Olympus'; expected an IANA time zone" in ran.err
