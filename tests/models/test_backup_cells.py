"""Every value of every kind survives its line, and no line that is none is taken."""

import math
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InputError
from models.formats.backups.cells import make_decoder, make_encoder
from models.formats.backups.manifest import Kind, TableShape
from models.time import FIRST_INSTANT, LAST_INSTANT

SHAPE = TableShape(name="all", columns={kind.value: kind for kind in Kind})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
VALUES = {
    Kind.TEXT: st.text(),
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.REAL: st.floats(allow_nan=False),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE: st.dates(),
    Kind.TIME: st.times(),
    Kind.INSTANT: st.integers(FIRST_INSTANT, LAST_INSTANT),
    Kind.BYTES: st.binary(),
    Kind.JSON: JSON,
}


@given(st.tuples(*(st.none() | VALUES[kind] for kind in Kind)))
def test_a_row_comes_back_as_it_was(row: tuple[object, ...]) -> None:
    line = make_encoder(SHAPE)(row)
    assert "\n" not in line
    back = make_decoder(SHAPE, file="f")(line.encode("utf-8", "surrogatepass"), 1)
    assert back == list(row)
    assert [type(value) for value in back] == [type(value) for value in row]


def test_what_is_no_number_comes_back_too() -> None:
    shape = TableShape(name="t", columns={"a": Kind.REAL})
    (back,) = make_decoder(shape, file="f")(make_encoder(shape)([math.nan]).encode(), 1)
    assert math.isnan(back)


def test_a_line_is_what_the_format_says() -> None:
    row = ["é\n", 7, 0.1, True, date(2026, 3, 2), time(8, 30), 1772434800, b"\0\xff", {"b": 1, "a": [None]}]
    said = '["é\\n",7,0.1,true,"2026-03-02","08:30:00",1772434800,"AP8=",{"a":[null],"b":1}]'
    assert make_encoder(SHAPE)(row) == said


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", "7", "a text"),
        ("integer", "true", "a whole number"),
        ("integer", "1.0", "a whole number"),
        ("integer", str(2**63), "a whole number"),
        ("real", '"0x1"', "a number"),
        ("real", "false", "a number"),
        ("boolean", "1", "true or false"),
        ("date", '"2026-02-30"', "day is out of range"),
        ("time", '"8 pm"', "Invalid isoformat"),
        ("instant", str(LAST_INSTANT + 1), "an instant"),
        ("bytes", '"?"', "bytes as Base64"),
        ("bytes", '"\\u00e4"', "."),
    ],
)
def test_a_value_of_another_kind_is_named(kind: str, value: str, expected: str) -> None:
    decode = make_decoder(TableShape(name="t", columns={"a": Kind(kind)}), file="tables/01-t.jsonl")
    with pytest.raises(InputError, match=expected) as refused:
        decode(f"[{value}]".encode(), 1234)
    assert str(refused.value).startswith("tables/01-t.jsonl: line 1,234: a: is ")


@pytest.mark.parametrize("line", [b"", b"{}", b"[1", b"[]", b"[1, 2]", b"[NaN]", b"\xff", b"[" * 100_000])
def test_a_line_that_is_no_row_is_named(line: bytes) -> None:
    with pytest.raises(InputError, match=r"line 3: .*a JSON list of"):
        make_decoder(TableShape(name="t", columns={"a": Kind.JSON}), file="f")(line, 3)
