"""The records of a planning problem, version 1, as `docs/formats/problem.md` names them.

Instants are epoch seconds; durations keep the file's minutes. A record holds what the file says, defaults filled in;
nothing here decides.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic.dataclasses import dataclass

from models.formats.records import RECORD, Count, Flag, Id, Instant, Level, Many, NonNegative, Positive


def _break(value: object) -> object:
    if isinstance(value, list):
        if len(value) not in (2, 3):
            raise ValueError("[start, end] or [start, end, kind]")
        return dict(zip(("start", "end", "kind"), value, strict=False))
    return value


def _interval(value: object) -> object:
    if isinstance(value, list) and len(value) != 2:
        raise ValueError("[start, end]")
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Team:
    """A team that owns task types."""

    id: Id
    name: str = ""


@dataclass(frozen=True, kw_only=True, config=RECORD)
class TaskType:
    """A kind of task: its team, the skill it wants, and the expected handling minutes at speed 1."""

    id: Id
    team: Id
    skill: Id
    handling_minutes: Positive
    name: str = ""
    min_level: Level = 1
    also_requires: dict[Id, Level] = Field(default_factory=dict)
    carry_over: Instant | None = None


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Skill:
    """What an agent can do: level 1 to 5, and the speed at which work of that skill is done."""

    level: Level
    speed: Positive = 1.0


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Break:
    """A stretch inside a shift, `[start, end)`, in which no tasks are done; `kind` says why."""

    start: Instant
    end: Instant
    kind: str = ""


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Shift:
    """One stretch of duty, `[start, end)`."""

    start: Instant
    end: Instant
    breaks: Many[Annotated[Break, BeforeValidator(_break)]] = ()


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
    name: str = ""
    swing_teams: Many[Id] = ()
    max_moves: Count | None = None
    min_stay_minutes: NonNegative = 0.0
    state: AgentState | None = None


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Task:
    """One work item. What is None here is the type's or the problem's."""

    id: Id
    type: Id
    arrived: Instant
    due: Instant
    name: str = ""
    weight: NonNegative = 1.0
    handling_minutes: Positive | None = None
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
    attributes: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Setup:
    """Minutes lost between two consecutive tasks of different type, in the same team or in another."""

    same_team_minutes: NonNegative = 0.0
    other_team_minutes: NonNegative = 0.0


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Coefficients:
    """What one unit of each term of the objective costs."""

    tardiness: NonNegative = 1.0
    late: NonNegative = 60.0
    carried_over: NonNegative = 30.0
    missed: NonNegative = 5000.0
    away: NonNegative = 0.05
    move: NonNegative = 5.0
    preferred: NonNegative = 5.0
    reassigned: NonNegative = 10.0


Interval = Annotated[tuple[Instant, Instant], BeforeValidator(_interval)]


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Problem:
    """One planning question: who should do what, when, from `now` on."""

    format: Literal["swingdesk/problem"] = "swingdesk/problem"
    version: Literal[1] = 1
    now: Instant
    carry_over: Instant
    teams: Many[Team]
    task_types: Many[TaskType]
    agents: Many[Agent]
    tasks: Many[Task]
    office_hours: Many[Interval] = ()
    setup: Setup = Field(default_factory=Setup)
    objective: Coefficients = Field(default_factory=Coefficients)
