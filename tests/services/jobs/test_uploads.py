"""An upload is rehearsed and kept, then taken in once, or dropped; and what an empty database can be filled with."""

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from models.database import Database
from models.errors import ConflictError, NotFoundError
from models.repositories.audit import list_changes
from models.repositories.jobs.asking import get_job, get_result
from models.repositories.jobs.leasing import claim_job, read_clock
from models.repositories.office_pages import count_office, get_agent, list_agents, list_shifts
from models.repositories.principals import ensure_principal
from models.vocabulary import PrincipalKind, Role
from services.access.caller import Caller
from services.audit.backup import make_backup
from services.demo import DemoSize, fill_with_demo
from services.jobs.doing import do_job
from services.jobs.questions import ImportAsk
from services.jobs.unpacking import write_tables
from services.jobs.uploads import drop_upload, has_upload, rehearse_upload, take_in_upload
from services.office_editing import remove_shift
from services.settings import Settings
from services.system_state import read_system_state
from services.upserting import check_rows

ADMIN = Caller(principal_id="admin", roles=frozenset({Role.ADMIN}))
GOOD, BAD = b"id,name\nappeals,Appeals\n", b"id,name\nappeals,Appeals\nappeals,Again\n"
MONDAY = date(2026, 3, 2)


@pytest.fixture
def settings(database: Database, database_url: str) -> Settings:
    with database.writing() as session:
        ensure_principal(session, "admin", kind=PrincipalKind.PERSON, name="admin", at=0)
    return Settings(database_url=database_url)


def do(database: Database, settings: Settings, job_id: int) -> str:
    with database.writing() as session:
        connection = session.connection()
        claimed = claim_job(connection, owner="test", now=read_clock(connection), lease_s=60)
    assert claimed is not None
    assert claimed.id == job_id
    do_job(settings, job_id, owner="test")
    with database.reading() as session:
        assert get_job(session.connection(), job_id).is_ended
        return get_result(session.connection(), job_id).body.decode()


def teams_of(database: Database) -> int:
    with database.reading() as session:
        return count_office(session.connection())["teams"]


def test_an_upload_outlasts_its_rehearsal_and_is_taken_in_once(database: Database, settings: Settings) -> None:
    rehearsal = rehearse_upload(database, ADMIN, ImportAsk(name="teams.csv"), GOOD, what="test")
    with pytest.raises(ConflictError, match="not ended"):
        take_in_upload(database, ADMIN, rehearsal.id, what="test")
    assert '"ok":true' in do(database, settings, rehearsal.id)
    assert teams_of(database) == 0
    assert has_upload(database, rehearsal.id)
    taken = take_in_upload(database, ADMIN, rehearsal.id, what="test")
    assert not has_upload(database, rehearsal.id)
    do(database, settings, taken.id)
    assert teams_of(database) == 1
    with pytest.raises(ConflictError, match="already"):
        take_in_upload(database, ADMIN, rehearsal.id, what="test")
    with pytest.raises(NotFoundError, match="no rehearsal"):
        drop_upload(database, ADMIN, taken.id)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("teams.csv", "teams.csv"),
        ("Teams (1).CSV", "teams.csv"),
        ("C:\\office\\task types mended 2.csv", "task_types.csv"),
        ("tasks-2026-11-22.csv.gz", "tasks.csv.gz"),
        ("left-out-2.csv", "upload.csv"),
        ("teamsters.csv", "upload.csv"),
        ("roster of May.xlsx", "upload.xlsx"),
        ("office 2026.xlsx", "upload.xlsx"),
        ("Office.xlsx", "office.xlsx"),
    ],
)
def test_a_file_is_known_by_the_table_that_its_name_begins_with(tmp_path: Path, name: str, file: str) -> None:
    assert write_tables(tmp_path, name, GOOD) == tmp_path / file


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("teamsters.csv", GOOD, "a name that says which table it holds, such as tasks.csv, or a column #table"),
        ("mended tasks.csv", GOOD, "a name that says which table it holds, such as tasks.csv, or a column #table"),
        ("left-out-2.csv", b"id,#table\nappeals,team\n", "the table that the row is of, one of office"),
        ("Teams (1).csv", BAD, "one row for each; row 2 has the same"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_by_the_name_that_people_know(
    database: Database, settings: Settings, name: str, body: bytes, expected: str
) -> None:
    rehearsal = rehearse_upload(database, ADMIN, ImportAsk(name=name), body, what="test")
    told = json.loads(do(database, settings, rehearsal.id))
    assert [fault["file"] for fault in told["faults"]] == [name]
    assert told["faults"][0]["expected"].startswith(expected)


def test_a_workbook_of_several_sheets_is_of_no_table_that_its_name_begins_with(
    database: Database, settings: Settings
) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Notes"
    book.worksheets[0].append(["for whoever comes after me"])
    teams = book.create_sheet("teams")
    for row in (["id", "name"], ["appeals", "Appeals"]):
        teams.append(row)
    stream = io.BytesIO()
    book.save(stream)
    rehearsal = rehearse_upload(database, ADMIN, ImportAsk(name="office 2026.xlsx"), stream.getvalue(), what="test")
    told = json.loads(do(database, settings, rehearsal.id))
    assert told["ok"], told
    assert told["report"]["tables"]["teams"]["new"] == 1
    assert told["report"]["asides"] == ["office 2026.xlsx [Notes] is no table: left aside"]


def test_what_is_wrong_is_found_without_storing_and_an_upload_can_be_dropped(
    database: Database, settings: Settings
) -> None:
    rehearsal = rehearse_upload(database, ADMIN, ImportAsk(name="teams.csv"), BAD, what="test")
    told = do(database, settings, rehearsal.id)
    assert '"ok":false' in told
    assert "row 3" in told
    assert drop_upload(database, ADMIN, rehearsal.id)
    assert not has_upload(database, rehearsal.id)
    assert not drop_upload(database, ADMIN, rehearsal.id)


def test_a_demo_office_goes_only_into_an_empty_database_and_its_rosters_are_edited(
    database: Database, settings: Settings
) -> None:
    size = DemoSize(num_agents=12, num_tasks=20, day=MONDAY)
    fill_with_demo(database, size=size, now=0, principal_id="admin")
    with pytest.raises(ConflictError, match="office already"):
        fill_with_demo(database, size=size, now=0, principal_id="admin")
    with database.reading() as session:
        first = list_agents(session.connection(), limit=1)[0]
        found = list_agents(session.connection(), text=first["name"].upper(), limit=5)
        shift = list_shifts(session.connection(), start=0, end=10**10, agent=first["id"], limit=1)[0]
    assert [one["id"] for one in found] == [first["id"]]
    [error] = check_rows(database, settings, "agents", [{"id": "new", "team": "nowhere"}])
    assert error.field == "team"
    assert check_rows(database, settings, "agents", [{"id": "new", "team": first["team_id"]}]) == ()
    with database.reading() as session, pytest.raises(NotFoundError):
        get_agent(session.connection(), "new")
    remove_shift(database, first["id"], shift["starts_at"], now=5, principal_id="admin", what="test")
    with database.reading() as session:
        left = list_shifts(session.connection(), start=0, end=10**10, agent=first["id"], limit=50)
        change = list_changes(session, subject="agent", limit=1)[0]
    assert shift["starts_at"] not in [one["starts_at"] for one in left]
    assert change.before == {"starts_at": shift["starts_at"], "ends_at": shift["ends_at"]}
    with pytest.raises(NotFoundError, match="no shift"):
        remove_shift(database, first["id"], shift["starts_at"], now=5, principal_id="admin", what="test")


@pytest.mark.usefixtures("settings")
def test_the_state_of_the_system_tells_size_revision_and_the_last_backup(database: Database, tmp_path: Path) -> None:
    before = read_system_state(database)
    assert before.last_backup_at is None
    make_backup(database, tmp_path / "copy.zip", now=77, principal_id="admin")
    rehearse_upload(database, ADMIN, ImportAsk(name="teams.csv"), GOOD, what="test")
    after = read_system_state(database)
    assert after.last_backup_at == 77
    assert after.num_waiting == 1
    assert after.revision == after.newest
    assert after.size_bytes is not None
    assert after.size_bytes > 10_000
