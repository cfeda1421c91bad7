"""The records of a simulation result, version 1, as `docs/formats/result.md` names them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.formats.documents import write_document

FORMAT = "swingdesk/result"
INTERVAL = "bootstrap-t"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """The mean over replications, its interval, and the spread; None where nothing was observed.

    Attributes
    ----------
    n
        Replications in which it was observed; None where all of them.
    """

    mean: float | None
    low: float | None
    high: float | None
    sd: float | None
    n: int | None = None


@dataclass(frozen=True, kw_only=True)
class Series:
    """The open tasks of teams at the beginning of each interval, and at the end."""

    interval_minutes: float
    backlog: Mapping[str, Sequence[Metric]]


@dataclass(frozen=True, kw_only=True)
class SimulationResult:
    """The answer to a scenario."""

    scenario: str
    replications: int
    confidence: float
    seed: int
    warm_up_days: float
    sections: Mapping[str, Mapping[str, Mapping[str, Metric]]]
    """Metrics by section (`overall`, `teams`, ...), id (empty for `overall`) and name."""
    series: Series
    precision: Mapping[str, Any] | None = None
    warnings: Sequence[str] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def find(self, path: str) -> Metric | None:
        """Return the metric of a path such as `overall.on_time_share`; None where there is none."""
        section, _, rest = path.partition(".")
        name, _, metric = rest.rpartition(".")
        return self.sections.get(section, {}).get(name, {}).get(metric)


def result_document(result: SimulationResult) -> dict[str, Any]:
    """Return a result as the JSON object of its public form."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": 1,
        "scenario": result.scenario,
        "replications": result.replications,
        "confidence": result.confidence,
        "interval": INTERVAL,
        "seed": result.seed,
        "warm_up_days": result.warm_up_days,
    }
    if result.precision is not None:
        document["precision"] = dict(result.precision)
    document["warnings"] = list(result.warnings)
    for section, names in result.sections.items():
        made = {name: {key: _metric(item) for key, item in metrics.items()} for name, metrics in names.items()}
        document[section] = made[""] if section == "overall" else made
    document["series"] = {
        "interval_minutes": result.series.interval_minutes,
        "teams": {
            team: {"backlog": [_metric(item, has_sd=False) for item in points]}
            for team, points in result.series.backlog.items()
        },
    }
    return document


def write_result(path: Path | str, result: SimulationResult) -> None:
    """Write a result in its public form."""
    write_document(path, result_document(result))


def get_number(value: float) -> float | None:
    """Return a number as JSON holds it: nothing in place of `nan`."""
    return None if math.isnan(value) else value


def _metric(metric: Metric, *, has_sd: bool = True) -> dict[str, Any]:
    made: dict[str, Any] = {"mean": metric.mean, "low": metric.low, "high": metric.high}
    if has_sd:
        made["sd"] = metric.sd
    if metric.n is not None:
        made["n"] = metric.n
    return made
