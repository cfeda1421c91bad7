"""An office into the database and out of it: what is new, changed, unchanged, gone; and that nothing is lost."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.database import Database
from models.errors import InputError
from models.formats.offices.office import ATTRIBUTES, Office
from models.formats.offices.tables import TABLES_BY_NAME
from models.repositories.changes import TableChanges
from models.repositories.imports import add_batch
from models.repositories.known import read_known, read_office_calendar
from models.repositories.offices import read_office, write_office
from models.repositories.task_counts import count_open_tasks
from models.repositories.tasks import close_tasks, find_missing_tasks
from models.tables.schema import table_of
from models.vocabulary import ClosedReason

MakeOffice = Callable[..., Office]
MONDAY = date(2026, 3, 2)
MONDAY_8 = 1772434800
HOUR = 3600


def write(database: Database, office: Office, *, batch_id: int | None = None) -> dict[str, TableChanges]:
    with database.writing() as session:
        return write_office(session, office, batch_id=batch_id)


def read(database: Database, at: int = MONDAY_8) -> Office:
    with database.reading() as session:
        return read_office(session, at=at)


def shift(agent: str, day: date, start: int = 8, end: int = 16, breaks: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {"agent": agent, "date": day, "start": time(start), "end": time(end), "breaks": breaks}


def task(name: str, **cells: Any) -> dict[str, Any]:
    return {"id": name, "type": "claim", "arrived": MONDAY_8 - HOUR, "due": MONDAY_8 + HOUR, **cells}


def test_everything_comes_back_as_it_was(database: Database, make_office: MakeOffice) -> None:
    """Every column of every table, filled."""
    lunch = ((time(12), time(12, 30), "lunch", False), (time(15), time(15, 15), "meeting", True))
    full: dict[str, list[dict[str, Any]]] = {
        "office": [{"name": "Back office", "timezone": "America/New_York", "country": "US", "subdivision": "NY"}],
        "office_hours": [{"weekday": "mon", "opens": time(7, 30), "closes": time(19)}],
        "holidays": [{"date": date(2026, 3, 17), "name": "Saint Patrick"}],
        "clients": [{"id": "acme", "name": "Acme", "needs_clearance": True}],
        "agents": [
            {
                "id": "ana",
                "name": "Ana",
                "team": "billing",
                "swing_teams": ("claims",),
                "clients": ("acme",),
                "max_moves": 2,
                "min_stay_minutes": 45.0,
                "valid_from": date(2025, 1, 1),
                "valid_to": date(2027, 1, 1),
            },
            {"id": "ben", "name": "", "team": "claims"},
        ],
        "agent_skills": [
            {"agent": "ana", "skill": "bill", "level": 2, "valid_to": MONDAY},
            {"agent": "ana", "skill": "bill", "level": 3, "speed": 1.25, "valid_from": MONDAY + timedelta(days=1)},
        ],
        "shifts": [
            {"agent": "ana", "date": MONDAY, "start": time(8), "end": time(16, 30), "breaks": lunch},
            shift("ben", MONDAY, 22, 6, ((time(23, 30), time(0, 15), "break", True),)),
        ],
        "absences": [{"agent": "ben", "start": MONDAY_8, "end": MONDAY_8 + HOUR, "reason": "ill"}],
        "task_types": [
            {
                "id": "claim",
                "name": "Claim",
                "team": "claims",
                "skill": "claim",
                "min_level": 2,
                "handling_minutes": 12.5,
                "also_requires": {"spanish": 1},
                "sla_minutes": 480.0,
                "weight": 3.0,
                "is_estimated": True,
                "is_sla_estimated": True,
                "pending_stops_clock": True,
                "valid_from": date(2026, 1, 1),
            },
            {"id": "dispute", "name": "", "team": "billing", "skill": "bill", "handling_minutes": 5.0},
        ],
        "tasks": [
            {
                "id": "T1",
                "type": "claim",
                "title": "Ñandú & co",
                "client": "acme",
                "case": "C1",
                "step": "check",
                "source": "crm",
                "external_id": "X-1",
                "link": "https://crm.example/X-1",
                "quantity": 2.5,
                "arrived": MONDAY_8 - HOUR,
                "due": MONDAY_8 + HOUR,
                "must_by": MONDAY_8 + 9 * HOUR,
                "earliest_start": MONDAY_8 - 5,
                "weight": 0.0,
                "handling_minutes": 7.25,
                "min_level": 4,
                "also_requires": {"bill": 2, "spanish": 5},
                "pinned_agent": "ana",
                "in_progress": True,
                "preferred_agents": ("ana", "ben"),
                "excluded_agents": ("ben",),
                "separate_from": ("T2",),
                "after": ("T2",),
                "pended_until": MONDAY_8 + 2 * HOUR,
                "started": MONDAY_8 - 60,
                "closed": MONDAY_8 + 3 * HOUR,
                "done_by": "ana",
                ATTRIBUTES: {"amount": 12.5, "vip": True, "notes": None, "tags": ["a", {"b": 1}]},
            },
            task("T2"),
        ],
    }
    office = make_office(**full)
    for name, listed in full.items():
        named = {key for row in listed for key in row}
        assert named == {column.name for column in TABLES_BY_NAME[name].columns} | (named & {ATTRIBUTES}), name
    write(database, office)
    found = read(database)
    for name in office.tables:
        assert found.rows(name) == office.rows(name), name


def test_writing_twice_changes_nothing(database: Database, make_office: MakeOffice) -> None:
    office = make_office(clients=[{"id": "acme"}], absences=[{"agent": "ana", "start": 0, "end": 60}])
    first = write(database, office)
    assert first == {name: TableChanges(new=len(frame)) for name, frame in office.tables.items()}
    again = write(database, office)
    assert again == {name: TableChanges(unchanged=len(frame)) for name, frame in office.tables.items()}


def test_what_changed_is_counted_in_rows_of_the_table(database: Database, make_office: MakeOffice) -> None:
    write(database, make_office())
    tasks = [task("T2", weight=9.0), task("T3", after=("T2",)), task("T4")]
    agents = [{"id": "ana", "name": "Ana", "team": "billing", "swing_teams": ()}, {"id": "ben", "team": "claims"}]
    changes = write(database, make_office(tasks=tasks, agents=agents, task_types=None, shifts=None))
    assert changes["tasks"] == TableChanges(new=1, changed=2)
    assert changes["agents"] == TableChanges(changed=2)
    assert changes["teams"] == TableChanges(unchanged=2)
    assert {row["id"]: row["after"] for row in read(database).rows("tasks")} == {
        "T1": (),
        "T2": (),
        "T3": ("T2",),
        "T4": (),
    }


def test_a_roster_speaks_of_its_agents_and_days(database: Database, make_office: MakeOffice) -> None:
    days = [MONDAY + timedelta(days=ahead) for ahead in range(4)]
    write(database, make_office(shifts=[shift(agent, day) for agent in ("ana", "ben") for day in days]))
    # Ana starts later on Tuesday, is off on Wednesday and has lunch on Thursday; nothing is said of Monday, nor of Ben.
    news = [shift("ana", days[1], 9), shift("ana", days[3], breaks=((time(12), time(13), "lunch", False),))]
    changes = write(database, make_office(shifts=news))
    assert changes["shifts"] == TableChanges(new=1, changed=1, gone=2)
    starts = [
        (row["agent"], row["date"], row["start"].hour, len(row["breaks"])) for row in read(database).rows("shifts")
    ]
    assert starts == [
        ("ana", days[0], 8, 0),
        ("ana", days[1], 9, 0),
        ("ana", days[3], 8, 1),
        *(("ben", day, 8, 0) for day in days),
    ]
    changes = write(database, make_office(shifts=[shift("ana", days[3])]))
    assert changes["shifts"] == TableChanges(changed=1)
    assert write(database, make_office(shifts=[shift("ana", days[3])]))["shifts"] == TableChanges(unchanged=1)


def test_absences_are_replaced_in_the_stretch_they_speak_of(database: Database, make_office: MakeOffice) -> None:
    def away(*stretches: tuple[int, int]) -> Office:
        rows = [{"agent": "ana", "start": MONDAY_8 + a * HOUR, "end": MONDAY_8 + b * HOUR} for a, b in stretches]
        return make_office(absences=rows)

    write(database, away((0, 1), (3, 4), (6, 7)))
    changes = write(database, away((3, 5)))
    assert changes["absences"] == TableChanges(changed=1)
    changes = write(database, away((2, 4)))
    assert changes["absences"] == TableChanges(new=1, gone=1)
    kept = [
        ((row["start"] - MONDAY_8) // HOUR, (row["end"] - MONDAY_8) // HOUR) for row in read(database).rows("absences")
    ]
    assert kept == [(0, 1), (2, 4), (6, 7)]


def test_skills_without_an_end_are_replaced_and_history_stays(database: Database, make_office: MakeOffice) -> None:
    def can(*rows: tuple[str, int, date | None, date | None]) -> Office:
        listed = [
            {"agent": "ana", "skill": skill, "level": level, "valid_from": start, "valid_to": end}
            for skill, level, start, end in rows
        ]
        return make_office(agent_skills=listed)

    march = date(2026, 3, 1)
    write(
        database, can(("bill", 2, None, march), ("bill", 3, march + timedelta(days=1), None), ("claim", 1, None, None))
    )
    changes = write(database, can(("bill", 4, march + timedelta(days=1), None)))
    assert changes["agent_skills"] == TableChanges(changed=1, gone=1)
    assert [(row["skill"], row["level"]) for row in read(database).rows("agent_skills")] == [("bill", 2), ("bill", 4)]


def test_standards_are_those_of_the_file_for_the_types_it_names(database: Database, make_office: MakeOffice) -> None:
    def takes(minutes: float, start: date | None = None) -> dict[str, Any]:
        return {"id": "claim", "team": "claims", "skill": "claim", "handling_minutes": minutes, "valid_from": start}

    write(database, make_office(task_types=[takes(10.0), takes(12.0, MONDAY)], tasks=[]))
    write(database, make_office(tasks=[]))
    found = {(row["id"], row["handling_minutes"], row["valid_from"]) for row in read(database).rows("task_types")}
    assert found == {("claim", 27.0, None), ("dispute", 18.0, None)}


def test_a_reference_to_nothing_takes_back_everything(database: Database, make_office: MakeOffice) -> None:
    rows = [task("T1", pinned_agent="nobody"), task("T2", after=("T1", "T9")), task("T3", type="nothing")]
    with pytest.raises(InputError) as raised:
        write(database, make_office(tasks=rows))
    told = str(raised.value)
    assert "office: tasks ('T1'): pinned_agent: is 'nobody'; expected the id of one of the agents" in told
    assert "office: tasks ('T3'): type: is 'nothing'; expected the id of one of the task types" in told
    with pytest.raises(InputError, match=r"task_links .'T2', 'after', 'T9'.: after or separate_from: is 'T9'"):
        write(database, make_office(tasks=[task("T1"), task("T2", after=("T1", "T9"))]))
    assert read(database).rows("teams") == []


def test_ids_named_in_use_are_made_known_where_there_is_no_list(database: Database, make_office: MakeOffice) -> None:
    write(database, make_office(skills=None, clients=None, tasks=[task("T1", client="acme")]))
    found = read(database)
    assert [row["id"] for row in found.rows("skills")] == ["bill", "claim"]
    assert [row["id"] for row in found.rows("clients")] == ["acme"]


def test_an_office_without_a_table_of_its_own_gets_the_zone_given(database: Database, make_office: MakeOffice) -> None:
    with database.writing() as session:
        write_office(session, make_office(office=None), timezone="America/New_York")
    found = read(database)
    assert found.rows("office")[0]["timezone"] == "America/New_York"
    assert found.rows("shifts")[0]["start"] == time(8)
    with database.reading() as session:
        assert session.connection().scalar(select(table_of("shifts").c.starts_at)) == MONDAY_8 + 6 * HOUR


def test_tasks_are_open_from_arrival_to_closing(database: Database, make_office: MakeOffice) -> None:
    rows = [task("T1"), task("T2", arrived=MONDAY_8 + 1), task("T3", closed=MONDAY_8), task("T4", closed=MONDAY_8 + 1)]
    write(database, make_office(tasks=rows))
    assert [row["id"] for row in read(database).rows("tasks")] == ["T1", "T4"]
    assert [row["id"] for row in read(database, MONDAY_8 + 1).rows("tasks")] == ["T1", "T2"]
    with database.reading() as session:
        later = read_office(session, at=MONDAY_8, arrived_by=MONDAY_8 + 1)
    assert [row["id"] for row in later.rows("tasks")] == ["T1", "T2", "T4"]


def test_closed_tasks_that_open_ones_are_tied_to_are_read_too(database: Database, make_office: MakeOffice) -> None:
    done = {"closed": MONDAY_8, "done_by": "ben"}
    rows = [
        task("T1", after=("T2",)),
        task("T2", **done),
        task("T3", separate_from=("T1",), **done),
        task("T4", **done),
    ]
    write(database, make_office(tasks=rows))
    found = {row["id"]: row for row in read(database).rows("tasks")}
    assert list(found) == ["T1", "T2", "T3"]
    assert found["T1"]["after"] == ("T2",)
    assert found["T3"]["separate_from"] == ("T1",)


def test_a_snapshot_closes_what_it_lacks_and_opens_what_it_has_again(
    database: Database, make_office: MakeOffice
) -> None:
    office = make_office()
    write(database, office)
    with database.writing() as session:
        connection = session.connection()
        assert find_missing_tasks(connection, ["T2", "T9"]) == ["T1", "T3"]
        batch = add_batch(session, kind="tables", source="x", digest="", imported_at=MONDAY_8)
        gone = ["T1", "T3", "T9"]
        assert close_tasks(connection, gone, at=MONDAY_8, reason=ClosedReason.GONE, batch_id=batch) == 2
        assert close_tasks(connection, gone, at=MONDAY_8 + 5, reason=ClosedReason.GONE, batch_id=batch) == 0
        assert count_open_tasks(connection) == 1
    assert write(database, office)["tasks"] == TableChanges(changed=2, unchanged=1)
    with database.reading() as session:
        assert count_open_tasks(session.connection()) == 3


def test_tasks_tell_the_import_that_last_changed_them(database: Database, make_office: MakeOffice) -> None:
    with database.writing() as session:
        batches = [
            add_batch(session, kind="tables", source=name, digest="", imported_at=MONDAY_8) for name in ("a", "b")
        ]
    write(database, make_office(), batch_id=batches[0])
    rows = [task("T2", weight=7.0), task("T3", weight=5.0, due=MONDAY_8 + HOUR, separate_from=("T2",))]
    write(database, make_office(tasks=rows), batch_id=batches[1])
    tasks = table_of("tasks")
    with database.reading() as session:
        found = dict(session.connection().execute(select(tasks.c.id, tasks.c.import_batch_id)).all())
    assert found == {"T1": batches[0], "T2": batches[1], "T3": batches[1]}


def test_attributes_have_a_kind_by_task_type(database: Database, make_office: MakeOffice) -> None:
    def with_attributes(**attributes: Any) -> Office:
        return make_office(tasks=[task("T1", attributes=attributes)])

    write(database, with_attributes(amount=3, vip=True, signed="2026-03-02", place="Lugo", more=[1], nothing=None))
    write(database, with_attributes(amount=2.5, vip="yes", signed="soon"))
    kinds = table_of("task_type_attributes")
    with database.reading() as session:
        found = dict(session.connection().execute(select(kinds.c.name, kinds.c.kind)).all())
    assert found == {"amount": "number", "vip": "text", "signed": "text", "place": "text", "more": "other"}


def test_what_is_known_can_be_referred_to(database: Database, make_office: MakeOffice) -> None:
    rows = [task("T1"), task("T2", after=("T1",)), task("T3", after=("T2",), closed=MONDAY_8)]
    write(database, make_office(tasks=rows, holidays=[{"date": MONDAY}]))
    with database.reading() as session:
        known = read_known(session)
        assert known.ids["teams"] == {"billing", "claims"}
        assert known.ids["tasks"] == {"T1", "T2", "T3"}
        assert known.types_with_sla == {"dispute"}
        assert known.after == {"T2": ["T1"]}
        assert sorted(known.shifts(MONDAY, MONDAY)) == [
            (agent, MONDAY, MONDAY_8, MONDAY_8 + 17 * HOUR // 2) for agent in ("ana", "ben")
        ]
        calendar = read_office_calendar(session, timezone="UTC")
    assert calendar.zone.key == "Europe/Madrid"
    assert not calendar.is_open_on(MONDAY)


def test_clock_changes_come_back(database: Database, make_office: MakeOffice) -> None:
    """Shifts over both changes of the year; a shift of which the change leaves nothing is refused."""
    spring, autumn = date(2026, 3, 28), date(2026, 10, 24)
    rows = [shift("ana", spring, 22, 6, ((time(1), time(3, 30), "break", True),)), shift("ana", autumn, 22, 6)]
    office = make_office(shifts=rows)
    write(database, office)
    shifts = table_of("shifts")
    with database.reading() as session:
        found = session.connection().execute(select(shifts.c.ends_at - shifts.c.starts_at).order_by(shifts.c.day)).all()
        hours = [getattr(length, "total_seconds", lambda value=length: value)() / HOUR for (length,) in found]
    assert hours == [7.0, 9.0]
    assert read(database, MONDAY_8 + 26 * 24 * HOUR).rows("shifts") == office.rows("shifts")[:1]
    assert write(database, office)["shifts"] == TableChanges(unchanged=2)
    swallowed = make_office(shifts=[shift("ana", spring + timedelta(days=1), 2, 3)])
    with pytest.raises(InputError, match="02:00 to 03:00; expected a shift of which the clock change"):
        write(database, swallowed)


def test_a_text_that_the_database_cannot_hold_is_said(
    make_database_url: Callable[..., str], make_office: MakeOffice
) -> None:
    with (
        Database(make_database_url("postgresql")) as database,
        pytest.raises(InputError, match="texts that the database can store"),
    ):
        write(database, make_office(tasks=[task("T1", title="a\x00b")]))
