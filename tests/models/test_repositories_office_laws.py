"""Random files of tasks, one after the other: the later one wins, and the counts add up."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.database import Database
from models.formats.offices.office import ATTRIBUTES, Office, frame_of
from models.repositories.changes import TableChanges
from models.repositories.offices import write_office
from models.repositories.tasks import read_tasks, write_tasks
from models.tables.schema import table_of

MakeOffice = Callable[..., Office]
MONDAY_8 = 1772434800
HOUR = 3600


ids = st.integers(min_value=0, max_value=5).map("T{}".format)


@st.composite
def task_tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    instants = st.integers(min_value=MONDAY_8 - 5 * HOUR, max_value=MONDAY_8 + 5 * HOUR)
    names = draw(st.lists(ids, unique=True, max_size=5))
    others = st.lists(st.sampled_from(names), unique=True, max_size=2).map(sorted).map(tuple) if names else st.just(())
    attributes = st.dictionaries(
        st.sampled_from("abc"), st.booleans() | st.integers(-9, 9) | st.text("añ1-", max_size=2)
    )
    agents = st.lists(st.sampled_from(["ana", "ben"]), unique=True).map(sorted).map(tuple)
    return [
        {
            "id": name,
            "type": draw(st.sampled_from(["claim", "dispute"])),
            "arrived": draw(instants),
            "due": draw(st.none() | instants),
            "weight": draw(st.none() | st.floats(0, 9)),
            "case": draw(st.none() | st.sampled_from(["C1", "C2"])),
            "after": draw(others),
            "separate_from": draw(others),
            "excluded_agents": draw(agents),
            ATTRIBUTES: draw(attributes),
        }
        for name in names
    ]


@pytest.fixture
def office_of_tasks(database: Database, make_office: MakeOffice) -> Callable[[list[dict[str, Any]]], Office]:
    """A maker of offices that hold tasks only; what they refer to is stored."""
    with database.writing() as session:
        write_office(session, make_office(tasks=None))

    def make(rows: list[dict[str, Any]]) -> Office:
        names = list(dict.fromkeys(name for row in rows for name in row))
        frame = frame_of({name: [row[name] for row in rows] for name in names}, num_rows=len(rows))
        return Office(tables={"tasks": frame})

    return make


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=task_tables(), second=task_tables())
def test_the_second_of_two_files_wins_and_the_counts_add_up(
    database: Database,
    office_of_tasks: Callable[[list[dict[str, Any]]], Office],
    first: list[dict[str, Any]],
    second: list[dict[str, Any]],
) -> None:
    files = [office_of_tasks(rows) for rows in (first, second, second)]
    with database.writing() as session:
        connection = session.connection()
        _, changes, again = (
            write_tasks(connection, office.table("tasks"), source="", batch_id=None) for office in files
        )
        read_back = read_tasks(connection, at=MONDAY_8 + 9 * HOUR, arrived_by=MONDAY_8 + 9 * HOUR)
        connection.execute(table_of("tasks").delete())
    found = {row["id"]: row for row in Office(tables={"tasks": read_back}).rows("tasks")}
    before, after, _ = ({row["id"]: row for row in office.rows("tasks")} for office in files)
    assert found == {**before, **after}
    assert changes.new == len(after.keys() - before.keys())
    assert changes.changed == sum(after[name] != before[name] for name in after.keys() & before.keys())
    assert changes.unchanged == sum(after[name] == before[name] for name in after.keys() & before.keys())
    assert again == TableChanges(unchanged=len(second))
