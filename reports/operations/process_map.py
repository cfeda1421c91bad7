"""The process map: which step follows which, how often, and how long cases wait on the way.

References
----------
van der Aalst (2016), Process Mining, section 2.5 (what a directly-follows map can and cannot tell).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports.operations.flow import Steps, wait_before
from reports.operations.record import iterate, share

BEGIN, END = "begin", "end"


@dataclass(frozen=True, kw_only=True, eq=False)
class ProcessMap:
    """The steps of cases, and the ways between them.

    Attributes
    ----------
    nodes
        `step`, `team`, `num`, `hours` (mean handling), `num_first`, `num_last`.
    edges
        `from_step`, `to_step`, `num`, `share` (of what leaves the first), `wait_hours` (mean), `wait_hours_median`,
        `wait_hours_p90`, `wait_hours_total`.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame


def draw_map(steps: Steps, *, open_cases: frozenset[str] = frozenset()) -> ProcessMap:
    """Return the process map of the steps begun in the period.

    Parameters
    ----------
    open_cases
        Cases with work still to be done; the last step of these is no end.
    """
    frame, at = steps.frame, steps.follows
    kind = frame["type"].to_numpy(dtype=object)
    waits = wait_before(steps, at)
    pairs = pd.DataFrame({"from_step": kind[at - 1], "to_step": kind[at], "num": 1, "wait": waits})
    grouped = pairs.groupby(["from_step", "to_step"], sort=True)["wait"]
    edges = pd.DataFrame(
        {
            "num": grouped.size(),
            "wait_hours": grouped.mean(),
            "wait_hours_median": grouped.median(),
            "wait_hours_p90": grouped.quantile(0.9),
            "wait_hours_total": grouped.sum(),
        }
    ).reset_index()
    inside = frame["is_inside"].to_numpy()
    is_last = np.ones(len(frame), dtype=bool)
    is_last[:-1] = steps.is_first[1:]
    is_closed = np.isfinite(frame["ended"].to_numpy()) & ~frame["case"].isin(open_cases).to_numpy()
    ends = inside & is_last & is_closed
    first = inside & steps.is_first
    nodes = (
        pd.DataFrame(
            {
                "step": kind,
                "team": frame["team"],
                "num": inside.astype(np.int64),
                "hours": np.where(inside, frame["hours"], 0.0),
                "num_first": first.astype(np.int64),
                "num_last": ends.astype(np.int64),
            }
        )
        .groupby(["step", "team"], sort=True)
        .sum()
        .reset_index()
    )
    nodes = nodes[nodes["num"] > 0].reset_index(drop=True)
    nodes["hours"] = nodes["hours"] / nodes["num"]
    leaves = edges.groupby("from_step")["num"].sum().add(nodes.groupby("step")["num_last"].sum(), fill_value=0)
    edges["share"] = [share(num, leaves[step]) for num, step in zip(edges["num"], edges["from_step"], strict=True)]
    columns = ["from_step", "to_step", "num", "share", "wait_hours", "wait_hours_median", "wait_hours_p90"]
    edges = edges.sort_values(["num", "from_step", "to_step"], ascending=[False, True, True], ignore_index=True)
    return ProcessMap(nodes=nodes, edges=edges[[*columns, "wait_hours_total"]])


def place_steps(made: ProcessMap) -> dict[str, tuple[float, float]]:
    """Return where each step stands on a map: across by how far into cases it comes, down by frequency.

    How far is the longest way to it over the most frequent arrow into each step, which is free of loops: an arrow
    counts only from a step that is entered earlier.
    """
    order = _order(made)
    depth: dict[str, int] = {}
    into: dict[str, list[tuple[int, str]]] = {}
    for row in iterate(made.edges):
        into.setdefault(row.to_step, []).append((-row.num, row.from_step))
    for step in order:
        usable = sorted((num, other) for num, other in into.get(step, []) if other in depth)
        depth[step] = 0 if not usable else depth[usable[0][1]] + 1
    rows: dict[int, int] = {}
    places: dict[str, tuple[float, float]] = {}
    for step in order:
        column = depth[step]
        row = rows.get(column, 0)
        rows[column] = row + 1
        # Every other step goes below, so that the most frequent ones stay on one line.
        offset = (row + 1) // 2 * (1 if row % 2 else -1)
        places[step] = (float(column), float(offset))
    return places


def _order(made: ProcessMap) -> list[str]:
    """Return the steps so that each comes after one that leads to it, the most frequent way first."""
    counts = made.nodes.groupby("step")[["num", "num_first"]].sum()
    left = set(counts.index)
    order: list[str] = []
    reach = dict.fromkeys(left, 0)
    while left:
        # A step that cases begin with, or that is reached most often from those that stand.
        best = min(left, key=lambda step: (-(reach[step] + counts["num_first"][step]), -counts["num"][step], step))
        order.append(best)
        left.discard(best)
        for row in iterate(made.edges[made.edges["from_step"] == best]):
            if row.to_step in left:
                reach[row.to_step] += row.num
    return order
