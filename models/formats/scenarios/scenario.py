"""The records of a scenario, version 1, as `docs/formats/scenario.md` names them.

Instants are epoch seconds, clock times are seconds from midnight; durations keep the file's minutes.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic.dataclasses import dataclass

from models.formats.problem import Setup, Skill, Team
from models.formats.records import (
    RECORD,
    Count,
    Id,
    Level,
    Many,
    MinutesOrZero,
    Text,
    Version,
    Weight,
    Whole,
)
from models.formats.scenarios.fields import (
    ALL_DAYS,
    AgeHours,
    Clock,
    Cv,
    Day,
    DayCv,
    Heads,
    Interval,
    Iterations,
    Number,
    Positive,
    Probability,
    Rate,
    Start,
    WarmUp,
    Weekday,
    Zone,
)

MAX_DAYS = 3660
MAX_REPLICATIONS = 10_000_000
MAX_SEED = 2**63 - 1

_Length = Annotated[Whole, Field(ge=1, le=MAX_DAYS)]
_Repetitions = Annotated[Whole, Field(ge=1, le=MAX_REPLICATIONS)]


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Distribution:
    """How long something takes. `cv` is of lognormal, gamma and weibull, `minutes` of empirical only."""

    distribution: Literal["deterministic", "exponential", "lognormal", "gamma", "weibull", "empirical"]
    mean_minutes: MinutesOrZero | None = None
    cv: Cv | None = None
    minutes: Many[MinutesOrZero] = ()

    @property
    def mean(self) -> float:
        """The mean, in minutes."""
        if self.mean_minutes is not None:
            return self.mean_minutes
        return sum(self.minutes) / len(self.minutes)


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Sla:
    """Minutes until the due; in the open time of a calendar where one is named, else in elapsed time."""

    minutes: MinutesOrZero
    calendar: Id | None = None


def _pair(value: object) -> object:
    if isinstance(value, list) and len(value) == 2:
        return tuple(value)
    raise ValueError('a list of two clock times, such as ["08:00", "18:00"]')


Stretch = Annotated[tuple[Clock, Clock], BeforeValidator(_pair)]


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Calendar:
    """Opening hours by weekday, less holidays."""

    id: Id
    week: dict[Weekday, Many[Stretch]]
    holidays: Many[Day] = ()


@dataclass(frozen=True, kw_only=True, config=RECORD)
class TaskType:
    """A kind of task: who may do it, how much it weighs, how long it takes, when it is due, how long it waits."""

    id: Id
    team: Id
    skill: Id
    handling: Distribution
    name: Text = ""
    min_level: Level = 1
    also_requires: dict[Id, Level] = Field(default_factory=dict)
    weight: Weight = 1.0
    sla: Sla | None = None
    patience: Distribution | None = None


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Branch:
    """The step that follows another with a probability."""

    step: Id
    probability: Probability


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Step:
    """A step of a process; what its branches leave over leaves the process."""

    id: Id
    task_type: Id
    next: Many[Branch] = ()


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Process:
    """The steps that a case goes through, one at a time."""

    id: Id
    start: Id
    steps: Many[Step]
    name: Text = ""
    sla: Sla | None = None


def _from_to(value: object) -> object:
    if isinstance(value, dict) and "from" in value:
        return {("start" if key == "from" else "end" if key == "to" else key): item for key, item in value.items()}
    raise ValueError("an object of days, from, to and per_hour")


@dataclass(frozen=True, kw_only=True, config=RECORD)
class _Window:
    """A rate that holds on some weekdays between two clock times; `from` and `to` in the file."""

    per_hour: Rate
    start: Clock
    end: Clock
    days: Many[Weekday] = ALL_DAYS


Window = Annotated[_Window, BeforeValidator(_from_to)]


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Arrivals:
    """What comes in: tasks of a type or cases of a process; by a weekly pattern, at one rate, or from a trace."""

    task_type: Id | None = None
    process: Id | None = None
    pattern: Many[Window] = ()
    per_hour: Rate | None = None
    times: Text = ""
    spacing: Literal["poisson", "even"] = "poisson"
    day_cv: DayCv = 0.0
    lot: Number = 1


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Backlog:
    """Tasks that wait when the scenario begins."""

    task_type: Id
    count: Count
    age_hours: AgeHours = 0.0


def _rest(value: object) -> object:
    if isinstance(value, list) and len(value) in (2, 3):
        return {key: item for key, item in zip(("start", "end", "kind"), value, strict=False) if item is not None}
    raise ValueError("a list of start and end, and of what kind it is: [start, end, kind]")


@dataclass(frozen=True, kw_only=True, config=RECORD)
class _Rest:
    start: Clock
    end: Clock
    kind: Text = ""


Rest = Annotated[_Rest, BeforeValidator(_rest)]
"""A break: a stretch inside a shift in which no tasks are done."""


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Duty:
    """A shift that repeats on weekdays; one whose end is not after its start ends the next day."""

    start: Clock
    end: Clock
    days: Many[Weekday] = ALL_DAYS
    breaks: Many[Rest] = ()


def _week(value: object, handler: ValidatorFunctionWrapHandler) -> Any:
    if value == "always":
        return value
    if isinstance(value, str):
        raise ValueError("a list of shifts, or always")  # noqa: TRY004 (pydantic wants a ValueError)
    return handler(value)


if TYPE_CHECKING:
    Week = Many[Duty] | Literal["always"]
else:
    Week = Annotated[Many[Duty], WrapValidator(_week)]


@dataclass(frozen=True, kw_only=True, config=RECORD)
class AgentGroup:
    """Agents who are alike: `billing-001`, `billing-002` and so on; in the swing team where `swing_teams` is given."""

    id: Id
    team: Id
    skills: dict[Id, Skill]
    week: Week
    count: Heads = 1
    name: Text = ""
    swing_teams: Many[Id] = ()
    absence: Probability = 0.0
    max_moves: Heads | None = None
    cost_per_hour: Weight = 0.0
    overtime_factor: Weight = 1.0


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Swing:
    """When people work outside their home team."""

    mode: Literal["off", "shared", "threshold", "planned"] = "shared"
    engage_tasks: Number | None = None
    min_dwell_minutes: MinutesOrZero = 0.0


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Planned:
    """How `planned` asks the optimizer: how often, and how long it searches, in iterations."""

    replan_minutes: Interval = 60.0
    iterations: Iterations = 2000


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Dispatch:
    """The terms of the one policy."""

    k: Positive = 2.0
    price: Weight = 0.0
    shift_fit: Weight = 0.0
    continuity: Weight = 0.0


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Selection:
    """Whether work is pushed to people, or people choose it: how long that takes, and how often what they like."""

    mode: Literal["push", "pull"] = "push"
    choose: Distribution | None = None
    cherry_pick: Probability = 0.0
    prefers: Literal["shortest", "own_type", "newest"] = "shortest"


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Policy:
    """Who does what next."""

    routing: Literal["fifo", "edf", "slack", "priority", "spt", "wspt", "atc", "planned"] = "atc"
    idle_agent: Literal["longest_idle", "specialist", "fastest"] = "specialist"
    swing: Swing = Field(default_factory=Swing)
    planned: Planned = Field(default_factory=Planned)
    dispatch: Dispatch = Field(default_factory=Dispatch)
    shift_end: Literal["finish", "resume"] = "finish"
    selection: Selection = Field(default_factory=Selection)


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Precision:
    """Go on replicating until the interval of a metric is this narrow."""

    metric: Id
    half_width: Positive
    max_replications: _Repetitions = 1000


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Limits:
    """How many agents of a group there may be."""

    min: Heads = 0
    max: Heads


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Target:
    """What a staffing must reach, with which confidence."""

    metric: Id
    at_least: Weight | None = None
    at_most: Weight | None = None
    confidence: Annotated[float, Field(gt=0, lt=1, strict=True)] = 0.95


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Staffing:
    """The question of the least-cost staffing."""

    groups: dict[Id, Limits] = Field(default_factory=dict)
    targets: Many[Target] = ()


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Scenario:
    """One staffing question: what would happen with this work, these people, this policy."""

    format: Literal["swingdesk/scenario"] = "swingdesk/scenario"
    version: Version = 1
    name: Text = ""
    start: Start
    days: _Length
    teams: Many[Team]
    task_types: Many[TaskType]
    agents: Many[AgentGroup]
    timezone: Zone = "UTC"
    warm_up_days: WarmUp = 0.0
    replications: _Repetitions = 30
    precision: Precision | None = None
    seed: Annotated[Whole, Field(ge=0, le=MAX_SEED)] = 0
    calendars: Many[Calendar] = ()
    processes: Many[Process] = ()
    arrivals: Many[Arrivals] = ()
    initial_backlog: Many[Backlog] = ()
    setup: Setup = Field(default_factory=Setup)
    policy: Policy = Field(default_factory=Policy)
    staffing: Staffing | None = None
