"""Reading and cleaning logs: a small one that shows every trap seen in real ones."""

import gzip
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputError
from models.formats.event_logs.log import LOG_RULES, EventLog, LogColumns, LogRule
from models.formats.event_logs.reading import read_event_log
from models.time import parse_instant

NOW = parse_instant("2026-06-01T00:00:00+00:00")
COLUMNS = LogColumns(case="case", type="activity", agent="person", end="end", start="start")
HEADER = "case,activity,person,start,end"
TRAPS = [
    "C1,Check claim,11201,2026-03-02T08:00:00.250,2026-03-02T08:10:00",  # fractions and none
    "C1,Pay claim,11201.0,2026-03-02T09:00:00,2026-03-02T09:05:00",  # a decimal id
    "C2,Check claim ,NOT_SET,2026-03-02T08:30:00,2026-03-02T08:40:00",  # nobody, a space too many; time goes back
    "C2,Pay  claim,,2026-03-02T08:45:00,2026-03-02T08:45:00",  # no length
    "C3,Check claim,10861,2026-03-02T08:50:00+00:00,2026-03-02T09:50:00+00:00",  # with an offset
    "C3,Pay claim,10861,2026-03-02T11:00:00,2026-03-02T10:00:00",  # ends before it starts
    "C3,Pay claim,10861,2026-03-02T11:00:00,2026-03-02T10:00:00",  # twice
    ",Check claim,10861,2026-03-02T12:00:00,2026-03-02T12:10:00",  # no case
    "C4,,10861,2026-03-02T12:00:00,2026-03-02T12:10:00",  # no type
    "C4,Check claim,10861,2026-03-02T12:00:00,2031-03-02T12:10:00",  # an end in the future
    "C5,Check claim,10861,,",  # nothing to place it
    "C5,Check claim,10861,1970-01-01T00:00:00,2026-03-03T10:00:00",  # a placeholder
    "C6,Check claim,10861,2026-03-02T13:00:00,2026-03-02T13:20:00",
    "C6,Pay claim,10861,2026-03-02T13:10:00,2026-03-02T13:30:00",  # overlaps
]


def write(path: Path, lines: list[str], header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def read(path: Path, columns: LogColumns | None = COLUMNS, *, timezone: str | None = "Europe/Madrid") -> EventLog:
    return read_event_log(path, columns, now=NOW, timezone=timezone)


def counts(log: EventLog) -> dict[str, int]:
    return {finding.rule: finding.count for finding in log.findings}


def row(log: EventLog, instance: str, *, by: str = "id") -> dict[str, Any]:
    found = log.frame[log.frame[by] == instance]
    assert len(found) == 1
    return dict(found.iloc[0])


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def test_every_trap_is_cleaned_and_counted(tmp_path: Path) -> None:
    log = read(write(tmp_path / "log.csv", TRAPS))
    assert counts(log) == {
        LogRule.MIXED_FRACTIONS: 1,
        LogRule.MIXED_OFFSETS: 23,
        LogRule.PLACEHOLDER_INSTANT: 1,
        LogRule.SPELLING: 2,
        LogRule.DECIMAL_ID: 1,
        LogRule.BLANK_CASE: 1,
        LogRule.BLANK_TYPE: 1,
        LogRule.FUTURE: 1,
        LogRule.NO_INSTANT: 1,
        LogRule.NOT_IN_ORDER: 2,
        LogRule.DUPLICATE: 1,
        LogRule.END_BEFORE_START: 1,
        LogRule.ZERO_LENGTH: 1,
        LogRule.COMPLETE_WITHOUT_START: 1,
        LogRule.UNFINISHED: 1,
        LogRule.UNKNOWN_AGENT: 2,
    }
    assert log.num_records == len(TRAPS)
    assert len(log.frame) == 10
    assert sorted(log.frame["type"].unique()) == ["Check claim", "Pay claim"]
    assert sorted(log.frame["agent"].dropna().unique()) == ["10861", "11201"]


def test_examples_name_rows_as_a_spreadsheet_does(tmp_path: Path) -> None:
    log = read(write(tmp_path / "log.csv", TRAPS))
    examples = {finding.rule: finding.examples for finding in log.findings}
    assert examples[LogRule.BLANK_CASE] == ("row 9",)
    assert examples[LogRule.DUPLICATE] == ("row 8",)
    assert examples[LogRule.DECIMAL_ID] == ("'11201.0'",)
    assert all(finding.meaning == LOG_RULES[LogRule(finding.rule)] for finding in log.findings)


def test_instants_are_read_in_their_zone_or_in_the_one_given(tmp_path: Path) -> None:
    log = read(write(tmp_path / "log.csv", TRAPS))
    assert row(log, "C1-1")["start"] == at("2026-03-02T07:00:00.250Z")
    assert row(log, "C3-1")["start"] == at("2026-03-02T08:50:00Z")
    assert log.zone_name == "Europe/Madrid"


def test_what_ends_before_it_starts_is_an_instant_at_its_end(tmp_path: Path) -> None:
    found = row(read(write(tmp_path / "log.csv", TRAPS)), "C3-2")
    assert pd.isna(found["start"])
    assert found["end"] == at("2026-03-02T09:00:00Z")
    assert found["outcome"] == "done"


def test_work_is_enabled_by_the_latest_end_before_it_in_its_case(tmp_path: Path) -> None:
    lines = [
        "C,a,ana,2026-03-02T08:00,2026-03-02T09:00",
        "C,b,ana,2026-03-02T08:30,2026-03-02T08:40",
        "C,c,ana,2026-03-02T08:50,2026-03-02T10:00",
        "C,d,ana,2026-03-02T09:00,2026-03-02T09:00",
        "C,e,ana,2026-03-02T09:00,2026-03-02T09:30",
    ]
    log = read(write(tmp_path / "log.csv", lines), timezone="UTC")
    enabled = {row["type"]: row["enabled"] for row in log.frame.to_dict("records")}
    assert enabled == {
        "a": at("2026-03-02T08:00Z"),
        "b": at("2026-03-02T08:30Z"),
        "c": at("2026-03-02T08:40Z"),
        "d": at("2026-03-02T09:00Z"),
        "e": at("2026-03-02T09:00Z"),
    }
    assert log.frame.set_index("type")["enabled_by"].to_dict() == {
        "a": "nothing", "b": "nothing", "c": "case", "d": "case", "e": "case",
    }  # fmt: skip


def test_completions_that_come_together_enable_each_other_not(tmp_path: Path) -> None:
    lines = ["C,a,ana,2026-03-02T08:00", "C,b,ana,2026-03-02T09:00", "C,c,bob,2026-03-02T09:00"]
    columns = LogColumns(case="case", type="activity", agent="person", end="end")
    log = read(write(tmp_path / "log.csv", lines, "case,activity,person,end"), columns, timezone="UTC")
    assert not log.has_starts
    assert log.frame["start"].isna().all()
    enabled = dict(zip(log.frame["type"], log.frame["enabled"], strict=True))
    assert enabled["b"] == enabled["c"] == at("2026-03-02T08:00Z")


def test_unfinished_work_leaves_the_queue_with_the_last_event_of_its_case(tmp_path: Path) -> None:
    lines = [
        "C,a,ana,2026-03-02T08:00,",
        "C,b,ana,2026-03-02T08:30,2026-03-02T08:40",
        "D,a,ana,2026-03-02T08:00,",
    ]
    log = read(write(tmp_path / "log.csv", lines), timezone="UTC")
    assert row(log, "C-1")["closed"] == at("2026-03-02T08:40Z")
    assert row(log, "C-1")["outcome"] == "dropped"
    assert pd.isna(row(log, "D-1")["closed"])
    assert row(log, "D-1")["outcome"] == "open"


def test_columns_of_the_log_go_before_what_would_be_derived(tmp_path: Path) -> None:
    header = "case,activity,person,start,end,ready,due,team,came in,amount"
    lines = [
        "C,a,ana,2026-03-02T08:00,2026-03-02T09:00,2026-03-02T07:00,2026-03-03,East,2026-03-01T08:00,12",
        "C,b,ana,2026-03-02T10:00,2026-03-02T11:00,2026-03-02T10:30,2026-03-04T12:00,EMPTY,2026-03-01T08:00,",
        "D,a,ana,2026-03-02T12:00,2026-03-02T13:00,,,East,2026-03-02T08:00,7",
    ]
    columns = LogColumns(
        case="case", type="activity", agent="person", start="start", end="end", enabled="ready", due="due", team="team",
        case_start="came in", attributes=("amount",),
    )  # fmt: skip
    log = read(write(tmp_path / "log.csv", lines, header), columns, timezone="UTC")
    frame = log.frame
    assert row(log, "C-1")["enabled"] == at("2026-03-02T07:00Z")
    assert row(log, "C-1")["due"] == at("2026-03-03T23:59:59Z")
    assert row(log, "C-2")["enabled"] == at("2026-03-02T10:00Z")  # enabled after its start cannot be
    assert row(log, "D-1")["enabled"] == at("2026-03-02T08:00Z")  # the case's arrival
    assert frame["team"].fillna("-").tolist() == ["East", "-", "East"]
    assert frame["attr.amount"].fillna("-").tolist() == ["12", "-", "7"]
    assert counts(log)[LogRule.ENABLED_AFTER_START] == 1
    assert counts(log)[LogRule.NO_TIME_OF_DAY] == 1


def test_an_hour_that_the_clocks_show_twice_is_the_second_where_the_first_cannot_be(tmp_path: Path) -> None:
    lines = ["C,a,ana,2025-10-26T02:50,2025-10-26T02:10", "C,b,ana,2025-10-26T02:10,2025-10-26T02:50"]
    log = read(write(tmp_path / "log.csv", lines))
    one, other = row(log, "a", by="type"), row(log, "b", by="type")
    assert one["end"] - one["start"] == pd.Timedelta(minutes=20)
    assert other["end"] - other["start"] == pd.Timedelta(minutes=40)


def test_names_that_differ_by_case_are_two_and_said_to_be(tmp_path: Path) -> None:
    lines = ["C,a,test,2026-03-02T08:00,2026-03-02T09:00", "C,a,TEST,2026-03-02T09:00,2026-03-02T10:00"]
    log = read(write(tmp_path / "log.csv", lines))
    assert log.frame["agent"].tolist() == ["test", "TEST"]
    assert any("'TEST' and 'test'" in hint for hint in log.hints)


def test_a_column_of_starts_that_nobody_named_is_pointed_out(tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", TRAPS[:2])
    log = read(path, LogColumns(case="case", type="activity", agent="person", end="end"))
    assert any("--start start" in hint for hint in log.hints)
    assert read(path).hints == ()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_are_recognised(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = [HEADER, "C1,Prüfen,José,2026-03-02T08:00:00,2026-03-02T08:10:00"]
    path = tmp_path / "log.csv"
    path.write_bytes("\n".join(line.replace(",", separator) for line in lines).encode(encoding))
    log = read(path)
    assert log.frame[["type", "agent"]].to_numpy().tolist() == [["Prüfen", "José"]]
    assert (LogRule.ENCODING in counts(log)) == (encoding == "cp1252")


def test_a_gzipped_log_is_read_whatever_its_name(tmp_path: Path) -> None:
    plain = read(write(tmp_path / "log.csv", TRAPS))
    packed = tmp_path / "log.bin"
    packed.write_bytes(gzip.compress((tmp_path / "log.csv").read_bytes()))
    pd.testing.assert_frame_equal(plain.frame, read(packed).frame)


def test_a_csv_with_the_names_of_xes_needs_none(tmp_path: Path) -> None:
    header = "case:concept:name,concept:name,org:resource,lifecycle:transition,time:timestamp"
    lines = [
        "C,a,ana,schedule,2026-03-02T07:00:00+01:00",
        "C,a,ana,start,2026-03-02T08:00:00+01:00",
        "C,a,ana,complete,2026-03-02T09:00:00+01:00",
    ]
    log = read(write(tmp_path / "log.csv", lines, header), None, timezone=None)
    assert log.frame[["enabled", "start", "end"]].iloc[0].tolist() == [
        at("2026-03-02T06:00Z"), at("2026-03-02T07:00Z"), at("2026-03-02T08:00Z"),
    ]  # fmt: skip
    assert log.zone_name == "Europe/Berlin"
    assert counts(log) == {LogRule.GUESSED_ZONE: 1}


def test_ids_of_the_log_are_kept_where_each_instance_has_its_own(tmp_path: Path) -> None:
    header = "case:concept:name,concept:name,org:resource,time:timestamp,concept:instance"
    lines = ["C,a,ana,2026-03-02T08:00:00Z,i-7", "C,a,ana,2026-03-02T08:00:00Z,i-8"]
    log = read(write(tmp_path / "log.csv", lines, header), None, timezone=None)
    assert log.frame["id"].tolist() == ["i-7", "i-8"]  # the same but for the id: no duplicate


def test_without_an_offset_a_zone_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"row 2: end: is .2026-03-02T08:10:00.; expected .*--timezone") as caught:
        read(write(tmp_path / "log.csv", TRAPS), timezone=None)
    assert len(caught.value.faults) == 1


@settings(max_examples=15, deadline=None)
@given(st.permutations(TRAPS))
def test_the_order_of_rows_does_not_matter(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    folder = tmp_path_factory.mktemp("log")
    one, other = read(write(folder / "one.csv", TRAPS)), read(write(folder / "other.csv", lines))
    pd.testing.assert_frame_equal(one.frame, other.frame)
    assert {**counts(one), LogRule.NOT_IN_ORDER: 0} == {**counts(other), LogRule.NOT_IN_ORDER: 0}


MOMENTS = ["", "2026-03-02T08:00:00", "2026-03-02T09:30:00.5", "2026-03-02T10:00+01:00", "2031-01-01", "1900-01-01"]
SOUND = [f"C{case},a,ana,2026-03-02T07:00:00,2026-03-02T08:00:00" for case in range(10)]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["C0", "C1", " C1", ""]),
            st.sampled_from(["a", "b ", ""]),
            st.sampled_from(["ana", "1.0", "?"]),
            st.sampled_from(MOMENTS),
            st.sampled_from(MOMENTS),
        ),
        max_size=8,
    )
)
def test_rows_are_kept_or_counted_and_instants_keep_their_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    lines = SOUND + [",".join(row) for row in rows]
    log = read(write(tmp_path_factory.mktemp("log") / "log.csv", lines))
    found = counts(log)
    left_out = (LogRule.BLANK_CASE, LogRule.BLANK_TYPE, LogRule.NO_INSTANT, LogRule.DUPLICATE)
    assert len(log.frame) + sum(found.get(rule, 0) for rule in left_out) == log.num_records
    assert log.frame["id"].is_unique
    for earlier, later in (("enabled", "start"), ("start", "end"), ("enabled", "end"), ("end", "closed")):
        is_both = log.frame[earlier].notna() & log.frame[later].notna()
        assert (log.frame[earlier][is_both] <= log.frame[later][is_both]).all()
    assert log.frame["enabled"].notna().all()
