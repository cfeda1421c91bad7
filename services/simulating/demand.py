"""What comes in, laid out in seconds: streams of arrivals, traces, and what waits at the start."""

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from models.errors import InputError
from models.formats.scenarios.flow import count_visits
from models.formats.scenarios.reading import Question
from models.formats.scenarios.scenario import Arrivals, Scenario
from models.formats.scenarios.traces import Trace
from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from services.simulating.wall_clock import WallClock
from simulations.engine.columns import EVEN, POISSON, TRACE
from simulations.engine.layout import Reals, Wholes
from simulations.randomness.philox import name_stream

MOST_TASKS = 20_000_000
"""What one replication may have to do; a thousand people do a hundredth of it in a month."""
OLDEST_HOURS = 876_000
"""How long a task may have waited at the start: 100 years."""


@dataclass
class Demand:
    """The arrivals of a scenario as rows of the engine's tables."""

    streams: list[tuple[int, ...]] = field(default_factory=list)
    shapes: list[float] = field(default_factory=list)
    pieces: list[tuple[float, float, float]] = field(default_factory=list)
    piece_day: list[int] = field(default_factory=list)
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    trace_whole: list[tuple[int, int]] = field(default_factory=list)
    backlog: list[tuple[float, int, int, int]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    """Weights that traces give, in the order of their positions from 1 on."""
    task_names: list[str | None] = field(default_factory=list)
    """The id of each row of the traces, where they give one."""
    trace_tasks: dict[int, list[str | None]] = field(default_factory=dict)
    """The ids of a trace's tasks, by the number of its stream of work."""
    stream_names: dict[int, str] = field(default_factory=dict)
    """What tasks of a stream are called, by the number of its stream of work."""
    warnings: list[str] = field(default_factory=list)


def lay_out_demand(question: Question, clock: WallClock, *, horizon: float) -> Demand:
    """Return what comes in during a scenario.

    Raises
    ------
    InputError
        If more tasks wait at the start than one replication can hold, or for longer than calendars are laid out.
    """
    scenario = question.scenario
    waiting = sum(backlog.count for backlog in scenario.initial_backlog)
    if waiting > MOST_TASKS:
        raise InputError.of(
            question.file, f"at most {MOST_TASKS:,} tasks", field="initial_backlog", value=f"{waiting:,} tasks"
        )
    for n, backlog in enumerate(scenario.initial_backlog):
        if backlog.age_hours > OLDEST_HOURS:
            raise InputError.of(
                question.file,
                f"at most {OLDEST_HOURS:,}: 100 years",
                record=f"initial_backlog[{n}]",
                field="age_hours",
                value=backlog.age_hours,
            )
    demand = Demand()
    types = {kind.id: n for n, kind in enumerate(scenario.task_types)}
    entries = _number_steps(scenario)
    seen: Counter[tuple[str, str]] = Counter()
    for n, arrivals in enumerate(scenario.arrivals):
        kind, name = _target(arrivals)
        number = seen[kind, name]
        seen[kind, name] += 1
        key = (kind, name, str(number))
        entry = types[name] if kind == "task_type" else entries[name, _start_of(scenario, name)]
        names = [name_stream(use, *key) for use in ("gaps", "days", "work")]
        demand.stream_names[names[2]] = name if number == 0 else f"{name}-{number + 1}"
        if n in question.traces:
            steps = {step: position for (process, step), position in entries.items() if process == name}
            low, high = _add_trace(demand, question.traces[n], scenario, entry, steps, horizon, f"arrivals[{n}]")
            demand.trace_tasks[names[2]] = demand.task_names[low:high]
            demand.streams.append((TRACE, entry, 1, *names, low, high))
            demand.shapes.append(0.0)
            continue
        low = len(demand.pieces)
        for start, end, rate, day in _list_pieces(arrivals, scenario, clock, horizon):
            demand.pieces.append((start, end, rate))
            demand.piece_day.append(day)
        spacing = POISSON if arrivals.spacing == "poisson" else EVEN
        demand.streams.append((spacing, entry, arrivals.lot, *names, low, len(demand.pieces)))
        demand.shapes.append(1.0 / arrivals.day_cv**2 if arrivals.day_cv > 0 else 0.0)
    _add_backlog(demand, scenario, types)
    return demand


def count_expected(question: Question, demand: Demand) -> tuple[Reals, Reals]:
    """Return the arrivals by task type that are expected from rates (steps included), and those from traces.

    Raises
    ------
    InputError
        If they are more than one replication can hold.
    """
    scenario = question.scenario
    types = {kind.id: n for n, kind in enumerate(scenario.task_types)}
    expected, traced = np.zeros(len(types)), np.zeros(len(types))
    for arrivals, stream in zip(scenario.arrivals, demand.streams, strict=True):
        low, high = stream[6], stream[7]
        if stream[0] == TRACE:
            number, into = float(high - low), traced
        else:
            number = sum((end - start) * rate for start, end, rate in demand.pieces[low:high]) * arrivals.lot
            into = expected
        if arrivals.task_type is not None:
            into[types[arrivals.task_type]] += number
            continue
        process = next(item for item in scenario.processes if item.id == arrivals.process)
        for step, visits in zip(process.steps, count_visits(process), strict=True):
            into[types[step.task_type]] += number * visits
    total = float((expected + traced).sum())
    if total > MOST_TASKS:
        most = scenario.task_types[int((expected + traced).argmax())].id
        raise InputError.of(
            question.file,
            f"at most {MOST_TASKS:,} in a replication: fewer an hour, or fewer days",
            field="arrivals",
            value=f"some {total:,.0f} tasks, of type {most} most",
        )
    return expected, traced


def _target(arrivals: Arrivals) -> tuple[str, str]:
    return ("process", arrivals.process) if arrivals.process is not None else ("task_type", arrivals.task_type or "")


def _start_of(scenario: Scenario, process: str) -> str:
    return next(item.start for item in scenario.processes if item.id == process)


def _number_steps(scenario: Scenario) -> dict[tuple[str, str], int]:
    """Return the positions of the steps of processes; single tasks come first."""
    pairs = [(process.id, step.id) for process in scenario.processes for step in process.steps]
    return {pair: len(scenario.task_types) + n for n, pair in enumerate(pairs)}


def _list_pieces(
    arrivals: Arrivals, scenario: Scenario, clock: WallClock, horizon: float
) -> list[tuple[float, float, float, int]]:
    """Return start, end, rate in arrivals a second, and day of stretches of constant rate, in order."""
    if arrivals.per_hour is not None:
        rate = arrivals.per_hour / SECONDS_PER_HOUR
        if arrivals.day_cv == 0:
            return [(0.0, horizon, rate, 0)]
        edges = [(day, clock.second(day, 0), clock.second(day + 1, 0)) for day in range(scenario.days + 1)]
        return [(max(0.0, low), min(high, horizon), rate, day) for day, low, high in edges if low < horizon]
    windows: list[tuple[float, float, float, int]] = []
    for window in arrivals.pattern:
        end = window.end if window.end > window.start else window.end + SECONDS_PER_DAY
        for day in clock.days_on(window.days, -1, scenario.days):
            low, high = max(0.0, clock.second(day, window.start)), min(horizon, clock.second(day, end))
            if low < high:
                windows.append((low, high, window.per_hour / SECONDS_PER_HOUR, day))
    return _superpose(windows)


def _superpose(windows: list[tuple[float, float, float, int]]) -> list[tuple[float, float, float, int]]:
    """Return disjoint pieces; where windows overlap, their rates add up, and the day is that of the later one."""
    windows = sorted(windows)
    if all(later[0] >= earlier[1] for earlier, later in pairwise(windows)):
        return windows
    edges = sorted({edge for window in windows for edge in window[:2]})
    pieces = []
    for low, high in pairwise(edges):
        covering = [window for window in windows if window[0] <= low and window[1] >= high]
        if covering:
            pieces.append((low, high, math.fsum(window[2] for window in covering), covering[-1][3]))
    return pieces


def _add_trace(
    demand: Demand, trace: Trace, scenario: Scenario, entry: int, steps: dict[str, int], horizon: float, record: str
) -> tuple[int, int]:
    low = len(demand.trace)
    num_outside = 0
    for row in trace.rows:
        at = float(row.arrived - scenario.start)
        if not 0 <= at < horizon:
            num_outside += 1
            continue
        handling = math.nan if row.handling_minutes is None else row.handling_minutes * SECONDS_PER_MINUTE
        due = math.nan if row.due is None else float(row.due - scenario.start)
        demand.trace.append((at, handling, due))
        demand.task_names.append(row.task)
        demand.trace_whole.append((entry if row.step is None else steps[row.step], _number_weight(demand, row.weight)))
    if not trace.was_sorted:
        demand.warnings.append(f"{record}: the trace is not in order of time; it was sorted")
    if num_outside:
        demand.warnings.append(f"{record}: {num_outside} of {len(trace.rows)} arrivals lie outside the days; left out")
    return low, len(demand.trace)


def _number_weight(demand: Demand, weight: float | None) -> int:
    if weight is None:
        return 0
    if weight not in demand.weights:
        demand.weights.append(weight)
    return demand.weights.index(weight) + 1


def _add_backlog(demand: Demand, scenario: Scenario, types: dict[str, int]) -> None:
    seen: Counter[str] = Counter()
    rows: list[tuple[float, int, int, int]] = []
    for backlog in scenario.initial_backlog:
        stream = name_stream("backlog", backlog.task_type, str(seen[backlog.task_type]))
        number = seen[backlog.task_type]
        demand.stream_names[stream] = f"{backlog.task_type}-backlog" + (f"-{number + 1}" if number else "")
        seen[backlog.task_type] += 1
        at = -backlog.age_hours * SECONDS_PER_HOUR
        rows += [(at, types[backlog.task_type], stream, n) for n in range(backlog.count)]
    demand.backlog = sorted(rows, key=lambda row: row[0])


def backlog_columns(demand: Demand) -> tuple[Reals, Wholes]:
    """Return when what waits at the start was enabled, and what it is; its due and its handling are the type's."""
    real = [(row[0], np.nan, np.nan, 0.0, 0.0) for row in demand.backlog]
    whole = [(*row[1:], 0, -1) for row in demand.backlog]
    return np.array(real, dtype=np.float64).reshape(-1, 5), np.array(whole, dtype=np.int64).reshape(-1, 5)
