"""Whoever runs the replications: threads, processes, a cluster that loses a machine half-way."""

import functools
import importlib
import multiprocessing.util
import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import CancelledError, UnavailableError
from models.formats.scenarios.reading import Question, parse_scenario
from services.running.clusters import ClusterRunner
from services.running.processes import MOST_ATTEMPTS, ProcessRunner
from services.running.release import get_release
from services.running.runner import LEAST_CHUNK_S, Chunks, Runner
from services.running.threads import ThreadRunner
from services.simulating.simulate import Experiment, simulate
from services.simulating.tiny import TINY


def _question() -> Question:
    return parse_scenario({**TINY, "days": 3, "replications": 13, "seed": 5, "agents": [{**TINY["agents"][0]}]})


def _same(one: Experiment, other: Experiment) -> bool:
    return np.array_equal(one.figures, other.figures, equal_nan=True) and np.array_equal(one.series, other.series)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Functions that other processes can import too."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("tasks_to_run")


def test_chunks_hold_every_number_once_and_last_long_enough() -> None:
    chunks = Chunks(range(5, 105), 2)
    seen: list[int] = []
    sizes: list[int] = []
    for first, chunk in chunks:
        assert first == chunk[0]
        seen += chunk
        sizes.append(len(chunk))
        chunks.learn(len(chunk), 0.02 * len(chunk))
    assert seen == list(range(5, 105))
    assert sizes[0] == 1
    assert all(size * 0.02 >= LEAST_CHUNK_S for size in sizes[1:3])
    assert sizes[-1] <= sizes[1]


def test_slow_numbers_come_one_by_one() -> None:
    chunks = Chunks(range(4), 2)
    chunks.learn(1, 10.0)
    assert [list(chunk) for _, chunk in chunks] == [[0], [1], [2], [3]]


@pytest.mark.parametrize("runner", [ThreadRunner(3), ProcessRunner(2)], ids=["threads", "processes"])
def test_every_task_is_answered_under_its_id(runner: Runner, work: Any) -> None:
    with runner:
        assert dict(runner.run(work.square, [(n, n) for n in range(20)])) == {n: n * n for n in range(20)}
        assert dict(runner.run(work.square, [])) == {}
        with pytest.raises(ValueError, match="no square of 3"):
            dict(runner.run(work.fail, [(n, n) for n in range(8)]))
        assert dict(runner.run(work.fail, [(7, 7)])) == {7: 7}  # and it goes on


def test_threads_and_processes_give_the_same_bits() -> None:
    asked = _question()
    alone = simulate(asked)
    assert _same(alone, simulate(asked, runner=ThreadRunner(4)))
    seen: list[tuple[int, int]] = []
    with ProcessRunner(2) as runner:
        there = simulate(asked, runner=runner, on_progress=lambda done, wanted: seen.append((done, wanted)))
        logged = simulate(asked, runner=runner, replications=2, has_log=True)
    assert _same(alone, there)
    assert seen[-1] == (13, 13)
    assert [outcome.replication for outcome in logged.outcomes] == [0, 1]
    assert all(outcome.row_real is not None and len(outcome.row_real) for outcome in logged.outcomes)


def test_a_process_that_is_killed_loses_nothing(tmp_path: Path, work: Any) -> None:
    with ProcessRunner(1) as runner:
        assert dict(runner.run(work.die, [(4, tmp_path)])) == {4: "done"}


def test_a_task_that_kills_every_process_is_given_up(work: Any) -> None:
    with ProcessRunner(1) as runner, pytest.raises(UnavailableError, match=f"ended {MOST_ATTEMPTS} times"):
        dict(runner.run(work.die_always, [(0, 0)]))


def test_control_c_reaches_no_process_that_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    blocked: list[bool] = []
    launch = multiprocessing.util.spawnv_passfds

    def watch(*arguments: Any) -> int:
        blocked.append(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))
        return launch(*arguments)

    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    monkeypatch.setattr(multiprocessing.util, "spawnv_passfds", watch)
    with ProcessRunner(1) as runner:
        assert dict(runner.run(signal.getsignal, [(0, signal.SIGINT)])) == {0: signal.SIG_IGN}
        masks = dict(runner.run(functools.partial(signal.pthread_sigmask, signal.SIG_BLOCK), [(0, ())]))
    assert blocked[-1]
    assert masks == {0: set()}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before


def test_cancelling_ends_processes_at_once() -> None:
    cancel = threading.Event()
    begun = time.monotonic()
    threading.Timer(0.3, cancel.set).start()
    with ProcessRunner(1) as runner, pytest.raises(CancelledError):
        dict(runner.run(time.sleep, [(0, 60.0)], cancel=cancel))
    assert time.monotonic() - begun < 30


def test_cancelling_threads_begins_nothing_more() -> None:
    cancel = threading.Event()
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        cancel.set()
        return number

    with pytest.raises(CancelledError):
        list(ThreadRunner(1).run(work, [(n, n) for n in range(5)], cancel=cancel))
    assert begun == [0]


@contextmanager
def _cluster(**options: Any) -> Iterator[Any]:
    """Start a scheduler with machines of its own; what Dask itself warns of is not ours to mend."""
    import dask
    import distributed

    quiet = {"distributed.logging.distributed": "critical", "distributed.worker.daemon": False}
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(dask.config.set(quiet))
        make: Any = distributed.LocalCluster
        yield stack.enter_context(
            make(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, **options)
        )


@pytest.mark.timeout(240)
def test_a_cluster_gives_the_same_bits_and_loses_nothing_with_a_machine(tmp_path: Path, work: Any) -> None:
    asked = _question()
    with _cluster() as cluster, ClusterRunner(cluster.scheduler_address) as runner:
        assert runner.num_slots == 2
        assert _same(simulate(asked), simulate(asked, runner=runner))

        answers: dict[int, tuple[int, int]] = {}
        killed = 0
        for name, answer in runner.run(work.Slow(tmp_path), [(n, n) for n in range(16)]):
            answers[name] = answer
            if len(answers) == 5:
                killed = answer[1]
                os.kill(killed, signal.SIGKILL)
        assert {name: squared for name, (squared, _) in answers.items()} == {n: n * n for n in range(16)}
        assert killed
        assert any(process != killed for _, process in answers.values())

        cancel = threading.Event()
        answering = runner.run(time.sleep, [(n, 0.05) for n in range(1000)], cancel=cancel)
        next(answering)
        cancel.set()
        with pytest.raises(CancelledError):
            list(answering)
        assert dict(runner.run(work.square, [(3, 3)])) == {3: 9}
        with pytest.raises(ValueError, match="no square of 3"):
            dict(runner.run(work.fail, [(3, 3)]))


def test_nothing_at_the_address_is_said() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(UnavailableError, match="no Dask scheduler answers"):
            ClusterRunner("tcp://127.0.0.1:9", connect_s=0.5)


def test_another_release_on_the_cluster_is_refused() -> None:
    from services.running.clusters import _unpack

    with pytest.raises(UnavailableError, match="another release"):
        _unpack(b"", "0" * 64)
    assert len(get_release()) == 64
