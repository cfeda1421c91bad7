"""Claims a second: through the service, through HTTP, and by a bare loop on the same PostgreSQL."""

import http.client
import threading
import time
from collections.abc import Callable, Sequence

import psycopg

from benchmarks.live.office import give_positions
from services.live.acts import Act
from services.live.desk import Desk
from services.live.following import Follower
from services.live.next_task import NextTask

BARE_TABLES = """
CREATE TABLE bare_tasks (id INT PRIMARY KEY, state TEXT NOT NULL, agent TEXT);
CREATE TABLE bare_events (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, task INT, agent TEXT, at TIMESTAMPTZ);
INSERT INTO bare_tasks SELECT n, 'waiting', NULL FROM generate_series(1, {num_tasks}) AS n;
CREATE INDEX bare_waiting ON bare_tasks (id) WHERE state = 'waiting';
"""
FIND = "SELECT id FROM bare_tasks WHERE state = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
TAKE = "UPDATE bare_tasks SET state = 'claimed', agent = %s WHERE id = %s"
NOTE = "INSERT INTO bare_events (task, agent, at) VALUES (%s, %s, now())"
Work = Callable[[Sequence[str]], None]


def set_up_bare(url: str, num_tasks: int) -> None:
    """Make the tables of the bare loop."""
    with psycopg.connect(url) as connection:
        connection.execute(BARE_TABLES.format(num_tasks=num_tasks).encode())
        connection.execute("ANALYZE bare_tasks")


def time_claims(agents: Sequence[str], num_threads: int, make_work: Callable[[], Work]) -> float:
    """Return claims a second of one claim by each agent, dealt to threads that begin at once."""
    start = threading.Barrier(num_threads + 1)
    faults: list[BaseException] = []

    def run(work: Work, share: Sequence[str]) -> None:
        start.wait()
        try:
            work(share)
        except BaseException as fault:  # noqa: BLE001 - told by the thread that waits
            faults.append(fault)

    threads = [
        threading.Thread(target=run, args=(make_work(), agents[n::num_threads]), daemon=True)
        for n in range(num_threads)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return len(agents) / (time.perf_counter() - begun)


def bare_loop(url: str) -> Callable[[], Work]:
    """Return what makes a bare loop on a connection of its own: find, take, note, commit."""

    def make() -> Work:
        connection = psycopg.connect(url)

        def work(agents: Sequence[str]) -> None:
            with connection, connection.cursor() as cursor:
                for agent in agents:
                    row = cursor.execute(FIND).fetchone()
                    assert row is not None, "the bare loop ran out of tasks"
                    cursor.execute(TAKE, (agent, row[0]))
                    cursor.execute(NOTE, (row[0], agent))
                    connection.commit()

        return work

    return make


def service_loop(next_task: NextTask) -> Callable[[], Work]:
    """Return what makes a loop through the service: rank, claim with its choice set, offer."""

    def make() -> Work:
        def work(agents: Sequence[str]) -> None:
            for agent in agents:
                offer = next_task.next_task(agent, Act())
                assert offer.primary is not None, "the queue ran out of tasks"

        return work

    return make


def http_loop(port: int, key: str) -> Callable[[], Work]:
    """Return what makes a loop of requests on a connection that is kept."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def make() -> Work:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

        def work(agents: Sequence[str]) -> None:
            for agent in agents:
                connection.request("POST", f"/api/agents/{agent}/next", b"{}", headers)
                answer = connection.getresponse()
                body = answer.read()
                assert answer.status == 200, body
            connection.close()

        return work

    return make


def free_agents(desk: Desk, follower: Follower, agents: Sequence[str]) -> None:
    """Let a lead take out of all hands what is claimed: all agents are free again, and everybody hears of it."""
    follower.catch_up()
    for agent in agents:
        state = follower.queue.state_of(agent)
        if state is not None and state.task_id is not None:
            desk.release(state.task_id, Act())
    give_positions(desk.database)
    time.sleep(1.0)  # whoever follows reads it meanwhile
