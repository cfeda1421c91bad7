"""Logs that cannot be used: one clear error each."""

import gzip
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from models.errors import InputError
from models.formats.event_logs.log import LogColumns
from models.formats.event_logs.reading import read_event_log
from models.formats.event_logs.unpacking import open_log

NOW = 1_780_000_000
COLUMNS = LogColumns(case="case", type="activity", agent="person", end="end", start="start")
HEADER = b"case,activity,person,start,end\n"
GOOD = HEADER + b"C,a,ana,2026-03-02T08:00:00Z,2026-03-02T09:00:00Z\n"
XES = b'<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">%s</log>'
EVENT = (
    b'<event><string key="concept:name" value="a"/><date key="time:timestamp" value="2026-03-02T08:00:00Z"/></event>'
)


def fail(path: Path, content: bytes, columns: LogColumns | None = COLUMNS, **options: Any) -> str:
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_event_log(path, columns, now=NOW, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (HEADER, "has a header and no rows"),
        (b"a," * 200_000, "begins with a line of more than 100,000 characters"),
        (gzip.compress(GOOD * 50, mtime=0)[:-20], "is truncated"),
        (gzip.compress(GOOD, mtime=0)[:12] + b"\x00garbage\xff" * 5, "cannot be read"),
        (b"PK\x03\x04 and so on", "is a zip file or a workbook"),
        (b"PAR1....", "is a Parquet file"),
        (b"%PDF-1.7", "is a PDF"),
        (GOOD + b"C,b,ana,2026-03-02T08:00:00Z,2026-03-02T09:00:00Z,one too many\n", "is no table: .*line 3, saw 6"),
        (GOOD.replace(b"case,", b"matter,"), "case: there is no such column; there are 'matter', 'activity', 'person'"),
        (GOOD.replace(b"person", b"end"), "the header has this column twice"),
        (b"\x00\x01\x02" * 50, "holds zero bytes"),
        (HEADER + b",a,ana,2026-03-02T08:00:00Z,2026-03-02T09:00:00Z\n", "has no usable row: 1 x rows without a case"),
        (HEADER + b"C,a,ana,,\nC,b,ana,NOT_SET,\n", "has no usable row: 2 x rows without any instant"),
        (HEADER + b"C,a,ana,2026-03-02T09:00:00Z,2026-03-02T08:00:00Z\n" * 1, r"are --start \(start\) and --end"),
    ],
)
def test_a_csv_that_is_none_or_says_nothing(tmp_path: Path, content: bytes, message: str) -> None:
    error = fail(tmp_path / "log.csv", content)
    assert re.search(message, error), error
    assert str(tmp_path / "log.csv") in error


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<log><trace>", "is no well-formed XML"),
        (b"<?xml version='1.0'?><html><body/></html>", "is XML and no XES log: it begins with <html>"),
        (b"<?xml version='1.0'?><html><trace/></html>", "is XML and no XES log: it begins with <html>"),
        (XES % b"", "is an XES log without events"),
        (XES % b"<trace/>", "is an XES log without events"),
        (XES % b'<trace><event><string key="concept:name" value="a"/></event></trace>', "time:timestamp: no event has"),
        (XES % (b"<trace>" + EVENT.replace(b"concept:name", b"name") + b"</trace>"), "concept:name: no event has it"),
        (XES % (b"<trace>" + EVENT.replace(b"2026-03-02T08:00:00Z", b"today") + b"</trace>"), "event 1: .*is 'today'"),
        (gzip.compress(XES % (b"<trace>" + EVENT + b"</trace>"), mtime=0)[:-30], "is truncated|cannot be read"),
    ],
)
def test_an_xes_that_is_none_or_says_nothing(tmp_path: Path, content: bytes, message: str) -> None:
    error = fail(tmp_path / "log.xes", content, None)
    assert re.search(message, error), error


def test_columns_that_nobody_named_are_asked_for_by_their_options(tmp_path: Path) -> None:
    error = fail(tmp_path / "log.csv", GOOD, LogColumns(case="case"))
    for option in ("--activity", "--resource", "--end"):
        assert f"name the column with {option}" in error
    assert "--case" not in error


def test_an_attribute_that_no_event_has(tmp_path: Path) -> None:
    content = XES % (b"<trace>" + EVENT + b"</trace>")
    error = fail(tmp_path / "log.xes", content, LogColumns(due="deadline", attributes=("amount",)))
    assert "deadline: no event has it" in error
    assert "amount: no event has it" in error


def test_every_instant_that_cannot_be_read_is_listed(tmp_path: Path) -> None:
    rows = b"".join(b"C,a,ana,2026-03-02T08:00:00Z,someday %d\n" % number for number in range(30))
    error = fail(tmp_path / "log.csv", HEADER + rows)
    assert "row 2: end: is 'someday 0'; expected an instant" in error
    assert "row 21: end: is 'someday 19'" in error
    assert "... and 10 more" in error


@pytest.mark.parametrize("time_format", ["%Q %", "%", "%d %d"])
def test_a_time_format_that_is_none(tmp_path: Path, time_format: str) -> None:
    message = fail(tmp_path / "log.csv", GOOD, time_format=time_format)
    assert f"time format: is {time_format!r}; expected a strptime format" in message


def test_a_time_zone_that_does_not_exist(tmp_path: Path) -> None:
    error = fail(tmp_path / "log.csv", GOOD, timezone="Europe/Atlantis")
    assert error == "--timezone: is 'Europe/Atlantis'; expected an IANA time zone, such as Europe/Madrid"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere.csv: there is no such file"):
        read_event_log(tmp_path / "nowhere.csv", COLUMNS, now=NOW)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_event_log(tmp_path, COLUMNS, now=NOW)


def test_a_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "log.xlsx", "w") as workbook:
        workbook.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(InputError, match="is a zip file or a workbook; save its sheet as CSV"):
        read_event_log(tmp_path / "log.xlsx", COLUMNS, now=NOW)


def test_a_file_that_unpacks_to_more_than_a_log_can_have(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(XES % (b" " * 3_000_000), mtime=0))
    with (
        pytest.raises(InputError, match="unpacks to more than 1000000 bytes"),
        open_log(path, limit=1_000_000) as stream,
    ):
        stream.read()
