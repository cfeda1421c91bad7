"""What a plan takes for granted and leaves out, in sentences that stand wherever the plan is shown."""

from collections.abc import Mapping, Sequence

from models.formats.plan import Plan
from models.vocabulary import LeftOut, UnscheduledReason

EXPECTED_DATA = "A plan is made on expected data; the day will differ."
MOST_NAMES = 4
LEFT_REASONS: Mapping[str, tuple[str, str]] = {
    UnscheduledReason.NO_CAPACITY.value: (
        "Nobody has room for it",
        "Those who could do it are full before it would be carried over.",
    ),
    UnscheduledReason.NOT_WORTH_IT.value: (
        "It would push out work worth more",
        "It fits in, but the plan as a whole would become worse.",
    ),
    UnscheduledReason.PREDECESSOR_UNSCHEDULED.value: (
        "The step before is left as well",
        "Its case waits for an earlier step.",
    ),
    UnscheduledReason.NO_ELIGIBLE_AGENT.value: (
        "Nobody may do it",
        "No one on the teams has the skills, or the leave, that it wants.",
    ),
}
"""By the reason a task is left: a title for the group, and what it means."""


def plan_notes(plan: Plan, *, plannable_share: float) -> tuple[str, ...]:
    """Return what whoever reads a plan should know of it besides its figures, one sentence each.

    Parameters
    ----------
    plannable_share
        Part of people's time that the plan was allowed to fill.
    """
    extra = plan.extra
    notes = [str(extra.get("note") or EXPECTED_DATA)]
    if plannable_share < 1:
        notes.append(
            f"It fills people’s time to at most {100 * plannable_share:.0f}\N{NO-BREAK SPACE}%; "
            "the rest is kept free for what nobody foresaw."
        )
    told = extra.get("left_out")
    for reason in LeftOut:
        count = told.get(reason.value) if isinstance(told, dict) else None
        if isinstance(count, int) and count:
            notes.append(_say_left_out(reason, count))
    if handed_back := _count(extra.get("handed_back")):
        notes.append(
            f"{_tasks(handed_back)} that somebody began who is not on duty {'is' if handed_back == 1 else 'are'} "
            "for anybody again."
        )
    if in_error := _count(extra.get("begun_in_error")):
        notes.append(
            f"{_tasks(in_error)} that somebody began who may not do {'it' if in_error == 1 else 'them'} "
            f"(team, skill or exclusion) {'is' if in_error == 1 else 'are'} for anybody again."
        )
    if estimated := names_in(extra.get("estimated_minutes")):
        notes.append(f"Minutes are estimated, not measured, of {_listed(estimated)}.")
    if promised := names_in(extra.get("estimated_deadlines")):
        notes.append(f"Deadlines are read off the past, promised to nobody, of {_listed(promised)}.")
    if told_spread := tell_spread(extra.get("spread")):
        notes.append(told_spread)
    return tuple(notes)


def tell_spread(spread: object) -> str:
    """Return what a plan's `extra.spread` says, as a sentence; empty where it says nothing."""
    if not isinstance(spread, dict):
        return ""
    tardy, overtime = _low_and_high(spread.get("tardy_minutes")), _low_and_high(spread.get("overtime_minutes"))
    share, days, cv = _low_and_high(spread.get("on_time_share")), spread.get("days"), spread.get("cv")
    if tardy is None or overtime is None or not isinstance(days, int) or not isinstance(cv, int | float):
        return ""
    on_time = "" if share is None else f"{_share(share[0])} to {_share(share[1], '%')} of what falls due on time, "
    return (
        f"With handling drawn around what is expected ({days:,} days, coefficient of variation {cv:g}), "
        f"nine of ten days see {on_time}{tardy[0]:,.0f} to {tardy[1]:,.0f} weighted minutes late, "
        f"and {overtime[0]:,.0f} to {overtime[1]:,.0f} minutes of overtime."
    )


def _share(value: float, unit: str = "") -> str:
    return f"{100 * value:.0f}" + (f"\N{NO-BREAK SPACE}{unit}" if unit else "")


def _low_and_high(value: object) -> tuple[float, float] | None:
    low, high = (value.get("low"), value.get("high")) if isinstance(value, dict) else (None, None)
    return (float(low), float(high)) if isinstance(low, int | float) and isinstance(high, int | float) else None


def names_in(value: object) -> tuple[str, ...]:
    """Return the names of a list under a plan's `extra`; none where there is no such list."""
    return tuple(str(name) for name in value) if isinstance(value, list | tuple) else ()


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    if more == 1:  # one more name is no longer than its count
        return ", ".join(names)
    first = ", ".join(names[:MOST_NAMES])
    return f"{first} and {more:,} more task types" if more > 0 else first


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count:,} tasks"


def _say_left_out(reason: LeftOut, count: int) -> str:
    tasks = _tasks(count)
    return {
        LeftOut.PENDED: f"{tasks} waiting for a customer or a third party {'is' if count == 1 else 'are'} not in it.",
        LeftOut.BLOCKED: f"{tasks} behind such a one {'is' if count == 1 else 'are'} not in it either.",
        LeftOut.NOT_ARRIVED: f"{tasks} announced for later {'is' if count == 1 else 'are'} not in it.",
        LeftOut.OTHER_TEAM: f"{tasks} of other teams {'is' if count == 1 else 'are'} not asked for.",
    }[reason]
