"""What the live desk knows beyond the tables: outcomes of tasks, work in hand, time off task, choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.repositories.live.happened import (
    PresenceEvent,
    StoredChoice,
    TaskOutcome,
    count_taken_away,
    iterate_choices,
    read_outcomes,
    read_presence,
)
from models.time import SECONDS_PER_MINUTE
from models.vocabulary import ClosedReason
from models.vocabulary_live import CheckResult, TaskStage
from reports.operations.record import CANCELLED, COMPLETED
from services.database import open_database
from services.reporting.question import ReportQuestion


@dataclass(frozen=True, kw_only=True)
class DeskFacts:
    """What the desk saw. Empty where nobody works at it."""

    outcomes: Sequence[TaskOutcome] = ()
    taken_away: Mapping[str, int] = field(default_factory=dict)
    presence: Sequence[PresenceEvent] = ()
    choices: Sequence[StoredChoice] = ()

    @property
    def is_used(self) -> bool:
        """Whether anybody has worked at the desk."""
        return any(outcome.started_at is not None for outcome in self.outcomes)


def read_desk(question: ReportQuestion, *, start: int, end: int, has_choices: bool = False) -> DeskFacts:
    """Return what the desk saw by the end of a period; off-task time and choices of the period alone."""
    with open_database(question.settings) as database, database.reading() as session:
        connection = session.connection()
        return DeskFacts(
            outcomes=read_outcomes(connection),
            taken_away=count_taken_away(connection, end=end),
            presence=read_presence(connection, start=start, end=end),
            choices=tuple(iterate_choices(connection, start=start, end=end)) if has_choices else (),
        )


def add_desk_facts(tasks: pd.DataFrame, desk: DeskFacts) -> pd.DataFrame:
    """Return the tasks with how they went at the desk, where it had them: what it saw goes before what tables say."""
    if not desk.outcomes:
        return tasks
    seen = pd.DataFrame(desk.outcomes).set_index("task_id").reindex(tasks["task"])
    has = seen["state"].notna().to_numpy()
    made = tasks.copy()
    worked = seen["worked_seconds"].to_numpy(dtype=np.float64) / SECONDS_PER_MINUTE
    # A task that a source closed was worked on elsewhere, as far as the desk knows.
    is_own = has & (worked > 0)
    is_done = is_own & (made["outcome"] == COMPLETED).to_numpy()
    made["handling_minutes"] = np.where(is_done, worked, made["handling_minutes"])
    started = seen["started_at"].to_numpy(dtype=np.float64)
    made["started"] = np.where(has & ~np.isnan(started), started, made["started"])
    returns = seen["num_returns"].fillna(0).to_numpy(dtype=np.int64)
    made["num_returns"] = returns + np.array([desk.taken_away.get(task, 0) for task in tasks["task"]], dtype=np.int64)
    made["num_reopens"] = seen["num_reopens"].fillna(0).to_numpy(dtype=np.int64)
    result = seen["check_result"].to_numpy(dtype=object)
    made["is_checked"] = [value is not None and value == value for value in result]  # noqa: PLR0124 - NaN
    made["is_failed"] = [value == CheckResult.FAIL.value for value in result]
    closed = seen["closed_reason"].to_numpy(dtype=object)
    undone = np.array([value in (ClosedReason.CANCELLED.value, ClosedReason.GONE.value) for value in closed])
    is_closed = (made["closed"].notna()).to_numpy()
    made["outcome"] = np.where(has & undone & is_closed, CANCELLED, made["outcome"])
    is_pended = (seen["state"] == TaskStage.PENDED.value).to_numpy()
    made["is_pended"] = np.where(has, is_pended, made["is_pended"]).astype(bool)
    stopped = seen["stopped_seconds"].fillna(0).to_numpy(dtype=np.float64)
    made["due"] = made["due"] + np.where(has, stopped, 0.0)
    return made
