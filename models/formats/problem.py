"""The records of a planning problem, version 1, as `docs/formats/problem.md` names them.

Instants are epoch seconds; durations keep the file's minutes. A record holds what the file says, defaults filled in;
nothing here decides.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo
from pydantic.dataclasses import dataclass

from models.formats.records import (
    FROM_FILE,
    RECORD,
    Count,
    Flag,
    FreeJson,
    Id,
    Instant,
    Level,
    Many,
    Minutes,
    MinutesOrZero,
    Speed,
    Text,
    Version,
    Weight,
)
from models.time import format_instant


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Team:
    """A team that owns task types."""

    id: Id
    name: Text = ""


@dataclass(frozen=True, kw_only=True, config=RECORD)
class TaskType:
    """A kind of task: its team, the skill it wants, and the expected handling minutes at speed 1."""

    id: Id
    team: Id
    skill: Id
    handling_minutes: Minutes
    name: Text = ""
    min_level: Level = 1
    also_requires: dict[Id, Level] = Field(default_factory=dict)
    carry_over: Instant | None = None


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Skill:
    """What an agent can do: level 1 to 5, and the speed at which work of that skill is done."""

    level: Level
    speed: Speed = 1.0


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Break:
    """A stretch inside a shift, `[start, end)`, in which no tasks are done; `kind` says why."""

    start: Instant
    end: Instant
    kind: Text = ""


def _read_break(value: object, info: ValidationInfo) -> object:
    if isinstance(value, list) and len(value) in (2, 3):
        return {key: item for key, item in zip(("start", "end", "kind"), value, strict=False) if item is not None}
    if info.context is FROM_FILE:
        raise ValueError("a list of start and end, and of what kind it is: [start, end, kind]")
    return value


def _write_break(value: Break) -> list[str]:
    pair = [format_instant(value.start), format_instant(value.end)]
    return [*pair, value.kind] if value.kind else pair


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Shift:
    """One stretch of duty, `[start, end)`."""

    start: Instant
    end: Instant
    breaks: Many[Annotated[Break, BeforeValidator(_read_break), PlainSerializer(_write_break)]] = ()


@dataclass(frozen=True, kw_only=True, config=RECORD)
class AgentState:
    """Where an agent stands in the shift open at `now`: last task type, moves made, instant of the last move."""

    type: Id | None = None
    moves: Count = 0
    team_since: Instant | None = None


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Agent:
    """A person who does tasks; a member of the swing team where `swing_teams` is not empty."""

    id: Id
    team: Id
    skills: dict[Id, Skill]
    shifts: Many[Shift]
    name: Text = ""
    swing_teams: Many[Id] = ()
    max_moves: Count | None = None
    min_stay_minutes: MinutesOrZero = 0.0
    state: AgentState | None = None


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Task:
    """One work item. What is None here is the type's or the problem's."""

    id: Id
    type: Id
    arrived: Instant
    due: Instant
    name: Text = ""
    weight: Weight = 1.0
    handling_minutes: Minutes | None = None
    min_level: Level | None = None
    also_requires: dict[Id, Level] = Field(default_factory=dict)
    carry_over: Instant | None = None
    must_by: Instant | None = None
    earliest_start: Instant | None = None
    preferred_agents: Many[Id] = ()
    pinned_agent: Id | None = None
    in_progress: Flag = False
    excluded_agents: Many[Id] = ()
    separate_from: Many[Id] = ()
    after: Many[Id] = ()
    published_agent: Id | None = None
    attributes: FreeJson = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Setup:
    """Minutes lost between two consecutive tasks of different type, in the same team or in another."""

    same_team_minutes: MinutesOrZero = 0.0
    other_team_minutes: MinutesOrZero = 0.0


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Coefficients:
    """What one unit of each term of the objective costs."""

    tardiness: Weight = 1.0
    late: Weight = 60.0
    carried_over: Weight = 30.0
    missed: Weight = 5000.0
    away: Weight = 0.05
    move: Weight = 5.0
    preferred: Weight = 5.0
    reassigned: Weight = 10.0


def _read_interval(value: object, info: ValidationInfo) -> object:
    if isinstance(value, list) and len(value) == 2:
        return tuple(value)
    if info.context is FROM_FILE:
        raise ValueError("a list of start and end: [start, end]")
    return value


Interval = Annotated[tuple[Instant, Instant], BeforeValidator(_read_interval)]


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Problem:
    """One planning question: who should do what, when, from `now` on."""

    format: Literal["swingdesk/problem"] = "swingdesk/problem"
    version: Version = 1
    now: Instant
    carry_over: Instant
    teams: Many[Team]
    task_types: Many[TaskType]
    agents: Many[Agent]
    tasks: Many[Task]
    office_hours: Many[Interval] = ()
    setup: Setup = Field(default_factory=Setup)
    objective: Coefficients = Field(default_factory=Coefficients)
