"""Paid time from an office's tables: rosters, and who closed which task from when to when."""

import numpy as np
import pandas as pd

from models.errors import UsageError
from models.formats.offices.calendar import calendar_of
from models.formats.offices.office import Office
from models.time import to_datetime
from reports.waste.history import WORK, Beginning, StretchKind, WorkHistory
from services.calibrating.history import History, read_history
from services.reporting.paid_time.desk import DeskTime
from services.reporting.paid_time.rostering import (
    list_abilities,
    list_agents,
    list_demands,
    list_names,
    list_types,
    read_rosters,
)
from services.reporting.paid_time.spanning import find_overtime, find_repeated, list_days, pause_outside, without

NO_SIGN_INS = (
    "nobody signed in here: people count as there for their whole shifts, and paid time is rostered shifts less "
    "absences and unpaid breaks, with work up to four hours beyond a shift as overtime"
)
SOME_SIGN_INS = "some agents never signed in here; they count as there for their whole shifts"
ONLY_STARTS_AND_ENDS = (
    "only starts and ends of tasks are recorded: setup, interruptions and work that was given back are not known, and "
    "count as work on the task or as time between tasks"
)


def history_of_office(
    office: Office, *, start: int | None, end: int | None, until: int, desk: DeskTime | None = None
) -> WorkHistory:
    """Return what an office's tables say of paid time.

    Parameters
    ----------
    start, end
        The period; of the tasks that were closed, from the first start to the last closing where None.
    until
        The present: what comes after it is paid for when it has come.
    desk
        What the desk's events say, where there are any. What the tables say of other tasks stays.

    Raises
    ------
    UsageError
        If nothing was done in it.
    """
    calendar = calendar_of(office)
    first, last = _find_span(office, start, end)
    edges, names = list_days(first, last, calendar.zone)
    day = to_datetime(edges[-1] - 1, calendar.zone).date()
    rosters = read_rosters(office, calendar.zone, start=edges[0], end=edges[-1])
    told = read_history(office, start=edges[0], until=edges[-1], days=len(names))
    standards = list_types(office, day)
    work, tasks, waiting = _list_work(told), _list_tasks(told, standards), list_waiting(told, standards)
    blocks = rosters.blocks
    limits: tuple[str, ...] = (NO_SIGN_INS, ONLY_STARTS_AND_ENDS)
    overtime = [find_overtime(work, rosters.shifts)]
    if desk is not None:
        taken = desk.tasks["task"][desk.tasks["is_taken"]]
        work = pd.concat([work[~work["task"].isin(taken)], desk.stretches], ignore_index=True)
        overtime = [find_overtime(work, rosters.shifts), find_overtime(work, rosters.shifts, reach=desk.presence)]
        absent = list_absent(rosters.shifts, desk.presence, until=edges[-1])
        work = pd.concat([_mark_repeated(work, told), absent], ignore_index=True)
        blocks = _leave_worked(blocks, work)
        tasks, waiting = _told_by_desk(tasks, desk, edges), _waits_at_desk(waiting, desk)
        signed_in = set(desk.presence["agent"])
        if signed_in:
            limits = () if set(list_agents(office)["agent"]) <= signed_in else (SOME_SIGN_INS,)
    demands, demanding = list_demands(office, day)
    paid = pd.concat([rosters.paid, *overtime], ignore_index=True)
    paid = paid.assign(start=paid["start"].clip(upper=until), end=paid["end"].clip(upper=until))
    return WorkHistory(
        agents=list_agents(office),
        types=standards,
        abilities=pd.concat([list_abilities(office, day), demanding], ignore_index=True),
        paid=paid,
        stretches=pd.concat([pause_outside(work, paid), blocks], ignore_index=True),
        tasks=tasks,
        waiting=waiting.assign(demand=waiting["task"].map(demands)),
        day_edges=edges,
        day_names=names,
        names=list_names(office),
        limits=limits,
    )


def list_waiting(told: History, types: pd.DataFrame) -> pd.DataFrame:
    """Return when tasks could have been begun and were not, with the latest safe start of each."""
    tasks = told.tasks
    began, closed = tasks["started"], tasks["closed"]
    until = began.fillna(closed).fillna(told.until)
    pended = dict(zip(told.office.table("tasks")["id"], told.office.table("tasks")["pended_until"], strict=True))
    since = np.fmax(tasks["enabled"], pd.to_numeric(tasks["id"].map(pended)).astype(np.float64))
    standard = tasks["type"].map(dict(zip(types["type"], types["standard_s"], strict=True))) * tasks["quantity"]
    made = pd.DataFrame(
        {
            "task": tasks["id"],
            "type": tasks["type"],
            "start": since,
            "end": until,
            "safe_until": tasks["due"] - standard,
        }
    )
    return made[made["start"].notna() & (made["end"] > made["start"])]


def _find_span(office: Office, start: int | None, end: int | None) -> tuple[int, int]:
    tasks = office.table("tasks")
    is_closed = (tasks["started"].notna() & tasks["closed"].notna()).to_numpy(dtype=bool)
    started = tasks["started"][is_closed].astype(np.int64)
    closed = tasks["closed"][is_closed].astype(np.int64)
    if start is not None:
        started, closed = started[closed >= start], closed[closed >= start]
    if end is not None:
        started, closed = started[started < end], closed[started < end]
    if started.empty:
        raise UsageError("nobody closed anything in this time: there is nothing to report on")
    return (int(started.min()) if start is None else start), (int(closed.max()) if end is None else end - 1)


def _list_work(told: History) -> pd.DataFrame:
    tasks = told.tasks
    is_begun = tasks["started"].notna() & tasks["agent"].notna() & (tasks["started"] < told.until)
    repeated = find_repeated(
        tasks["case"].where(tasks["case"].astype(bool)),
        tasks["type"],
        tasks["started"],
        tasks["closed"],
        tasks["closed"].notna(),
    )
    own = tasks[is_begun]
    return pd.DataFrame(
        {
            "agent": own["agent"].to_numpy(dtype=object),
            "start": own["started"].to_numpy(dtype=np.int64),
            "end": own["closed"].to_numpy(dtype=np.float64),
            "kind": np.where(repeated[is_begun], StretchKind.REWORK.value, StretchKind.HANDLING.value),
            "task": own["id"].to_numpy(dtype=object),
            "code": "",
            "begun": Beginning.CHOSEN.value,
        }
    )


def _list_tasks(told: History, types: pd.DataFrame) -> pd.DataFrame:
    tasks = told.tasks
    standard = tasks["type"].map(dict(zip(types["type"], types["standard_s"], strict=True))) * tasks["quantity"]
    own = dict(zip(told.office.table("tasks")["id"], told.office.table("tasks")["handling_minutes"], strict=True))
    minutes = pd.to_numeric(tasks["id"].map(own)).astype(np.float64)
    is_done = tasks["closed"].notna() & tasks["started"].notna() & tasks["agent"].notna()
    return pd.DataFrame(
        {
            "task": tasks["id"],
            "type": tasks["type"],
            "standard_s": (minutes * 60 * tasks["quantity"]).fillna(standard),
            "finished_by": tasks["agent"].where(is_done),
            "is_judged": is_done & (tasks["started"] >= told.start) & (tasks["closed"] < told.until),
        }
    )


def list_absent(shifts: pd.DataFrame, presence: pd.DataFrame, *, until: int) -> pd.DataFrame:
    """Return when agents were on a shift and not signed in, from the shift on in which each first was."""
    first = presence.groupby("agent")["start"].min()
    own = shifts[shifts["agent"].isin(first.index)]
    own = own[own["end"] > own["agent"].map(first).astype(np.int64)]
    own = own.assign(end=own["end"].clip(upper=until))
    missing = without(own[own["end"] > own["start"]], presence)
    return missing.assign(kind=StretchKind.AWAY.value, task="", code="", begun="")


def _mark_repeated(work: pd.DataFrame, told: History) -> pd.DataFrame:
    """Return work with what repeats a step of its case as rework."""
    facts = told.tasks.set_index("id")
    is_work = work["kind"] == StretchKind.HANDLING.value
    own = work[is_work]
    first_done = told.tasks[told.tasks["closed"].notna() & told.tasks["case"].astype(bool)]
    earliest = first_done.groupby(["case", "type"])["closed"].min().rename("earliest").reset_index()
    keys = pd.DataFrame({"case": own["task"].map(facts["case"]), "type": own["task"].map(facts["type"])})
    known = keys.merge(earliest, on=["case", "type"], how="left")["earliest"].to_numpy()
    is_repeated = own["start"].to_numpy() >= np.where(np.isnan(known), np.inf, known)
    kinds = work["kind"].to_numpy(dtype=object).copy()
    kinds[np.flatnonzero(is_work)[is_repeated]] = StretchKind.REWORK.value
    return work.assign(kind=kinds)


def _leave_worked(blocks: pd.DataFrame, work: pd.DataFrame) -> pd.DataFrame:
    """Return rostered blocks without the time in which their agents were at recorded work after all."""
    kinds = [kind.value for kind in WORK]
    done = work[work["kind"].isin(kinds) & work["end"].notna()]
    parts = [
        without(own, done).assign(kind=StretchKind.OFF_TASK.value, task="", begun="", code=code)
        for code, own in blocks.groupby("code")
    ]
    return pd.concat(parts, ignore_index=True) if parts else blocks


def _told_by_desk(tasks: pd.DataFrame, desk: DeskTime, edges: tuple[int, ...]) -> pd.DataFrame:
    finished = desk.tasks[desk.tasks["is_taken"]].set_index("task")["finished_by"]
    by_desk = tasks["task"].isin(finished.index)
    work = desk.stretches[desk.stretches["task"] != ""]
    spans = work.groupby("task").agg(first=("start", "min"), last=("end", "max"))
    inside = (spans["first"] >= edges[0]) & (spans["last"] < edges[-1])
    who = tasks["task"].map(finished)
    return tasks.assign(
        finished_by=tasks["finished_by"].where(~by_desk, who),
        is_judged=tasks["is_judged"].where(~by_desk, tasks["task"].isin(inside.index[inside])),
    )


def _waits_at_desk(waiting: pd.DataFrame, desk: DeskTime) -> pd.DataFrame:
    """Return waiting as the desk tells it; no task waits before it could have been begun."""
    facts = waiting.drop_duplicates("task").set_index("task")
    spans = desk.waiting[desk.waiting["task"].isin(facts.index)]
    told = facts.loc[spans["task"]].reset_index()
    told["start"] = np.maximum(spans["start"].to_numpy(), told["start"].to_numpy())
    told["end"] = spans["end"].to_numpy()
    others = waiting[~waiting["task"].isin(desk.tasks["task"])]
    return pd.concat([others, told[told["end"] > told["start"]]], ignore_index=True)
