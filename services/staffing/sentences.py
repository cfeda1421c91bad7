"""The answer to a search for staffing in sentences, by its document: for the terminal and for the page."""

from collections.abc import Mapping
from typing import Any

from reports.shares import say_share

FRONTIER_SOURCE = (
    "points of the frontier come from replications of their own, not those that confirmed the answer: its share may "
    "differ a little from the one above"
)


def say_targets(answer: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each target: what was asked, what comes of it, and how sure that is."""
    return [_say_target(target) for target in answer["targets"]]


def say_reasons(answer: Mapping[str, Any]) -> list[str]:
    """Return the cost, the targets, and why there is no cheaper staffing."""
    cost = answer["cost"]["mean"]
    return [
        *([] if cost is None else [f"cost {cost:,.2f}"]),
        *say_targets(answer),
        *([f"why no cheaper one: {answer['because']}"] if answer["because"] else []),
    ]


def say_effort(answer: Mapping[str, Any]) -> list[str]:
    """Return how many replications it took, and what they left open."""
    used, undecided = answer["replications"], len(answer["undecided"])
    return [
        (
            f"{used['search']} replications of {used['plans']} staffings, {used['confirmation']} more to confirm, "
            f"{used['frontier']} for the frontier"
        ),
        *([f"too close to a target to tell: {undecided} cheaper staffings"] if undecided else []),
    ]


def _say_target(target: Mapping[str, Any]) -> str:
    asked = f"at least {target['at_least']:g}" if "at_least" in target else f"at most {target['at_most']:g}"
    if target["mean"] is None:
        return f"{target['metric']} {asked}: was not observed"
    side = "above" if "at_least" in target else "below"
    sure = (
        ""
        if target["bound"] is None
        else f", {side} {target['bound']:.4g} at {say_share(target['confidence'])} confidence"
    )
    return f"{target['metric']} {asked}: {target['mean']:.4g}{sure}"
