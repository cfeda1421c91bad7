"""What can be asked of a job, field by field: the body of a request, the row of a job, and what its doer reads."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from models.formats.offices.cell_times import DateOrder
from models.vocabulary import Rule
from optimizer.presets import Preset
from simulations.discovery import Roster

AT = "asked_for"
"""Where the question of a plan or of a history keeps the epoch second that it is asked for."""
SHOWN_BY = "shown_by"
"""Where the question of a plan that is shown as soon as it is there, unseen, keeps by which route or command it is."""
MOST_THREADS = 32
MOST_SECONDS = 3600.0
MOST_COUNT = 2**53 - 1
MOST_SCENARIOS = 20
MOST_EDITS = 200
MOST_TRACES = 100
MOST_TRACE_CHARS = 8_000_000
MOST_DAYS_OF_HISTORY = 366
FIRST_YEAR, LAST_YEAR = 1980, 2190

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Address = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Of a page of ours, with all that it filters by: as long as the head of a request lets it be."""
Moment = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Edit = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
LogColumn = Literal[
    "case", "type", "agent", "end", "start", "enabled", "due", "team", "case_start", "lifecycle", "instance"
]
Threads = Annotated[int, Field(ge=1, le=MOST_THREADS, description="Threads to work with.")]
Seed = Annotated[int, Field(ge=0, le=MOST_COUNT, description="The same seed gives the same random numbers.")]


class _Ask(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanAsk(_Ask):
    """A day to plan."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"at": "2026-03-02 08:00", "teams": ["billing"], "time_limit_s": 10}]}
    )

    at: Moment | None = Field(
        default=None,
        description="Instant to plan from, by the office's clock or with an offset; now, or the next shift where "
        "nobody works any more, where it is not given.",
    )
    teams: Annotated[list[Name], Field(min_length=1, max_length=1000)] | None = Field(
        default=None, description="Only the tasks of these teams."
    )
    days: int = Field(default=1, ge=1, le=31, description="Days of shifts to plan.")
    with_known_arrivals: bool = Field(default=False, description="Also plan tasks that are known to arrive later.")
    preset: Preset | None = Field(default=None, description="Aim at this, not at the usual balance.")
    compare: list[Rule] = Field(
        default_factory=list, max_length=len(Rule), description="Rules to compare with, besides first in, first out."
    )
    time_limit_s: float | None = Field(
        default=None, gt=0, le=MOST_SECONDS, description="Seconds of search; 10 where iterations are not given either."
    )
    iterations: int | None = Field(
        default=None, ge=1, le=10**12, description="Candidates to try: the same number gives the same plan."
    )
    seed: Seed = 0
    threads: Threads = 2


class ScenarioAsk(_Ask):
    """A scenario, changed by edits, with the traces that it names."""

    scenario: dict[str, Any] = Field(
        description="The scenario in its public form, `swingdesk/scenario`.",
        examples=[{"format": "swingdesk/scenario", "version": 1}],
    )
    edits: list[Edit] = Field(
        default_factory=list, max_length=MOST_EDITS, description="Changes such as `agents.billing.count=22`."
    )
    traces: dict[str, Annotated[str, StringConstraints(max_length=MOST_TRACE_CHARS)]] = Field(
        default_factory=dict,
        max_length=MOST_TRACES,
        description="The text of each trace that the scenario names under `times`, by that name.",
    )
    threads: Threads = 2


class SimulateAsk(ScenarioAsk):
    """A scenario to simulate."""


class CompareAsk(_Ask):
    """Scenarios to compare with the first of them; or one, with what is changed in it."""

    scenarios: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_SCENARIOS)
    names: list[Name] | None = Field(default=None, description="What to call them, one name each.")
    edits: list[Edit] = Field(
        default_factory=list, max_length=MOST_EDITS, description="Compare the one scenario with itself, changed so."
    )
    edits_of_all: list[Edit] = Field(default_factory=list, max_length=MOST_EDITS)
    metrics: list[Name] | None = Field(default=None, min_length=1, max_length=100, description="Figures to compare.")
    traces: dict[str, Annotated[str, StringConstraints(max_length=MOST_TRACE_CHARS)]] = Field(
        default_factory=dict, max_length=MOST_TRACES
    )
    threads: Threads = 2

    @model_validator(mode="after")
    def _has_two(self) -> Self:
        if len(self.scenarios) + bool(self.edits) < 2:
            raise ValueError("there is nothing to compare: give two scenarios, or one and edits")
        if self.edits and len(self.scenarios) != 1:
            raise ValueError("edits change one scenario; give only one, or no edits")
        if self.names is not None and len(self.names) != len(self.scenarios):
            raise ValueError("give as many names as scenarios")
        return self


class StaffAsk(ScenarioAsk):
    """A scenario whose least-cost staffing is sought."""

    max_replications: int = Field(default=10_000, ge=64, le=1_000_000, description="Of one staffing at most.")


class HistoryAsk(_Ask):
    """A scenario to be read off the office's own history."""

    days: int = Field(default=28, ge=1, le=MOST_DAYS_OF_HISTORY, description="Days of history.")
    until: date | None = Field(
        default=None, description="The day before which they end; after the last worked one by default."
    )
    teams: Annotated[list[Name], Field(min_length=1, max_length=1000)] | None = Field(
        default=None, description="Only the work of these teams."
    )
    keep: bool = Field(default=False, description="Whether it is also kept among the scenarios of What if.")

    @field_validator("until")
    @classmethod
    def _is_near(cls, until: date | None) -> date | None:
        if until is not None and not FIRST_YEAR <= until.year <= LAST_YEAR:
            raise ValueError(f"expected a day of the years {FIRST_YEAR} to {LAST_YEAR}")
        return until


class ImportAsk(_Ask):
    """How to take in a file."""

    kind: Literal["tables", "log"] = "tables"
    name: Name = "upload"
    dry_run: bool = False
    takes_good_rows: bool = False
    snapshot: bool = False
    confirmed: bool = False
    timezone: Name | None = None
    dates: DateOrder | None = None
    office_timezone: Name | None = None
    time_format: Name | None = None
    roster: Roster = Roster.SEEN
    personal_speed: bool = False
    columns: dict[LogColumn, Name] = Field(default_factory=dict)
    attributes: list[Name] = Field(default_factory=list, max_length=100)


class ReportAsk(_Ask):
    """A report on the stored office."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"report": "waiting", "start": "2026-03-02"}]})

    report: Name = Field(description="Which report, by its name.")
    start: Moment | None = Field(default=None, description="From when, such as 2026-03-02 by the office's clock.")
    end: Moment | None = Field(default=None, description="Until when.")
    teams: Annotated[list[Name], Field(min_length=1, max_length=1000)] | None = Field(
        default=None, description="Only the work of these teams."
    )
    types: Annotated[list[Name], Field(min_length=1, max_length=1000)] | None = Field(
        default=None, description="Only tasks of these types."
    )
    options: dict[Name, Name] = Field(default_factory=dict, description="What only some reports take.")
    form: Literal["json", "csv", "xlsx", "page"] = Field(
        default="json", description="As what to give it; `page` is the archive that the pages show it from."
    )
    table: Name | None = Field(default=None, description="Of a CSV: which table; the main one by default.")


class WorkbookAsk(_Ask):
    """A workbook of a large table: of a plan that is stored, or of a report that was made."""

    of: Literal["plan", "report"]
    id: Annotated[int, Field(ge=1)] = Field(description="The number of the plan, or of the job that made the report.")
    report: Name | None = Field(default=None, description="Which report, by its name.")
    address: Address | None = Field(default=None, description="Where it is handed out.")


def question_of(ask: BaseModel, **more: Any) -> Mapping[str, Any]:
    """Return what a job's row keeps of what was asked."""
    return {**ask.model_dump(mode="json", exclude_unset=True), **more}
