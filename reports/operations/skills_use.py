"""Skills in use against skills on paper: who has what, when it was last used, and what is done without it."""

import numpy as np
import pandas as pd

from models.time import SECONDS_PER_DAY
from reports.operations.record import COMPLETED, Record, share

STALE_DAYS = 90.0
"""A skill that nobody's work has shown for longer may have faded."""


def list_skills(record: Record) -> pd.DataFrame:
    """Return each agent's skills with when they were last used.

    A skill is used by a task of a type that wants it, in all that the record holds and not in the period alone.

    Columns: `agent`, `team`, `skill`, `level` (0: used without being on paper), `num_used` (in the period),
    `num_used_ever`, `last_used` (NaN: never), `days_since`.
    """
    used = _uses(record)
    paper = record.skills.drop_duplicates(["agent", "skill"], keep="last")
    made = paper.merge(used, on=["agent", "skill"], how="outer", sort=True)
    made["level"] = made["level"].fillna(0).astype(np.int64)
    for name in ("num_used", "num_used_ever"):
        made[name] = made[name].fillna(0).astype(np.int64)
    made["days_since"] = (record.end - made["last_used"].astype(np.float64)) / SECONDS_PER_DAY
    home = dict(zip(record.agents["agent"], record.agents["team"], strict=True))
    made["team"] = made["agent"].map(home)
    columns = ["agent", "team", "skill", "level", "num_used", "num_used_ever", "last_used", "days_since"]
    return made[columns].sort_values(["agent", "skill"], ignore_index=True)


def _uses(record: Record) -> pd.DataFrame:
    skill_of = dict(zip(record.types["type"], record.types["skill"], strict=True))
    done = record.tasks[
        (record.tasks["outcome"] == COMPLETED) & record.tasks["agent"].notna() & (record.tasks["closed"] < record.end)
    ]
    made = pd.DataFrame(
        {
            "agent": done["agent"],
            "skill": done["type"].map(skill_of).astype(object),
            "closed": done["closed"],
            "num_used": (done["closed"] >= record.start).astype(np.int64),
            "num_used_ever": 1,
        }
    )
    made = made[made["skill"].notna() & (made["skill"] != "")]
    grouped = made.groupby(["agent", "skill"], sort=True)
    found = grouped[["num_used", "num_used_ever"]].sum()
    found["last_used"] = grouped["closed"].max()
    return found.reset_index()


def sum_skills(skills: pd.DataFrame) -> pd.DataFrame:
    """Return by skill how many have it, how many use it, and who could lose it.

    Columns: `skill`, `num_holders`, `num_users` (holders who used it in the period), `used_share`, `num_never` (holders
    who were never seen using it), `num_stale` (used, but not for `STALE_DAYS`), `num_without` (used it without having
    it on paper), `num_uses` in the period, `top_share` (part of the uses by the one who uses it most).
    """
    rows = []
    for skill, group in skills.groupby("skill", sort=True):
        holds, uses = group["level"] > 0, group["num_used"]
        rows.append(
            {
                "skill": skill,
                "num_holders": int(holds.sum()),
                "num_users": int((holds & (uses > 0)).sum()),
                "used_share": share((holds & (uses > 0)).sum(), holds.sum()),
                "num_never": int((holds & (group["num_used_ever"] == 0)).sum()),
                "num_stale": int((holds & (group["days_since"] > STALE_DAYS)).sum()),
                "num_without": int((~holds).sum()),
                "num_uses": int(uses.sum()),
                "top_share": share(uses.max(), uses.sum()),
            }
        )
    columns = ["skill", "num_holders", "num_users", "used_share", "num_never", "num_stale", "num_without", "num_uses"]
    return pd.DataFrame(rows, columns=[*columns, "top_share"])
