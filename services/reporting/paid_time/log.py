"""Time from an event log: what people were seen to do. Without sign-ins there is no paid time, only gaps."""

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from models.errors import UsageError
from models.formats.event_logs.log import Outcome
from models.time import SECONDS_PER_HOUR
from reports.waiting.duty import expand_weeks
from reports.waste.history import Beginning, StretchKind, WorkHistory
from reports.waste.layout import NIGHT_S
from reports.waste.spans import Wholes, key_of, positions_in, unite
from services.reporting.paid_time.spanning import find_overtime, find_repeated, list_days, pause_outside
from services.reporting.sources import Source

NO_PAID_TIME = (
    "a log without sign-ins has no paid time, only gaps: what stands here is the time in which people were seen, from "
    "the first to the last thing of each of their working days"
)
NOT_IN_A_LOG = (
    "a log knows no setup, no recorded time off task and no list that was open; gaps between tasks are choosing up to "
    "ten minutes where work waited, and unexplained beyond that: calls, meetings, lunch"
)
NO_STARTS = "the log has no starts: work on tasks is not known, and all time between completions is unexplained"
REPEATS = "rework is each type done again in its case after it was completed, whether or not that was meant so"
US_PER_S = 1_000_000
LONGEST_SIGN_S = 8 * SECONDS_PER_HOUR
"""Of what lasted longer, only the start says that its agent was there: it was forgotten, or closed by a system."""


def history_of_log(source: Source, *, start: int | None, end: int | None) -> WorkHistory:
    """Return what an event log says of people's time.

    Parameters
    ----------
    start, end
        The period; the whole log where None.

    Raises
    ------
    UsageError
        If nobody known did anything in it.
    """
    rows = _read_rows(source)
    work = _list_work(source, rows)
    if start is not None:
        work = work[work["end"] >= start]
    if end is not None:
        work = work[work["start"] < end]
    if work.empty:
        raise UsageError("nobody known did anything in this time: there is nothing to report on")
    first = int(work["start"].min()) if start is None else start
    last = int(work["end"].max()) if end is None else end - 1
    edges, names = list_days(first, last, source.zone)
    has_hours = source.weekly_hours is not None
    seen = _list_hours(source, source.zone, edges) if has_hours else list_seen(work)
    paid = pd.concat([seen, find_overtime(work, seen)], ignore_index=True) if has_hours else seen
    types = rows[["type", "team"]].drop_duplicates("type").assign(standard_s=np.nan)
    standards = _standards(source)
    types["standard_s"] = types["type"].map(standards)
    has_starts = bool(rows["start"].notna().any())
    return WorkHistory(
        agents=_list_agents(source, rows),
        types=types,
        abilities=rows.loc[rows["agent"].notna(), ["agent", "type"]].drop_duplicates(),
        paid=paid,
        stretches=pause_outside(work, paid),
        tasks=pd.DataFrame(
            {
                "task": rows["id"],
                "type": rows["type"],
                "finished_by": rows["agent"].where(rows["is_done"]),
                "is_judged": rows["is_done"] & (rows["start"] >= edges[0]) & (rows["end"] < edges[-1]),
            }
        ),
        waiting=_list_waiting(rows, standards, edges[-1]),
        day_edges=edges,
        day_names=names,
        has_paid_time=has_hours,
        has_queue=has_starts,
        names=source.names,
        limits=(
            *(() if has_hours else (NO_PAID_TIME,)),
            NOT_IN_A_LOG if has_starts else NO_STARTS,
            REPEATS,
            *source.limits,
        ),
    )


def list_seen(work: pd.DataFrame) -> pd.DataFrame:
    """Return the time in which people were seen: from sign to sign, where less than a night lies between two."""
    agents = pd.Index(sorted(set(work["agent"])))
    who = positions_in(agents, work["agent"])
    start, end = work["start"].to_numpy(dtype=np.int64), work["end"].to_numpy(dtype=np.int64)
    until = np.where(end - start > LONGEST_SIGN_S, start, end)
    owner, begins, ends = _bridge(who, start, until)
    return pd.DataFrame({"agent": agents.to_numpy(dtype=object)[owner], "start": begins, "end": ends})


def _bridge(who: Wholes, start: Wholes, end: Wholes) -> tuple[Wholes, Wholes, Wholes]:
    """Return runs of signs with less than a night between them."""
    order = np.lexsort((end, start, who))
    owner, begins = who[order], start[order]
    reached = np.maximum.accumulate(key_of(owner, end[order]))
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = key_of(owner[1:], begins[1:]) >= reached[:-1] + NIGHT_S
    first = np.flatnonzero(is_new)
    last = np.concatenate([first[1:] - 1, [len(order) - 1]])
    zero = key_of(owner[first], np.zeros(len(first), dtype=np.int64))
    return unite(owner[first], begins[first], reached[last] - zero)


def _read_rows(source: Source) -> pd.DataFrame:
    """Return instances in whole seconds, of the types that people work on and of people alone."""
    frame = source.instances
    rows = pd.DataFrame(
        {
            "id": frame["id"].astype(object),
            "case": frame["case"].astype(object),
            "type": frame["type"].astype(object),
            "agent": frame["agent"].astype(object).where(frame["agent"].notna(), None),
            "team": source.teams.astype(object).where(source.teams.notna(), "").to_numpy(),
            "is_done": (frame["outcome"] == Outcome.DONE.value).to_numpy(),
            **{name: _seconds(frame[name]) for name in ("enabled", "start", "end", "closed", "due")},
        }
    )
    office = source.office
    if office is not None and source.discovery is not None:
        tasks = office.table("tasks")
        types = dict(zip(tasks["id"], tasks["type"], strict=True))
        rows = rows[rows["id"].isin(types)].reset_index(drop=True)
        rows["type"] = rows["id"].map(types)
        owners = {row["id"]: row["team"] for row in office.rows("task_types")}
        rows["team"] = rows["type"].map(owners).fillna("")
        people = {row["id"] for row in office.rows("agents")}
        rows["agent"] = rows["agent"].where(rows["agent"].isin(people), None)
    return rows


def _list_work(source: Source, rows: pd.DataFrame) -> pd.DataFrame:
    known = rows["agent"].notna() & (rows["start"].notna() | rows["end"].notna())
    repeated = find_repeated(rows["case"], rows["type"], rows["start"], rows["end"], rows["is_done"])
    own = rows[known]
    begins = own["start"].fillna(own["end"])
    work = pd.DataFrame(
        {
            "agent": own["agent"],
            "start": begins.astype(np.int64),
            "end": np.maximum(own["end"].fillna(begins), begins),
            "kind": np.where(repeated[known], StretchKind.REWORK.value, StretchKind.HANDLING.value),
            "task": own["id"],
            "code": "",
            "begun": Beginning.CHOSEN.value,
        }
    ).reset_index(drop=True)
    if source.log is None or source.log.pauses.empty:
        return work
    return _pause(work, source.log.pauses)


def _pause(work: pd.DataFrame, pauses: pd.DataFrame) -> pd.DataFrame:
    """Return work without its pauses: these are interruptions until something else is begun."""
    spans = pd.DataFrame(
        {"task": pauses["id"].astype(object), "low": _seconds(pauses["start"]), "high": _seconds(pauses["end"])}
    )
    spans = spans[spans["low"].notna() & spans["high"].notna() & (spans["high"] > spans["low"])]
    paused = work[work["task"].isin(spans["task"])]
    pieces = []
    by_task = spans.sort_values("low").groupby("task")
    for row in paused.to_dict("records"):
        at, is_first = row["start"], True
        for low, high in by_task.get_group(row["task"])[["low", "high"]].itertuples(index=False):
            low, high = min(max(low, at), row["end"]), min(high, row["end"])  # noqa: PLW2901 - clipped
            if low > at:
                begun = Beginning.CHOSEN.value if is_first else Beginning.CONTINUED.value
                pieces.append({**row, "start": at, "end": low, "begun": begun})
                is_first = False
            if high > low:
                pieces.append({**row, "start": int(low), "end": np.nan, "kind": StretchKind.INTERRUPTED.value})
            at = max(at, int(high))
        if at < row["end"]:
            pieces.append({**row, "start": at, "begun": Beginning.CONTINUED.value})
    rest = work[~work["task"].isin(spans["task"])]
    return pd.concat([rest, pd.DataFrame(pieces, columns=work.columns)], ignore_index=True)


def _list_waiting(rows: pd.DataFrame, standards: dict[str, float], until: int) -> pd.DataFrame:
    ends = rows["start"].fillna(rows["closed"]).fillna(until)
    made = pd.DataFrame(
        {
            "task": rows["id"],
            "type": rows["type"],
            "start": rows["enabled"],
            "end": ends,
            "safe_until": rows["due"] - rows["type"].map(standards),
        }
    )
    return made[made["start"].notna() & (made["end"] > made["start"])]


def _list_agents(source: Source, rows: pd.DataFrame) -> pd.DataFrame:
    office = source.office
    if office is not None:
        return pd.DataFrame([(row["id"], row["team"]) for row in office.rows("agents")], columns=["agent", "team"])
    agents = rows["agent"].dropna().unique()
    return pd.DataFrame({"agent": agents, "team": ""})


def _standards(source: Source) -> dict[str, float]:
    if source.office is None:
        return {}
    return {row["id"]: float(row["handling_minutes"]) * 60 for row in source.office.rows("task_types")}


def _list_hours(source: Source, zone: ZoneInfo, edges: tuple[int, ...]) -> pd.DataFrame:
    hours = source.weekly_hours or {}
    expanded = expand_weeks(hours, zone, first=edges[0] * US_PER_S, last=edges[-1] * US_PER_S)
    return pd.DataFrame(
        [
            (person, opens // US_PER_S, closes // US_PER_S)
            for person, spans in expanded.items()
            for opens, closes in spans
        ],
        columns=["agent", "start", "end"],
    )


def _seconds(instants: pd.Series) -> pd.Series:
    """Return instants as whole epoch seconds, NaN where there is none."""
    plain = instants.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
    micros = plain.astype("int64").astype(np.float64).where(instants.notna())
    return pd.Series(np.round(micros.to_numpy() / 1e6), index=instants.index)
