"""Names and ids of a log's text cells: white space, decimals that spreadsheets make of ids, placeholders."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.formats.event_logs.instants import NULLS

PLACEHOLDERS = NULLS | {
    "notset",
    "n.a.",
    "nil",
    "unknown",
    "undefined",
    "missing",
    "empty",
    "unassigned",
    "nobody",
    "--",
    "?",
}
"""What systems write for nobody, in any case of letters; also for no team."""

_DECIMAL_ID = re.compile(r"\d+\.0+")


@dataclass(frozen=True, kw_only=True)
class CleanLabels:
    """A column of names.

    Attributes
    ----------
    names
        The distinct clean names, sorted.
    codes : (N,) int64
        Position of each cell's name; -1 where there is none.
    respelled, decimals, placeholders
        Number of cells: changed in white space; turned back from a decimal; not blank and still nobody.
    examples
        For each of the three, some of what was written.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int64]
    respelled: int
    decimals: int
    placeholders: int
    examples: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def clean_labels(cells: pd.Series, *, is_id: bool, placeholders: frozenset[str] = NULLS) -> CleanLabels:
    """Return the names of text cells: white space made single and trimmed, characters composed (NFC).

    With `is_id`, `10861.0` is `10861`. Letters keep their case: two names that differ by it may be two things.
    """
    codes, written = pd.factorize(cells.fillna(""))
    counts = np.bincount(codes, minlength=len(written)) if len(written) else np.zeros(0, dtype=np.int64)
    cleaned: list[str | None] = []
    changed: tuple[list[str], list[str], list[str]] = ([], [], [])
    num_changed = [0, 0, 0]
    for text, count in zip(written, counts, strict=True):
        name = unicodedata.normalize("NFC", " ".join(str(text).split()))
        kinds = [0] if name != text and name else []
        if is_id and _DECIMAL_ID.fullmatch(name):
            name = name.split(".", maxsplit=1)[0]
            kinds.append(1)
        is_nothing = name.casefold() in placeholders
        if is_nothing:
            kinds = [2] if name else []
        for kind in kinds:
            num_changed[kind] += int(count)
            changed[kind].append(str(text))
        cleaned.append(None if is_nothing else name)
    names = tuple(sorted({name for name in cleaned if name is not None}))
    positions = {name: position for position, name in enumerate(names)}
    of_written = np.array([-1 if name is None else positions[name] for name in cleaned], dtype=np.int64)
    examples = tuple(tuple(repr(text) for text in sorted(texts)) for texts in changed)
    return CleanLabels(
        names=names,
        codes=of_written[codes] if len(of_written) else np.zeros(0, dtype=np.int64),
        respelled=num_changed[0],
        decimals=num_changed[1],
        placeholders=num_changed[2],
        examples=(examples[0], examples[1], examples[2]),
    )


def names_alike(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the groups of names that differ by the case of their letters only."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.casefold(), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]
