"""How people worked, as a scenario's policy: by which rule, pushed or choosing, lent or not, late or stopping."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.time import SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from reports.shares import say_share
from services.calibrating.history import History, Person, midnight
from services.calibrating.work import Work, describe_fit
from simulations.calibration.durations import Fit, fit_durations
from simulations.calibration.gaps import LEAST_GAPS, Gaps, find_gaps, first_inside, free_since, merge_spans
from simulations.calibration.habits import Habits, Waiting, find_habits

LEAST_CHOOSING_MINUTES = 0.25
LONGEST_CHOOSING_MINUTES = 10.0
"""A longer time between two tasks is not taken as choosing: calls, meetings, lunch, work that nobody recorded."""

LEAST_LENT_SHARE = 0.005
LEAST_PICKED_SHARE = 0.02
LONGEST_OVERTIME_H = 4.0


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """The policy and the setups of a scenario as history shows them.

    Attributes
    ----------
    gap_share
        Part of the time on duty that passed between tasks while work waited, each time up to
        `LONGEST_CHOOSING_MINUTES`; None where it is not known.
    num_unexplained, unexplained_share
        Longer times between tasks while work waited, and their part of the time on duty; a scenario leaves them out.
    """

    policy: dict[str, Any]
    setup: dict[str, float]
    remarks: dict[str, str]
    gaps: Gaps | None
    choosing: Fit | None
    habits: Habits | None
    gap_share: float | None
    num_unexplained: int
    unexplained_share: float
    lent_share: float
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Between:
    """The time between tasks while something waited: what may be choosing, and what is longer than that."""

    gaps: Gaps | None = None
    share: float | None = None
    num_longer: int = 0
    longer_share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """Tasks that people began, person by person in order of time."""

    task: NDArray[np.int64]
    person: NDArray[np.int64]
    last: NDArray[np.int64]
    since: NDArray[np.float64]


def find_behaviour(history: History, work: Work) -> Behaviour:
    """Return how people worked."""
    kinds = list(history.kinds)
    type_idx = pd.Index(kinds).get_indexer(pd.Index(history.tasks["type"])).astype(np.int64)
    classes = sorted({person.may_do for person in history.people}, key=sorted)
    eligible = np.array([[name in members for name in kinds] for members in classes])
    class_of = np.array([classes.index(person.may_do) for person in history.people])
    taken = _list_taken(history, type_idx, eligible, class_of)
    between = _between(history, taken, type_idx, eligible, class_of)
    gaps = between.gaps
    choosing = None if gaps is None else fit_durations(gaps.minutes)
    habits = _habits(history, work, taken, type_idx, eligible, class_of)
    lent = _lent_share(history, type_idx)
    end, end_said = _shift_end(history)
    policy: dict[str, Any] = {"routing": "fifo" if habits is None or habits.rule is None else habits.rule}
    policy["swing"] = {"mode": "shared" if lent >= LEAST_LENT_SHARE else "off"}
    policy["shift_end"] = end
    remarks = {
        "routing": _describe_rule(habits),
        "swing": f"{say_share(lent, 1)} of tasks were done outside the home team",
    }
    remarks["shift_end"] = end_said
    if gaps is not None and choosing is not None and choosing.mean >= LEAST_CHOOSING_MINUTES:
        policy["selection"] = _selection(choosing, habits)
        picked = "" if habits is None else f"; {habits.prefers} picked in {say_share(habits.picked_share)} of choices"
        remarks["selection"] = (
            f"between tasks while work waited, up to {LONGEST_CHOOSING_MINUTES:g} minutes: {describe_fit(choosing)}; "
            f"{say_share(between.share or 0)} of time on duty{picked}"
        )
    setup = {"same_team_minutes": 0.0, "other_team_minutes": 0.0}
    if gaps is not None:
        setup = {
            "same_team_minutes": round(gaps.setup_same_team, 2),
            "other_team_minutes": round(gaps.setup_other_team, 2),
        }
        remarks["setup"] = (
            f"by how much the next task began later: {gaps.num_switches_same_team:,} changes of type in the team, "
            f"{gaps.num_switches_other_team:,} of team; 0 where that may be chance"
        )
    return Behaviour(
        policy=policy,
        setup=setup,
        remarks=remarks,
        gaps=gaps,
        choosing=choosing,
        habits=habits,
        gap_share=between.share,
        num_unexplained=between.num_longer,
        unexplained_share=between.longer_share,
        lent_share=lent,
        notes=_notes(between, habits),
    )


def _list_taken(
    history: History, type_idx: NDArray[np.int64], eligible: NDArray[np.bool_], class_of: NDArray[np.int64]
) -> _Taken:
    started, closed = history.column("started"), history.column("closed")
    agents = history.tasks["agent"].to_numpy(dtype=object)
    found: list[tuple[NDArray[np.int64], ...]] = []
    since: list[NDArray[np.float64]] = []
    for n, person in enumerate(history.people):
        own = np.flatnonzero((agents == person.id) & ~np.isnan(started) & (started < history.until))
        own = own[np.argsort(started[own], kind="stable")]
        if not len(own) or not person.has_duty:
            continue
        before = free_since(started[own], np.where(np.isnan(closed[own]), history.until, closed[own]))
        last = np.concatenate([[-1], type_idx[own][:-1]])
        is_kept = (started[own] >= history.start) & eligible[class_of[n]][type_idx[own]]
        found.append((own[is_kept], np.full(int(is_kept.sum()), n), last[is_kept]))
        since.append(before[is_kept])
    if not found:
        empty = np.zeros(0, dtype=np.int64)
        return _Taken(task=empty, person=empty, last=empty, since=np.zeros(0))
    task, person_idx, last_type = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _Taken(task=task, person=person_idx, last=last_type, since=np.concatenate(since))


def _between(
    history: History,
    taken: _Taken,
    type_idx: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    class_of: NDArray[np.int64],
) -> _Between:
    """Return the time between tasks while something waited that the person may do."""
    started, enabled = history.column("started"), history.column("enabled")
    begun = _begun(history)
    minutes = np.full(len(taken.task), np.nan)
    spans = []
    for members in eligible:
        own = ~np.isnan(enabled) & members[type_idx] & (begun > enabled)
        spans.append(merge_spans(enabled[own], begun[own]))
    for n, person in enumerate(history.people):
        own = np.flatnonzero((taken.person == n) & (taken.since <= started[taken.task]))
        if not len(own):
            continue
        at = started[taken.task[own]]
        sees = np.minimum(first_inside(spans[class_of[n]], np.maximum(taken.since[own], history.start)), at)
        minutes[own] = person.clock.between(sees, at) / SECONDS_PER_MINUTE
    on_duty = sum(_duty_minutes(person, history) for person in history.people)
    is_longer = minutes > LONGEST_CHOOSING_MINUTES
    num_longer = int(is_longer.sum())
    longer_share = float(minutes[is_longer].sum()) / on_duty if on_duty else 0.0
    is_told = ~np.isnan(minutes) & ~is_longer & (taken.last >= 0)
    if is_told.sum() < LEAST_GAPS:
        return _Between(num_longer=num_longer, longer_share=longer_share)
    teams = np.array([history.kinds[name]["team"] for name in history.kinds], dtype=object)
    now, last = type_idx[taken.task[is_told]], taken.last[is_told]
    gaps = find_gaps(minutes[is_told], now == last, teams[now] == teams[last])
    return _Between(
        gaps=gaps,
        share=float(np.nansum(minutes[~is_longer])) / on_duty if on_duty else None,
        num_longer=num_longer,
        longer_share=longer_share,
    )


def _begun(history: History) -> NDArray[np.float64]:
    """Return until when each task waited."""
    started, closed = history.column("started"), history.column("closed")
    return np.where(np.isnan(started), np.where(np.isnan(closed), history.until, closed), started)


def _duty_minutes(person: Person, history: History) -> float:
    span = np.array([history.start], dtype=np.float64), np.array([history.until], dtype=np.float64)
    return float(person.clock.between(*span)[0]) / SECONDS_PER_MINUTE


def _habits(
    history: History,
    work: Work,
    taken: _Taken,
    type_idx: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    class_of: NDArray[np.int64],
) -> Habits | None:
    enabled, due, weight = (history.column(name) for name in ("enabled", "due", "weight"))
    standard = np.array([float(row["weight"]) for row in history.kinds.values()])
    tasks = Waiting(
        enabled=np.where(np.isnan(enabled), np.inf, enabled),
        begun=_begun(history),
        type_idx=type_idx,
        keys={
            "fifo": enabled,
            "edf": np.where(np.isnan(due), np.inf, due),
            "priority": -np.where(np.isnan(weight), standard[type_idx], weight),
            "spt": np.array([work.means[name] for name in history.kinds])[type_idx],
        },
    )
    return find_habits(tasks, taken.task, taken.last, eligible, class_of[taken.person])


def _selection(choosing: Fit, habits: Habits | None) -> dict[str, Any]:
    choose: dict[str, Any]
    if choosing.distribution == "empirical":
        choose = {"distribution": "empirical", "minutes": [round(value, 3) for value in choosing.values]}
    else:
        choose = {"distribution": choosing.distribution, "mean_minutes": round(choosing.mean, 3)}
        if choosing.distribution in {"lognormal", "gamma", "weibull"}:
            choose["cv"] = round(choosing.cv, 3)
    made: dict[str, Any] = {"mode": "pull", "choose": choose}
    if habits is not None and habits.picked_share >= LEAST_PICKED_SHARE:
        made |= {"cherry_pick": round(habits.picked_share, 3), "prefers": habits.prefers}
    return made


def _describe_rule(habits: Habits | None) -> str:
    if habits is None:
        return "too few choices to tell by which rule; first in, first out is assumed"
    met = ", ".join(f"{name} {say_share(share)}" for name, share in habits.shares.items())
    said = f"of {habits.num:,} choices the first by {met}; by lot {say_share(habits.chance_share)}"
    return said if habits.rule is not None else f"{said}: no rule; first in, first out is assumed"


def _lent_share(history: History, type_idx: NDArray[np.int64]) -> float:
    """Return the part of tasks that were done by people of another home team."""
    home = {person.id: person.team for person in history.people}
    teams = np.array([row["team"] for row in history.kinds.values()], dtype=object)
    done = history.within("closed")
    by = history.tasks["agent"].map(home)
    is_known = done & by.notna().to_numpy()
    if not is_known.any():
        return 0.0
    return float((by.to_numpy(dtype=object)[is_known] != teams[type_idx[is_known]]).mean())


def _shift_end(history: History) -> tuple[str, str]:
    """Return what became of work in hand when a shift ended: finished late, or resumed in the next shift."""
    started, closed = history.column("started"), history.column("closed")
    agents = history.tasks["agent"].to_numpy(dtype=object)
    num_late = num_resumed = 0
    for person in history.people:
        spans = sorted(
            (zero + 60 * shift.start, zero + 60 * shift.end)
            for shift in person.shifts
            for zero in (midnight(shift.day, history.calendar),)
        )
        own = np.flatnonzero((agents == person.id) & ~np.isnan(started) & ~np.isnan(closed))
        if not spans or not len(own):
            continue
        starts, ends = (np.array(edge, dtype=np.float64) for edge in zip(*spans, strict=True))
        at = np.searchsorted(starts, started[own], side="right") - 1
        is_inside = (at >= 0) & (started[own] < ends[at])
        over = closed[own] - ends[at]
        is_over = is_inside & (over > 0)
        upcoming = np.append(starts[1:], np.inf)[at]
        is_late = is_over & (closed[own] <= np.minimum(upcoming, ends[at] + LONGEST_OVERTIME_H * SECONDS_PER_HOUR))
        num_late += int(is_late.sum())
        num_resumed += int((is_over & ~is_late).sum())
    said = f"{num_late:,} tasks in hand at the end of a shift were finished late, {num_resumed:,} later on"
    return ("resume" if num_resumed > num_late else "finish"), said


def _notes(between: _Between, habits: Habits | None) -> list[str]:
    said = ["who of several free people takes a task is not told by a history: idle_agent keeps its default"]
    if between.gaps is None:
        said.append("how people choose is not known: too few beginnings on duty; work is pushed to them at once")
    else:
        said.append(
            f"time between tasks while work waited is taken as choosing where it is at most "
            f"{LONGEST_CHOOSING_MINUTES:g} minutes; it holds whatever else people did in so short a time"
        )
    if between.num_longer:
        said.append(
            f"{between.num_longer:,} times between tasks were longer than {LONGEST_CHOOSING_MINUTES:g} minutes while "
            f"work waited, together {say_share(between.longer_share)} of time on duty: calls, meetings, lunch, waiting "
            "for customers; nothing here explains them and they are not simulated, so that people here have more time "
            "than they had"
        )
    if habits is not None and habits.followed_share < 0.5:
        said.append(
            f"choices follow no one rule: the best, {habits.rule or 'none'}, "
            f"was met in {say_share(habits.followed_share)}"
        )
    return said
