"""Logs in XES."""

import gzip
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from models.errors import InputError
from models.formats.event_logs.log import EventLog, LogColumns, LogRule
from models.formats.event_logs.reading import read_event_log
from models.time import parse_instant

NOW = parse_instant("2026-06-01T00:00:00+00:00")
NAMESPACE = ' xmlns="http://www.xes-standard.org/"'


def event(name: str, transition: str | None, instant: str, person: str | None = "ana", **others: str) -> str:
    cells = {"concept:name": name, "lifecycle:transition": transition, "org:resource": person, **others}
    strings = "".join(f'<string key="{key}" value="{cell}"/>' for key, cell in cells.items() if cell is not None)
    return f'<event>{strings}<date key="time:timestamp" value="{instant}"/></event>'


def trace(name: str | None, *events: str, **attributes: str) -> str:
    named = {"concept:name": name, **attributes}
    strings = "".join(f'<string key="{key}" value="{cell}"/>' for key, cell in named.items() if cell is not None)
    return f"<trace>{strings}{''.join(events)}</trace>"


def write(path: Path, *traces: str, namespace: str = NAMESPACE) -> Path:
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><!-- a log -->\n<log xes.version="1.0"{namespace}>'
        '<extension name="Concept" prefix="concept" uri="http://nowhere.invalid/concept.xesext"/>'
        '<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>'
        '<float key="meta"><float key="nested" value="1"/></float>'
        f"{''.join(traces)}</log>",
        encoding="utf-8",
    )
    return path


def read(path: Path, columns: LogColumns | None = None) -> EventLog:
    return read_event_log(path, columns, now=NOW)


def counts(log: EventLog) -> dict[str, int]:
    return {finding.rule: finding.count for finding in log.findings}


LIFE = trace(
    "C1",
    event("A_SUBMITTED", "COMPLETE", "2026-03-02T09:00:00.000+01:00", "112"),
    event("check", "SCHEDULE", "2026-03-02T09:00:01.000+01:00", "112"),
    event("check", "START", "2026-03-02T10:00:00.000+01:00"),
    event("check", "COMPLETE", "2026-03-02T10:20:00.000+01:00"),
    event("check", "START", "2026-03-02T11:00:00.000+01:00", None),
    event("check", "COMPLETE", "2026-03-02T11:05:00.000+01:00", None),
    event("check", "COMPLETE", "2026-03-02T11:06:00.000+01:00", "bob"),
    event("pay", "SCHEDULE", "2026-03-02T11:07:00.000+01:00"),
)


@pytest.mark.parametrize("namespace", [NAMESPACE, "", ' xmlns="http://www.xes-standard.org/2016"'])
def test_a_lifecycle_is_paired_without_any_option(tmp_path: Path, namespace: str) -> None:
    log = read(write(tmp_path / "log.xes", LIFE, namespace=namespace))
    assert log.has_starts
    assert log.num_records == 8
    frame = log.frame.fillna({"agent": "-"})
    assert frame["type"].tolist() == ["A_SUBMITTED", "check", "check", "check", "pay"]
    assert frame["agent"].tolist() == ["112", "ana", "-", "bob", "-"]
    assert frame["enabled"].dt.strftime("%H:%M:%S").tolist() == [
        "08:00:00", "08:00:01", "09:20:00", "10:05:00", "10:07:00",
    ]  # fmt: skip
    assert frame["outcome"].tolist() == ["done", "done", "done", "done", "open"]
    assert counts(log) == {
        LogRule.GUESSED_ZONE: 1,
        LogRule.COMPLETE_WITHOUT_START: 1,
        LogRule.SCHEDULE_WITHOUT_START: 1,
        LogRule.UNFINISHED: 1,
        LogRule.UNKNOWN_AGENT: 1,
    }


def test_completions_alone_have_no_starts(tmp_path: Path) -> None:
    path = write(
        tmp_path / "log.xes",
        trace("C1", event("a", None, "2026-03-02T08:00:00Z"), event("b", None, "2026-03-02T09:00:00Z")),
    )
    log = read(path)
    assert not log.has_starts
    assert log.frame["start"].isna().all()
    assert log.frame["enabled"].tolist() == [pd.Timestamp("2026-03-02T08:00Z")] * 2


def test_a_trace_without_a_name_is_a_case_of_its_own(tmp_path: Path) -> None:
    some = [event("a", "complete", "2026-03-02T08:00:00Z")]
    log = read(write(tmp_path / "log.xes", trace(None, *some), trace(None, *some)))
    assert log.frame["case"].tolist() == ["trace 1", "trace 2"]


def test_attributes_of_traces_and_events_are_found_by_their_keys(tmp_path: Path) -> None:
    path = write(
        tmp_path / "log.xes",
        trace("C1", event("a", "complete", "2026-03-02T08:00:00Z", amount="12"), came="2026-03-01T08:00:00Z"),
    )
    columns = LogColumns(case_start="case:came", attributes=("amount",))
    log = read(path, columns)
    assert log.frame["enabled"].tolist() == [pd.Timestamp("2026-03-01T08:00Z")]
    assert log.frame["attr.amount"].tolist() == ["12"]


def test_suspended_time_is_no_handling(tmp_path: Path) -> None:
    path = write(
        tmp_path / "log.xes",
        trace(
            "C1",
            event("a", "start", "2026-03-02T08:00:00Z"),
            event("a", "suspend", "2026-03-02T08:10:00Z"),
            event("a", "resume", "2026-03-02T09:00:00Z"),
            event("a", "complete", "2026-03-02T09:05:00Z"),
        ),
    )
    log = read(path)
    assert log.frame["paused_s"].tolist() == [3000.0]
    assert log.pauses.to_numpy().tolist() == [
        ["C1-1", pd.Timestamp("2026-03-02T08:10Z"), pd.Timestamp("2026-03-02T09:00Z")]
    ]


def test_a_transition_of_no_standard_is_counted_and_left_out(tmp_path: Path) -> None:
    path = write(
        tmp_path / "log.xes",
        trace("C1", event("a", "complete", "2026-03-02T08:00:00Z"), event("a", "reflect", "2026-03-02T09:00:00Z")),
    )
    log = read(path)
    assert len(log.frame) == 1
    assert counts(log)[LogRule.UNKNOWN_TRANSITION] == 1


MEASURE = """
import resource, sys
from models.formats.event_logs.reading import read_event_log
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
log = read_event_log(sys.argv[1], now=1780000000)
print(len(log.frame), log.num_records, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_stays_small_for_one_endless_trace(tmp_path: Path) -> None:
    line = event("a", "complete", "2026-03-02T08:00:00Z") + " " * 4000
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(f"<log{NAMESPACE}>{trace('C', line * 25_000)}</log>".encode()))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, check=True, text=True, cwd=Path.cwd()
    )
    num_instances, num_records, grown_kb = (int(word) for word in done.stdout.split())
    assert (num_instances, num_records) == (1, 25_000)
    assert grown_kb < 60_000  # the file unpacks to 100 MB, its tree would take more


BOMB = "".join(f'<!ENTITY x{level} "{f"&x{level - 1};" * 10}">' for level in range(1, 10))


ONE = '<trace><event><string key="concept:name" value="&x9;"/></event></trace>'
PROLOG = '<?xml version="1.0"?>'


@pytest.mark.parametrize(
    "document",
    [
        f'{PROLOG}<!DOCTYPE log [<!ENTITY x0 "ha">{BOMB}]><log>{ONE}</log>',
        f'{PROLOG}<!DOCTYPE log [<!ENTITY x0 "ha">{BOMB}]><log><trace><event>&x9;</event></trace></log>',
        f'{PROLOG}<!-- {"x" * 200_000} --><!DOCTYPE log [<!ENTITY x9 "ha">]><log>{ONE}</log>',
        '<!DOCTYPE log SYSTEM "http://nowhere.invalid/log.dtd"><log/>',
        '<!DOCTYPE log [<!ENTITY secret SYSTEM "file:///etc/passwd">]><log><trace><event>&secret;</event></trace></log>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_anything_expands(tmp_path: Path, document: str, encoding: str) -> None:
    path = tmp_path / "log.xes"
    text = document if encoding == "utf-8" else document.replace(PROLOG, "")
    path.write_bytes(text.encode(encoding))
    with pytest.raises(InputError, match="document type"):
        read(path)
