# ruff: noqa: PLC0415, S311 (peers are imported where they are; chance here guards nothing)
"""8 queues, 100 agents with 1 to 3 skills, earliest due first, the free agent with the fewest skills."""

import heapq
import random
import statistics
from typing import Any

from benchmarks.simulator.contest import Contestant, is_installed, make_ours, make_scenario, print_contest

NUM_QUEUES = 8
NUM_AGENTS = 100
TASKS_A_DAY = 8600
HANDLING = 15.0
RATE = TASKS_A_DAY / 1440
"""Tasks a minute, over all queues."""


def compare(scale: float) -> None:
    """Print the table."""
    days = max(1, round(10 * scale))
    num = TASKS_A_DAY
    contestants = [
        make_ours(make_document(days)),
        Contestant(name="Python loop on heapq", run=lambda seed: run_loop(num, seed), units=num),
    ]
    if is_installed("simpy"):
        contestants += [
            Contestant(name="SimPy, tuned: a process a task", run=lambda seed: run_simpy(num, seed), units=num),
            Contestant(name="SimPy, only its event list", run=lambda seed: run_simpy_callbacks(num, seed), units=num),
        ]
    if is_installed("ciw"):
        contestants.append(Contestant(name="Ciw, own rule of choice", run=lambda seed: run_ciw(num, seed), units=num))
    title = f"{NUM_QUEUES} queues, {NUM_AGENTS} agents with 1 to 3 skills, EDF, {num:,} tasks a day"
    print_contest(title, "task", contestants)


def draw_skills() -> list[set[int]]:
    """Return the queues that each agent serves, 1 to 3 of them."""
    rng = random.Random(3)
    return [{n % NUM_QUEUES, *rng.sample(range(NUM_QUEUES), rng.randint(0, 2))} for n in range(NUM_AGENTS)]


def get_sla(queue: int) -> float:
    """Return the minutes in which a task of a queue is due."""
    return 60.0 + 30.0 * queue


def list_able(skills: list[set[int]]) -> list[list[int]]:
    """Return who serves each queue, those with the fewest skills first."""
    order = sorted(range(NUM_AGENTS), key=lambda agent: (len(skills[agent]), agent))
    return [[agent for agent in order if queue in skills[agent]] for queue in range(NUM_QUEUES)]


def make_document(days: int) -> dict[str, Any]:
    """Return the scenario."""
    handling = {"distribution": "exponential", "mean_minutes": HANDLING}
    return make_scenario(
        days=days,
        task_types=[
            {"id": f"q{n}", "team": "t", "skill": f"s{n}", "handling": handling, "sla": {"minutes": get_sla(n)}}
            for n in range(NUM_QUEUES)
        ],
        arrivals=[{"task_type": f"q{n}", "per_hour": 60 * RATE / NUM_QUEUES} for n in range(NUM_QUEUES)],
        agents=[
            {
                "id": f"a{n:03d}",
                "team": "t",
                "week": "always",
                "skills": {f"s{m}": {"level": 1} for m in sorted(members)},
            }
            for n, members in enumerate(draw_skills())
        ],
        policy={"routing": "edf", "idle_agent": "specialist"},
    )


def find_queue(members: set[int], queues: list[list[tuple[float, Any]]]) -> int:
    """Return the queue of some whose first task is due first, -1 where all are empty."""
    best = -1
    for queue in members:
        if queues[queue] and (best < 0 or queues[queue][0] < queues[best][0]):
            best = queue
    return best


def run_loop(num: int, seed: int) -> float:
    """Return the mean wait of so many tasks, by a loop over a heap of who is done when."""
    rng = random.Random(seed)
    skills = draw_skills()
    able = list_able(skills)
    queues: list[list[tuple[float, float]]] = [[] for _ in range(NUM_QUEUES)]
    free = [True] * NUM_AGENTS
    events: list[tuple[float, int]] = []
    now = waited = 0.0
    left, coming = num, rng.expovariate(RATE)
    while left or events:
        if events and (not left or events[0][0] <= coming):
            now, agent = heapq.heappop(events)
            queue = find_queue(skills[agent], queues)
            if queue < 0:
                free[agent] = True
            else:
                waited += now - heapq.heappop(queues[queue])[1]
                heapq.heappush(events, (now + rng.expovariate(1 / HANDLING), agent))
            continue
        now = coming
        left -= 1
        coming = now + rng.expovariate(RATE)
        queue = rng.randrange(NUM_QUEUES)
        for agent in able[queue]:
            if free[agent]:
                free[agent] = False
                heapq.heappush(events, (now + rng.expovariate(1 / HANDLING), agent))
                break
        else:
            heapq.heappush(queues[queue], (now + get_sla(queue), now))
    return waited / num


def run_simpy(num: int, seed: int) -> float:
    """Return the mean wait of so many tasks, each a process that waits for an event where nobody is free."""
    import simpy

    rng = random.Random(seed)
    skills = draw_skills()
    able = list_able(skills)
    env = simpy.Environment()
    queues: list[list[tuple[float, Any]]] = [[] for _ in range(NUM_QUEUES)]
    free = [True] * NUM_AGENTS
    waits: list[float] = []

    def task(queue: int) -> Any:
        came = env.now
        for agent in able[queue]:
            if free[agent]:
                free[agent] = False
                break
        else:
            turn = env.event()
            heapq.heappush(queues[queue], (came + get_sla(queue), turn))
            agent = yield turn
        waits.append(env.now - came)
        yield env.timeout(rng.expovariate(1 / HANDLING))
        following = find_queue(skills[agent], queues)
        if following < 0:
            free[agent] = True
        else:
            heapq.heappop(queues[following])[1].succeed(agent)

    def source() -> Any:
        for _ in range(num):
            yield env.timeout(rng.expovariate(RATE))
            env.process(task(rng.randrange(NUM_QUEUES)))

    env.process(source())
    env.run()
    return statistics.fmean(waits)


def run_simpy_callbacks(num: int, seed: int) -> float:
    """Return the mean wait of so many tasks, with SimPy's timeouts and callbacks and nothing else of it."""
    import simpy

    rng = random.Random(seed)
    skills = draw_skills()
    able = list_able(skills)
    queues: list[list[tuple[float, float]]] = [[] for _ in range(NUM_QUEUES)]
    free = [True] * NUM_AGENTS
    env = simpy.Environment()
    waits: list[float] = []

    def done(event: Any) -> None:
        agent = event.value
        queue = find_queue(skills[agent], queues)
        if queue < 0:
            free[agent] = True
            return
        waits.append(env.now - heapq.heappop(queues[queue])[1])
        env.timeout(rng.expovariate(1 / HANDLING), agent).callbacks.append(done)

    def source() -> Any:
        for _ in range(num):
            yield env.timeout(rng.expovariate(RATE))
            queue = rng.randrange(NUM_QUEUES)
            for agent in able[queue]:
                if free[agent]:
                    free[agent] = False
                    waits.append(0.0)
                    env.timeout(rng.expovariate(1 / HANDLING), agent).callbacks.append(done)
                    break
            else:
                heapq.heappush(queues[queue], (env.now + get_sla(queue), env.now))

    env.process(source())
    env.run()
    return statistics.fmean(waits)


def run_ciw(num: int, seed: int) -> float:
    """Return the mean wait over the time in which so many tasks come; who serves whom is Ciw's, told our rule."""
    import ciw

    skills = draw_skills()
    able = list_able(skills)

    class Desk(ciw.Node):  # type: ignore[misc]
        asking = freed = None

        def begin_service_if_possible_accept(self, next_individual: Any) -> None:
            self.asking = next_individual
            super().begin_service_if_possible_accept(next_individual)

        def begin_service_if_possible_release(self, next_individual: Any, newly_free_server: Any) -> None:
            self.asking, self.freed = None, newly_free_server
            super().begin_service_if_possible_release(next_individual, newly_free_server)

        def find_free_server(self, ind: Any) -> Any:
            servers = (self.servers[agent] for agent in able[ind.priority_class])
            return next((server for server in servers if not server.busy), None)

        def choose_next_customer(self) -> Any:
            if self.asking is not None or self.freed is None:
                return self.asking
            best, soonest = None, float("inf")
            for queue in skills[self.freed.id_number - 1]:
                first = next((item for item in self.individuals[queue] if not item.server), None)
                if first is not None and first.arrival_date + get_sla(queue) < soonest:
                    best, soonest = first, first.arrival_date + get_sla(queue)
            return best

    ciw.seed(seed)
    names = [f"Class {queue}" for queue in range(NUM_QUEUES)]
    network = ciw.create_network(
        arrival_distributions={name: [ciw.dists.Exponential(RATE / NUM_QUEUES)] for name in names},
        service_distributions={name: [ciw.dists.Exponential(1 / HANDLING)] for name in names},
        priority_classes={name: queue for queue, name in enumerate(names)},
        number_of_servers=[NUM_AGENTS],
    )
    run = ciw.Simulation(network, node_class=Desk)
    run.simulate_until_max_time(num / RATE)
    return statistics.fmean(record.waiting_time for record in run.get_all_records())
