from datetime import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from models.database import Database
from models.formats.offices.tables import TABLES
from models.repositories import task_types, tasks
from models.tables.columns import to_json
from models.tables.schema import METADATA, table_of

TASK: dict[str, Any] = {
    "id": "T1",
    "task_type_id": "dispute",
    "title": "",
    "step": "",
    "source": "",
    "external_id": "",
    "link": "",
    "quantity": 1.0,
    "arrived_at": 0,
    "in_progress": False,
    "attributes": {},
    "state": "open",
}
AGENT: dict[str, Any] = {"id": "ana", "name": "", "team_id": "billing", "min_stay_minutes": 0.0}


def put(database: Database, table: str, **row: Any) -> None:
    with database.writing() as session:
        session.connection().execute(insert(table_of(table)).values(row))


@pytest.fixture
def seeded(database: Database) -> Database:
    put(database, "offices", id=1, name="", timezone="UTC")
    put(database, "teams", id="billing", name="")
    put(database, "skills", id="bill", name="")
    put(database, "task_types", id="dispute", name="")
    put(database, "agents", **AGENT)
    return database


BAD_ROWS: list[tuple[str, dict[str, Any]]] = [
    ("teams", {"id": "", "name": ""}),
    ("offices", {"id": 2, "name": "a second", "timezone": "UTC"}),
    ("office_hours", {"office_id": 1, "weekday": 7, "opens": time(8), "closes": time(18)}),
    ("principals", {"id": "x", "kind": "robot", "name": "", "created_at": 0}),
    ("agents", {**AGENT, "id": "eve", "team_id": "nowhere"}),
    ("agents", {**AGENT, "id": "eve", "max_moves": -1}),
    ("agents", {**AGENT, "id": "eve", "min_stay_minutes": -1.0}),
    ("agent_skills", {"agent_id": "ana", "skill_id": "bill", "level": 0, "speed": 1.0}),
    ("agent_skills", {"agent_id": "ana", "skill_id": "bill", "level": 6, "speed": 1.0}),
    ("agent_skills", {"agent_id": "ana", "skill_id": "bill", "level": 3, "speed": 0.0}),
    ("agent_swing_teams", {"agent_id": "ana", "team_id": "nowhere"}),
    ("absences", {"agent_id": "ana", "starts_at": 100, "ends_at": 100, "reason": ""}),
    ("shift_blocks", {"agent_id": "ana", "shift_starts_at": 0, "starts_at": 0, "ends_at": 60, "kind": "lunch"}),
    ("task_type_attributes", {"task_type_id": "dispute", "name": "amount", "kind": "money"}),
    ("tasks", {**TASK, "task_type_id": "nothing"}),
    ("tasks", {**TASK, "quantity": 0.0}),
    ("tasks", {**TASK, "weight": -1.0}),
    ("tasks", {**TASK, "min_level": 6}),
    ("tasks", {**TASK, "handling_minutes": 0.0}),
    ("tasks", {**TASK, "in_progress": True}),
    ("tasks", {**TASK, "state": "lost"}),
    ("tasks", {**TASK, "state": "closed"}),
    ("tasks", {**TASK, "closed_at": 5}),
    ("tasks", {**TASK, "state": "closed", "closed_at": 5, "closed_reason": "boredom"}),
    ("tasks", {**TASK, "pinned_agent_id": "nobody"}),
    ("task_links", {"task_id": "T1", "kind": "after", "other_id": "T2"}),
]


def test_the_database_refuses_rows_that_make_no_sense(seeded: Database) -> None:
    taken = []
    for table, row in BAD_ROWS:
        try:
            put(seeded, table, **row)
        except IntegrityError:
            continue
        taken.append((table, row))
    assert taken == []


def test_the_same_rows_are_taken_once_they_are_right(seeded: Database) -> None:
    """So that the refusals above are for the one thing wrong in each."""
    put(seeded, "office_hours", office_id=1, weekday=6, opens=time(8), closes=time(18))
    put(seeded, "principals", id="x", kind="key", name="", created_at=0)
    put(seeded, "agents", **{**AGENT, "id": "eve", "max_moves": 0})
    put(seeded, "agent_skills", agent_id="ana", skill_id="bill", level=5, speed=0.5)
    put(seeded, "absences", agent_id="ana", starts_at=100, ends_at=101, reason="")
    put(seeded, "task_type_attributes", task_type_id="dispute", name="amount", kind="number")
    put(seeded, "tasks", **{**TASK, "in_progress": True, "pinned_agent_id": "ana"})
    put(seeded, "tasks", **{**TASK, "id": "T2", "state": "closed", "closed_at": 5, "closed_reason": "completed"})
    put(seeded, "task_links", task_id="T1", kind="after", other_id="T2")
    with seeded.reading() as session:
        links = session.connection().execute(select(table_of("task_links"))).all()
    assert len(links) == 1


def test_what_an_agent_owns_goes_with_the_agent(seeded: Database) -> None:
    put(seeded, "agent_skills", agent_id="ana", skill_id="bill", level=3, speed=1.0)
    put(seeded, "absences", agent_id="ana", starts_at=0, ends_at=9, reason="")
    with seeded.writing() as session:
        session.connection().execute(table_of("agents").delete())
    with seeded.reading() as session:
        for name in ("agent_skills", "absences"):
            assert session.connection().execute(select(table_of(name))).all() == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(instant=st.integers(min_value=-62_135_596_800, max_value=253_402_300_799))
def test_an_instant_comes_back_to_the_second(database: Database, instant: int) -> None:
    table = table_of("principals")
    with database.reading() as session:
        connection = session.connection()
        query = select(table.c.created_at).select_from(table)
        literal = select(_bound(table.c.created_at, instant))
        assert connection.execute(literal).scalar_one() == instant
        assert connection.execute(query).all() == []


def _bound(column: Any, value: int) -> Any:
    from sqlalchemy import cast, literal

    return cast(literal(value, column.type), column.type)


def test_every_column_of_every_office_table_has_a_place() -> None:
    """A column that is added to the files must be stored, or it would be lost without a word."""
    stored = {
        "tasks": {*tasks._COLUMNS.values(), *tasks._LINKS, *tasks._RELATIONS},
        "task_types": {"id", "name", "team", "skill", "valid_from", *task_types._STANDARD},
    }
    for table in TABLES:
        if table.name in stored:
            assert {column.name for column in table.columns} <= stored[table.name]


def test_names_fit_postgresql() -> None:
    for table in METADATA.sorted_tables:
        names = [item.name for item in table.constraints] + [item.name for item in table.indexes]
        assert all(name is not None and len(str(name)) <= 63 for name in names), table.name


def test_equal_values_are_equal_text() -> None:
    assert to_json({"b": 1, "a": [None, True, "ñ"]}) == to_json({"a": [None, True, "ñ"], "b": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"a": float("nan")})
