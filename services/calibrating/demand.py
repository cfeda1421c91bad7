"""What comes in, in the form of a scenario: single tasks, cases of a process, and what waits at the start."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.calendar import WEEKDAYS
from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR
from reports.shares import say_share
from services.calibrating.history import History, clock_text, local
from simulations.calibration.flows import Flow, find_flows
from simulations.calibration.rates import Rates, find_rates

AGE_CLASSES = 3
"""Tasks that wait at the start are put in so many classes of age, by type."""
GROWTH_Z = 3.0


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Arrivals, processes and backlog of a scenario, with what is to be said of each arrival and process."""

    arrivals: list[dict[str, Any]]
    arrival_remarks: list[str]
    processes: list[dict[str, Any]]
    process_remarks: list[str]
    backlog: list[dict[str, Any]]
    notes: list[str] = field(default_factory=list)


def find_demand(history: History, slas: dict[str, dict[str, Any]]) -> Demand:
    """Return what came in.

    Parameters
    ----------
    slas
        Service levels by type.
    """
    tasks = history.tasks
    flows, of_case = find_flows(tasks[tasks["case"].notna()], start=history.start, until=history.until)
    begins = of_case.groupby("type")["at"].apply(lambda at: at.to_numpy()).to_dict() if len(of_case) else {}
    is_step = tasks["case"].isin(of_case.index).to_numpy()
    is_late_step = _is_step_of_earlier_case(history, flows, is_step)
    # A later step of a case that began before is work that comes in, though no new case.
    is_single = history.within("enabled") & ~is_step
    arrivals, remarks = [], []
    names = _name_processes(flows, set(history.kinds))
    for flow in flows:
        rates = _rates(history, np.asarray(begins[flow.start], dtype=np.float64))
        arrivals.append({"process": names[flow.start], **_arrival(rates)})
        remarks.append(_describe(rates, history, "cases"))
    kinds = tasks["type"].to_numpy(dtype=object)
    for name in history.kinds:
        instants = history.column("enabled")[is_single & (kinds == name)]
        if len(instants):
            rates = _rates(history, instants)
            arrivals.append({"task_type": name, **_arrival(rates)})
            late = int((is_late_step & (kinds == name)).sum())
            said = f", {late:,} of them of cases that began before" if late else ""
            remarks.append(_describe(rates, history, "tasks") + said)
    return Demand(
        arrivals=arrivals,
        arrival_remarks=remarks,
        processes=[_process(flow, names[flow.start], history, slas) for flow in flows],
        process_remarks=[_describe_flow(flow) for flow in flows],
        backlog=_backlog(history),
        notes=_notes(history, flows, int(is_late_step.sum())),
    )


def _is_step_of_earlier_case(history: History, flows: list[Flow], is_step: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the later steps of cases that began before the time that is looked at."""
    tasks = history.tasks
    first = tasks.groupby("case")["enabled"].transform("min").to_numpy(dtype=np.float64)
    is_old = tasks["case"].notna().to_numpy() & (first < history.start)
    is_of_flow = tasks["type"].isin({name for flow in flows for name in flow.branches}).to_numpy()
    return np.asarray(is_old & is_of_flow & ~is_step & history.within("enabled"))


def _name_processes(flows: list[Flow], kinds: set[str]) -> dict[str, str]:
    """Return a name for each process that no task type has: figures are found by it."""
    names: dict[str, str] = {}
    for flow in flows:
        name = f"{flow.start}-case"
        while name in kinds or name in names.values():
            name += "-"
        names[flow.start] = name
    return names


def _rates(history: History, instants: NDArray[np.float64]) -> Rates:
    shown = local(instants, history.calendar)
    days = np.array([date.toordinal() for date in shown.date], dtype=np.int64) - history.first_day.toordinal()
    return find_rates(
        shown.day_of_week.to_numpy().astype(np.int64),
        shown.hour.to_numpy().astype(np.int64),
        days,
        instants.astype(np.int64),
        num_days=history.days,
        first_weekday=history.first_day.weekday(),
    )


def _arrival(rates: Rates) -> dict[str, Any]:
    made: dict[str, Any] = {
        "pattern": [
            {
                "days": [WEEKDAYS[day] for day in window.weekdays],
                "from": clock_text(window.first_hour * 60),
                "to": clock_text(window.last_hour * 60),
                "per_hour": float(f"{window.per_hour:.4g}"),
            }
            for window in rates.windows
        ]
    }
    if rates.day_cv > 0:
        made["day_cv"] = round(rates.day_cv, 3)
    if rates.lot > 1:
        made["lot"] = rates.lot
    return made


def _describe(rates: Rates, history: History, what: str) -> str:
    said = f"{rates.num:,} {what} in {history.days} days"
    if rates.lot > 1:
        said += f", some {rates.lot} at a time"
    if rates.day_cv > 0:
        said += f"; days differ more than by chance (p {rates.dispersion_p:.3f})"
    return said


def _process(flow: Flow, name: str, history: History, slas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": name, "start": flow.start}
    if _is_due_from_beginning(history, flow):
        # Each step is due from the beginning of its case; a scenario knows one such due: the last step's.
        agreed = [slas[kind] for kind in flow.branches if kind in slas]
        if agreed:
            made["sla"] = max(agreed, key=lambda sla: float(sla["minutes"]))
    made["steps"] = [
        {
            "id": kind,
            "task_type": kind,
            **({"next": [{"step": a, "probability": b} for a, b in nexts.items()]} if nexts else {}),
        }
        for kind, nexts in flow.branches.items()
    ]
    return made


def _is_due_from_beginning(history: History, flow: Flow) -> bool:
    """Return whether later steps arrive together with the first, so that their time runs from then."""
    tasks = history.tasks
    own = tasks[tasks["case"].notna() & tasks["type"].isin(set(flow.branches))]
    first = own.groupby("case")["arrived"].transform("min")
    is_later = own.duplicated("case")
    return bool(is_later.any() and (own["arrived"][is_later] == first[is_later]).mean() >= 0.5)


def _describe_flow(flow: Flow) -> str:
    return (
        f"{flow.num_cases:,} cases begin so; "
        f"{say_share(flow.rework_share, 1)} of steps are of a type that their case had before"
    )


def _backlog(history: History) -> list[dict[str, Any]]:
    """Return what waited at the start, in classes of age."""
    enabled, started, closed = (history.column(name) for name in ("enabled", "started", "closed"))
    is_open = (enabled < history.start) & ~(closed <= history.start) & ~(started < history.start)
    kinds = history.tasks["type"].to_numpy(dtype=object)
    made = []
    for name in history.kinds:
        ages = np.sort(history.start - enabled[is_open & (kinds == name)]) / SECONDS_PER_HOUR
        made += [
            {"task_type": name, "count": len(part), "age_hours": round(float(part.mean()), 1)}
            for part in np.array_split(ages, min(AGE_CLASSES, max(1, len(ages))))
            if len(part)
        ]
    return made


def _notes(history: History, flows: list[Flow], num_late_steps: int) -> list[str]:
    said = []
    instants = history.column("enabled")[history.within("enabled")]
    early = int((instants < history.start + history.days * SECONDS_PER_DAY / 2).sum())
    late = len(instants) - early
    if len(instants) and abs(late - early) > GROWTH_Z * np.sqrt(len(instants)) and early:
        said.append(
            f"the second half of the time brought {say_share(late / early - 1, is_signed=True)} against the first; "
            "a scenario's rates are those of all of it"
        )
    if not history.within("closed").any():
        said.append(
            "nothing was closed in this time: rates are those of what is still open, a lower limit; look at other "
            "days, or take in closed tasks too"
        )
    delays = _delays(history) if flows else np.zeros(0)
    if len(delays) and np.median(delays) > 1 / 60:
        said.append(
            f"the next step of a case was there {np.median(delays):,.1f} hours (median) after the one before was "
            "done: somebody else was waited for; in a scenario it follows at once"
        )
    if num_late_steps:
        said.append(
            f"{num_late_steps:,} steps of cases that began before come in as single tasks; and cases go on here as far "
            "as they came in this time"
        )
    return said


def _delays(history: History) -> NDArray[np.float64]:
    """Return the hours between the end of a step and the enabling of the next."""
    steps = history.tasks[history.tasks["case"].notna()].sort_values(["case", "enabled", "started", "closed", "id"])
    before = steps.groupby("case", sort=False)["closed"].shift()
    hours = (steps["enabled"] - before).dropna() / SECONDS_PER_HOUR
    return np.asarray(np.maximum(pd.Series(hours).to_numpy(dtype=np.float64), 0.0))
