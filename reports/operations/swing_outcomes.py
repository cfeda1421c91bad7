"""What lending brought: hours and tasks done for other teams, against what a plan promised of each move.

What a lent hour won cannot be seen; it is reckoned. The tasks that a team had done on a day keep their order and the
instants at which its own people completed something: without the guests, each task takes the next of these instants,
and those that find none that day are done by the end of the team's next day with work. What tardiness that adds,
weighted, is what the guests saved. It is a cautious figure: where a team never catches up, one task less today delays
all that follow.
"""

import numpy as np
import pandas as pd

from models.time import SECONDS_PER_HOUR
from reports.operations.record import Record, share


def list_lent(record: Record) -> pd.DataFrame:
    """Return the tasks completed in the period by people of another home team, task by task.

    Columns: `task`, `agent`, `from_team`, `to_team`, `closed`, `hours` (of handling, else standard), `is_on_time`.
    """
    home = dict(zip(record.agents["agent"], record.agents["team"], strict=True))
    done = record.tasks[record.completed_within()]
    from_team = done["agent"].map(home)
    is_lent = from_team.notna() & (from_team != done["team"]) & (done["team"] != "")
    done, from_team = done[is_lent], from_team[is_lent]
    handling = done["handling_minutes"].to_numpy(dtype=np.float64)
    minutes = np.where(np.isnan(handling), np.nan_to_num(done["standard_minutes"].to_numpy(dtype=np.float64)), handling)
    return pd.DataFrame(
        {
            "task": done["task"],
            "agent": done["agent"],
            "from_team": from_team,
            "to_team": done["team"],
            "closed": done["closed"],
            "hours": minutes / 60,
            "is_on_time": ~(done["closed"] > done["due"]),
        }
    ).reset_index(drop=True)


def measure_lending(record: Record) -> pd.DataFrame:
    """Return by lending and borrowing team what was lent and what it saved.

    Columns: `from_team`, `to_team`, `num_people`, `num_tasks`, `hours`, `on_time_share`, `saved_weighted_hours`.
    Each pair is valued with all other lending as it was.
    """
    lent = list_lent(record)
    rows = []
    for (giver, taker), group in lent.groupby(["from_team", "to_team"], sort=True):
        rows.append(
            {
                "from_team": giver,
                "to_team": taker,
                "num_people": int(group["agent"].nunique()),
                "num_tasks": len(group),
                "hours": float(group["hours"].sum()),
                "on_time_share": share(group["is_on_time"].sum(), len(group)),
                "saved_weighted_hours": value_without(record, str(taker), frozenset(group["task"])),
            }
        )
    columns = ["from_team", "to_team", "num_people", "num_tasks", "hours", "on_time_share", "saved_weighted_hours"]
    made = pd.DataFrame(rows, columns=columns)
    return made.sort_values(["hours", "from_team", "to_team"], ascending=[False, True, True], ignore_index=True)


def value_without(record: Record, team: str, guests_tasks: frozenset[str]) -> float:
    """Return the weighted tardiness in hours that a team's completed tasks would have had more without some slots."""
    done = record.tasks[record.completed_within() & (record.tasks["team"] == team).to_numpy()]
    order = np.lexsort((done["task"].to_numpy(dtype=str), done["closed"].to_numpy()))
    done = done.iloc[order]
    closed, due, weight, arrived = (
        done[name].to_numpy(dtype=np.float64) for name in ("closed", "due", "weight", "arrived")
    )
    is_guest = done["task"].isin(guests_tasks).to_numpy()
    days = np.searchsorted(np.array(record.day_edges), closed, side="right")
    later = closed.copy()
    for day in np.unique(days[is_guest]):
        own = np.flatnonzero(days == day)
        slots = closed[own][~is_guest[own]]
        after = closed[days > day]
        following = after[days[days > day] == days[days > day].min()].max() if len(after) else record.end
        later[own] = np.concatenate([slots, np.full(len(own) - len(slots), following)])
    later = np.maximum(np.maximum(later, arrived), closed)  # nobody does it sooner for having less help
    added = np.maximum(later - due, 0.0) - np.maximum(closed - due, 0.0)
    return float((weight * np.where(np.isnan(due), 0.0, added)).sum()) / SECONDS_PER_HOUR


def compare_moves(record: Record, promised: pd.DataFrame) -> pd.DataFrame:
    """Return the moves of plans with what came of each.

    Parameters
    ----------
    promised
        One row a move of a published plan: `plan`, `agent`, `from_team`, `to_team`, `start`, `end`, `minutes`,
        `num_tasks`, `gain` (in the plan's cost), `tasks` (a tuple of ids).

    Returns
    -------
    DataFrame
        The moves with `num_done` (of its tasks, by that agent), `num_on_time`, `lent_minutes` (that the agent worked
        for that team within it), `kept_share` (of its tasks), `gain_kept` (the gain times that share: what was promised
        is at most earned where it was kept), and `verdict`: `kept`, `partly`, `not made`.
    """
    done = record.tasks[record.completed_within()].set_index("task")
    rows = []
    for move in promised.sort_values(["plan", "start", "agent"], kind="stable").to_dict("records"):
        own = done[done["agent"] == move["agent"]]
        kept = own.reindex([task for task in move["tasks"] if task in own.index])
        inside = own[(own["team"] == move["to_team"]) & (own["closed"] > move["start"])]
        inside = inside[inside["started"].fillna(inside["closed"]) < move["end"]]
        part = share(len(kept), len(move["tasks"])) or 0.0
        rows.append(
            {
                **{name: move[name] for name in ("plan", "agent", "from_team", "to_team", "start", "end", "minutes")},
                "num_tasks": len(move["tasks"]),
                "num_done": len(kept),
                "num_on_time": int((~(kept["closed"] > kept["due"])).sum()),
                "lent_minutes": float(inside["handling_minutes"].fillna(inside["standard_minutes"]).fillna(0.0).sum()),
                "kept_share": part,
                "gain": float(move["gain"]),
                "gain_kept": float(move["gain"]) * part,
                "verdict": "not made" if part == 0 and inside.empty else "kept" if part == 1 else "partly",
            }
        )
    columns = ["plan", "agent", "from_team", "to_team", "start", "end", "minutes", "num_tasks", "num_done"]
    return pd.DataFrame(
        rows, columns=[*columns, "num_on_time", "lent_minutes", "kept_share", "gain", "gain_kept", "verdict"]
    )
