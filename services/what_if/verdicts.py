"""What a difference between two scenarios says: surely better, surely worse, or nothing yet."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.simulating.senses import get_sense

MOST_MORE = 20_000
"""More replications than these are not asked for: what needs them matters to nobody."""
_RESERVE = 1.2
"""So many times as many are asked for as would do if the difference found were the true one."""
_ROUNDED_TO = 10


class Verdict(StrEnum):
    """What is known of a difference."""

    BETTER = "better"
    WORSE = "worse"
    MORE = "more"
    LESS = "less"
    SAME = "same"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A figure of a scenario beside that of the first.

    Attributes
    ----------
    path
        The metric, such as `overall.on_time_share`.
    before, after
        Its means; None where nothing was observed.
    mean, low, high
        The difference with its interval.
    verdict
        `more` and `less` where nobody can say which is the better one, such as of utilization.
    more_replications
        Where it is open, how many more would tell if the difference is about what it seems; None where too many.
    """

    path: str
    before: float | None
    after: float | None
    mean: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    more_replications: int | None = None


def judge_comparison(document: Mapping[str, Any], position: int) -> list[Judged]:
    """Return what a `swingdesk/comparison` says of the scenario at a position against the first.

    Parameters
    ----------
    position
        Among the scenarios; 1 is the first that is compared.
    """
    first, other = document["scenarios"][0], document["scenarios"][position]
    difference = document["differences"][position - 1]
    return [
        _judge(path, first.get(path), other.get(path), made, document["replications"])
        for path, made in difference.items()
        if path not in {"from", "to"}
    ]


def _judge(
    path: str,
    first: Mapping[str, Any] | None,
    other: Mapping[str, Any] | None,
    made: Mapping[str, Any],
    replications: int,
) -> Judged:
    mean, low, high = made["mean"], made["low"], made["high"]
    verdict, more = Verdict.OPEN, None
    if mean is not None and low is not None and high is not None:
        if low > 0 or high < 0:
            verdict = _name(get_sense(path), is_up=low > 0)
        elif low == high:
            verdict = Verdict.SAME
        else:
            more = count_more(mean, low, high, replications)
    return Judged(
        path=path,
        before=None if first is None else first["mean"],
        after=None if other is None else other["mean"],
        mean=mean,
        low=low,
        high=high,
        verdict=verdict,
        more_replications=more,
    )


def count_more(mean: float, low: float, high: float, replications: int) -> int | None:
    """Return how many more replications would tell a difference from none, if it is what it seems to be.

    Intervals become as much narrower as the root of their number grows.
    """
    reach = mean - low if mean > 0 else high - mean
    if mean == 0 or not math.isfinite(reach / mean):
        return None
    wanted = _RESERVE * replications * (reach / mean) ** 2 - replications
    if wanted > MOST_MORE:
        return None
    return max(_ROUNDED_TO, _ROUNDED_TO * math.ceil(wanted / _ROUNDED_TO))


def _name(sense: int, *, is_up: bool) -> Verdict:
    if sense == 0:
        return Verdict.MORE if is_up else Verdict.LESS
    return Verdict.BETTER if is_up == (sense > 0) else Verdict.WORSE
