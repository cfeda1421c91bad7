"""The waiting ledger in words: what to do first, what it adds up to, what its source cannot know."""

from collections.abc import Mapping

import numpy as np

from reports.operations.showing import count
from reports.report import MOST_ACTIONS, Action
from reports.shares import say_share
from reports.waiting.history import NAT, NOBODY, US_PER_HOUR, Integers
from reports.waiting.ledger import WaitingLedger
from reports.waiting.measures import CAUSES

LEAST_SHARE = 0.01
"""Of all waiting that an action is worth a line for."""

_NEEDS_STARTS = frozenset({"contention", "prioritization", "extraneous"})
"""Causes that tell busy from free, which nobody can without knowing when work began."""
_RECORD_STARTS = Action(
    heading="Record when work begins",
    text="Most tasks have only an end: what was work and what was waiting, who was busy and who was free, cannot be "
    "told apart. All figures below are from when a task could have begun to its end.",
)


def say_lead(ledger: WaitingLedger, *, source: str, first: str, last: str) -> str:
    """Return of what and of when a report is."""
    num_tasks, num_cases = len(ledger.waited()), len(np.unique(ledger.history.case[ledger.chosen]))
    waited = (
        f"They waited {ledger.wait_hours():,.1f} hours and were worked on for {ledger.processing_hours():,.1f}."
        if ledger.has_starts()
        else f"They waited {ledger.wait_hours():,.1f} hours."
    )
    return f"{source}, {first} to {last}: {count(num_tasks, 'task')} of {count(num_cases, 'case')}. {waited}"


def say_actions(ledger: WaitingLedger, names: Mapping[str, str]) -> tuple[Action, ...]:
    """Return what to do first: the pairs of task type and cause with the most waiting that an office can act on.

    Where most tasks have no start, that is the first thing to change, and free or busy people cannot be told.
    """
    history, at = ledger.history, np.flatnonzero(ledger.chosen)
    kinds, fine = history.type[at], ledger.split.parts[at]
    sums = np.zeros((len(history.type_names), len(ledger.split.causes)), dtype=np.int64)
    np.add.at(sums, kinds, fine)
    counts = np.bincount(kinds, minlength=len(history.type_names))
    total = int(sums.sum())
    made: list[Action] = [] if ledger.has_starts() else [_RECORD_STARTS]
    for flat in np.argsort(-sums.ravel(), kind="stable").tolist():
        kind, position = divmod(flat, len(ledger.split.causes))
        code = ledger.split.causes[position]
        cause, coarse = CAUSES[code], code.partition(".")[0]
        amount = int(sums[kind, position])
        if len(made) == MOST_ACTIONS or amount < LEAST_SHARE * total or amount == 0:
            break
        if not cause.lever or (coarse in _NEEDS_STARTS and not ledger.has_starts()):
            continue
        name = names.get(history.type_names[kind]) or history.type_names[kind]
        num_tasks = int(np.count_nonzero(fine[kinds == kind, position]))
        before = int(sums[kind].sum()) / US_PER_HOUR / int(counts[kind])
        after = before - amount / US_PER_HOUR / int(counts[kind])
        made.append(
            Action(
                heading=f"{name}: {cause.lever}",
                text=f"{amount / US_PER_HOUR:,.1f} hours, {say_share(amount / total)} of all waiting, of "
                f"{count(num_tasks, 'task')}: {cause.meaning}. Without it {name} would wait {_span(after)} on average "
                f"instead of {_span(before)}.",
                table=f"evidence-{coarse}",
            )
        )
    if not ledger.has_starts():
        made += _follow_cases(ledger, sums, names)[: MOST_ACTIONS - len(made)]
    return tuple(made)


def _follow_cases(ledger: WaitingLedger, sums: Integers, names: Mapping[str, str]) -> list[Action]:
    """Return where to look, by type, where nothing tells busy from free: the most time that the office was open."""
    is_open = np.array([name != "unavailability.office_closed" for name in ledger.split.causes])
    hours = sums[:, is_open].sum(axis=1) / US_PER_HOUR
    made = []
    for kind in np.argsort(-hours, kind="stable").tolist():
        if hours[kind] > 0:
            name = names.get(ledger.history.type_names[kind]) or ledger.history.type_names[kind]
            made.append(
                Action(
                    heading=f"{name}: follow some cases from the task before it to its end",
                    text=f"{hours[kind]:,.1f} hours passed there while the office was open, more than before any other "
                    "type not named here; what held them up was not recorded.",
                    table="by-transition",
                )
            )
    return made


def say_facts(ledger: WaitingLedger) -> tuple[str, ...]:
    """Return the main figures in sentences."""
    total = ledger.wait_hours()
    share = ledger.efficiency()
    facts = [] if share is None else [f"Cases were worked on {say_share(share, 1)} of the time; the rest they waited."]
    if total > 0:
        parts = sorted(ledger.cause_hours().items(), key=lambda item: -item[1])
        told = ", ".join(
            f"{hours:,.1f} h of {CAUSES[cause].name.lower()} ({say_share(hours / total)})"
            for cause, hours in parts
            if hours > 0
        )
        facts.append(f"By cause: {told}.")
    if ledger.by_person is not None and total > 0:
        sums = ledger.by_person.parts[ledger.chosen].sum(axis=0) / US_PER_HOUR
        told = ", ".join(
            f"{say_share(hours / total)} by {CAUSES[cause].name.lower()}"
            for cause, hours in zip(ledger.by_person.causes, sums.tolist(), strict=True)
            if hours > 0
        )
        facts.append(f"Seen only by the person who did each task: {told}.")
    return tuple(facts)


def say_limits(ledger: WaitingLedger, *, num_milestones: int, has_hours: bool, least_days: int) -> tuple[str, ...]:
    """Return what the source of a ledger cannot know.

    Parameters
    ----------
    num_milestones
        Instances left out since they take nobody's time.
    has_hours
        Whether somebody gave the hours of people.
    least_days
        Full days that a person needs for hours of one's own, where they are read off what people did.
    """
    history, chosen = ledger.history, ledger.chosen
    said = []
    if num_milestones:
        said.append(
            f"{num_milestones:,} instances are of types that take nobody's time: they mark a moment, enable what "
            "follows, and are not reported on"
        )
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
    num_first = int(np.count_nonzero((ledger.enabling.by[chosen] < 0) & (history.told[chosen] == NAT)))
    if num_first:
        said.append(
            f"when {num_first:,} tasks came in is unknown: nothing before them in their case enabled them, and they "
            "count as begun at once"
        )
    if not has_hours:
        said.append(
            "nobody gave the hours of people: they are read off the days on which people were seen; whoever was seen "
            f"on fewer than {least_days} full days has the hours of the team"
        )
        said.append("nobody recorded absences, breaks or meetings: whoever is at no recorded work counts as free")
    if ledger.by_person is not None and not any(cause == "customer" for cause, hours in _positive(ledger)):
        said.append("nothing says when work waited for a customer: such waiting is among the other causes")
    return tuple(said)


def _positive(ledger: WaitingLedger) -> list[tuple[str, float]]:
    return [(cause, hours) for cause, hours in ledger.cause_hours().items() if hours > 0]


def _span(hours: float) -> str:
    return f"{hours * 60:,.0f} minutes" if hours < 1 else f"{hours:,.1f} hours"
