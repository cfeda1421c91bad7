"""How cases flow: hand-offs, ping-pong, rework loops, and the steps at which cases queue."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.time import SECONDS_PER_HOUR
from reports.operations.record import Record, share

MOST_LOOP = 3
"""Steps of the longest loop that is told apart; a longer one counts as one of this many steps or more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Steps:
    """The tasks of cases that were begun by the end of the period, case by case in order of time.

    Attributes
    ----------
    frame
        `task`, `case`, `type`, `team`, `agent`, `begun`, `ended`, `enabled`, `hours` (of handling where it is known,
        else of standard minutes) and `is_inside` (begun within the period).
    is_first
        Which are the first of their case.
    """

    frame: pd.DataFrame
    is_first: np.ndarray

    @property
    def follows(self) -> np.ndarray:
        """Positions of tasks that follow another of their case within the period."""
        return np.flatnonzero(~self.is_first & self.frame["is_inside"].to_numpy())


def order_steps(record: Record) -> Steps:
    """Return the steps of cases. A task without a case is a case of its own."""
    tasks = record.tasks
    started, closed = record.real("started"), record.real("closed")
    begun = np.where(np.isnan(started), closed, started)
    handling = record.real("handling_minutes")
    minutes = np.where(np.isnan(handling), np.nan_to_num(record.real("standard_minutes")), handling)
    case = tasks["case"].where(tasks["case"].notna(), "\0" + tasks["task"].astype(str))
    kept = ~np.isnan(begun) & (begun < record.end) & (tasks["outcome"] != "cancelled").to_numpy()
    frame = pd.DataFrame(
        {
            "task": tasks["task"],
            "case": case,
            "type": tasks["type"],
            "team": tasks["team"],
            "agent": tasks["agent"],
            "begun": begun,
            "ended": np.where(np.isnan(closed), np.inf, closed),
            "enabled": record.real("enabled"),
            "hours": minutes / 60,
            "is_inside": begun >= record.start,
        }
    )[kept]
    frame = frame.sort_values(["case", "begun", "ended", "task"], kind="stable", ignore_index=True)
    codes = pd.factorize(frame["case"])[0]
    is_first = np.ones(len(frame), dtype=bool)
    is_first[1:] = codes[1:] != codes[:-1]
    return Steps(frame=frame, is_first=is_first)


def count_hand_offs(steps: Steps) -> pd.DataFrame:
    """Return how often work went from one to another, as one row for people and one for teams.

    A hand-off is a step that somebody else did than the one before of its case. It is ping-pong where the step before
    that was by the same as now: A, B, A. Steps by nobody known are neither.

    Columns: `between` (`agents`, `teams`), `num_steps` that follow another with both known, `num_hand_offs`,
    `hand_off_share`, `num_ping_pong`, `ping_pong_share` (of hand-offs), `num_cases`, `hand_offs_a_case`,
    `wait_hours` (mean between the end of one step and the start of the next, over hand-offs), `wait_hours_same`.
    """
    rows = []
    for between, column in (("agents", "agent"), ("teams", "team")):
        codes = pd.factorize(steps.frame[column].where(steps.frame[column] != "", None))[0]
        at = steps.follows
        at = at[(codes[at] >= 0) & (codes[at - 1] >= 0)]
        is_hand_off = codes[at] != codes[at - 1]
        two_back = np.maximum(at - 2, 0)
        is_back = is_hand_off & ~steps.is_first[at - 1] & (at >= 2) & (codes[two_back] == codes[at])
        wait = wait_before(steps, at)
        num_cases = int(steps.frame["case"][steps.frame["is_inside"]].nunique())
        rows.append(
            {
                "between": between,
                "num_steps": len(at),
                "num_hand_offs": int(is_hand_off.sum()),
                "hand_off_share": share(is_hand_off.sum(), len(at)),
                "num_ping_pong": int(is_back.sum()),
                "ping_pong_share": share(is_back.sum(), is_hand_off.sum()),
                "num_cases": num_cases,
                "hand_offs_a_case": share(is_hand_off.sum(), num_cases),
                "wait_hours": _mean(wait[is_hand_off]),
                "wait_hours_same": _mean(wait[~is_hand_off]),
            }
        )
    return pd.DataFrame(rows)


def list_hand_offs(steps: Steps) -> pd.DataFrame:
    """Return which teams hand work to which: `from_team`, `to_team`, `num`, `num_back` (ping-pong), `wait_hours`."""
    team = steps.frame["team"].to_numpy(dtype=object)
    at = steps.follows
    at = at[(team[at] != team[at - 1]) & (team[at] != "") & (team[at - 1] != "")]
    is_back = ~steps.is_first[at - 1] & (at >= 2) & (team[np.maximum(at - 2, 0)] == team[at])
    made = pd.DataFrame(
        {
            "from_team": team[at - 1],
            "to_team": team[at],
            "num": 1,
            "num_back": is_back.astype(np.int64),
            "wait_hours": wait_before(steps, at),
        }
    )
    grouped = made.groupby(["from_team", "to_team"], sort=True)
    found = grouped[["num", "num_back"]].sum()
    found["wait_hours"] = grouped["wait_hours"].mean()
    return found.reset_index().sort_values(
        ["num", "from_team", "to_team"], ascending=[False, True, True], ignore_index=True
    )


def find_loops(steps: Steps) -> pd.DataFrame:
    """Return by type how often cases come back to it, and what that takes.

    A repeat is a step of a type that the case has had before. Its loop has as many steps as lie between the two, and
    one: 1 is the same step twice in a row.

    Columns: `type`, `num_cases`, `num_steps`, `num_repeats`, `repeat_share` (of its steps), `cases_repeated_share`,
    `rework_hours` (handling of the repeats), `num_loop_1`, `num_loop_2`, `num_loop_3` (three steps or more).
    """
    frame = steps.frame
    case, kind = pd.factorize(frame["case"])[0], pd.factorize(frame["type"], sort=True)
    key = case.astype(np.int64) * (len(kind[1]) + 1) + kind[0]
    order = np.argsort(key, kind="stable")
    distance = np.zeros(len(frame), dtype=np.int64)
    is_again = key[order][1:] == key[order][:-1]
    distance[order[1:][is_again]] = (order[1:] - order[:-1])[is_again]
    inside = frame["is_inside"].to_numpy()
    made = pd.DataFrame(
        {
            "type": frame["type"],
            "case": frame["case"],
            "num_steps": 1,
            "num_repeats": (distance > 0).astype(np.int64),
            "rework_hours": np.where(distance > 0, frame["hours"], 0.0),
            "num_loop_1": (distance == 1).astype(np.int64),
            "num_loop_2": (distance == 2).astype(np.int64),
            "num_loop_3": (distance >= MOST_LOOP).astype(np.int64),
        }
    )[inside]
    grouped = made.groupby("type", sort=True)
    found = grouped[[name for name in made if name not in ("type", "case")]].sum()
    found["num_cases"] = grouped["case"].nunique()
    repeated = made[made["num_repeats"] > 0].groupby("type")["case"].nunique().reindex(found.index).fillna(0)
    found["repeat_share"] = found["num_repeats"] / found["num_steps"]
    found["cases_repeated_share"] = repeated / found["num_cases"]
    columns = ["type", "num_cases", "num_steps", "num_repeats", "repeat_share", "cases_repeated_share", "rework_hours"]
    made = found.reset_index().sort_values(["rework_hours", "type"], ascending=[False, True], ignore_index=True)
    return made[[*columns, "num_loop_1", "num_loop_2", "num_loop_3"]]


def list_repeats(steps: Steps) -> pd.DataFrame:
    """Return the repeated steps themselves: `task`, `case`, `type`, `team`, `hours`."""
    frame = steps.frame
    is_again = frame.duplicated(["case", "type"]) & frame["is_inside"]
    return frame[is_again][["task", "case", "type", "team", "hours"]].reset_index(drop=True)


def rank_bottlenecks(record: Record) -> pd.DataFrame:
    """Return the steps by how much cases queue at them: by waiting, not by how long the work itself takes.

    Counted over tasks that waited at some time of the period: from when a task could be begun to its start, or to the
    end of the period where it still waits; only the part within the period. Little's law makes the mean queue of it.

    Columns: `type`, `team`, `num_waited`, `wait_hours` (in all), `wait_share` (of all waiting), `mean_wait_hours`,
    `mean_queue` (tasks, at any time), `handling_hours`, `queueing_share` (waiting over waiting and handling),
    `rank_by_length` (its place if steps were ranked by handling).
    """
    started, closed, enabled = (record.real(name) for name in ("started", "closed", "enabled"))
    until = np.where(np.isnan(started), np.where(np.isnan(closed), record.end, closed), started)
    low, high = np.maximum(enabled, record.start), np.minimum(until, record.end)
    seconds = np.maximum(high - low, 0.0)
    touched = (enabled < record.end) & (until >= record.start)
    inside = record.completed_within()
    handling = np.where(
        np.isnan(record.real("handling_minutes")),
        np.nan_to_num(record.real("standard_minutes")),
        record.real("handling_minutes"),
    )
    made = pd.DataFrame(
        {
            "type": record.tasks["type"],
            "team": record.tasks["team"],
            "num_waited": touched.astype(np.int64),
            "wait_hours": np.where(touched, seconds, 0.0) / SECONDS_PER_HOUR,
            "handling_hours": np.where(inside, handling, 0.0) / 60,
        }
    )
    found = made.groupby(["type", "team"], sort=True).sum().reset_index()
    found = found[(found["num_waited"] > 0) | (found["handling_hours"] > 0)]
    total = float(found["wait_hours"].sum())
    found["wait_share"] = found["wait_hours"] / total if total else 0.0
    found["mean_wait_hours"] = found["wait_hours"] / found["num_waited"].where(found["num_waited"] > 0)
    found["mean_queue"] = found["wait_hours"] * SECONDS_PER_HOUR / max(record.end - record.start, 1.0)
    both = found["wait_hours"] + found["handling_hours"]
    found["queueing_share"] = found["wait_hours"] / both.where(both > 0)
    found["rank_by_length"] = found["handling_hours"].rank(ascending=False, method="min").astype(np.int64)
    columns = ["type", "team", "num_waited", "wait_hours", "wait_share", "mean_wait_hours", "mean_queue"]
    made = found.sort_values(["wait_hours", "type", "team"], ascending=[False, True, True], ignore_index=True)
    return made[[*columns, "handling_hours", "queueing_share", "rank_by_length"]]


def wait_before(steps: Steps, at: np.ndarray) -> np.ndarray:
    """Return the hours from the end of the step before to the start of each; 0 where they overlap."""
    begun, ended = steps.frame["begun"].to_numpy(), steps.frame["ended"].to_numpy()
    waits: np.ndarray = np.maximum(begun[at] - ended[at - 1], 0.0) / SECONDS_PER_HOUR
    return waits


def _mean(values: np.ndarray) -> float | None:
    return None if len(values) == 0 else float(values.mean())
