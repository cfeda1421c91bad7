"""The same fault in many cells of a column, told once with all of its rows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.errors import Fault

LEAST_REPEATS = 3
_ROW = "row "


def group_faults(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults with those of one column that hold and want the same as one: `rows 2-37`, and how many cells.

    It stands where the first of them stood. Fewer than `LEAST_REPEATS` are told each by itself.
    """
    listed = list(faults)
    groups: dict[tuple[str, str, str | None, str], list[int]] = {}
    for fault in listed:
        number = _row_number(fault)
        if number is not None:
            groups.setdefault(_key(fault), []).append(number)
    told: set[tuple[str, str, str | None, str]] = set()
    result: list[Fault] = []
    for fault in listed:
        rows = groups.get(_key(fault), [])
        if _row_number(fault) is None or len(rows) < LEAST_REPEATS:
            result.append(fault)
        elif _key(fault) not in told:
            told.add(_key(fault))
            expected = f"{fault.expected} ({len(rows):,} cells)"
            result.append(replace(fault, record=f"rows {_spans(rows)}", expected=expected))
    return result


def _key(fault: Fault) -> tuple[str, str, str | None, str]:
    return fault.file, fault.field, fault.value, fault.expected


def _row_number(fault: Fault) -> int | None:
    number = fault.record.removeprefix(_ROW)
    return int(number) if fault.record.startswith(_ROW) and number.isdecimal() else None


def _spans(rows: Sequence[int]) -> str:
    """Return row numbers with neighbours joined: `2-37, 40, 42-43`."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(f"{first:d}" if first == last else f"{first:d}-{last:d}" for first, last in spans)
