"""What each set of skills owes by when, against what its people can do: the work of a set, and no other, in mind."""

from dataclasses import dataclass

import numpy as np

from optimizer.certificate.capacity import Duty, draw_curve
from optimizer.certificate.demands import Demands, Positions
from optimizer.instance import Floats, Ints, Seconds

ROUNDING_S = 1.0
"""Work that is short by no more than this is not: it is what rounding can do."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SkillSet:
    """People, and all the work that nobody but they can do.

    Attributes
    ----------
    demands : those that exactly these people can do
    members : those and the ones that only some of these people can do
    agents : the people
    work_due : (P,) seconds of work at speed 1 due by each instant of the grid
    capacity : (P,) what the people can do of it by then, if they do nothing else, each at the higher of their speeds
    slack : least of capacity less work due over all due instants, in seconds of work: what can still wait
    latest_start : instant until which nobody of them need begin; None where it is too late already
    short_from : first due instant by which they cannot, whatever they do; None where there is none
    """

    demands: Positions
    members: Positions
    agents: Ints
    work_due: Floats
    capacity: Floats
    slack: float
    latest_start: float | None
    short_from: int | None


def weigh_sets(demands: Demands, duty: Duty, grid: Seconds) -> tuple[SkillSet, ...]:
    """Return every set of people that some demand has to itself, those with the least slack first."""
    if not demands.num_demands:
        return ()
    from scipy.sparse import csr_array  # noqa: PLC0415 (as in `shortfall`)

    rows = np.repeat(np.arange(demands.num_demands), [len(agents) for agents in demands.agents])
    columns = np.concatenate(demands.agents)
    num_agents = len(duty.ptr) - 1
    able = csr_array((np.ones(len(rows)), (rows, columns)), shape=(demands.num_demands, num_agents))
    common = (able @ able.T).toarray()
    sizes = common.diagonal()
    # is_within[i, j]: everybody who can do demand i can do demand j
    is_within = common == sizes[:, None]
    same = is_within & is_within.T
    order = np.argsort(demands.due, kind="stable")
    found = [
        _weigh(demands, duty, grid, np.flatnonzero(same[demand]), np.flatnonzero(is_within[:, demand]), order)
        for demand in range(demands.num_demands)
        if not same[demand, :demand].any()
    ]
    return tuple(sorted(found, key=lambda item: (item.slack, item.demands[0])))


def _weigh(
    demands: Demands, duty: Duty, grid: Seconds, own: Positions, members: Positions, order: Positions
) -> SkillSet:
    agents = demands.agents[own[0]]
    speeds = np.zeros(len(agents))
    for member in members.tolist():
        place = np.searchsorted(agents, demands.agents[member])
        speeds[place] = np.maximum(speeds[place], demands.speeds[member])
    curve = draw_curve(duty, agents, speeds)
    is_member = np.zeros(demands.num_demands, np.bool_)
    is_member[members] = True
    tasks = order[is_member[demands.demand[order]]]
    due, work = demands.due[tasks], np.cumsum(demands.work[tasks])
    spare = curve.until(due) - work
    short = np.flatnonzero(spare < -ROUNDING_S)
    return SkillSet(
        demands=own,
        members=members,
        agents=agents,
        work_due=np.concatenate(([0.0], work))[np.searchsorted(due, grid, "right")],
        capacity=curve.until(grid),
        slack=float(spare.min()),
        latest_start=None if len(short) else float(curve.latest(np.maximum(spare, 0.0)).min()),
        short_from=int(due[short[0]]) if len(short) else None,
    )
