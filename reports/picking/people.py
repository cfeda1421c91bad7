"""Who may be named, and who may not: a test, a least number of picks, and control for testing many."""

import numpy as np
import pandas as pd

from reports.operations.chance import adjust_p_values
from reports.picking.choices import Choices
from reports.picking.measures import DRAWS, measure_picking

LEAST_PICKS = 50
"""Choices that somebody must have made before anything is said of them."""
FALSE_DISCOVERIES = 0.05
LEAST_DEVIATIONS = 10
LEAST_SHARE = 0.1
"""Who leaves the head less often is not spoken of, however clear it is what for."""


def judge_people(choices: Choices, *, seed: int, draws: int = DRAWS) -> pd.DataFrame:
    """Return how each agent picks, and of whom it may be said that they pick the easy ones.

    `is_clear` where an agent had `LEAST_PICKS` choices, deviated in a tenth of them and ten times or more, and went for
    short tasks more than chance allows after control for many people (of those so named, at most one in twenty is not).
    Who is not clear is not to be named in what others read. Of a log nobody is judged: its queue's rules are unknown.

    Columns: those of `measure_picking` by `agent`, `p_adjusted`, `is_judged`, `is_clear`.
    """
    made = measure_picking(choices, "agent", seed=seed, draws=draws)
    made = made[made["agent"] != ""].reset_index(drop=True)
    enough = (made["num_choices"] >= LEAST_PICKS) & choices.is_known
    p = np.where(enough & (made["num_deviations"] >= LEAST_DEVIATIONS), made["p"].astype(np.float64), np.nan)
    # Who has too few deviations to test is tested all the same: as one who shows nothing.
    p = np.where(enough & np.isnan(p), 1.0, p)
    made["p_adjusted"] = adjust_p_values(p)
    made["is_judged"] = enough
    often = made["deviation_share"].astype(np.float64).fillna(0.0) >= LEAST_SHARE
    made["is_clear"] = (made["p_adjusted"] <= FALSE_DISCOVERIES) & often
    return made


def spread_of(people: pd.DataFrame, home: "pd.Series[str]") -> pd.DataFrame:
    """Return by team how many are judged and how many are clear, naming nobody.

    Columns: `team`, `num_people`, `num_judged`, `num_clear`, `deviation_share_median`, `deviation_share_most`; shares
    are over those judged, and left out where fewer than three are, as two know each other's.
    """
    made = people.assign(team=people["agent"].map(home).fillna(""))
    rows = []
    for team, group in made.groupby("team", sort=True):
        judged = group[group["is_judged"]]["deviation_share"].astype(np.float64)
        rows.append(
            {
                "team": team,
                "num_people": len(group),
                "num_judged": len(judged),
                "num_clear": int(group["is_clear"].sum()),
                "deviation_share_median": float(judged.median()) if len(judged) > 2 else None,
                "deviation_share_most": float(judged.max()) if len(judged) > 2 else None,
            }
        )
    columns = ["team", "num_people", "num_judged", "num_clear", "deviation_share_median", "deviation_share_most"]
    return pd.DataFrame(rows, columns=columns)
