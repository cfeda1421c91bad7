"""Task types of a scenario: how long they really took, and within which time they were due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.time import SECONDS_PER_MINUTE
from services.calibrating.history import History, local
from simulations.calibration.durations import LEAST_MEASURED, Fit, fit_durations
from simulations.discovery.handling import share_of_time
from simulations.discovery.standards import find_spreads, is_runaway

Reals = NDArray[np.float64]

OFFICE_CALENDAR = "office"
UNKNOWN_CV = 1.0
LEAST_OWN_DUES = 0.5
LEAST_RUNAWAY_MINUTES = 120.0
"""Nobody forgets for less that something is open; it was a long one of its type."""
LEAST_DUTY_SHARE = 0.5
"""Of a task within one day: where less of it was on duty, the roster is not to be believed."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """Task types in the form of a scenario, and what is to be said of each.

    Attributes
    ----------
    minutes
        Work content of each task of the history, NaN where it is not known.
    handled
        The same as time in hand.
    means
        Expected minutes by type.
    fits
        Of the types that were measured.
    """

    records: list[dict[str, Any]]
    remarks: list[str]
    minutes: Reals
    handled: Reals
    means: Mapping[str, float]
    fits: Mapping[str, Fit]
    num_runaway: int
    notes: list[str] = field(default_factory=list)


def measure_work(history: History) -> Work:
    """Return the task types with what their tasks took."""
    kinds = list(history.kinds)
    type_idx = pd.Index(kinds).get_indexer(pd.Index(history.tasks["type"]))
    handled, speed = _handled(history)
    is_inside = history.within("closed")
    handled = np.where(is_inside, handled, np.nan)
    minutes = handled * speed
    each = minutes / history.column("quantity")
    is_long = is_runaway(each, type_idx, find_spreads(each, type_idx, len(kinds))) & (each > LEAST_RUNAWAY_MINUTES)
    minutes[is_long] = np.nan
    fits = {
        name: fit
        for n, name in enumerate(kinds)
        if (fit := fit_durations(minutes[(type_idx == n) & ~np.isnan(minutes)])) is not None
    }
    spreads = [fit.cv for fit in fits.values() if fit.num >= LEAST_MEASURED and fit.cv > 0]
    usual = float(np.median(spreads)) if spreads else UNKNOWN_CV
    records, remarks, means = [], [], {}
    for n, name in enumerate(kinds):
        row, fit = history.kinds[name], fits.get(name)
        record: dict[str, Any] = {"id": name}
        if row["name"] and row["name"] != name:
            record["name"] = row["name"]
        record |= {"team": row["team"], "skill": row["skill"]}
        if row["min_level"] != 1:
            record["min_level"] = row["min_level"]
        if row["also_requires"]:
            record["also_requires"] = dict(row["also_requires"])
        if row["weight"] != 1:
            record["weight"] = float(row["weight"])
        handling, said = _handling(fit, float(row["handling_minutes"]), usual, has_spread=bool(spreads))
        record["handling"] = handling
        sla, due_said = _sla(history, name, type_idx == n)
        if sla is not None:
            record["sla"] = sla
        means[name] = float(row["handling_minutes"]) if fit is None else fit.mean
        records.append(record)
        remarks.append(f"{said}; {due_said}")
    return Work(
        records=records,
        remarks=remarks,
        minutes=minutes,
        handled=handled,
        means=means,
        fits=fits,
        num_runaway=int(is_long.sum()),
        notes=_notes(history, fits, int(is_long.sum())),
    )


def _handled(history: History) -> tuple[Reals, Reals]:
    """Return the minutes that each task was in hand, and the speed of whoever had it."""
    started, closed = history.column("started"), history.column("closed")
    minutes = np.full(len(started), np.nan)
    speed = np.ones(len(started))
    is_told = ~np.isnan(started) & ~np.isnan(closed) & (closed >= started)
    is_told &= history.tasks["agent"].notna().to_numpy()
    raw = np.where(is_told, closed - started, np.nan) / SECONDS_PER_MINUTE
    days = np.zeros(len(started), dtype=bool)
    at = np.flatnonzero(is_told)
    days[at] = local(started[at], history.calendar).date == local(closed[at], history.calendar).date
    minutes[days] = raw[days]
    agents = history.tasks["agent"].to_numpy(dtype=object)
    for person in history.people:
        own = np.flatnonzero(is_told & (agents == person.id))
        if not len(own):
            continue
        if person.has_duty:
            on_duty = person.clock.between(started[own], closed[own]) / SECONDS_PER_MINUTE
            is_kept = ~days[own] | (on_duty >= LEAST_DUTY_SHARE * raw[own])
            minutes[own] = np.where(is_kept, on_duty, minutes[own])
        kinds = history.tasks["type"].to_numpy(dtype=object)[own]
        speed[own] = [_speed(person.skills, history.kinds[kind]["skill"]) for kind in kinds]
    codes, _ = pd.factorize(pd.Series(agents[at]))
    share = share_of_time(codes.astype(np.int64), started[at].astype(np.int64), closed[at].astype(np.int64))
    minutes[at] *= np.where(closed[at] > started[at], share, 1.0)
    return minutes, speed


def _speed(skills: Mapping[str, Any], skill: str) -> float:
    return float(skills[skill].speed) if skill in skills else 1.0


def _handling(fit: Fit | None, standard: float, usual_cv: float, *, has_spread: bool) -> tuple[dict[str, Any], str]:
    """Return a handling as a scenario has it, and what is to be said of it."""
    if fit is None:
        whose = "the usual one here" if has_spread else "assumed"
        made = {"distribution": "lognormal", "mean_minutes": round(standard, 3), "cv": round(usual_cv, 3)}
        return made, f"handling not measured: the standard minutes, their spread {whose}"
    if fit.distribution == "empirical":
        values = [round(value, 3) for value in fit.values]
        return {"distribution": "empirical", "minutes": values}, describe_fit(fit)
    made = {"distribution": fit.distribution, "mean_minutes": round(fit.mean, 3)}
    if fit.distribution in {"lognormal", "gamma", "weibull"}:
        made["cv"] = round(fit.cv, 3)
    return made, describe_fit(fit)


def describe_fit(fit: Fit) -> str:
    """Return a sentence on how well a distribution stands for what was measured."""
    said = f"{fit.num:,} measured"
    if fit.best is None:
        if fit.num_instants:
            return f"{said}, {fit.num_instants:,} of them took no time: drawn from what was observed"
        return f"{said}, all alike"
    tested = f"A2 {fit.statistic:.2f}, p {fit.p_value:.2f}, distance {fit.distance:.3f}"
    if fit.distribution == "empirical":
        return f"{said}; {fit.best} fits best but not well ({tested}): drawn from what was observed"
    return f"{said}; {fit.distribution} fits ({tested})"


def _sla(history: History, name: str, is_own: NDArray[np.bool_]) -> tuple[dict[str, Any] | None, str]:
    """Return the service level of a type: that which its tasks' own dues show where most have one, else the agreed."""
    row = history.kinds[name]
    frame = history.office.tables.get("tasks")
    given = 0 if frame is None else int(frame["due"][(frame["type"] == name)].notna().sum())
    arrived = history.column("arrived")[is_own]
    if len(arrived) and given >= LEAST_OWN_DUES * len(arrived):
        due = history.column("due")[is_own]
        is_told = ~np.isnan(due) & (due > arrived)
        elapsed = (due - arrived)[is_told] / SECONDS_PER_MINUTE
        if len(elapsed):
            opened = _open_minutes(history, arrived[is_told], due[is_told])
            if opened.min() > 0 and opened.std() / opened.mean() <= elapsed.std() / elapsed.mean():
                return _agreed(float(np.median(opened))), "due as most of its tasks were, in open time"
            return {"minutes": round(float(np.median(elapsed)), 1)}, "due as most of its tasks were, in elapsed time"
    if row["sla_minutes"] is None:
        return None, "no service level is known: never due"
    whose = "read off what happened, promised to nobody" if row["is_sla_estimated"] else "as agreed"
    return _agreed(float(row["sla_minutes"])), f"service level {whose}"


def _agreed(minutes: float) -> dict[str, Any]:
    return {"minutes": round(minutes, 1), "calendar": OFFICE_CALENDAR}


def _open_minutes(history: History, begins: Reals, ends: Reals) -> Reals:
    spans = history.calendar.open_stretches(int(begins.min()), int(ends.max()) + 1)
    if not spans:
        return np.zeros(len(begins))
    edges = np.array([edge for span in spans for edge in span], dtype=np.float64)
    lengths = np.array([end - start for start, end in spans], dtype=np.float64)
    until = np.column_stack([np.cumsum(lengths) - lengths, np.cumsum(lengths)]).ravel()
    passed = np.interp(ends, edges, until) - np.interp(begins, edges, until)
    return np.asarray(passed / SECONDS_PER_MINUTE)


def _notes(history: History, fits: Mapping[str, Fit], num_runaway: int) -> list[str]:
    said = []
    if history.num_by_nobody:
        said.append(f"{history.num_by_nobody:,} tasks that nobody known has closed are left out: systems, or others")
    if not fits:
        said.append("no task has a beginning, an end and a name: handling times are standards, their spread is assumed")
    elif len(fits) < len(history.kinds):
        few = len(history.kinds) - len(fits)
        said.append(f"{few} of {len(history.kinds)} task types were measured fewer than {LEAST_MEASURED} times")
    if num_runaway:
        said.append(f"{num_runaway:,} tasks that lasted far longer than others of their type are left out of handling")
    return said
