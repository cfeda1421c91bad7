"""The waiting ledger in words: what to do first, what it adds up to, what its source cannot know."""

from collections.abc import Mapping

import numpy as np

from reports.report import MOST_ACTIONS, Action
from reports.waiting.history import NOBODY, US_PER_HOUR
from reports.waiting.ledger import WaitingLedger, cycle_time_efficiency, impact_of_removing
from reports.waiting.measures import CAUSES


def say_lead(ledger: WaitingLedger, *, source: str, first: str, last: str) -> str:
    """Return of what and of when a report is."""
    num_tasks, num_cases = len(ledger.waited()), len(np.unique(ledger.history.case[ledger.chosen]))
    return (
        f"{source}: {num_tasks:,} tasks of {num_cases:,} cases, begun from {first} on, ended by {last}. "
        f"They waited {ledger.wait_hours():,.1f} hours and were worked on for {ledger.processing_hours():,.1f}."
    )


def say_actions(ledger: WaitingLedger, names: Mapping[str, str]) -> tuple[Action, ...]:
    """Return what to do first: the pairs of type and cause with the most waiting, no type twice for one cause."""
    history, at = ledger.history, np.flatnonzero(ledger.chosen)
    sums = np.zeros((len(history.type_names), len(ledger.causes)), dtype=np.int64)
    np.add.at(sums, history.type[at], ledger.parts())
    total, processing = ledger.wait_hours(), ledger.processing_hours()
    order = np.argsort(-sums.ravel(), kind="stable")[:MOST_ACTIONS]
    made = []
    for flat in order.tolist():
        kind, position = divmod(flat, len(ledger.causes))
        hours = int(sums[kind, position]) / US_PER_HOUR
        if hours <= 0:
            break
        cause = CAUSES[ledger.causes[position]]
        name = history.type_names[kind]
        num_tasks = int(np.count_nonzero(ledger.parts()[history.type[at] == kind, position]))
        after = impact_of_removing(processing, total, hours)
        made.append(
            Action(
                heading=f"{cause.lever}: {names.get(name) or name}",
                text=f"{hours:,.1f} hours, {hours / total:.0%} of all waiting, in {num_tasks:,} tasks: "
                f"{cause.meaning}. Without it cases would be worked on {_percent(after)} of their time.",
                table=f"evidence-{ledger.causes[position]}",
            )
        )
    return tuple(made)


def say_facts(ledger: WaitingLedger) -> tuple[str, ...]:
    """Return the main figures in sentences."""
    total = ledger.wait_hours()
    share = cycle_time_efficiency(ledger.processing_hours(), total)
    facts = [f"Cases were worked on {_percent(share)} of the time; the rest they waited."]
    if total > 0:
        parts = sorted(ledger.cause_hours().items(), key=lambda item: -item[1])
        told = ", ".join(
            f"{CAUSES[cause].name.lower()} {hours:,.1f} h ({hours / total:.0%})" for cause, hours in parts if hours > 0
        )
        facts.append(f"By cause: {told}.")
    return tuple(facts)


def say_limits(ledger: WaitingLedger, *, has_hours: bool) -> tuple[str, ...]:
    """Return what the source of a ledger cannot know."""
    history, chosen = ledger.history, ledger.chosen
    said = []
    num_startless = int(np.count_nonzero(~history.has_start[chosen]))
    if num_startless:
        said.append(
            f"{num_startless:,} tasks have no start of their own: waiting and work on them cannot be told apart, and "
            "all of it counts as waiting"
        )
    num_endless = int(np.count_nonzero(~history.has_end[chosen]))
    if num_endless:
        said.append(f"{num_endless:,} tasks have no end: the work on them is unknown and counts as none")
    num_nobody = int(np.count_nonzero(history.agent[chosen] == NOBODY))
    if num_nobody:
        said.append(f"who did {num_nobody:,} of the tasks is unknown: neither their other work nor their hours are")
    if not has_hours:
        said.append("nobody gave the hours of people: unavailability is read off what they did")
    return tuple(said)


def _percent(share: float | None) -> str:
    return "an unknown share" if share is None else f"{share:.1%}"
