"""Names of sheets: each is one that XlsxWriter takes, and no two are alike, whatever people are called."""

import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.formats.sheets.naming import MOST_UNITS, SheetNames
from models.formats.sheets.writing import new_workbook

FACE = "\N{GRINNING FACE}"
WANTED = st.text(st.sampled_from(["a", "B", "'", " ", ":", "/", "\0", "1", "\u00df", FACE]), max_size=40)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (FACE * 16, FACE * 15),
        (f"{FACE * 15}ab", f"{FACE * 15}a"),
        ("x" * 40, "x" * 31),
        (f"{'x' * 30}{FACE}", "x" * 30),
        ("'a/b'", "a-b"),
        (f"{'x' * 30}''", "x" * 30),
        (" ' ", "Sheet"),
        ("history", "history 2"),
        ("summary", "summary 2"),
    ],
)
def test_a_name_is_as_near_to_what_is_wanted_as_sheets_allow(wanted: str, expected: str) -> None:
    assert SheetNames("Summary", instead="-").choose(wanted) == expected


def test_the_second_of_a_name_is_numbered_within_what_a_name_may_have() -> None:
    names = SheetNames(instead=" ")
    chosen = [names.choose(FACE * 20) for _ in range(10)]
    assert chosen[:2] == [FACE * 15, f"{FACE * 14} 2"]
    assert chosen[-1] == f"{FACE * 14} 10"


@given(st.lists(WANTED, min_size=1, max_size=6))
def test_every_name_is_taken_by_a_workbook(wanted: Sequence[str]) -> None:
    names = SheetNames(instead=" ")
    book = new_workbook(io.BytesIO())
    for name in wanted:
        chosen = names.choose(name)
        assert len(chosen.encode("utf-16-le")) // 2 <= MOST_UNITS
        assert book.add_worksheet(chosen).name == chosen
