"""The words of the live desk: what happens to tasks and agents, and the states that it leaves them in."""

from enum import StrEnum


class EventKind(StrEnum):
    """What happened. Events are never changed, so a word, once stored, keeps its meaning."""

    ARRIVED = "arrived"
    OFFERED = "offered"
    """An agent was shown a task without being given it."""
    CLAIMED = "claimed"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    COMPLETED = "completed"
    RETURNED = "returned"
    """Its agent gave it back to the queue."""
    CANCELLED = "cancelled"
    CLOSED_ELSEWHERE = "closed-elsewhere"
    """An import says that it is closed."""
    REOPENED = "reopened"
    REASSIGNED = "reassigned"
    EXPIRED = "expired"
    """It was claimed and not started in time."""
    PENDED = "pended"
    UNPENDED = "unpended"
    SKIPPED = "skipped"
    CHECKED = "checked"
    WRONG_TEAM = "wrong-team"
    INFORMATION_MISSING = "information-missing"
    HELP_ASKED = "help-asked"
    RELEASED = "released"
    """It was taken out of its agent's hand, at sign-out or by a lead."""
    DUE_CHANGED = "due-changed"
    PRIORITISED = "prioritised"
    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    OFF_TASK_BEGAN = "off-task-began"
    OFF_TASK_ENDED = "off-task-ended"
    LOOKING = "looking"
    """An agent opened the list, or was shown the next task."""
    PLAN_PUBLISHED = "plan-published"
    OFFICE_CHANGED = "office-changed"
    """An import changed people, rosters, task types or tasks."""
    DUPLICATE = "duplicate"
    """A source told again what it had told before; nothing followed from it."""


class TaskStage(StrEnum):
    """Where a task stands at the desk."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    STARTED = "started"
    PAUSED = "paused"
    PENDED = "pended"
    LEAD = "lead"
    """It waits for a lead to decide."""
    CLOSED = "closed"


IN_HAND = frozenset({TaskStage.CLAIMED, TaskStage.STARTED, TaskStage.PAUSED})
"""The stages in which a task is an agent's."""


class Presence(StrEnum):
    """Whether an agent is there, and for what."""

    OUT = "out"
    FREE = "free"
    BUSY = "busy"
    """With a task that is claimed or started."""
    OFF_TASK = "off-task"


class OffTaskCode(StrEnum):
    """What an agent who is signed in does other than tasks."""

    BREAK = "break"
    LUNCH = "lunch"
    MEETING = "meeting"
    TRAINING = "training"
    ASSISTING = "assisting"
    SYSTEM_ISSUE = "system-issue"
    NO_WORK = "no-work"


class SkipReason(StrEnum):
    """Why an agent does not take, or gives back, a task."""

    LACKS_SKILL = "lacks-skill"
    UNCLEAR = "unclear"
    CONFLICT_OF_INTEREST = "conflict-of-interest"
    END_OF_SHIFT = "end-of-shift"
    SYSTEM_ISSUE = "system-issue"
    CONTACT_UNREACHABLE = "contact-unreachable"
    INTERRUPTED = "interrupted"
    OTHER = "other"


class PendReason(StrEnum):
    """Whom or what a pended task waits for."""

    CUSTOMER = "customer"
    THIRD_PARTY = "third-party"
    OTHER_DEPARTMENT = "other-department"
    SCHEDULED = "scheduled"


class LeadReason(StrEnum):
    """Why a task waits for a lead."""

    SKIPPED = "skipped"
    """It was skipped too often."""
    SIGNED_OUT = "signed-out"
    """It was begun and open when its agent signed out."""
    RELEASED = "released"
    """A lead took it out of its agent's hand to decide later."""
    WRONG_TEAM = "wrong-team"
    INFORMATION_MISSING = "information-missing"
    HELP = "help"


class CancelReason(StrEnum):
    """Why a task need not be done."""

    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    NOT_NEEDED = "not-needed"
    CREATED_IN_ERROR = "created-in-error"


class ReopenReason(StrEnum):
    """Why a closed task is open again."""

    CHECK_FAILED = "check-failed"
    CONTACT_CAME_BACK = "contact-came-back"
    CLOSED_IN_ERROR = "closed-in-error"
    SOURCE = "source"
    """Its source, which had closed it, lists it as open again."""


class CheckResult(StrEnum):
    """What a quality check found."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"


class Severity(StrEnum):
    """How bad what a check found is."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class ClosedBy(StrEnum):
    """Who closed a task: only what a source closed can a source open again."""

    DESK = "desk"
    SOURCE = "source"


class Leave(StrEnum):
    """By what leave an agent took a task other than the first in rank."""

    OFFERED_ALTERNATE = "offered-alternate"
    SKIP_REASON = "skip-reason"
    CONTINUITY = "continuity"
    END_OF_SHIFT = "end-of-shift"
    TOLD_BY_LEAD = "told-by-lead"
    NEAR_TIE = "near-tie"
