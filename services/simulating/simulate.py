"""The one way to a result: assemble the columns, replicate, average."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.errors import InputError
from models.formats.scenarios.reading import Question
from models.formats.scenarios.result import Metric, Series, SimulationResult, get_number
from models.time import SECONDS_PER_DAY
from services.running.runner import Chunks, Runner
from services.running.threads import ThreadRunner
from services.simulating.assembly import SERIES_INTERVAL_S, Assembly
from services.simulating.measures import Measures, estimate_figure
from services.simulating.oddities import find_oddities
from services.simulating.replicator import Batch, Replicator
from simulations.engine.layout import Reals
from simulations.engine.replicating import Outcome
from simulations.statistics.intervals import CONFIDENCE, Estimate, estimate, estimate_student
from simulations.statistics.stopping import LEAST_REPLICATIONS, LEVEL, get_next_look
from simulations.statistics.warm_up import find_truncation

PILOT_REPLICATIONS = 10


@dataclass(kw_only=True)
class Experiment:
    """A scenario that was replicated: figures by replication and path, open tasks by replication, instant and team."""

    assembly: Assembly
    measures: Measures
    figures: Reals
    series: np.ndarray
    warm_up_days: float
    outcomes: list[Outcome] = field(default_factory=list)
    """With their logs, where these were asked for."""
    precision: dict[str, object] | None = None

    @property
    def level(self) -> float:
        """The level of intervals of which 95 % hold: higher where they may have stopped the replications."""
        return CONFIDENCE if self.precision is None else LEVEL

    def estimate(self, path: str) -> Estimate:
        """Return the mean of a figure with its interval."""
        values = self.figures[:, get_position(self.measures, path)]
        return estimate_figure(path, values, confidence=self.level)


def simulate(
    question: Question,
    *,
    threads: int = 1,
    runner: Runner | None = None,
    seed: int | None = None,
    replications: int | None = None,
    has_log: bool = False,
    cancel: threading.Event | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Experiment:
    """Replicate a scenario, as often as it says or until its precision is reached.

    Parameters
    ----------
    runner
        Who runs the replications, in place of `threads`; the result is the same.
    seed, replications
        In place of the scenario's; replications given do not go on for a precision.
    on_progress
        Gets the replications done and those that there will be, as far as is known.

    Raises
    ------
    InputError
        If the scenario asks for what is not there.
    CancelledError
        When `cancel` is set.
    """
    scenario = question.scenario
    runner = runner or ThreadRunner(threads)
    chosen_seed = scenario.seed if seed is None else seed
    warm_up_days = scenario.warm_up_days
    if warm_up_days is None:
        warm_up_days = float(find_warm_up(question, chosen_seed, runner, cancel))
    replicator = Replicator(question, warm_up_days=warm_up_days, seed=chosen_seed, has_log=has_log)
    measures = replicator.measures
    precision = scenario.precision if replications is None else None
    watched = (
        None
        if precision is None
        else get_position(measures, precision.metric, file=question.file, field="precision.metric")
    )
    batches: list[Batch] = []
    num = 0
    wanted = scenario.replications if replications is None else replications
    if precision is not None:
        wanted = min(max(wanted, LEAST_REPLICATIONS), precision.max_replications)
    reached: dict[str, object] | None = None
    while True:
        batches += run_numbers(
            runner, replicator, range(num, wanted), cancel=cancel, on_progress=_shift(on_progress, num, wanted)
        )
        num = wanted
        if precision is None or watched is None:
            break
        half_width = estimate(
            np.concatenate([batch.figures[:, watched] for batch in batches]), confidence=LEVEL
        ).half_width
        is_reached = half_width <= precision.half_width
        reached = {
            "reached": bool(is_reached),
            "metric": precision.metric,
            "half_width": get_number(half_width),
            "level": LEVEL,
        }
        if is_reached or wanted >= precision.max_replications:
            break
        wanted = get_next_look(wanted, precision.max_replications)
    return Experiment(
        assembly=replicator.assembly,
        measures=measures,
        figures=np.concatenate([batch.figures for batch in batches]),
        series=np.concatenate([batch.series for batch in batches]),
        warm_up_days=warm_up_days,
        outcomes=[outcome for batch in batches for outcome in batch.outcomes],
        precision=reached,
    )


def run_numbers(
    runner: Runner,
    replicator: Replicator,
    numbers: Sequence[int],
    *,
    cancel: threading.Event | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> list[Batch]:
    """Return the replications of some numbers, in their order, whoever runs them.

    Parameters
    ----------
    on_progress
        Gets how many are done.

    Raises
    ------
    CancelledError
        When `cancel` is set.
    """
    chunks = Chunks(numbers, runner.num_slots)
    made: dict[int, Batch] = {}
    num_done = 0
    for first, batch in runner.run(replicator, chunks, cancel=cancel):
        made[first] = batch
        chunks.learn(len(batch.numbers), batch.seconds)
        num_done += len(batch.numbers)
        if on_progress is not None:
            on_progress(num_done)
    return [made[first] for first in sorted(made)]


def get_position(measures: Measures, path: str, *, file: str = "scenario", field: str = "metric") -> int:
    """Return where the figure of a path stands.

    Raises
    ------
    InputError
        If there is none.
    """
    position = measures.position(path)
    if position is None:
        raise InputError.of(
            file, "the path of a metric of the result, such as overall.on_time_share", field=field, value=path
        )
    return position


def make_result(experiment: Experiment) -> SimulationResult:
    """Return the result of an experiment in its public form."""
    scenario = experiment.assembly.scenario
    num = len(experiment.figures)
    sections: dict[str, dict[str, dict[str, Metric]]] = {
        name: {} for name in ("overall", "teams", "task_types", "processes", "agents")
    }
    for position, (section, name, metric) in enumerate(experiment.measures.paths):
        made = make_metric(estimate_figure(metric, experiment.figures[:, position], confidence=experiment.level), num)
        sections[section].setdefault(name, {})[metric] = made
    backlog = {
        team.id: [make_metric(estimate_student(column), num) for column in experiment.series[:, :, n].T.astype(float)]
        for n, team in enumerate(scenario.teams)
    }
    return SimulationResult(
        scenario=scenario.name,
        replications=num,
        confidence=CONFIDENCE,
        seed=scenario.seed,
        warm_up_days=experiment.warm_up_days,
        sections=sections,
        series=Series(interval_minutes=SERIES_INTERVAL_S / 60, backlog=backlog),
        precision=experiment.precision,
        warnings=find_oddities(experiment.assembly) + _find_surprises(experiment),
    )


def make_metric(made: Estimate, num_replications: int) -> Metric:
    """Return an estimate as a result holds it."""
    return Metric(
        mean=get_number(made.mean),
        low=get_number(made.low),
        high=get_number(made.high),
        sd=get_number(made.sd),
        n=None if made.num == num_replications else made.num,
    )


def _find_surprises(experiment: Experiment) -> list[str]:
    found = []
    if len(experiment.figures) == 1:
        found.append("one replication: there is no interval")
    precision = experiment.precision
    if precision is not None and not precision["reached"]:
        found.append(
            f"the precision of {precision['metric']} was not reached within {len(experiment.figures)} replications"
        )
    return found


def _shift(on_progress: Callable[[int, int], None] | None, num: int, wanted: int) -> Callable[[int], None] | None:
    """Return what tells of progress after so many replications that are done already."""
    if on_progress is None:
        return None
    listen = on_progress
    return lambda num_done: listen(num + num_done, wanted)


def find_warm_up(question: Question, seed: int, runner: Runner, cancel: threading.Event | None) -> int:
    """Return the days that a scenario needs to warm up, by the open tasks of replications without any."""
    replicator = Replicator(question, warm_up_days=0.0, seed=seed)
    batches = run_numbers(runner, replicator, range(PILOT_REPLICATIONS), cancel=cancel)
    mean = np.concatenate([batch.series.sum(axis=2) for batch in batches]).mean(axis=0)
    kept_from_s = find_truncation(mean) * SERIES_INTERVAL_S
    return min(int(np.ceil(kept_from_s / SECONDS_PER_DAY)), question.scenario.days // 2)
