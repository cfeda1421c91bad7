"""The search: deals the agents to lanes, lets threads anneal them, gathers, and deals anew."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.instance import Instance, Ints, Seconds
from optimizer.search.annealing import MIXTURE, NUM_MOVES, anneal
from optimizer.search.board import Board
from optimizer.search.cooling import choose_cooling
from optimizer.search.facts import Facts, gather_facts
from optimizer.search.layout import count_lanes, deal_agents, lay_out, list_agent_teams
from optimizer.search.links import cut_links
from optimizer.search.pacing import FIRST_RATE, CountedPace, Effort, Pace, TimedPace
from optimizer.search.progress import Progress
from optimizer.search.reading import read_sequences, read_times, total_of
from optimizer.search.seating import queue_up, seat
from optimizer.search.stopping import Stop
from optimizer.search.tiny import tiny_instance

Times = tuple[Ints, Seconds, Seconds]

CALMNESS = 20.0
"""What a calm search charges for taking a task from whom it was shown to, as a multiple of the objective's charge: a
change must be well worth it, not just worth it: at 20, fifty urgent arrivals leave 95 of 100 tasks of 5,000 with their
agents, at 1 not even 85."""


def warm_up() -> None:
    """Compile the kernels of the search, beginning with everything left."""
    instance = tiny_instance()
    nobody = np.full(instance.num_tasks, -1, np.int32)
    search = Search(instance, (nobody, np.zeros(instance.num_tasks, np.int64)), seed=0, threads=1)
    search.run(Stop(time_limit_s=None, iterations=2_000, cancel=None), None)


class Search:
    """An annealing search from a plan.

    Attributes
    ----------
    best : agent, start and end of each task in the best schedule met
    best_cost : its cost in units of the search
    iterations : candidates tried
    tally : (2 * NUM_MOVES,) candidates tried and accepted by move
    """

    def __init__(
        self, instance: Instance, start: tuple[Ints, Seconds], *, seed: int, threads: int, is_calm: bool = False
    ) -> None:
        self.instance = instance
        self.facts: Facts = gather_facts(_calm(instance) if is_calm else instance)
        self.seed, self.threads, self.is_calm = seed, threads, is_calm
        self.random = np.random.Generator(np.random.PCG64([seed, 1]))
        self.teams = list_agent_teams(instance)
        self.num_lanes = count_lanes(instance.num_agents)
        self.mixture = MIXTURE.copy()
        self.tally: NDArray[np.int64] = np.zeros(2 * NUM_MOVES, np.int64)
        self.iterations = 0
        self.num_deals = 0
        self.board: Board = seat(instance, self.facts, *start)
        self.best: Times = read_times(self.board)
        self.best_cost = int(total_of(self.board))
        queue_up(instance, self.board)
        self._keep()

    @property
    def best_total(self) -> float:
        """Value of the best schedule met, as the search counts, less what a calm search counts beyond that."""
        total = self.best_cost / self.facts.scale
        if self.is_calm:
            agent, published = self.best[0], self.instance.task_published
            num_reassigned = int(np.count_nonzero((agent >= 0) & (published >= 0) & (agent != published)))
            total -= (CALMNESS - 1.0) * self.instance.objective.reassigned * num_reassigned
        return total

    def run(self, stop: Stop, on_progress: Callable[[Progress], None] | None) -> None:
        """Search until told to stop."""
        if stop.iterations is not None:
            budget = stop.iterations
        else:
            budget = int(FIRST_RATE * self.threads * min(max(0.0, stop.remaining_s()), 1e6))
        cooling = choose_cooling(self.facts.tasks, budget / self.instance.num_tasks, is_calm=self.is_calm)
        effort = Effort()
        pace: Pace
        if stop.iterations is not None:
            pace = CountedPace(stop.iterations, self.num_lanes, cooling.rounds)
        else:
            pace = TimedPace(stop, self.num_lanes, self.threads, effort, cooling.rounds)
        with ThreadPoolExecutor(self.threads) as executor:
            while not stop.is_cancelled() and (step := pace.step()) is not None:
                begun_s, tried = stop.seconds(), self.iterations
                self._deal()
                dealt_s = stop.seconds()
                self._try(executor, stop, step.candidates, *cooling.between(step.share, step.next_share))
                tried_s = stop.seconds()
                self._keep()
                done_s = stop.seconds()
                effort.candidates, effort.trying_s = self.iterations - tried, tried_s - dealt_s
                effort.dealing_s = dealt_s - begun_s + done_s - tried_s
                if on_progress is not None:
                    on_progress(
                        Progress(total=self.best_total, iterations=self.iterations, seconds=done_s, best=self.best)
                    )

    def _deal(self) -> None:
        """Deal the agents to lanes anew."""
        cut_links(self.instance, self.facts, read_times(self.board), self.random)
        lanes = deal_agents(self.teams, self.num_lanes, self.random)
        key = (self.seed, 2, self.num_deals)
        self.board = lay_out(self.instance, self.facts, lanes, read_sequences(self.board), key)
        self.num_deals += 1

    def _try(self, executor: ThreadPoolExecutor, stop: Stop, candidates: int, hot: float, cold: float) -> None:
        """Try a number of candidates in each lane; lanes not begun when somebody cancels are left as they are."""

        def work(lane: int) -> NDArray[np.int64] | None:
            if stop.is_cancelled():
                return None
            tally = np.zeros(2 * NUM_MOVES, np.int64)
            anneal(self.board, lane, self.mixture, candidates, hot, cold, tally)
            return tally

        for tally in executor.map(work, range(self.num_lanes)):
            if tally is not None:
                self.tally += tally
                self.iterations += candidates

    def _keep(self) -> None:
        """Keep the schedule if it is the best yet."""
        cost = int(total_of(self.board))
        if cost < self.best_cost:
            self.best_cost, self.best = cost, read_times(self.board)


def _calm(instance: Instance) -> Instance:
    """Return an instance in which a reassignment costs more."""
    costs = instance.objective
    return replace(instance, objective=replace(costs, reassigned=CALMNESS * costs.reassigned))
