"""What a seal digests: equal for equal facts, different for any difference."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from services.audit.chain import GENESIS, SealHead, marks_of, row_digest, seal_digest

NAMES = st.sampled_from(["id", "kind", "task_id", "details", "recorded_at"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.dictionaries(NAMES, VALUES, max_size=5)
HEAD = SealHead(id=3, sealed_at=9, last_event=7, num_events=2, last_change=1, num_changes=0)


def test_the_documented_bytes_are_those_that_are_digested() -> None:
    row = {"position": 5, "id": 5, "kind": "claimed", "task_id": None, "details": {"b": 2.0, "a": [1.5, True]}}
    text = 'events\n{"details":{"a":[1.5,true],"b":2},"id":5,"kind":"claimed"}\n'
    assert row_digest("events", row) == hashlib.sha256(text.encode()).digest()
    digests = [row_digest("events", row), b"\1" * 32]
    head = (
        '{"id":3,"last_change":1,"last_event":7,"num_changes":0,"num_events":2,'
        f'"previous":"{GENESIS}","sealed_at":9}}\n'
    )
    assert seal_digest(GENESIS, HEAD, digests) == hashlib.sha256(head.encode() + b"".join(digests)).hexdigest()
    assert marks_of(digests) == digests[0][:8] + b"\1" * 8


@given(ROWS, ROWS)
def test_digests_are_equal_only_for_equal_rows(one: dict[str, object], other: dict[str, object]) -> None:
    def plain(row: dict[str, object]) -> str:
        kept = {name: value for name, value in row.items() if value is not None}
        return json.dumps(kept, sort_keys=True, default=str)

    if plain(one) == plain(other):
        assert row_digest("events", one) == row_digest("events", other)
    elif _numbers_as_text(one) != _numbers_as_text(other):
        assert row_digest("events", one) != row_digest("events", other)


@given(ROWS)
def test_a_column_without_a_value_and_the_position_change_nothing(row: dict[str, object]) -> None:
    assert row_digest("events", row | {"position": 7, "added_later": None}) == row_digest("events", row)
    assert row_digest("changes", row) != row_digest("events", row)


def test_everything_that_a_seal_says_is_under_its_digest() -> None:
    digest = seal_digest(GENESIS, HEAD, [b"a" * 32, b"b" * 32])
    others = {
        seal_digest(GENESIS, SealHead(**(vars(HEAD) | {name: 99})), [b"a" * 32, b"b" * 32]) for name in vars(HEAD)
    }
    others |= {
        seal_digest("1" * 64, HEAD, [b"a" * 32, b"b" * 32]),
        seal_digest(GENESIS, HEAD, [b"b" * 32, b"a" * 32]),
        seal_digest(GENESIS, HEAD, [b"a" * 32]),
    }
    assert len(others) == len(vars(HEAD)) + 3
    assert digest not in others


def _numbers_as_text(value: object) -> str:
    """Return a text that is the same for what JSON readers may take for the same number."""

    def plain(item: object) -> object:
        if isinstance(item, bool) or item is None or isinstance(item, str):
            return item
        if isinstance(item, int | float):
            return f"#{int(item)}" if float(item).is_integer() else f"#{item!r}"
        if isinstance(item, list):
            return [plain(part) for part in item]
        assert isinstance(item, dict)
        return {key: plain(part) for key, part in item.items()}

    assert isinstance(value, dict)
    return json.dumps({name: plain(item) for name, item in value.items() if item is not None}, sort_keys=True)
