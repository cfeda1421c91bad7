"""The least work that must be late by an instant: a linear program over demands, agents and stretches of time.

Work is divisible and may be interrupted: the preemptive relaxation. Agents of the same abilities are one group; what a
group can do at one speed is one pool, so that a variable is a group, a pool and a stretch, not a group and a task. The
answer is read from the duals only, and proven again without the program: see `proof`.

References
----------
Horn (1974), "Some simple scheduling algorithms", section 3 (preemptive, release and due dates, as a flow);
Lawler and Labetoulle (1978), "On preemptive scheduling of unrelated parallel processors by linear programming".
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.certificate.demands import Demands, Positions
from optimizer.instance import Floats, Seconds

_MINUTE = 60.0
FEW_GROUPS = 8
"""What few groups can do (a pin, an exclusion) stays out of pools: it would give each of them a pool of its own."""


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
    like = _find_alike(groups, int(buckets.demand.max(initial=-1)) + 1)
    # What the same groups can do at the same speeds, and in the same time, is one to the program.
    spans = np.stack((like[buckets.demand], buckets.first, buckets.until))
    kinds, kind_of = np.unique(spans, axis=1, return_inverse=True)
    program = _Program()
    lacking = [program.add_variable(cost=1.0) for _ in range(kinds.shape[1])]
    work = np.bincount(kind_of, buckets.work, kinds.shape[1])
    owed = [program.add_row(-seconds / _MINUTE) for seconds in work.tolist()]
    for variable, row in zip(lacking, owed, strict=True):
        program.put(row, variable, -1.0)
    wanted: dict[tuple[int, int], int] = {}
    for kind, (demand, first, until) in enumerate(_rows(*kinds)):
        for stretch in range(first, until):
            if (demand, stretch) not in wanted:
                wanted[demand, stretch] = program.add_row(0.0)
            variable = program.add_variable()
            program.put(owed[kind], variable, -1.0)
            program.put(wanted[demand, stretch], variable, 1.0)
    offers = _split_offers(groups, set(kinds[0].tolist()))
    pools = _Pools(program, {shared for offer in offers for shared, _, _ in offer}, wanted)
    for group, offer in enumerate(offers):
        for stretch in np.flatnonzero(groups.seconds[group, : int(buckets.until.max(initial=0))]).tolist():
            row = program.add_row(groups.seconds[group, stretch] / _MINUTE)
            for shared, apart, speed in offer:
                ends = [wanted[demand, stretch] for demand in apart if (demand, stretch) in wanted]
                for end in [*ends, *pools.open(shared, stretch)]:
                    variable = program.add_variable()
                    program.put(row, variable, 1.0)
                    program.put(end, variable, -speed)
    marginals = program.solve()
    return np.clip(-marginals[owed], 0.0, 1.0)[kind_of]


def _find_alike(groups: Groups, num_demands: int) -> Positions:
    """Return, for each demand, the first that the same groups can do at the same speeds."""
    able: list[list[tuple[int, float]]] = [[] for _ in range(num_demands)]
    for group, offers in enumerate(groups.offers):
        for members, speed in offers:
            for demand in members:
                if demand < num_demands:
                    able[demand].append((group, speed))
    first: dict[tuple[tuple[int, float], ...], int] = {}
    return np.array([first.setdefault(tuple(pairs), demand) for demand, pairs in enumerate(able)], np.int64)


_Offer = tuple[tuple[int, ...], tuple[int, ...], float]


def _split_offers(groups: Groups, asked: set[int]) -> list[list[_Offer]]:
    """Return what each group can do of some demands: what many groups can, what few can, and the speed."""
    num_offers = Counter(demand for offers in groups.offers for members, _ in offers for demand in members)
    split = []
    for offers in groups.offers:
        own = []
        for members, speed in offers:
            known = [demand for demand in members if demand in asked]
            if known:
                shared = tuple(demand for demand in known if num_offers[demand] > FEW_GROUPS)
                own.append((shared, tuple(demand for demand in known if num_offers[demand] <= FEW_GROUPS), speed))
        split.append(own)
    return split


class _Pools:
    """Rows into which work flows that may go to any of some demands; a pool flows into pools that are parts of it."""

    def __init__(
        self, program: "_Program", pools: Iterable[tuple[int, ...]], wanted: Mapping[tuple[int, int], int]
    ) -> None:
        self._program, self._wanted = program, wanted
        self._rows: dict[tuple[tuple[int, ...], int], tuple[int, ...]] = {}
        self._parts: dict[tuple[int, ...], tuple[list[tuple[int, ...]], list[int]]] = {}
        largest_first = sorted((pool for pool in pools if len(pool) > 1), key=lambda pool: (-len(pool), pool))
        sets = [set(pool) for pool in largest_first]
        for n, pool in enumerate(largest_first):
            rest, parts = set(pool), []
            for smaller, members in zip(largest_first[n + 1 :], sets[n + 1 :], strict=True):
                if members <= rest:
                    parts.append(smaller)
                    rest -= members
            self._parts[pool] = parts, sorted(rest)

    def open(self, pool: tuple[int, ...], stretch: int) -> tuple[int, ...]:
        """Return the row of a pool in a stretch; none where nothing of it is wanted then."""
        if len(pool) <= 1:
            return tuple(self._wanted[demand, stretch] for demand in pool if (demand, stretch) in self._wanted)
        if (pool, stretch) not in self._rows:
            parts, rest = self._parts[pool]
            ends = [end for part in parts for end in self.open(part, stretch)]
            ends += [self._wanted[demand, stretch] for demand in rest if (demand, stretch) in self._wanted]
            if len(ends) > 1:
                row = self._program.add_row(0.0)
                for end in ends:
                    variable = self._program.add_variable()
                    self._program.put(row, variable, 1.0)
                    self._program.put(end, variable, -1.0)
                ends = [row]
            self._rows[pool, stretch] = tuple(ends)
        return self._rows[pool, stretch]


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
        # Taking it in takes most of a second: only those who ask for a certificate pay.
        from scipy.optimize import linprog  # noqa: PLC0415
        from scipy.sparse import csr_array  # noqa: PLC0415

        shape = (len(self._bounds), len(self._costs))
        # linprog takes sparse matrices, which its stubs do not know.
        matrix: Any = csr_array((self._value, (self._row, self._column)), shape=shape)
        answer = linprog(self._costs, A_ub=matrix, b_ub=self._bounds, method="highs-ds")
        if answer.status != 0:
            raise RuntimeError(f"the shortfall program, which always has an answer, found none: {answer.message}")
        return np.asarray(answer.ineqlin.marginals, np.float64)
