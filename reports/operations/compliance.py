"""Rules kept: two pairs of eyes, checks made, and the exceptions, task by task."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reports.operations.record import CHECKS, COMPLETED, PAPER_SKILLS, Record, share
from reports.operations.workload import ALL

FOUR_EYES, WITHOUT_SKILL, MUST_BY, FAILED = "four-eyes", "without-skill", "must-by-passed", "check-failed"
EXCEPTIONS = {
    FOUR_EYES: "both of two tasks that two people must do were done by the same",
    WITHOUT_SKILL: "done by somebody whose skills and teams, as they stand, do not allow it",
    MUST_BY: "open, or completed, after the instant that must not pass",
    FAILED: "a check found a fault",
}


def follow_four_eyes(record: Record) -> pd.DataFrame:
    """Return the pairs that two people must do, of which the later one was completed in the period.

    Columns: `task`, `other`, `team`, `agent`, `other_agent`, `verdict` (`kept`, `broken`, `unknown`: it is not known
    who did one of them).
    """
    pairs = record.separate
    lower = np.minimum(pairs["task"].astype(str), pairs["other"].astype(str))
    upper = np.maximum(pairs["task"].astype(str), pairs["other"].astype(str))
    made = pd.DataFrame({"task": lower, "other": upper}).drop_duplicates(ignore_index=True)
    done = record.tasks[record.tasks["outcome"] == COMPLETED].set_index("task")
    made = made[made["task"].isin(done.index) & made["other"].isin(done.index)].reset_index(drop=True)
    closed = np.maximum(made["task"].map(done["closed"]), made["other"].map(done["closed"])).astype(np.float64)
    made = made.assign(
        team=made["task"].map(done["team"]),
        agent=made["task"].map(done["agent"]),
        other_agent=made["other"].map(done["agent"]),
    )
    known = made["agent"].notna() & made["other_agent"].notna()
    same = made["agent"] == made["other_agent"]
    made["verdict"] = np.where(~known, "unknown", np.where(same, "broken", "kept"))
    inside = (closed >= record.start) & (closed < record.end)
    return made[inside].reset_index(drop=True)


def measure_compliance(record: Record, by: str = "team") -> pd.DataFrame:
    """Return how rules were kept, of everything (`ALL`) and by team.

    Columns: `by`, `num_pairs`, `num_broken`, `num_unknown`, `kept_share` (of pairs with both known), `num_completed`,
    `num_checked`, `check_share`, `num_must_by` (whose instant lies in the period), `num_must_by_passed`,
    `must_by_share` (kept).
    """
    pairs = follow_four_eyes(record)
    done = record.tasks[record.completed_within()]
    must = _must_by(record)
    names: Sequence[str] = [ALL, *sorted({*done[by].dropna(), *pairs[by].dropna(), *must[by].dropna()} - {ALL})]
    rows = []
    for name in names:
        own, mine, bound = (frame if name == ALL else frame[frame[by] == name] for frame in (pairs, done, must))
        known = own[own["verdict"] != "unknown"]
        checked = int((mine["is_checked"] | mine["is_failed"]).sum()) if CHECKS in record.knows else None
        passed = int(bound["is_passed"].sum())
        rows.append(
            {
                by: name,
                "num_pairs": len(own),
                "num_broken": int((own["verdict"] == "broken").sum()),
                "num_unknown": len(own) - len(known),
                "kept_share": share((known["verdict"] == "kept").sum(), len(known)),
                "num_completed": len(mine),
                "num_checked": checked,
                "check_share": None if checked is None else share(checked, len(mine)),
                "num_must_by": len(bound),
                "num_must_by_passed": passed,
                "must_by_share": share(len(bound) - passed, len(bound)),
            }
        )
    return pd.DataFrame(rows)


def list_exceptions(record: Record) -> pd.DataFrame:
    """Return what did not keep a rule: `kind` (of `EXCEPTIONS`), `task`, `team`, `agent`, `other`, `closed`."""
    done = record.tasks[record.completed_within()]
    facts = record.tasks.set_index("task")
    broken = follow_four_eyes(record)
    broken = broken[broken["verdict"] == "broken"]
    frames = [
        pd.DataFrame(
            {
                "kind": FOUR_EYES,
                "task": broken["task"],
                "team": broken["team"],
                "agent": broken["agent"],
                "other": broken["other"],
                "closed": broken["task"].map(facts["closed"]),
            }
        )
    ]
    if PAPER_SKILLS in record.knows:
        allowed = set(zip(record.may_do["agent"], record.may_do["type"], strict=True))
        barred = [
            agent is not None and (agent, kind) not in allowed
            for agent, kind in zip(done["agent"], done["type"], strict=True)
        ]
        frames.append(_exceptions(done[np.array(barred, dtype=bool)], WITHOUT_SKILL))
    must = _must_by(record)
    frames += [_exceptions(must[must["is_passed"]], MUST_BY), _exceptions(done[done["is_failed"]], FAILED)]
    made = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    return made.sort_values(["kind", "task", "other"], ignore_index=True)


def _exceptions(tasks: pd.DataFrame, kind: str) -> pd.DataFrame:
    made = tasks[["task", "team", "agent", "closed"]].assign(kind=kind, other="")
    return made[["kind", "task", "team", "agent", "other", "closed"]]


def _must_by(record: Record) -> pd.DataFrame:
    """Return the tasks whose instant that must not pass lies in the period, and which it passed."""
    tasks = record.tasks
    bound = (tasks["must_by"] >= record.start) & (tasks["must_by"] < record.end)
    kept = tasks["closed"] <= tasks["must_by"]  # a task that is open has no instant, and is not kept
    return tasks[bound].assign(is_passed=~kept[bound])
