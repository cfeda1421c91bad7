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
