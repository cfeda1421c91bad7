"""Standard minutes where a log knows completions only: daily counts against hours worked.

Each day on which an agent's hours can be told gives one equation: the minutes worked are the sum over task types of
the number completed times their minutes. Solved by least squares within bounds, drawn to a prior whose shape is the
mean gap before a completion of the type, and whose sum is the hours worked. All hours are taken as spent on what the
log shows, so that the result says what an hour on duty yields: an upper estimate of the work itself.

References
----------
Lawson, Hanson (1995), Solving Least Squares Problems, chapters 23 (bounds) and 25 (ridge towards a prior).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulations.discovery.history import NAT, NOBODY, US_PER_MINUTE, History
from simulations.discovery.hours import LEAST_QUARTERS, WorkingDays

SHORTEST_MINUTES = 0.1
LONGEST_MINUTES = 480.0
FACTOR = 5.0
"""The estimate lies between the prior divided and multiplied by this."""
PRIOR_DAYS = 5.0
"""How many days' evidence the prior counts for."""


def estimate_minutes(
    history: History, days: WorkingDays, shifts: pd.DataFrame, kind_idx: NDArray[np.int64], num_kinds: int
) -> NDArray[np.float64]:
    """Return minutes of each kind of task (K,), by what people completed in the hours they were on duty.

    Parameters
    ----------
    history
        A log of completions.
    days
        Who was seen when.
    shifts
        The rosters made of it; those of days that tell their own hours are used.
    kind_idx : (I,)
        Kind of each instance.
    num_kinds
        How many kinds there are.
    """
    done = pd.DataFrame(
        {"agent_idx": history.column("agent_idx"), "kind": kind_idx, "end_us": history.column("end_us")}
    )
    done = done[(done["agent_idx"] != NOBODY) & (done["end_us"] != NAT)]
    done["day"] = history.day(done["end_us"].to_numpy(dtype=np.int64), days.cut_minute)
    told = days.frame[days.frame["num_quarters"] >= LEAST_QUARTERS]
    told = (told if not told.empty else days.frame)[["agent_idx", "day"]]
    worked = told.merge(shifts, on=["agent_idx", "day"])
    hours = (worked["end"] - worked["start"]).to_numpy(dtype=np.float64)
    position = pd.MultiIndex.from_frame(worked[["agent_idx", "day"]])
    at = position.get_indexer(pd.MultiIndex.from_frame(done[["agent_idx", "day"]]))
    counts = np.zeros((len(worked), num_kinds))
    np.add.at(counts, (at[at >= 0], done["kind"].to_numpy()[at >= 0]), 1.0)
    prior = _find_prior(done, num_kinds)
    total = float((counts @ prior).sum())
    if total <= 0 or hours.sum() <= 0:
        return np.asarray(np.clip(prior, SHORTEST_MINUTES, LONGEST_MINUTES))
    prior = np.clip(prior * hours.sum() / total, SHORTEST_MINUTES, LONGEST_MINUTES)
    pull = np.sqrt(PRIOR_DAYS * np.mean(hours**2))
    matrix = np.vstack([counts * prior, pull * np.eye(num_kinds)])
    target = np.concatenate([hours, np.full(num_kinds, pull)])
    # Taking it in takes most of a second: only logs without starts pay.
    from scipy.optimize import lsq_linear  # noqa: PLC0415

    solved = lsq_linear(matrix, target, bounds=(1.0 / FACTOR, FACTOR), method="bvls")
    return np.asarray(np.clip(prior * solved.x, SHORTEST_MINUTES, LONGEST_MINUTES))


def _find_prior(done: pd.DataFrame, num_kinds: int) -> NDArray[np.float64]:
    """Return the mean gap between a completion of each kind and the one before it of the same person and day."""
    ordered = done.sort_values(["agent_idx", "end_us", "kind"], kind="stable")
    gap = ordered.groupby(["agent_idx", "day"])["end_us"].diff() / US_PER_MINUTE
    known = gap.notna()
    usual = max(float(gap[known].mean()), SHORTEST_MINUTES) if known.any() else LONGEST_MINUTES / 8
    grouped = gap[known].groupby(ordered["kind"][known])
    # A few gaps tell little: one of the usual length is added to them.
    mean = (grouped.sum() + usual) / (grouped.size() + 1)
    return np.asarray(mean.reindex(range(num_kinds)).fillna(usual).clip(lower=SHORTEST_MINUTES).to_numpy(dtype=float))
