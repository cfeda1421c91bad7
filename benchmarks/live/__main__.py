"""How soon the next best task is offered with a long queue, and how many claims a second it bears.

    python -m benchmarks.live [--tasks 100000] [--agents 1000] [--calls 400] [--rounds 3] [--only sqlite|postgresql]

`call` is the whole service call, once for each of so many agents, one after another: rank all that waits, claim the
best in the database with its choice set, describe it and two alternates; the process is held to one core. `claims/s`
counts one claim by each agent, who are all free, at one connection and at eight (threads of one process), for the bare
loop (SELECT FOR UPDATE SKIP LOCKED, UPDATE, INSERT, COMMIT), the service, and the service behind HTTP (two server
processes), in turns on the same PostgreSQL; told is the median of the rounds. Ends with 1 where a goal is missed: p50
15 ms, p99 60 ms, half of the bare loop through the service, a quarter through HTTP.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import structlog

from benchmarks.faults.servers import Postgres, Server
from benchmarks.live.claims import (
    Work,
    bare_loop,
    free_agents,
    http_loop,
    service_loop,
    set_up_bare,
    time_claims,
)
from benchmarks.live.office import set_up_office
from models.database import Database
from models.migrations.runner import upgrade
from optimizer.next_task import warm_up
from services.live.acting import read_clock
from services.live.acts import Act
from services.live.desk import Desk
from services.live.following import Follower
from services.live.next_task import NextTask
from services.settings import Settings

P50_MS, P99_MS = 15.0, 60.0
OF_BARE, OF_BARE_BY_HTTP = 0.5, 0.25
CONNECTIONS = (1, 8)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--tasks", type=int, default=100_000)
    cli.add_argument("--agents", type=int, default=1_000)
    cli.add_argument("--calls", type=int, default=400, help="service calls that are timed one by one")
    cli.add_argument("--rounds", type=int, default=3, help="rounds of claims, each way in turn")
    cli.add_argument("--only", choices=("sqlite", "postgresql"))
    args = cli.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    warm_up()
    print(f"{args.tasks:,} tasks wait for {args.agents:,} agents\n")
    is_met = True
    with tempfile.TemporaryDirectory() as folder:
        if args.only != "postgresql":
            with Database(f"sqlite:///{folder}/live.sqlite3") as database:
                is_met &= _run("sqlite", database, args, Path(folder))
        if args.only != "sqlite":
            server = Postgres(Path(folder) / "postgres")
            try:
                with Database(server.url) as database:
                    is_met &= _run("postgresql", database, args, Path(folder), url=server.url)
            finally:
                server.close()
    return 0 if is_met else 1


def _run(name: str, database: Database, args: argparse.Namespace, folder: Path, *, url: str | None = None) -> bool:
    upgrade(database)
    begun = time.perf_counter()
    agents, key = set_up_office(database, num_agents=args.agents, num_tasks=args.tasks, now=int(time.time()))
    print(f"{name}: the office is stored in {time.perf_counter() - begun:.0f} s", flush=True)
    settings = Settings()
    begun = time.process_time()
    follower = Follower(database, settings, clock=read_clock)
    follower.catch_up()
    print(f"{name}: the queue is read in {time.process_time() - begun:.1f} s of the processor", flush=True)
    desk = Desk(database, settings, listeners=[follower.hear])
    offers = NextTask(database, desk, follower, clock=read_clock)
    is_met = _time_calls(name, offers, agents, args.calls)
    if url is not None:
        is_met &= _compare_claims(desk, follower, offers, agents, key, args, folder, url)
    return is_met


def _time_calls(name: str, offers: NextTask, agents: Sequence[str], num_calls: int) -> bool:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    called, ranked, cpu = [], [], time.process_time()
    for agent in agents[:num_calls]:
        begun = time.perf_counter()
        offer = offers.next_task(agent, Act())
        called.append(time.perf_counter() - begun)
        assert offer.primary is not None, "the queue ran out of tasks"
    cpu = time.process_time() - cpu
    for agent in agents[:num_calls]:
        begun = time.perf_counter()
        offers.rank(agent)
        ranked.append(time.perf_counter() - begun)
    os.sched_setaffinity(0, cores)
    p50, p99 = np.percentile(called, [50, 99]) * 1e3
    rank50, rank99 = np.percentile(ranked, [50, 99]) * 1e3
    print(
        f"{name}: call p50 {p50:.2f} ms, p99 {p99:.2f} ms (goal {P50_MS:g}, {P99_MS:g}); "
        f"of the processor {cpu / num_calls * 1e3:.2f} ms a call; ranking p50 {rank50:.2f} ms, p99 {rank99:.2f} ms",
        flush=True,
    )
    return bool(p50 <= P50_MS and p99 <= P99_MS)


def _compare_claims(
    desk: Desk,
    follower: Follower,
    offers: NextTask,
    agents: Sequence[str],
    key: str,
    args: argparse.Namespace,
    folder: Path,
    url: str,
) -> bool:
    plain_url = url.replace("postgresql+psycopg:", "postgresql:", 1)
    set_up_bare(plain_url, len(agents) * args.rounds * len(CONNECTIONS) * 2)
    server = Server(url, num_processes=2, log=folder / "server.log")
    server.start()
    server.wait_until_ready()
    ways: dict[str, Callable[[], Work]] = {
        "bare loop": bare_loop(plain_url),
        "service": service_loop(offers),
        "HTTP": http_loop(server.port, key),
    }
    is_met = True
    try:
        for connections in CONNECTIONS:
            rates: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(args.rounds):
                for way, make in ways.items():
                    free_agents(desk, follower, agents)
                    rates[way].append(time_claims(agents, connections, make))
            median = {way: statistics.median(found) for way, found in rates.items()}
            bare = median["bare loop"]
            shares = {way: rate / bare for way, rate in median.items()}
            told = ", ".join(f"{way} {rate:.0f}/s ({shares[way]:.2f})" for way, rate in median.items())
            print(f"claims at {connections} connection{'s' * (connections > 1)}: {told}", flush=True)
            is_met &= shares["service"] >= OF_BARE and shares["HTTP"] >= OF_BARE_BY_HTTP
    finally:
        server.stop()
    return is_met


if __name__ == "__main__":
    sys.exit(main())
