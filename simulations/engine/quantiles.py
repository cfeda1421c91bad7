"""Quantiles of waits: overall, by team and by task type, from the waits of those that did wait."""

import numpy as np

from optimizer.kernels import compiled
from simulations.engine.layout import Reals, Wholes

QUANTILES = (0.5, 0.9, 0.99)


def compute_quantiles(
    waits: Reals, wait_type: Wholes, *, num_at_once: Wholes, type_team: Wholes, num_teams: int
) -> Reals:
    """Return the quantiles of waits, `nan` where nothing started.

    Parameters
    ----------
    waits, wait_type : (N,) those above 0, and their types; no types where there is only one
    num_at_once, type_team : (Y,) tasks that did not wait, and teams

    Returns
    -------
    quantiles : (1 + T + Y, 3) overall, by team, by task type
    """
    num_types = len(type_team)
    found = np.full((1 + num_teams + num_types, len(QUANTILES)), np.nan)
    if num_types == 1:
        found[:] = get_quantiles(waits, int(num_at_once[0]))
        found[[1 + team for team in range(num_teams) if team != type_team[0]]] = np.nan
        return found
    sorted_by_type, edges = np.empty(len(waits)), np.zeros(num_types + 1, dtype=np.int64)
    _sort_by_type(waits, wait_type, sorted_by_type, edges)
    by_type = [sorted_by_type[edges[n] : edges[n + 1]] for n in range(num_types)]
    for n, part in enumerate(by_type):
        found[1 + num_teams + n] = get_quantiles(part, int(num_at_once[n]))
    found[0] = get_quantiles(waits, int(num_at_once.sum()))
    for team in range(num_teams):
        members = np.flatnonzero(type_team == team)
        if len(members) == num_types:
            found[1 + team] = found[0]
        elif len(members) == 1:
            found[1 + team] = found[1 + num_teams + members[0]]
        elif len(members):
            found[1 + team] = get_quantiles(
                np.concatenate([by_type[n] for n in members]), int(num_at_once[members].sum())
            )
    return found


@compiled(nogil=True)
def _sort_by_type(values: Reals, of_type: Wholes, made: Reals, edges: Wholes) -> None:
    """Put values into the order of their types, and write where each type begins."""
    for n in range(len(values)):
        edges[of_type[n] + 1] += 1
    for n in range(1, len(edges)):
        edges[n] += edges[n - 1]
    for n in range(len(values)):
        made[edges[of_type[n]]] = values[n]
        edges[of_type[n]] += 1
    for n in range(len(edges) - 1, 0, -1):
        edges[n] = edges[n - 1]
    edges[0] = 0


def get_quantiles(values: Reals, num_zeros: int = 0) -> Reals:
    """Return the quantiles of values and so many zeros, linear between neighbours; `nan` where there are none.

    Values are not below 0. Each quantile is looked for among what lies above the one before.

    References
    ----------
    Hyndman and Fan (1996), Sample quantiles in statistical packages. The American Statistician 50(4), 361-365, type 7.
    Hoare (1961), Algorithm 65: find. Communications of the ACM 4(7), 321-322.
    """
    number = len(values) + num_zeros
    if number == 0:
        return np.full(len(QUANTILES), np.nan)
    parted, first = values.copy(), 0
    found = np.zeros(len(QUANTILES))
    for n, quantile in enumerate(QUANTILES):
        place = (number - 1) * quantile
        rank = int(place) - num_zeros  # among the values
        if rank + 1 < 0:
            continue
        low = 0.0
        if rank >= first:
            parted[first:].partition(rank - first)
            first = rank
        if rank >= 0:
            low = float(parted[rank])
        high = float(parted[rank + 1 :].min()) if rank + 1 < len(parted) else low
        found[n] = low + (place - int(place)) * (high - low)
    return found
