"""Standard minutes of task types: the mean handling that capacity needs, unmoved by what was forgotten open.

An instance is a runaway where it lasted longer than the fence `F = m * exp(3 * s)`, with `m` the median and
`s = ln(q90 / m) / 1.2816` the spread of the logarithms read off the upper half alone (the lower one is full of quick
clicks). The standard is the mean of the rest times `c = Phi(3) / Phi(3 - s)`, which gives back what the fence takes
from a lognormal: for one, the result is its mean exactly.

References
----------
Maronna, Martin, Yohai, Salibian-Barrera (2019), Robust Statistics, sections 2.2 and 2.3 (trimmed means and
consistency).
Johnson, Kotz, Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 14 (means of truncated lognormals).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

Z90 = 1.2815515655446004
FENCE_SIGMAS = 3.0
LEAST_SIGMA = 0.25
MOST_SIGMA = 1.6
"""Beyond this spread the correction for a lognormal's tail is no longer given in full: it would be a guess."""
USUAL_SIGMA = 0.8
PRIOR_INSTANCES = 20
"""How many instances the usual spread of all types counts for, where a type has few of its own."""
FEW = 5
"""With fewer measured instances a standard is marked as estimated."""
SHORTEST_MINUTES = 1 / 60


def find_spreads(minutes: NDArray[np.float64], kind_idx: NDArray[np.int64], num_kinds: int) -> pd.DataFrame:
    """Return `num`, `median`, `sigma` and `fence` (minutes) of each kind's measured minutes (NaN: not measured)."""
    is_measured = ~np.isnan(minutes) & (minutes >= SHORTEST_MINUTES)
    grouped = pd.Series(minutes[is_measured]).groupby(kind_idx[is_measured])
    made = pd.DataFrame({"num": grouped.size(), "median": grouped.median(), "q90": grouped.quantile(0.9)})
    made = made.reindex(range(num_kinds))
    made["num"] = made["num"].fillna(0).astype(np.int64)
    own = pd.Series(np.log(made["q90"] / made["median"]) / Z90, index=made.index)
    weight = made["num"].where(made["num"] >= FEW, 0)
    usual = float((own * weight).sum() / weight.sum()) if weight.sum() > 0 else USUAL_SIGMA
    sigma = (own.fillna(usual) * made["num"] + usual * PRIOR_INSTANCES) / (made["num"] + PRIOR_INSTANCES)
    made["sigma"] = np.maximum(sigma, LEAST_SIGMA)
    made["fence"] = made["median"] * np.exp(FENCE_SIGMAS * made["sigma"])
    return made.drop(columns="q90")


def is_runaway(minutes: NDArray[np.float64], kind_idx: NDArray[np.int64], spreads: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which instances lasted longer than their kind's fence."""
    fence = spreads["fence"].to_numpy(dtype=np.float64)[kind_idx]
    return np.asarray(~np.isnan(minutes) & (minutes > np.where(np.isnan(fence), np.inf, fence)))


def find_standards(minutes: NDArray[np.float64], kind_idx: NDArray[np.int64], spreads: pd.DataFrame) -> pd.DataFrame:
    """Return `num_measured`, `num_runaway`, `median_minutes`, `standard_minutes`, `is_estimated` of each kind.

    Kinds without a measured instance get the median standard of the others, marked as estimated.
    """
    is_long = is_runaway(minutes, kind_idx, spreads)
    is_used = ~np.isnan(minutes) & (minutes >= SHORTEST_MINUTES) & ~is_long
    num_kinds = len(spreads)
    num = np.bincount(kind_idx[is_used], minlength=num_kinds)
    total = np.bincount(kind_idx[is_used], weights=minutes[is_used], minlength=num_kinds)
    mean = total / np.maximum(num, 1)
    sigma = np.minimum(spreads["sigma"].to_numpy(dtype=np.float64), MOST_SIGMA)
    standard = np.where(num > 0, mean * ndtr(FENCE_SIGMAS) / ndtr(FENCE_SIGMAS - sigma), np.nan)
    fallback = float(np.nanmedian(standard)) if (num > 0).any() else np.nan
    return pd.DataFrame(
        {
            "num_measured": num,
            "num_runaway": np.bincount(kind_idx[is_long], minlength=num_kinds),
            "median_minutes": spreads["median"].to_numpy(dtype=np.float64),
            "standard_minutes": np.where(num > 0, standard, fallback),
            "is_estimated": num < FEW,
        }
    )
