"""The words of the trade that more than one package uses, and their values in files and tables."""

from enum import StrEnum


class UnscheduledReason(StrEnum):
    """Why a task is not in a plan."""

    NO_ELIGIBLE_AGENT = "no-eligible-agent"
    NO_CAPACITY = "no-capacity"
    PREDECESSOR_UNSCHEDULED = "predecessor-unscheduled"
    NOT_WORTH_IT = "not-worth-it"


class PlanStatus(StrEnum):
    """What is known of a plan's quality: `optimal` when its total equals its proven bound."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


class Rule(StrEnum):
    """The index rules of the one policy."""

    FIFO = "fifo"
    EDF = "edf"
    SLACK = "slack"
    PRIORITY = "priority"
    SPT = "spt"
    WSPT = "wspt"
    ATC = "atc"


class BlockKind(StrEnum):
    """What an agent does during a part of a shift in which no tasks are done."""

    LUNCH = "lunch"
    BREAK = "break"
    MEETING = "meeting"
    TRAINING = "training"
    PHONE_DUTY = "phone duty"


class PrincipalKind(StrEnum):
    """What can act: a person who signs in, a key that a program uses, the product itself."""

    PERSON = "person"
    KEY = "key"
    SYSTEM = "system"


class Role(StrEnum):
    """What somebody who reaches the product over the network may be; `docs/access.md` says what each may do."""

    AGENT = "agent"
    LEAD = "lead"
    PLANNER = "planner"
    ANALYST = "analyst"
    ADMIN = "admin"


class TaskState(StrEnum):
    """Whether there is still something to do about a task."""

    OPEN = "open"
    CLOSED = "closed"


class ClosedReason(StrEnum):
    """Why a task is closed."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    GONE = "gone"
    """The source's list of open work no longer has it: it was closed elsewhere."""


class TaskLink(StrEnum):
    """What ties a task to another: it must wait for it, or another agent must do it."""

    AFTER = "after"
    SEPARATE_FROM = "separate_from"


class TaskAgentRelation(StrEnum):
    """What ties a task to an agent."""

    PREFERRED = "preferred"
    EXCLUDED = "excluded"


class AttributeKind(StrEnum):
    """What the values of a task type's attribute are."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    OTHER = "other"


class LeftOut(StrEnum):
    """Why an open task is no part of a planning question."""

    PENDED = "pended"
    """It waits for a customer or a third party."""
    NOT_ARRIVED = "not-arrived"
    OTHER_TEAM = "other-team"
    """The question is asked for other teams."""
    BLOCKED = "blocked"
    """A task that must be done before it is left out."""
