"""The words of long work that is done aside."""

from enum import StrEnum


class JobKind(StrEnum):
    """What a job does."""

    PLAN = "plan"
    REPLAN = "replan"
    SIMULATE = "simulate"
    COMPARE = "compare"
    STAFF = "staff"
    IMPORT = "import"
    REPORT = "report"
    HISTORY = "history"
    WORKBOOK = "workbook"


class JobState(StrEnum):
    """Where a job stands: it waits, somebody does it, somebody stops it, or it has ended."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDERWAY = (JobState.RUNNING, JobState.CANCELLING)
"""States in which somebody holds the lease."""
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
"""States that last."""
