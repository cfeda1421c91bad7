"""Scenarios that planners keep, each with its earlier forms, and the jobs that were asked about them."""

from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.tables.columns import Instant, PlainJson, Row, not_empty, one_of
from models.vocabulary_scenarios import ScenarioOrigin


class ScenarioRow(Row, table=True):
    """One scenario; what it says is in the revision of its number."""

    __tablename__ = "scenarios"
    __table_args__ = (
        *not_empty("name"),
        one_of("origin", ScenarioOrigin),
        CheckConstraint("revision >= 1", name="revision"),
        {"sqlite_autoincrement": True},  # an address is not given twice
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    principal_id: str = Field(foreign_key="principals.id", index=True)
    base_id: int | None = Field(default=None, foreign_key="scenarios.id", index=True)
    origin: str
    is_shared: bool = False
    traces: dict[str, str] = Field(default_factory=dict, sa_type=PlainJson)
    findings: dict[str, Any] | None = Field(default=None, sa_type=PlainJson)
    revision: int = 1
    created_at: int = Field(sa_type=Instant)
    changed_at: int = Field(sa_type=Instant)
    archived_at: int | None = Field(default=None, sa_type=Instant)


class ScenarioRevisionRow(Row, table=True):
    """A scenario as it was from one change to the next."""

    __tablename__ = "scenario_revisions"

    scenario_id: int = Field(primary_key=True, foreign_key="scenarios.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    document: dict[str, Any] = Field(default_factory=dict, sa_type=PlainJson)
    made_at: int = Field(sa_type=Instant)


class ScenarioRunRow(Row, table=True):
    """A job that was asked about a scenario; as long as it is not archived, the job and its result stay."""

    __tablename__ = "scenario_runs"
    __table_args__ = (*not_empty("name"), Index(None, "scenario_id"))

    job_id: int = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    scenario_id: int | None = Field(default=None, foreign_key="scenarios.id")
    name: str
    archived_at: int | None = Field(default=None, sa_type=Instant)
