"""Handling against standard: by type, week by week, and the standard minutes that what was measured proposes.

References
----------
Theil (1950), A rank-invariant method of linear and polynomial regression analysis; Kendall (1938), A new measure of
rank correlation. Biometrika 30 (drift by weeks).
Benjamini, Hochberg (1995), Controlling the false discovery rate. J. R. Stat. Soc. B 57 (many types at once).
"""

import math

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from models.time import SECONDS_PER_DAY
from reports.operations.chance import adjust_p_values
from reports.operations.record import Record, iterate
from simulations.discovery.standards import FENCE_SIGMAS, MOST_SIGMA, SHORTEST_MINUTES, find_spreads, is_runaway

LEAST_MEASURED = 30
LEAST_WEEKS = 4
LEAST_A_WEEK = 5
"""A week with fewer measured tasks of a type is no point of its trend."""
CONFIDENCE = 0.95
LEAST_CHANGE = 0.05
"""A standard that is wrong by less is left as it is."""
FALSE_DISCOVERIES = 0.05
WEEK_S = 7 * SECONDS_PER_DAY

COLUMNS = (
    "type",
    "team",
    "num_measured",
    "num_runaway",
    "standard_minutes",
    "mean_minutes",
    "low_minutes",
    "high_minutes",
    "ratio",
    "ratio_low",
    "ratio_high",
    "drift_a_week",
    "drift_p",
    "is_drifting",
    "proposed_minutes",
    "verdict",
)


def measure_handling(record: Record) -> pd.DataFrame:
    """Return by type what tasks took against their standard, whether that drifts, and a new standard where it is due.

    The ratio is the sum of handling over the sum of standard minutes of the tasks measured; its interval (95 %) is
    that of a ratio of means. Runaways - forgotten open - are counted and left out, and what a lognormal's tail would
    have added is given back, as standards are made on import. A new standard is proposed where the
    interval keeps clear of 1 after control for many types, from 30 measured tasks on and by 5 % or more.
    """
    done = record.tasks[record.completed_within()]
    minutes = done["handling_minutes"].to_numpy(dtype=np.float64)
    standard = done["standard_minutes"].to_numpy(dtype=np.float64)
    codes, kinds = pd.factorize(done["type"].to_numpy(dtype=object), sort=True)
    if len(kinds) == 0:
        return pd.DataFrame(columns=list(COLUMNS))
    spreads = find_spreads(np.where(standard > 0, minutes / standard, minutes), codes, len(kinds))
    is_long = is_runaway(np.where(standard > 0, minutes / standard, minutes), codes, spreads)
    is_used = ~np.isnan(minutes) & (minutes >= SHORTEST_MINUTES) & ~is_long
    per_unit = dict(zip(record.types["type"], record.types["standard_minutes"], strict=True))
    teams = dict(zip(done["type"], done["team"], strict=True))
    closed = done["closed"].to_numpy(dtype=np.float64)
    rows = []
    for n, kind in enumerate(kinds):
        own = is_used & (codes == n)
        row = {"type": kind, "team": teams[kind], "num_runaway": int((is_long & (codes == n)).sum())}
        unit, beyond = float(per_unit.get(kind, math.nan)), give_back(float(spreads["sigma"].iloc[n]))
        rows.append(row | _compare(minutes[own], standard[own], unit, beyond))
        rows[-1] |= _drift(minutes[own], standard[own], closed[own], record)
    made = pd.DataFrame(rows)
    made["is_drifting"] = adjust_p_values(made["drift_p"].to_numpy(dtype=np.float64)) <= FALSE_DISCOVERIES
    differs = adjust_p_values(made.pop("p").to_numpy(dtype=np.float64)) <= FALSE_DISCOVERIES
    is_due = differs & (made["num_measured"] >= LEAST_MEASURED) & ((made["ratio"] - 1).abs() >= LEAST_CHANGE)
    made["proposed_minutes"] = made["mean_minutes"].where(is_due)
    made["verdict"] = [
        "too few measured" if row.num_measured < LEAST_MEASURED else "propose" if due else "holds"
        for row, due in zip(iterate(made), is_due, strict=True)
    ]
    return made[list(COLUMNS)]


def _compare(minutes: np.ndarray, standard: np.ndarray, per_unit: float, beyond: float) -> dict[str, float | int]:
    """Return the ratio of what tasks took to what they should, with its interval, and per unit of the type's minutes.

    Parameters
    ----------
    beyond
        What the tail that was left out adds: a factor.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 6.4 (the standard error of a ratio).
    """
    num = len(minutes)
    nothing = math.nan
    if num == 0 or not standard.sum() > 0:
        names = ("mean_minutes", "low_minutes", "high_minutes", "ratio", "ratio_low", "ratio_high", "p")
        return {"num_measured": num, "standard_minutes": per_unit, **dict.fromkeys(names, nothing)}
    ratio = beyond * float(minutes.sum() / standard.sum())
    if num > 1:
        error = float(np.sqrt(((beyond * minutes - ratio * standard) ** 2).sum() / (num - 1) / num) / standard.mean())
    else:
        error = nothing
    reach = float(ndtri((1 + CONFIDENCE) / 2)) * error
    p = 2 * float(ndtr(-abs(ratio - 1) / error)) if error > 0 else nothing
    unit = per_unit if not math.isnan(per_unit) else float(standard.mean())
    return {
        "num_measured": num,
        "standard_minutes": unit,
        "mean_minutes": unit * ratio,
        "low_minutes": unit * (ratio - reach),
        "high_minutes": unit * (ratio + reach),
        "ratio": ratio,
        "ratio_low": ratio - reach,
        "ratio_high": ratio + reach,
        "p": p,
    }


def give_back(sigma: float) -> float:
    """Return by how much the mean of a lognormal exceeds that of its part below the fence of runaways."""
    capped = min(sigma, MOST_SIGMA)
    return float(ndtr(FENCE_SIGMAS) / ndtr(FENCE_SIGMAS - capped))


def follow_weeks(record: Record) -> pd.DataFrame:
    """Return by type and week (from the period's start) how many were measured and their ratio to the standard."""
    done = record.tasks[record.completed_within()]
    is_known = (done["handling_minutes"] >= SHORTEST_MINUTES) & (done["standard_minutes"] > 0)
    done = done[is_known]
    week = ((done["closed"] - record.start) // WEEK_S).astype(np.int64)
    grouped = done.assign(week=week).groupby(["type", "week"], sort=True)
    made = grouped[["handling_minutes", "standard_minutes"]].sum()
    made["num_measured"] = grouped.size()
    made["ratio"] = made["handling_minutes"] / made["standard_minutes"]
    return made.reset_index()[["type", "week", "num_measured", "ratio"]]


def _drift(minutes: np.ndarray, standard: np.ndarray, closed: np.ndarray, record: Record) -> dict[str, float]:
    """Return the slope of the weekly ratio (Theil) and the chance of such an order of weeks (Kendall)."""
    week = ((closed - record.start) // WEEK_S).astype(np.int64)
    num = np.bincount(week, minlength=1)
    weeks = np.flatnonzero(num >= LEAST_A_WEEK)
    if len(weeks) < LEAST_WEEKS:
        return {"drift_a_week": math.nan, "drift_p": math.nan}
    took = np.bincount(week, weights=minutes)[weeks]
    should = np.bincount(week, weights=standard)[weeks]
    if not (should > 0).all():
        return {"drift_a_week": math.nan, "drift_p": math.nan}
    # Taking it in takes a second: only where weeks are compared is it needed.
    from scipy.stats import kendalltau  # noqa: PLC0415

    ratio = took / should
    first, second = np.triu_indices(len(weeks), 1)
    slopes = (ratio[second] - ratio[first]) / (weeks[second] - weeks[first])
    return {"drift_a_week": float(np.median(slopes)), "drift_p": float(kendalltau(weeks, ratio).pvalue)}
