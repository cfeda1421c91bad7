"""Scenarios that planners keep: their own, and those that others share; changed with a way back, never lost."""

from collections.abc import Callable, Mapping
from typing import Any

from models.database import Database, Session
from models.errors import ForbiddenError, InputError, NotFoundError
from models.formats.records import without_nulls
from models.repositories import scenarios as rows
from models.repositories.audit import record_change
from models.repositories.scenarios import ScenarioLine, StoredScenario
from models.vocabulary_audit import Subject
from models.vocabulary_scenarios import ScenarioOrigin
from services.access.caller import Caller
from services.access.tracing import Act
from services.jobs.scenarios import read_scenario
from services.simulating.assembly import assemble_scenario

MOST_NAME = 120


def check_scenario(document: Mapping[str, Any], traces: Mapping[str, str] | None = None) -> None:
    """See that a scenario can be simulated.

    Raises
    ------
    InputError
        With every fault of it.
    """
    assemble_scenario(read_scenario(document, traces=traces))


def check_name(name: str) -> str:
    """Return the name of a scenario, without the space around it.

    Raises
    ------
    InputError
        If it is empty, too long, or holds what cannot be shown.
    """
    kept = " ".join(name.split())
    if not kept or len(kept) > MOST_NAME or not kept.isprintable():
        raise InputError.of("scenario", f"a name of 1 to {MOST_NAME} characters", field="name", value=name)
    return kept


def keep_scenario(
    database: Database,
    caller: Caller,
    *,
    name: str,
    origin: ScenarioOrigin,
    document: Mapping[str, Any],
    act: Act,
    base: StoredScenario | None = None,
    traces: Mapping[str, str] | None = None,
    findings: Mapping[str, Any] | None = None,
    on_kept: Callable[[Session, int], None] | None = None,
) -> int:
    """Store a scenario of the caller's and return its number.

    Parameters
    ----------
    on_kept
        Gets the number, to store something beside it in the same transaction.

    Raises
    ------
    InputError
        With every fault of it.
    """
    kept = check_name(name)
    given = traces if traces is not None or base is None else base.traces
    made = {**without_nulls(dict(document)), "name": kept}
    check_scenario(made, given)
    with database.writing() as session:
        scenario_id = rows.add_scenario(
            session.connection(),
            name=kept,
            principal_id=caller.principal_id,
            origin=origin,
            document=made,
            now=act.at,
            base_id=None if base is None else base.id,
            traces=given,
            findings=findings,
        )
        _trace(session, act, scenario_id, after={"name": kept, "origin": origin.value})
        if on_kept is not None:
            on_kept(session, scenario_id)
    return scenario_id


def find_scenario(database: Database, caller: Caller, scenario_id: int) -> StoredScenario:
    """Return a scenario that the caller may see: their own, and what is shared.

    Raises
    ------
    NotFoundError
        If there is none of that number, or not for this caller.
    """
    with database.reading() as session:
        return _find(session, caller, scenario_id)


def find_scenarios(database: Database, caller: Caller, *, is_archived: bool = False) -> list[ScenarioLine]:
    """Return the scenarios that the caller may see; of those that are put away only their own."""
    with database.reading() as session:
        owner = None if caller.has() else caller.principal_id
        found = rows.list_scenarios(session.connection(), principal_id=owner, is_archived=is_archived)
    return [line for line in found if not is_archived or may_change(caller, line)]


def may_change(caller: Caller, line: ScenarioLine) -> bool:
    """Return whether somebody may change a scenario: its owner, and administrators."""
    return line.principal_id == caller.principal_id or caller.has()


def change_scenario(
    database: Database, caller: Caller, scenario_id: int, *, revision: int, document: Mapping[str, Any], act: Act
) -> None:
    """Give a scenario a new form.

    Raises
    ------
    InputError
        With every fault of it.
    StaleError
        If it is no longer of that revision.
    """
    stored = find_scenario(database, caller, scenario_id)
    made = {**without_nulls(dict(document)), "name": check_name(str(document.get("name") or stored.name))}
    check_scenario(made, stored.traces)
    with database.writing() as session:
        connection = session.connection()
        _find_own(session, caller, scenario_id)
        number = rows.change_document(connection, scenario_id, revision=revision, document=made, now=act.at)
        rows.set_fields(connection, scenario_id, name=made["name"])
        _trace(session, act, scenario_id, before={"revision": revision}, after={"revision": number})


def undo_change(database: Database, caller: Caller, scenario_id: int, *, revision: int, act: Act) -> None:
    """Take the last change of a scenario back.

    Raises
    ------
    NotFoundError
        If there is nothing to undo.
    StaleError
        If it is no longer of that revision.
    """
    with database.writing() as session:
        connection = session.connection()
        _find_own(session, caller, scenario_id)
        number = rows.undo_change(connection, scenario_id, revision=revision, now=act.at)
        name = rows.get_scenario(connection, scenario_id).document.get("name")
        if name:
            rows.set_fields(connection, scenario_id, name=name)
        _trace(session, act, scenario_id, before={"revision": revision}, after={"revision": number})


def share_scenario(database: Database, caller: Caller, scenario_id: int, *, is_shared: bool, act: Act) -> None:
    """Let all planners see a scenario by its address and in their lists, or no longer."""
    _set(database, caller, scenario_id, act, is_shared=is_shared)


def archive_scenario(database: Database, caller: Caller, scenario_id: int, *, is_archived: bool, act: Act) -> None:
    """Put a scenario away, or take it out again."""
    _set(database, caller, scenario_id, act, archived_at=act.at if is_archived else None)


def duplicate_scenario(database: Database, caller: Caller, scenario_id: int, *, name: str, act: Act) -> int:
    """Store a copy of a scenario that the caller may see as their own, and return its number."""
    stored = find_scenario(database, caller, scenario_id)
    return keep_scenario(
        database,
        caller,
        name=name,
        origin=ScenarioOrigin.COPY,
        document=stored.document,
        act=act,
        base=stored,
        findings=stored.findings,
    )


def _set(database: Database, caller: Caller, scenario_id: int, act: Act, **values: Any) -> None:
    with database.writing() as session:
        connection = session.connection()
        before = _find_own(session, caller, scenario_id)
        rows.set_fields(connection, scenario_id, **values)
        _trace(
            session,
            act,
            scenario_id,
            before={name: getattr(before, name) for name in values},
            after=dict(values),
        )


def _find(session: Session, caller: Caller, scenario_id: int) -> StoredScenario:
    found = rows.get_scenario(session.connection(), scenario_id)
    if not (found.is_shared or may_change(caller, found)):
        raise NotFoundError(f"there is no scenario {scenario_id} of yours, and none that is shared")
    return found


def _find_own(session: Session, caller: Caller, scenario_id: int) -> StoredScenario:
    found = _find(session, caller, scenario_id)
    if not may_change(caller, found):
        raise ForbiddenError("this scenario is somebody else's; make a copy of your own, and change that")
    return found


def _trace(
    session: Session,
    act: Act,
    scenario_id: int,
    *,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    record_change(
        session,
        at=act.at,
        principal_id=act.by,
        what=act.what,
        subject=Subject.SCENARIO,
        subject_id=scenario_id,
        before=before,
        after=after,
    )
