"""The peers by name, what each leaves out, and a run of one in a process of its own, which ends when its time does."""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

from benchmarks.peers.cp_sat import decide_by_cp_sat
from benchmarks.peers.deciding import Decision, time_anew
from benchmarks.peers.dispatching import decide_by_rule
from benchmarks.peers.job_shop import decide_by_pyjobshop
from benchmarks.peers.task_assigning import decide_by_timefold, explain_missing, load_timefold
from benchmarks.standard_problems import draw_problem
from models.formats.plan import Unscheduled
from models.formats.problem import Problem
from models.vocabulary import Rule, UnscheduledReason
from optimizer.instance import Instance
from optimizer.referee import Verdict, check
from optimizer.routing import solve, warm_up
from optimizer.solution import Solution
from services.assemble import assemble_instance, assemble_plan

OURS = "ours"
SETTING_UP_S = 120.0
"""What a process may take to draw the problem and load kernels; no part of a peer's time."""

OVERTIME_S, OVERTIME_SHARE = 2.0, 0.1
"""How much later than its limit an answer may come."""

MEMORY_SHARE = 0.75
"""Part of the machine's memory that a peer may take."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What each peer is given alike: seconds, building included, and threads; the seed of its search."""

    seconds: float
    threads: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A way to plan.

    Attributes
    ----------
    leaves_out : which part of the problem it does not see
    load : loads what more it needs, which is no part of its time
    explain_missing : tells why it cannot run here, empty where it can
    """

    solve: Callable[[Instance, Limits], Solution | None]
    leaves_out: str
    load: Callable[[], None] | None = None
    explain_missing: Callable[[], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """A standard problem."""

    num_tasks: int
    num_agents: int
    seed: int

    def draw(self) -> Problem:
        """Return the problem."""
        return draw_problem(num_tasks=self.num_tasks, num_agents=self.num_agents, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a run: seconds and the referee's figures, or why there are none.

    Attributes
    ----------
    total, late, num_left : of the plan, timed anew; the weight that is late and the number of tasks left
    lower_bound : proven, 0 where none was sought
    """

    seconds: float = 0.0
    total: float | None = None
    late: float | None = None
    num_left: int = 0
    lower_bound: float = 0.0
    fault: str = ""


Decide = Callable[[Instance, Limits], Decision | None]


def _timed_anew(decide: Decide) -> Callable[[Instance, Limits], Solution | None]:
    def run(instance: Instance, limits: Limits) -> Solution | None:
        decision = decide(instance, limits)
        return None if decision is None else time_anew(instance, decision)

    return run


def _by_rule(instance: Instance, _limits: Limits, *, rule: Rule) -> Decision:
    return decide_by_rule(instance, rule)


def _by_cp_sat(instance: Instance, limits: Limits, *, has_setups: bool, has_hint: bool) -> Decision | None:
    return decide_by_cp_sat(
        instance,
        seconds=limits.seconds,
        threads=limits.threads,
        seed=limits.seed,
        has_setups=has_setups,
        has_hint=has_hint,
    )


def _by_pyjobshop(instance: Instance, limits: Limits, *, has_setups: bool) -> Decision | None:
    return decide_by_pyjobshop(
        instance, seconds=limits.seconds, threads=limits.threads, seed=limits.seed, has_setups=has_setups
    )


def _by_timefold(instance: Instance, limits: Limits) -> Decision | None:
    return decide_by_timefold(instance, seconds=limits.seconds)


def _ourselves(instance: Instance, limits: Limits) -> Solution:
    return solve(instance, seed=limits.seed, time_limit_s=limits.seconds, threads=limits.threads)


def _list_peers() -> Mapping[str, Peer]:
    peers = {
        name: Peer(solve=_timed_anew(partial(_by_rule, rule=rule)), leaves_out=leaves_out)
        for name, rule, leaves_out in (
            ("first in, first out", Rule.FIFO, "all but when tasks arrived"),
            ("earliest due date", Rule.EDF, "all but due dates"),
            ("ATC, best k", Rule.ATC, "all but weight, handling and due date"),
        )
    }
    for has_setups, name, leaves_out in (
        (False, "CP-SAT", "setups, moves"),
        (True, "CP-SAT with circuits", "nothing of these problems"),
    ):
        for has_hint, suffix in ((False, ""), (True, ", hint from ATC")):
            decide = partial(_by_cp_sat, has_setups=has_setups, has_hint=has_hint)
            peers[name + suffix] = Peer(solve=_timed_anew(decide), leaves_out=leaves_out)
    for has_setups, name, leaves_out in (
        (False, "PyJobShop", "setups, moves, what is done away"),
        (True, "PyJobShop with setups", "moves, what is done away"),
    ):
        decide = partial(_by_pyjobshop, has_setups=has_setups)
        peers[name] = Peer(solve=_timed_anew(decide), leaves_out=leaves_out)
    peers["Timefold"] = Peer(
        solve=_timed_anew(_by_timefold),
        leaves_out="nothing of these problems",
        load=load_timefold,
        explain_missing=explain_missing,
    )
    return {OURS: Peer(solve=_ourselves, leaves_out="nothing"), **peers}


PEERS = _list_peers()


def judge(problem: Problem, instance: Instance, solution: Solution) -> Verdict:
    """Return what the referee says of a plan; an infeasible one is an error."""
    left = [
        Unscheduled(task=task.id, reason=UnscheduledReason.NO_CAPACITY)
        for task, agent in zip(problem.tasks, solution.task_agent.tolist(), strict=True)
        if agent < 0
    ]
    verdict = check(problem, assemble_plan(problem, instance, solution, unscheduled=left))
    if not verdict.feasible:
        raise RuntimeError(f"a plan breaks {len(verdict.violations)} rules, the first: {verdict.violations[0]}")
    return verdict


def run(name: str, question: Question, limits: Limits) -> Outcome:
    """Return what a peer makes of a question; it is ended where it takes longer than it may."""
    explain = PEERS[name].explain_missing
    if explain is not None and (missing := explain()):
        return Outcome(fault=f"not run: {missing}")
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, name, question, limits), daemon=True)
    process.start()
    theirs.close()
    try:
        return _await(ours, limits)
    except EOFError:
        process.join()
        if process.exitcode == 1:
            raise RuntimeError(f"{name}: its run failed; standard error tells where") from None
        return Outcome(fault=f"no answer: its process ended with {process.exitcode}, probably for want of memory")
    finally:
        process.kill()
        process.join()
        ours.close()


def _await(pipe: Connection, limits: Limits) -> Outcome:
    if not pipe.poll(SETTING_UP_S):
        return Outcome(fault="no answer: it could not be set up")
    pipe.recv()
    if not pipe.poll((1 + OVERTIME_SHARE) * limits.seconds + OVERTIME_S):
        return Outcome(fault=f"no answer in {limits.seconds:g} s: it had to be ended")
    # What follows an answer (timing anew, judging) has its own time.
    answered = pipe.recv()
    if not isinstance(answered, Outcome):
        if not pipe.poll(SETTING_UP_S):
            return Outcome(fault="no answer: its plan could not be judged in time")
        answered = pipe.recv()
    assert isinstance(answered, Outcome)
    return answered


def _run(pipe: Connection, name: str, question: Question, limits: Limits) -> None:
    """Answer a question and say so: that all is set up, that there is an answer, and what the referee says of it."""
    most = int(MEMORY_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    problem = question.draw()
    instance = assemble_instance(problem)
    warm_up()
    load = PEERS[name].load
    if load is not None:
        load()
    pipe.send("ready")
    begun = time.monotonic()
    try:
        solution = PEERS[name].solve(instance, limits)
    except MemoryError:
        pipe.send(Outcome(fault="no answer: out of memory"))
        return
    seconds = time.monotonic() - begun
    if solution is None:
        pipe.send(Outcome(fault=f"no answer in {seconds:.1f} s"))
        return
    pipe.send("answered")
    verdict = judge(problem, instance, solution)
    pipe.send(
        Outcome(
            seconds=seconds,
            total=verdict.objective.total,
            late=verdict.objective.late,
            num_left=int((solution.task_agent < 0).sum()),
            lower_bound=verdict.lower_bound,
        )
    )
