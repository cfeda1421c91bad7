"""The answer to a search for staffing in its public form, `docs/formats/staffing.md`."""

from typing import Any

import numpy as np

from models.formats.scenarios.result import get_number
from models.formats.scenarios.scenario import Target
from services.simulating.senses import is_share
from services.staffing.staff import StaffingAnswer
from simulations.engine.layout import Reals
from simulations.staffing.answer import Answer, Proof, Status
from simulations.staffing.frontier import Point
from simulations.staffing.question import Plan
from simulations.statistics.bounds import bound_mean
from simulations.statistics.intervals import CONFIDENCE, estimate

FORMAT = "swingdesk/staffing"

_MESSAGES = {
    Status.FOUND: "the least-cost staffing that meets all targets",
    Status.IMPOSSIBLE: "a target is missed with all the heads that there may be; these figures are the best to be had",
    Status.OPEN: "no staffing could be shown to meet all targets within the replications that were allowed",
    Status.STOPPED: "stopped; the staffing is the best that was known, and is not confirmed",
}
_PROOFS = {
    Proof.DOMINATED: "every cheaper staffing has no more heads in any group than one that misses a target",
    Proof.ESTIMATED: "cheaper ones that were simulated miss a target; by what these show, so do the others, by far",
    Proof.NONE: "there may be a cheaper one",
}


def staffing_document(made: StaffingAnswer) -> dict[str, Any]:
    """Return an answer as a JSON object."""
    answer = made.answer
    rows = get_rows(answer)
    is_confirmed = answer.confirmed is not None
    scenario = made.question.scenario
    return {
        "format": FORMAT,
        "version": 1,
        "scenario": scenario.name,
        "seed": scenario.seed,
        "status": str(answer.status),
        "message": _MESSAGES[answer.status],
        "groups": name_heads(made, answer.plan),
        "cost": _metric(rows[:, -1]),
        "on_time_share": _share(rows[:, -2]),
        "targets": [_target(target, rows[:, n], is_confirmed) for n, target in enumerate(made.staffing.targets)],
        "proof": str(answer.proof),
        "because": _PROOFS[answer.proof] if answer.status == Status.FOUND else None,
        "replications": {
            "search": made.num_searching,
            "confirmation": answer.trials.num_confirming,
            "frontier": made.num_frontier,
            "plans": len(answer.trials.rows),
        },
        "undecided": [name_heads(made, plan) for plan in answer.undecided],
        "frontier": [_point(made, point) for point in made.frontier],
        "warnings": list(made.warnings),
    }


def get_rows(answer: Answer) -> Reals:
    """Return the replications that tell of the plan: those that confirmed it, or those of the search."""
    if answer.confirmed is not None:
        return answer.confirmed
    nothing = np.full((1, answer.trials.question.num_targets + 2), np.nan)
    return answer.trials.rows.get(answer.plan, nothing)


def name_heads(made: StaffingAnswer, plan: Plan) -> dict[str, int]:
    """Return the heads of a plan by the ids of the groups."""
    return dict(zip(made.groups, plan, strict=True))


def _metric(values: Reals) -> dict[str, float | None]:
    found = estimate(values)
    return {"mean": get_number(found.mean), "low": get_number(found.low), "high": get_number(found.high)}


def _share(values: Reals) -> dict[str, float | None]:
    return {name: _within_share(value) for name, value in _metric(values).items()}


def _within_share(value: float | None) -> float | None:
    """Return the end of an interval where it lies between 0 and 1: a share cannot be beyond."""
    return None if value is None else min(max(value, 0.0), 1.0)


def _target(target: Target, margins: Reals, is_confirmed: bool) -> dict[str, Any]:
    """Return a target with the figure it was held to, and the bound that is on the safe side of it."""
    seen = margins[~np.isnan(margins)]
    least = bound_mean(seen, 1 - target.confidence)[0] if len(seen) > 1 else np.nan
    mean = float(seen.mean()) if len(seen) else np.nan
    at_least, at_most = target.at_least, target.at_most
    made: dict[str, Any] = {"metric": target.metric}
    if at_least is not None:
        made |= {"at_least": at_least, "mean": get_number(at_least + mean), "bound": get_number(at_least + least)}
    elif at_most is not None:
        made |= {"at_most": at_most, "mean": get_number(at_most - mean), "bound": get_number(at_most - least)}
    if is_share(target.metric):
        made["bound"] = _within_share(made["bound"])
    return made | {"confidence": target.confidence, "met": is_confirmed}


def _point(made: StaffingAnswer, point: Point) -> dict[str, Any]:
    rows = made.answer.trials.rows[point.plan]
    shares = estimate(rows[:, -2], confidence=CONFIDENCE)
    half = shares.half_width
    is_due = not np.isnan(shares.mean)
    return {
        "cost": point.cost,
        "on_time_share": {
            "mean": get_number(point.figure if is_due else np.nan),
            "low": _within_share(get_number(point.figure - half if is_due else np.nan)),
            "high": _within_share(get_number(point.figure + half if is_due else np.nan)),
        },
        "replications": len(rows),
        "groups": name_heads(made, point.plan),
    }
