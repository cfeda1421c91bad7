"""Ways through a process: which step follows which, and how often a case comes back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

LEAST_CASES = 50
"""With fewer cases that begin alike, they go on as those of all beginnings do."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The way of cases that begin with the same task type.

    Attributes
    ----------
    start
        That type.
    num_cases
        Cases that began so while it was watched.
    branches
        Probabilities of the next type, by type; what they leave over leaves the process.
    rework_share
        Part of the steps whose type their case had before.
    """

    start: str
    num_cases: int
    branches: Mapping[str, Mapping[str, float]]
    rework_share: float


def find_flows(steps: pd.DataFrame, *, start: float, until: float) -> tuple[list[Flow], pd.DataFrame]:
    """Return the flows of cases that have several steps, and which cases of the watched time go through one.

    A case goes from step to step by chances that depend on the step alone, in the order in which steps were enabled.
    A step that is still open has no next one yet and tells nothing.

    Parameters
    ----------
    steps
        Tasks with a case: `id`, `case`, `type`, `enabled`, `started`, `closed` (epoch seconds, NaN where not yet).
    start, until
        Cases that begin in `[start, until)` are counted.

    Returns
    -------
    flows, of_case
        `of_case` gives for each case that began while it was watched its first type and its instant: columns `type`,
        `at`, by case; of flows alone.
    """
    ordered = steps.sort_values(["case", "enabled", "started", "closed", "id"], kind="stable", na_position="last")
    follows = ordered.groupby("case", sort=False)["type"].shift(-1)
    opens = ordered.groupby("case", sort=False).head(1)
    first_type = ordered["case"].map(opens.set_index("case")["type"])
    is_told = ordered["closed"].notna() & (ordered["closed"] >= start)
    pooled = _count(ordered["type"][is_told], follows[is_told])
    began = opens[(opens["enabled"] >= start) & (opens["enabled"] < until)]
    is_again = ordered.duplicated(["case", "type"])
    flows: list[Flow] = []
    for kind, num in began["type"].value_counts().sort_index().items():
        is_own = is_told & (first_type == kind)
        own = _count(ordered["type"][is_own], follows[is_own]) if num >= LEAST_CASES else pooled
        branches = _reach(str(kind), own)
        if any(branches.values()):
            share = float(is_again[first_type == kind].mean())
            flows.append(Flow(start=str(kind), num_cases=int(num), branches=branches, rework_share=share))
    starts = {flow.start for flow in flows}
    chosen = began[began["type"].isin(starts)].set_index("case")
    return flows, chosen[["type", "enabled"]].rename(columns={"enabled": "at"})


_Counts = Mapping[str, Mapping[str | None, int]]


def _count(kinds: "pd.Series[str]", follows: "pd.Series[Any]") -> _Counts:
    counts: dict[str, dict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    for kind, after in zip(kinds, follows, strict=True):
        counts[kind][after if isinstance(after, str) else None] += 1
    return counts


def _reach(start: str, counts: _Counts) -> dict[str, dict[str, float]]:
    """Return the probabilities of what comes next, by type, of all types that a case can come to."""
    found: dict[str, dict[str, float]] = {}
    pending = [start]
    while pending:
        kind = pending.pop()
        if kind in found:
            continue
        nexts = counts.get(kind, {})
        total = sum(nexts.values())
        found[kind] = {name: num / total for name, num in sorted(_named(nexts))} if total else {}
        pending += found[kind]
    for kind in _list_endless(found):
        # Nobody was seen to leave from here: the next case might.
        total = sum(counts[kind].values())
        found[kind] = {name: share * total / (total + 1) for name, share in found[kind].items()}
    return {kind: {name: _floor(share) for name, share in nexts.items()} for kind, nexts in found.items()}


def _named(nexts: Mapping[str | None, int]) -> list[tuple[str, int]]:
    return [(name, num) for name, num in nexts.items() if name is not None]


def _floor(share: float) -> float:
    """Return a share with six decimals, not rounded up, so that no sum exceeds 1."""
    return int(share * 1e6 + 1e-9) / 1e6


def _list_endless(branches: Mapping[str, Mapping[str, float]]) -> Sequence[str]:
    """Return the types from which no way leads out."""
    ends = {kind for kind, nexts in branches.items() if sum(nexts.values()) < 1 - 1e-9}
    while True:
        more = {kind for kind in branches if kind not in ends and any(name in ends for name in branches[kind])}
        if not more:
            return sorted(set(branches) - ends)
        ends |= more
