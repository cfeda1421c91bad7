"""What an agent could have taken when they took a task: written beside the claim, read by the reports.

The form is described in `docs/next-task.md`. It is columnar: a claim must not wait for fifty small records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from models.repositories.live.records import ChoiceSet
from models.time import SECONDS_PER_MINUTE
from models.vocabulary_live import Leave
from optimizer.next_task import MOST_LISTED, Ranking, Term
from optimizer.next_task.terms import ANY
from optimizer.policy import NO_DUE
from services.live.queue import Ranked

NEAR_TIE = 0.01
"""Scores that differ by less than this part are taken as one."""

TERM_NAMES = tuple(term.name.lower() for term in Term)
_DIGITS = 6
_SIGNIFICANT = f"%.{_DIGITS}g "


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What an agent was shown before they took a task.

    Attributes
    ----------
    primary
        The task that was offered first; None where the agent asked for one by itself.
    alternates
        The tasks that were offered besides.
    """

    primary: str | None = None
    alternates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChoiceEntry:
    """A task of a choice set. Instants are epoch seconds."""

    task: str
    rank: int
    index: float
    score: float
    tier: int
    type: str
    due: int | None
    weight: float
    minutes: float
    waited: float
    case: str | None
    terms: Mapping[str, float]


def make_choice_set(ranked: Ranked, taken: str, shown: Shown, *, is_told: bool) -> ChoiceSet:
    """Return the choice set of a claim.

    Parameters
    ----------
    ranked
        The ranking at the time of the claim, asked with the task taken.
    is_told
        Whether a lead claims it for the agent.
    """
    ranking = ranked.ranking
    at = next((at for at, task in enumerate(ranked.tasks) if task.id == taken), None)
    rank = None if at is None else int(ranking.ranks[at])
    ahead = ranked.tasks[: len(ranked.tasks) if rank is None else min(rank - 1, MOST_LISTED)]
    passed = [task.id for task in ahead if task.id in ranked.skipped]
    deviates = rank != 1 and ranking.num_eligible > 0
    if not deviates:
        leave = None
    elif is_told:
        leave = Leave.TOLD_BY_LEAD
    elif taken in shown.alternates:
        leave = Leave.OFFERED_ALTERNATE
    elif at is not None and rank is not None and len(passed) == rank - 1:
        leave = Leave.SKIP_REASON
    else:
        leave = None if at is None else _find_leave(ranking, at)
    return ChoiceSet(
        policy_version=ranked.policy.version,
        num_eligible=ranking.num_eligible,
        taken_rank=rank,
        deviates=deviates,
        leave=leave,
        entries=_list_columns(ranked),
        index_counts={_name_bounds(bounds): count for bounds, count in ranking.index_counts.items()},
        digest=ranking.digest,
        shown={"primary": shown.primary, "alternates": list(shown.alternates), "skipped": passed},
    )


def list_entries(entries: Mapping[str, Any]) -> list[ChoiceEntry]:
    """Return the tasks of a stored choice set, the best first."""
    terms: Mapping[str, Sequence[float]] = entries["terms"]
    plain = [name for name in ChoiceEntry.__dataclass_fields__ if name != "terms"]
    return [
        ChoiceEntry(
            **{name: entries[name][at] for name in plain},
            terms={name: values[at] for name, values in terms.items() if values[at]},
        )
        for at in range(len(entries["task"]))
    ]


def _find_leave(ranking: Ranking, at: int) -> Leave | None:
    """Return what by itself allows a task that is not the first; what says most comes first."""
    first, own = ranking.terms[0], ranking.terms[at]
    if own[Term.CONTINUITY] > 0:
        return Leave.CONTINUITY
    if own[Term.SHIFT_END] == 0 and first[Term.SHIFT_END] < 0:
        return Leave.END_OF_SHIFT
    best, score = float(first.sum()), float(own.sum())
    is_near = abs(best - score) <= NEAR_TIE * max(abs(best), abs(score))
    return Leave.NEAR_TIE if is_near and ranking.tiers[at] == ranking.tiers[0] == ANY else None


def _list_columns(ranked: Ranked) -> dict[str, Any]:
    ranking, tasks = ranked.ranking, ranked.tasks
    waited = np.maximum(0.0, ranked.now - ranked.enabled) / SECONDS_PER_MINUTE
    told = np.flatnonzero((ranking.terms != 0).any(axis=0)).tolist()
    terms = np.round(ranking.terms.T, _DIGITS)
    return {
        "task": [task.id for task in tasks],
        "rank": ranking.ranks.tolist(),
        "index": _shorten(ranking.index.tolist()),
        "score": np.round(ranking.terms.sum(axis=1), _DIGITS).tolist(),
        "tier": ranking.tiers.tolist(),
        "type": [task.type for task in tasks],
        "due": [None if due >= NO_DUE else int(due) for due in ranked.due.tolist()],
        "weight": ranked.weight.tolist(),
        "minutes": np.round(ranked.handling_s / SECONDS_PER_MINUTE, 2).tolist(),
        "waited": np.round(waited, 1).tolist(),
        "case": [task.case for task in tasks],
        "terms": {TERM_NAMES[at]: terms[at].tolist() for at in told},
    }


def _shorten(values: list[float]) -> list[float]:
    """Return numbers to so many significant digits; one text for all is several times as fast as one each."""
    return [float(text) for text in ((_SIGNIFICANT * len(values)) % tuple(values)).split()]


@cache
def _name_bounds(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.6g}..{bounds[1]:.6g}"
