"""Who can do what, how well, and how fast: from what they did.

References
----------
Wright (1936), Factors affecting the cost of airplanes: experience counts by its logarithm; hence levels by factors.
DerSimonian, Laird (1986), Meta-analysis in clinical trials, section 2 (variance between by moments).
Efron, Morris (1975), Data analysis using Stein's estimator, section 2 (shrinking by it).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulations.discovery.history import NOBODY, History

LEVELS = (1, 5, 20, 80, 320)
"""Instances done from which on an agent has level 1, 2, 3, 4, 5: each level is four times the experience."""
LEAST_INSTANCES = 50
SPEED_LIMITS = (0.75, 1.3)
CLIP_SIGMAS = 2.5


def find_skills(
    history: History, minutes: NDArray[np.float64], *, has_personal_speed: bool, least: int = LEAST_INSTANCES
) -> pd.DataFrame:
    """Return what each agent can do: `agent_idx`, `type_idx`, `num_done`, `level`, `speed`.

    Whoever completed a task of a type can do it. Speed is 1 unless `has_personal_speed`: a log cannot tell who is
    fast from who picked the easy ones.

    Parameters
    ----------
    history
        What happened.
    minutes : (I,)
        Handling of each instance; NaN where unknown, an instant, or forgotten open.
    has_personal_speed
        Whether to estimate speeds, where there are `least` measured instances of an agent and type.
    least
        See there.
    """
    rows = pd.DataFrame(
        {"agent_idx": history.column("agent_idx"), "type_idx": history.column("type_idx"), "minutes": minutes}
    )
    rows = rows[(rows["agent_idx"] != NOBODY) & history.rows["is_done"].to_numpy()]
    made = rows.groupby(["agent_idx", "type_idx"]).size().rename("num_done").reset_index()
    made["level"] = np.searchsorted(np.array(LEVELS), made["num_done"].to_numpy(), side="right")
    made["speed"] = 1.0
    if has_personal_speed:
        speeds = estimate_speeds(rows[rows["minutes"] > 0], least=least)
        known = made[["agent_idx", "type_idx"]].merge(speeds, on=["agent_idx", "type_idx"], how="left")
        made["speed"] = known["speed"].fillna(1.0).to_numpy()
    return made


def estimate_speeds(measured: pd.DataFrame, *, least: int = LEAST_INSTANCES) -> pd.DataFrame:
    """Return `agent_idx`, `type_idx`, `speed` of agents and types with at least `least` instances.

    With `d` the mean of `ln(minutes / geometric mean of the type)` over an agent's instances and `v` the variance of
    that mean, and `t` the variance of true differences over all agents and types by moments, the speed is
    `exp(-d * t / (t + v))`, within `SPEED_LIMITS`.
    """
    log_minutes = np.log(measured["minutes"])
    grouped = log_minutes.groupby(measured["type_idx"])
    reach = CLIP_SIGMAS * grouped.transform("std").fillna(0.0)
    centred = (log_minutes - grouped.transform("mean")).clip(-reach, reach)
    by_agent = centred.groupby([measured["agent_idx"], measured["type_idx"]])
    made = pd.DataFrame({"difference": by_agent.mean(), "variance": by_agent.var() / by_agent.size()})
    made = made[(by_agent.size() >= least) & (made["variance"] > 0)]
    if made.empty:
        return pd.DataFrame({"agent_idx": [], "type_idx": [], "speed": []}).astype({"agent_idx": int, "type_idx": int})
    weight = 1.0 / made["variance"]
    mean = (weight * made["difference"]).sum() / weight.sum()
    excess = (weight * (made["difference"] - mean) ** 2).sum() - (len(made) - 1)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    between = max(0.0, float(excess / scale)) if scale > 0 else 0.0
    shrunk = made["difference"] * between / (between + made["variance"])
    return pd.DataFrame({"speed": np.exp(-shrunk).clip(*SPEED_LIMITS)}).reset_index()
