"""The least work that must be late by an instant: a linear program over demands, agents and stretches of time.

Work is divisible and may be interrupted: the preemptive relaxation. Agents of the same abilities are one group; what a
group can do at one speed is one pool, so that a variable is a group, a pool and a stretch, not a group and a task. The
answer is read from the duals only, and proven again without the program: see `proof`.

References
----------
Horn (1974), "Some simple scheduling algorithms", section 3 (preemptive, release and due dates, as a flow);
Lawler and Labetoulle (1978), "On preemptive scheduling of unrelated parallel processors by linear programming".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from optimizer.certificate.demands import Demands, Positions
from optimizer.instance import Floats, Seconds

_MINUTE = 60.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """Agents of the same abilities. G groups, H stretches of time.

    Attributes
    ----------
    agent_group : (A,) group of each agent, -1 where no demand wants the agent
    offers : for each group, its demands by speed: (demands, speed) pairs
    seconds : (G, H) working seconds of each group in each stretch
    """

    agent_group: Positions
    offers: tuple[tuple[tuple[tuple[int, ...], float], ...], ...]
    seconds: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Buckets:
    """Tasks of one demand that may be done in the same stretches.

    Attributes
    ----------
    demand, first, until : (B,) may be done in the stretches `first` to `until - 1`
    work : (B,) seconds at speed 1
    bucket : (N,) bucket of each task, -1 where it is due later
    """

    demand: Positions
    first: Positions
    until: Positions
    work: Floats
    bucket: Positions


def group_agents(demands: Demands, seconds: NDArray[np.int64]) -> Groups:
    """Return the agents by what they can do how fast; `seconds` is (A, H)."""
    abilities: list[dict[float, list[int]]] = [{} for _ in range(len(seconds))]
    for demand, (agents, speeds) in enumerate(zip(demands.agents, demands.speeds, strict=True)):
        for agent, speed in zip(agents.tolist(), speeds.tolist(), strict=True):
            abilities[agent].setdefault(speed, []).append(demand)
    group_of: dict[tuple[tuple[tuple[int, ...], float], ...], int] = {}
    agent_group = np.full(len(seconds), -1, np.int64)
    for agent, by_speed in enumerate(abilities):
        if by_speed:
            offers = tuple((tuple(members), speed) for speed, members in sorted(by_speed.items()))
            agent_group[agent] = group_of.setdefault(offers, len(group_of))
    together = np.zeros((len(group_of), seconds.shape[1]))
    known = agent_group >= 0
    np.add.at(together, agent_group[known], seconds[known])
    return Groups(agent_group=agent_group, offers=tuple(group_of), seconds=together)


def fill_buckets(demands: Demands, grid: Seconds, last: int) -> Buckets:
    """Return the tasks due by `grid[last]` by demand and stretches; arrival rounded down to the grid, due up."""
    until = np.minimum(np.searchsorted(grid, demands.due, "left"), len(grid) - 1)
    first = np.searchsorted(grid, demands.release, "right") - 1
    counted = until <= last
    key = np.stack((demands.demand, np.minimum(first, until), until))
    kinds, place = np.unique(key[:, counted], axis=1, return_inverse=True)
    bucket = np.full(len(until), -1, np.int64)
    bucket[counted] = place
    return Buckets(
        demand=kinds[0],
        first=kinds[1],
        until=kinds[2],
        work=np.bincount(place, demands.work[counted], kinds.shape[1]).astype(np.float64),
        bucket=bucket,
    )


def price_shortfall(groups: Groups, buckets: Buckets) -> Floats:
    """Return, (B,), what an hour of work of each bucket would add to the least shortfall: 0 to 1, at the optimum."""
    program = _Program()
    lacking = [program.add_variable(cost=1.0) for _ in range(len(buckets.work))]
    owed = [program.add_row(-work / _MINUTE) for work in buckets.work.tolist()]
    for variable, row in zip(lacking, owed, strict=True):
        program.put(row, variable, -1.0)
    wanted: dict[tuple[int, int], int] = {}
    for bucket, (demand, first, until) in enumerate(_rows(buckets.demand, buckets.first, buckets.until)):
        for stretch in range(first, until):
            if (demand, stretch) not in wanted:
                wanted[demand, stretch] = program.add_row(0.0)
            variable = program.add_variable()
            program.put(owed[bucket], variable, -1.0)
            program.put(wanted[demand, stretch], variable, 1.0)
    pools: dict[tuple[tuple[int, ...], int], int] = {}
    last = int(buckets.until.max(initial=0))
    for group, offers in enumerate(groups.offers):
        for stretch in np.flatnonzero(groups.seconds[group, :last]).tolist():
            row = -1
            for members, speed in offers:
                asked = tuple(demand for demand in members if (demand, stretch) in wanted)
                if not asked:
                    continue
                if row < 0:
                    row = program.add_row(groups.seconds[group, stretch] / _MINUTE)
                variable = program.add_variable()
                program.put(row, variable, 1.0)
                program.put(_open_pool(program, pools, wanted, asked, stretch), variable, -speed)
    marginals = program.solve()
    return np.clip(-marginals[owed], 0.0, 1.0)


def _open_pool(
    program: "_Program",
    pools: dict[tuple[tuple[int, ...], int], int],
    wanted: dict[tuple[int, int], int],
    members: tuple[int, ...],
    stretch: int,
) -> int:
    """Return the row into which work flows that may go to any of some demands."""
    if len(members) == 1:
        return wanted[members[0], stretch]
    row = pools.get((members, stretch))
    if row is None:
        row = pools[members, stretch] = program.add_row(0.0)
        for demand in members:
            variable = program.add_variable()
            program.put(row, variable, 1.0)
            program.put(wanted[demand, stretch], variable, -1.0)
    return row


def _rows(*columns: Positions) -> Iterable[tuple[int, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


class _Program:
    """A linear program in the making: minimise the costs of variables >= 0 under rows `<=`."""

    def __init__(self) -> None:
        self._costs: list[float] = []
        self._bounds: list[float] = []
        self._row: list[int] = []
        self._column: list[int] = []
        self._value: list[float] = []

    def add_variable(self, *, cost: float = 0.0) -> int:
        self._costs.append(cost)
        return len(self._costs) - 1

    def add_row(self, bound: float) -> int:
        self._bounds.append(bound)
        return len(self._bounds) - 1

    def put(self, row: int, column: int, value: float) -> None:
        self._row.append(row)
        self._column.append(column)
        self._value.append(value)

    def solve(self) -> Floats:
        """Return the marginal of each row."""
        shape = (len(self._bounds), len(self._costs))
        # linprog takes sparse matrices, which its stubs do not know.
        matrix: Any = csr_array((self._value, (self._row, self._column)), shape=shape)
        answer = linprog(self._costs, A_ub=matrix, b_ub=self._bounds, method="highs-ds")
        if answer.status != 0:
            raise RuntimeError(f"the shortfall program, which always has an answer, found none: {answer.message}")
        return np.asarray(answer.ineqlin.marginals, np.float64)
