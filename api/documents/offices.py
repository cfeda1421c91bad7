"""The records of an office as documents: instants in UTC, days as dates."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.time import format_instant

_MOMENT: dict[str, Any] = {"format": "date-time"}


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True)


class SkillDocument(_Document):
    """What an agent can do, from a day to a day."""

    model_config = ConfigDict(title="AgentSkill")

    skill: str
    level: int = Field(ge=1, le=5)
    speed: float = Field(gt=0, description="How much faster than standard: 1.1 does 11 minutes' worth in 10.")
    valid_from: str | None = Field(json_schema_extra={"format": "date"})
    valid_to: str | None = Field(json_schema_extra={"format": "date"})


class AgentDocument(_Document):
    """An agent."""

    model_config = ConfigDict(title="Agent")

    id: str
    name: str
    team: str
    swing_teams: list[str] = Field(description="Teams that it may be lent to.")
    clients: list[str] = Field(description="Clients that it is cleared for.")
    skills: list[SkillDocument]
    max_moves: int | None
    min_stay_minutes: float
    valid_from: str | None = Field(json_schema_extra={"format": "date"})
    valid_to: str | None = Field(json_schema_extra={"format": "date"})
    version: str = Field(description="Its ETag.")


class NamedDocument(_Document):
    """A team, a skill or a client."""

    model_config = ConfigDict(title="Named")

    id: str
    name: str


class StandardDocument(_Document):
    """What a task type takes from a day on."""

    model_config = ConfigDict(title="Standard")

    valid_from: str | None = Field(json_schema_extra={"format": "date"})
    team: str
    skill: str
    min_level: int
    handling_minutes: float
    also_requires: dict[str, int]
    sla_minutes: float | None
    weight: float
    is_estimated: bool
    is_sla_estimated: bool


class TaskTypeDocument(_Document):
    """A task type with its standards."""

    model_config = ConfigDict(title="TaskType")

    id: str
    name: str
    standards: list[StandardDocument]


class BlockDocument(_Document):
    """A part of a shift without tasks."""

    model_config = ConfigDict(title="ShiftBlock")

    start: str = Field(json_schema_extra=_MOMENT)
    end: str = Field(json_schema_extra=_MOMENT)
    kind: str
    is_paid: bool


class ShiftDocument(_Document):
    """A stretch of duty."""

    model_config = ConfigDict(title="Shift")

    agent: str
    start: str = Field(json_schema_extra=_MOMENT)
    end: str = Field(json_schema_extra=_MOMENT)
    day: str = Field(json_schema_extra={"format": "date"})
    timezone: str
    blocks: list[BlockDocument]


class AbsenceDocument(_Document):
    """A stretch in which an agent is away; why is not shown."""

    model_config = ConfigDict(title="Absence")

    agent: str
    start: str = Field(json_schema_extra=_MOMENT)
    end: str = Field(json_schema_extra=_MOMENT)
    starts_at: int = Field(description="Its start as an epoch second: the last part of its address.")
    version: str = Field(description="Its ETag.")


class TaskDocument(_Document):
    """A stored task."""

    model_config = ConfigDict(title="Task")

    id: str
    type: str
    title: str
    client: str | None
    case: str | None
    step: str
    source: str
    external_id: str
    link: str
    quantity: float
    arrived: str = Field(json_schema_extra=_MOMENT)
    due: str | None = Field(json_schema_extra=_MOMENT)
    must_by: str | None = Field(json_schema_extra=_MOMENT)
    earliest_start: str | None = Field(json_schema_extra=_MOMENT)
    weight: float | None
    handling_minutes: float | None
    min_level: int | None
    also_requires: dict[str, int]
    pinned_agent: str | None
    in_progress: bool
    pended_until: str | None = Field(json_schema_extra=_MOMENT)
    attributes: dict[str, Any]
    state: str
    started: str | None = Field(json_schema_extra=_MOMENT)
    closed: str | None = Field(json_schema_extra=_MOMENT)
    closed_reason: str | None
    done_by: str | None
    version: str = Field(description="Its ETag.")


def agent_document(record: dict[str, Any], version: str) -> AgentDocument:
    """Return an agent as a document."""
    skills = [
        SkillDocument(
            skill=item["skill_id"],
            level=item["level"],
            speed=item["speed"],
            valid_from=_day(item["valid_from"]),
            valid_to=_day(item["valid_to"]),
        )
        for item in record["skills"]
    ]
    plain = {name: record[name] for name in ("id", "name", "swing_teams", "clients", "max_moves", "min_stay_minutes")}
    return AgentDocument(
        **plain,
        team=record["team_id"],
        skills=skills,
        valid_from=_day(record["valid_from"]),
        valid_to=_day(record["valid_to"]),
        version=version,
    )


def task_type_document(record: dict[str, Any]) -> TaskTypeDocument:
    """Return a task type as a document."""
    standards = [
        StandardDocument(
            valid_from=_day(item["valid_from"]),
            team=item["team_id"],
            skill=item["skill_id"],
            also_requires=item["also_requires"] or {},
            **{
                name: item[name]
                for name in (
                    "min_level",
                    "handling_minutes",
                    "sla_minutes",
                    "weight",
                    "is_estimated",
                    "is_sla_estimated",
                )
            },
        )
        for item in record["standards"]
    ]
    return TaskTypeDocument(id=record["id"], name=record["name"], standards=standards)


def shift_document(record: dict[str, Any]) -> ShiftDocument:
    """Return a shift as a document."""
    blocks = [
        BlockDocument(
            start=format_instant(item["starts_at"]),
            end=format_instant(item["ends_at"]),
            kind=item["kind"],
            is_paid=item["is_paid"],
        )
        for item in record["blocks"]
    ]
    return ShiftDocument(
        agent=record["agent_id"],
        start=format_instant(record["starts_at"]),
        end=format_instant(record["ends_at"]),
        day=record["day"].isoformat(),
        timezone=record["timezone"],
        blocks=blocks,
    )


def absence_document(record: dict[str, Any], version: str) -> AbsenceDocument:
    """Return an absence as a document."""
    return AbsenceDocument(
        agent=record["agent_id"],
        start=format_instant(record["starts_at"]),
        end=format_instant(record["ends_at"]),
        starts_at=record["starts_at"],
        version=version,
    )


def task_document(record: dict[str, Any], version: str) -> TaskDocument:
    """Return a task as a document."""
    plain = (
        "id",
        "title",
        "step",
        "source",
        "external_id",
        "link",
        "quantity",
        "weight",
        "handling_minutes",
        "min_level",
        "in_progress",
        "attributes",
        "state",
        "closed_reason",
    )
    return TaskDocument(
        **{name: record[name] for name in plain},
        type=record["task_type_id"],
        client=record["client_id"],
        case=record["case_id"],
        also_requires=record["also_requires"] or {},
        pinned_agent=record["pinned_agent_id"],
        done_by=record["done_by_id"],
        arrived=format_instant(record["arrived_at"]),
        due=_instant(record["due_at"]),
        must_by=_instant(record["must_by"]),
        earliest_start=_instant(record["earliest_start"]),
        pended_until=_instant(record["pended_until"]),
        started=_instant(record["started_at"]),
        closed=_instant(record["closed_at"]),
        version=version,
    )


def _instant(value: int | None) -> str | None:
    return None if value is None else format_instant(value)


def _day(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
