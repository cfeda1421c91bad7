"""Fairness over weeks: who gets the hard work, who is lent, and who has variety. A view of groups first.

What one person gets is compared with what their team had to give in the very weeks in which they worked, so that a
team's hard month is nobody's unfairness.

References
----------
Hill (1973), Diversity and evenness: a unifying notation and its consequences. Ecology 54(2) (the effective number of
types, exp of the entropy).
Johnson, Kemp, Kotz (2005), Univariate Discrete Distributions, chapter 6 (the variance of a hypergeometric share).
"""

import numpy as np
import pandas as pd
from scipy.special import ndtr

from models.time import SECONDS_PER_DAY
from reports.operations.chance import adjust_p_values
from reports.operations.record import Record, share
from reports.operations.swing_outcomes import list_lent

HARD_QUANTILE = 0.8
"""A task is hard where its standard minutes are among the longest fifth of its team's completed tasks."""
LEAST_TASKS = 30
LEAST_GROUP = 3
FALSE_DISCOVERIES = 0.05
WEEK_S = 7 * SECONDS_PER_DAY

AGENT_COLUMNS = (
    "agent",
    "team",
    "num_weeks",
    "num_tasks",
    "num_hard",
    "hard_share",
    "hard_expected",
    "hard_ratio",
    "hard_p",
    "is_uneven",
    "lent_hours",
    "lent_share",
    "variety",
    "variety_possible",
)


def measure_people(record: Record) -> pd.DataFrame:
    """Return what each person got of their home team's work over the weeks of the period: `AGENT_COLUMNS`.

    `hard_expected` is the share of hard tasks in the team's work, of types that the person may do, in the weeks in
    which they completed some, weighted by how many they completed; `hard_p` the chance of as large a difference, either
    way, where hard tasks go to people by lot; `is_uneven` after control for many people, from 30 tasks on. `variety` is
    the effective number of types, mean over weeks; `variety_possible` that of the team.
    """
    home = dict(zip(record.agents["agent"], record.agents["team"], strict=True))
    done = record.tasks[record.completed_within() & record.tasks["agent"].notna().to_numpy()]
    own = done[done["agent"].map(home) == done["team"]][["agent", "team", "type", "closed", "standard_minutes"]].copy()
    own["week"] = ((own["closed"] - record.start) // WEEK_S).astype(np.int64)
    own["is_hard"] = _is_hard(own)
    cells = own.groupby(["team", "week", "agent"], sort=True)["is_hard"].agg(n="size", k="sum").reset_index()
    cells = cells.merge(_offered(record, own, cells), on=["team", "week", "agent"])
    part = cells["hard"] / cells["whole"]
    cells["expected"] = cells["n"] * part
    left = (cells["whole"] - cells["n"]) / (cells["whole"] - 1).clip(lower=1)
    cells["variance"] = cells["n"] * part * (1 - part) * left
    grouped = cells.groupby(["agent", "team"], sort=True)
    made = grouped[["n", "k", "expected", "variance"]].sum().reset_index()
    made["num_weeks"] = grouped["week"].nunique().to_numpy()
    gap = made["k"] - made["expected"]
    spread = np.sqrt(made["variance"])
    z = gap / spread.where(spread > 0)
    made["hard_p"] = 2 * ndtr(-np.abs(z.to_numpy(dtype=np.float64)))
    few = (made["n"] < LEAST_TASKS).to_numpy()
    tested = np.where(few, np.nan, made["hard_p"].to_numpy(dtype=np.float64))
    made["hard_p"] = tested
    made["is_uneven"] = adjust_p_values(tested) <= FALSE_DISCOVERIES
    made["hard_share"] = made["k"] / made["n"]
    made["hard_ratio"] = made["k"] / made["expected"].where(made["expected"] > 0)
    made["hard_expected"] = made["expected"] / made["n"]
    lent = list_lent(record).groupby("agent")["hours"].sum()
    made["lent_hours"] = made["agent"].map(lent).fillna(0.0)
    all_hours = made.groupby("team")["lent_hours"].transform("sum")
    made["lent_share"] = (made["lent_hours"] / all_hours.where(all_hours > 0)).astype(np.float64)
    made["variety"] = made["agent"].map(_variety(own, "agent"))
    made["variety_possible"] = made["team"].map(_variety(own, "team"))
    made = made.rename(columns={"n": "num_tasks", "k": "num_hard"})
    return made[list(AGENT_COLUMNS)].reset_index(drop=True)


def _offered(record: Record, own: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return what of a team's work of a week was of types that a person may do, or did: `whole`, and `hard` of it."""
    able = pd.concat([record.may_do[["agent", "type"]], own[["agent", "type"]]]).drop_duplicates()
    work = own.groupby(["team", "week", "type"], sort=True)["is_hard"].agg(whole="size", hard="sum").reset_index()
    each = cells[["team", "week", "agent"]].merge(able, on="agent").merge(work, on=["team", "week", "type"])
    return each.groupby(["team", "week", "agent"], sort=True)[["whole", "hard"]].sum().reset_index()


def _is_hard(own: pd.DataFrame) -> np.ndarray:
    minutes = own["standard_minutes"].fillna(0.0)
    edge = minutes.groupby(own["team"]).transform(lambda values: values.quantile(HARD_QUANTILE))
    least = minutes.groupby(own["team"]).transform("min")
    return np.asarray((minutes >= edge) & (minutes > least)).astype(np.int64)


def _variety(own: pd.DataFrame, by: str) -> "pd.Series[float]":
    """Return the effective number of types, mean over the weeks in which there were any."""
    counts = own.groupby([by, "week", "type"], sort=True).size().astype(np.float64)
    part = counts / counts.groupby(level=[0, 1]).transform("sum")
    entropy = (-part * np.log(part)).groupby(level=[0, 1]).sum()
    varied: pd.Series[float] = np.exp(entropy).groupby(level=0).mean()
    return varied


def sum_teams(people: pd.DataFrame) -> pd.DataFrame:
    """Return by team how evenly work falls, without naming anybody.

    Figures that would tell of one person are left out where fewer than `LEAST_GROUP` stand behind them.

    Columns: `team`, `num_people`, `num_judged` (with 30 tasks or more), `num_uneven`, `hard_ratio_least` and
    `hard_ratio_most` (among those judged), `num_lent`, `lent_top_share` (part of the lent hours by the one lent most),
    `lent_even_share` (what an even part would be), `variety`, `variety_possible`.
    """
    rows = []
    for team, group in people.groupby("team", sort=True):
        judged = group[group["hard_p"].notna()]
        lent = group["lent_hours"]
        rows.append(
            {
                "team": team,
                "num_people": len(group),
                "num_judged": len(judged),
                "num_uneven": int(judged["is_uneven"].sum()) if len(judged) >= LEAST_GROUP else None,
                "hard_ratio_least": float(judged["hard_ratio"].min()) if len(judged) >= LEAST_GROUP else None,
                "hard_ratio_most": float(judged["hard_ratio"].max()) if len(judged) >= LEAST_GROUP else None,
                "num_lent": int((lent > 0).sum()),
                "lent_top_share": share(lent.max(), lent.sum()) if len(group) >= LEAST_GROUP else None,
                "lent_even_share": share(1, len(group)) if lent.sum() > 0 else None,
                "variety": float(group["variety"].mean()),
                "variety_possible": float(group["variety_possible"].iloc[0]),
            }
        )
    columns = ["team", "num_people", "num_judged", "num_uneven", "hard_ratio_least", "hard_ratio_most", "num_lent"]
    return pd.DataFrame(rows, columns=[*columns, "lent_top_share", "lent_even_share", "variety", "variety_possible"])
