"""The search: deals the agents to lanes, lets threads anneal them, gathers, and deals anew."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from optimizer.instance import Instance, Ints, Seconds
from optimizer.search.annealing import NUM_MOVES, anneal
from optimizer.search.board import Board
from optimizer.search.cooling import choose_cooling
from optimizer.search.facts import Facts, gather_facts
from optimizer.search.layout import (
    count_lanes,
    deal_agents,
    lay_out,
    list_agent_teams,
    read_sequences,
    read_times,
    total_of,
)  # fmt: skip
from optimizer.search.links import cut_links
from optimizer.search.progress import Progress
from optimizer.search.seating import seat
from optimizer.search.stopping import Stop

Times = tuple[Ints, Seconds, Seconds]

_SHARES = np.array([90, 40, 50, 16, 14, 20, 4, 12, 10])
_DEALS = 100
_FEWEST_PER_LANE = 200
_DEAL_S = 0.15
_FIRST_RATE = 1.0e6


class Search:
    """An annealing search from a plan.

    Attributes
    ----------
    best : agent, start and end of each task in the best schedule met
    best_cost : its cost in units of the search
    iterations : candidates tried
    """

    def __init__(self, instance: Instance, start: tuple[Ints, Seconds], *, seed: int, threads: int) -> None:
        self.instance = instance
        self.facts: Facts = gather_facts(instance)
        self.seed, self.threads = seed, threads
        self.random = np.random.Generator(np.random.PCG64([seed, 1]))
        self.teams = list_agent_teams(instance)
        self.num_lanes = count_lanes(instance.num_agents)
        self.mixture = np.append(np.cumsum(_SHARES), 7).astype(np.int64)
        self.tally: NDArray[np.int64] = np.zeros(2 * NUM_MOVES, np.int64)
        self.iterations = 0
        self.num_deals = 0
        self.board: Board = seat(instance, self.facts, *start)
        self.best: Times = read_times(self.board)
        self.best_cost = int(total_of(self.board))

    @property
    def best_total(self) -> float:
        """Value of the best schedule met, as the search counts."""
        return self.best_cost / self.facts.scale

    def run(self, stop: Stop, on_progress: Callable[[Progress], None] | None) -> None:
        """Search until told to stop."""
        mean_weight = float(self.instance.task_weight.mean()) or 1.0
        unit = max(self.facts.scale * self.instance.objective.tardiness * mean_weight, 1.0)
        budget = stop.iterations
        if budget is None:
            budget = int(_FIRST_RATE * self.threads * max(0.0, stop.remaining_s()))
        cooling = choose_cooling(unit, budget / self.instance.num_tasks)
        rate = _FIRST_RATE
        begun_s, horizon_s = stop.seconds(), stop.remaining_s()
        num_deals = max(1, min(_DEALS, budget // (_FEWEST_PER_LANE * self.num_lanes)))
        with ThreadPoolExecutor(self.threads) as executor:
            while not stop.is_cancelled():
                since_s = stop.seconds()
                if stop.iterations is not None:
                    if self.num_deals == num_deals:
                        break
                    share, next_share = self.num_deals / num_deals, (self.num_deals + 1) / num_deals
                    count = stop.iterations // (num_deals * self.num_lanes)
                else:
                    left_s = stop.remaining_s()
                    if left_s <= 0.002:
                        break
                    slice_s = min(_DEAL_S, max(0.01, horizon_s / _DEALS), left_s)
                    share, next_share = (since_s - begun_s) / horizon_s, (since_s - begun_s + slice_s) / horizon_s
                    count = max(1, int(rate * slice_s * min(self.threads, self.num_lanes) / self.num_lanes))
                self._deal(executor, stop, count, cooling.at(share), cooling.at(next_share))
                spent_s = max(1e-4, stop.seconds() - since_s)
                rate = 0.5 * rate + 0.5 * count * self.num_lanes / min(self.threads, self.num_lanes) / spent_s
                if on_progress is not None:
                    on_progress(Progress(total=self.best_total, iterations=self.iterations, seconds=stop.seconds()))

    def _deal(self, executor: ThreadPoolExecutor, stop: Stop, count: int, hot: float, cold: float) -> None:
        """Deal the agents, try a number of candidates in each lane, and keep the outcome if it is the best yet."""
        cut_links(self.instance, self.facts, read_times(self.board), self.random)
        lanes = deal_agents(self.teams, self.num_lanes, self.random)
        key = (self.seed, 2, self.num_deals)
        board = lay_out(self.instance, self.facts, lanes, read_sequences(self.board), key)

        def work(lane: int) -> NDArray[np.int64]:
            tally = np.zeros(2 * NUM_MOVES, np.int64)
            if not stop.is_cancelled():
                anneal(board, lane, self.mixture, count, hot, cold, tally)
            return tally

        for tally in executor.map(work, range(self.num_lanes)):
            self.tally += tally
        self.iterations += count * self.num_lanes
        self.num_deals += 1
        self.board = board
        cost = int(total_of(board))
        if cost < self.best_cost:
            self.best_cost, self.best = cost, read_times(board)
