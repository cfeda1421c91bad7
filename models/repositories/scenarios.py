"""Scenarios that are kept: stored, changed with a way back, listed; and what was asked about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from models.errors import NotFoundError, StaleError
from models.repositories.jobs.records import Job, make_job
from models.tables.schema import table_of
from models.vocabulary_scenarios import ScenarioOrigin

MOST_REVISIONS = 20
"""Forms of a scenario that are kept, so that so many changes less one can be undone; no two ever have one number."""


@dataclass(frozen=True, kw_only=True)
class ScenarioLine:
    """A scenario in a list; instants are epoch seconds."""

    id: int
    name: str
    principal_id: str
    base_id: int | None
    origin: ScenarioOrigin
    is_shared: bool
    revision: int
    changed_at: int
    archived_at: int | None


@dataclass(frozen=True, kw_only=True)
class StoredScenario(ScenarioLine):
    """A scenario with what it says.

    Attributes
    ----------
    document
        In its public form.
    traces
        The text of each trace that it names, by that name.
    findings
        What its history told, where it was read off one.
    can_undo
        Whether there is an earlier form to go back to.
    """

    document: Mapping[str, Any]
    traces: Mapping[str, str]
    findings: Mapping[str, Any] | None
    can_undo: bool


@dataclass(frozen=True, kw_only=True)
class ScenarioRun:
    """A job that was asked about a scenario, by the name of the question."""

    job: Job
    name: str
    scenario_id: int | None
    archived_at: int | None


def add_scenario(
    connection: Connection,
    *,
    name: str,
    principal_id: str,
    origin: ScenarioOrigin,
    document: Mapping[str, Any],
    now: int,
    base_id: int | None = None,
    traces: Mapping[str, str] | None = None,
    findings: Mapping[str, Any] | None = None,
) -> int:
    """Store a scenario and return its number."""
    scenarios = table_of("scenarios")
    row = {
        "name": name,
        "principal_id": principal_id,
        "base_id": base_id,
        "origin": origin.value,
        "is_shared": False,
        "traces": dict(traces or {}),
        "findings": None if findings is None else dict(findings),
        "revision": 1,
        "created_at": now,
        "changed_at": now,
    }
    scenario_id = int(connection.execute(insert(scenarios).values(**row).returning(scenarios.c.id)).scalar_one())
    _add_revision(connection, scenario_id, 1, document, now)
    return scenario_id


def get_scenario(connection: Connection, scenario_id: int) -> StoredScenario:
    """Return a scenario as it is now.

    Raises
    ------
    NotFoundError
        If there is none of that number.
    """
    scenarios, revisions = table_of("scenarios"), table_of("scenario_revisions")
    stored = connection.execute(select(scenarios).where(scenarios.c.id == scenario_id)).one_or_none()
    if stored is None:
        raise NotFoundError(f"there is no scenario {scenario_id}")
    own = revisions.c.scenario_id == scenario_id
    document = connection.execute(
        select(revisions.c.document).where(own, revisions.c.number == stored.revision)
    ).scalar_one()
    return StoredScenario(
        **_line_values(stored),
        document=document,
        traces=stored.traces,
        findings=stored.findings,
        can_undo=_find_before(connection, scenario_id, stored.revision) is not None,
    )


def list_scenarios(
    connection: Connection, *, principal_id: str | None, is_archived: bool = False, limit: int = 200
) -> list[ScenarioLine]:
    """Return scenarios, those changed last first: of one owner and those that are shared, or all."""
    scenarios = table_of("scenarios")
    columns = [scenarios.c[name] for name in _LINE]
    query = select(*columns).order_by(scenarios.c.changed_at.desc(), scenarios.c.id.desc()).limit(limit)
    archived = scenarios.c.archived_at
    query = query.where(archived.is_not(None) if is_archived else archived.is_(None))
    if principal_id is not None:
        query = query.where((scenarios.c.principal_id == principal_id) | scenarios.c.is_shared)
    return [ScenarioLine(**_line_values(row)) for row in connection.execute(query)]


def change_document(
    connection: Connection, scenario_id: int, *, revision: int, document: Mapping[str, Any], now: int
) -> int:
    """Give a scenario a new form and return its number, which none had before; forms too long ago are gone.

    Raises
    ------
    StaleError
        If it is no longer of that revision.
    """
    number = _move(connection, scenario_id, revision=revision, now=now)
    revisions = table_of("scenario_revisions")
    own = revisions.c.scenario_id == scenario_id
    connection.execute(delete(revisions).where(own, revisions.c.number > revision))  # undone by a release before
    _add_revision(connection, scenario_id, number, document, now)
    kept = select(revisions.c.number).where(own).order_by(revisions.c.number.desc()).limit(MOST_REVISIONS)
    numbers = [int(each) for each in connection.execute(kept).scalars()]
    connection.execute(delete(revisions).where(own, revisions.c.number < min(numbers)))
    return number


def undo_change(connection: Connection, scenario_id: int, *, revision: int, now: int) -> int:
    """Go back to the form before, which gets a number that none had before, and return that.

    Raises
    ------
    StaleError
        If it is no longer of that revision.
    NotFoundError
        If there is no form before.
    """
    before = _find_before(connection, scenario_id, revision)
    if before is None:
        raise NotFoundError("there is nothing to undo")
    number = _move(connection, scenario_id, revision=revision, now=now)
    revisions = table_of("scenario_revisions")
    own = revisions.c.scenario_id == scenario_id
    connection.execute(delete(revisions).where(own, revisions.c.number > before))
    connection.execute(update(revisions).where(own, revisions.c.number == before).values(number=number, made_at=now))
    return number


def set_fields(connection: Connection, scenario_id: int, **values: Any) -> None:
    """Change what a scenario is called, who may see it, or whether it is put away."""
    scenarios = table_of("scenarios")
    connection.execute(update(scenarios).where(scenarios.c.id == scenario_id).values(**values))


def add_run(connection: Connection, job_id: int, *, name: str, scenario_id: int | None) -> None:
    """Keep a job as one about a scenario."""
    row = {"job_id": job_id, "name": name, "scenario_id": scenario_id, "archived_at": None}
    connection.execute(insert(table_of("scenario_runs")).values(**row))


def find_run(connection: Connection, job_id: int) -> ScenarioRun | None:
    """Return a job with what is kept of it as a question about a scenario; None where nothing is."""
    jobs, runs = table_of("jobs"), table_of("scenario_runs")
    query = select(jobs, *_run_columns()).join(runs, runs.c.job_id == jobs.c.id).where(jobs.c.id == job_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _make_run(row)


def list_runs(
    connection: Connection, *, scenario_id: int | None = None, is_archived: bool = False, limit: int = 30
) -> list[ScenarioRun]:
    """Return what was asked about scenarios, or about one, the newest first; without the questions of the jobs."""
    jobs, runs = table_of("jobs"), table_of("scenario_runs")
    light = [column for column in jobs.c if column.name != "question"]  # it holds whole scenarios
    query = select(*light, *_run_columns()).join(runs, runs.c.job_id == jobs.c.id).order_by(jobs.c.id.desc())
    query = query.where(runs.c.archived_at.is_not(None) if is_archived else runs.c.archived_at.is_(None))
    if scenario_id is not None:
        query = query.where(runs.c.scenario_id == scenario_id)
    return [_make_run(row) for row in connection.execute(query.limit(limit))]


def set_run_archived(connection: Connection, job_id: int, *, at: int | None) -> None:
    """Put a question away, or take it out again where `at` is None."""
    runs = table_of("scenario_runs")
    connection.execute(update(runs).where(runs.c.job_id == job_id).values(archived_at=at))


_LINE = (
    "id",
    "name",
    "principal_id",
    "base_id",
    "origin",
    "is_shared",
    "revision",
    "changed_at",
    "archived_at",
)


def _line_values(row: Any) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _LINE}
    return values | {"origin": ScenarioOrigin(row.origin), "is_shared": bool(row.is_shared)}


def _run_columns() -> list[Any]:
    runs = table_of("scenario_runs")
    return [runs.c[name].label(f"run_{name}") for name in ("name", "scenario_id", "archived_at")]


def _make_run(row: Any) -> ScenarioRun:
    return ScenarioRun(
        job=make_job(row), name=row.run_name, scenario_id=row.run_scenario_id, archived_at=row.run_archived_at
    )


def _find_before(connection: Connection, scenario_id: int, revision: int) -> int | None:
    """Return the number of the form before one; None where there is none."""
    revisions = table_of("scenario_revisions")
    query = select(func.max(revisions.c.number)).where(
        revisions.c.scenario_id == scenario_id, revisions.c.number < revision
    )
    found: int | None = connection.execute(query).scalar_one()
    return found


def _move(connection: Connection, scenario_id: int, *, revision: int, now: int) -> int:
    """Give a scenario the next number after all that it had, and return that: an address never means two forms."""
    scenarios, revisions = table_of("scenarios"), table_of("scenario_revisions")
    # Releases before counted back with an undo: what was undone then may still bear a greater number.
    query = select(func.max(revisions.c.number)).where(revisions.c.scenario_id == scenario_id)
    number = max(revision, connection.execute(query).scalar_one() or 0) + 1
    found = connection.execute(
        update(scenarios)
        .where(scenarios.c.id == scenario_id, scenarios.c.revision == revision)
        .values(revision=number, changed_at=now)
    )
    if not found.rowcount:
        raise StaleError("somebody has changed the scenario since you opened it; look at it again, then change it")
    return number


def _add_revision(connection: Connection, scenario_id: int, number: int, document: Mapping[str, Any], now: int) -> None:
    row = {"scenario_id": scenario_id, "number": number, "document": dict(document), "made_at": now}
    connection.execute(insert(table_of("scenario_revisions")).values(**row))
