"""Uploads: taken in as jobs, all or nothing; names are never paths, and nothing unpacks without end."""

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from api.routes import imports
from models.errors import InputError
from models.vocabulary import Role
from services.jobs import unpacking
from services.jobs.unpacking import write_log, write_tables

TABLES = {
    "teams.csv": "id,name\nt1,Team one\n",
    "skills.csv": "id\ns1\n",
    "agents.csv": "id,name,team\na1,Ann,t1\n",
    "agent_skills.csv": "agent,skill,level\na1,s1,3\n",
    "task_types.csv": "id,team,skill,min_level,handling_minutes,sla_minutes\nk1,t1,s1,1,10,480\n",
    "tasks.csv": "id,type,arrived\nT1,k1,2026-03-02 08:00\nT2,k1,2026-03-02 09:00\n",
}


def archive(files: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return stream.getvalue()


def send(api: Any, key: str, name: str, body: bytes, kind: str = "tables", **fields: Any) -> Any:
    return api.post(f"/api/imports/{kind}", key=key, files={"file": (name, body)}, data=fields)


def do(api: Any, key: str, do_jobs: Callable[[Any], int], answer: Any) -> tuple[dict[str, Any], Any]:
    """Do the job of an answer and return it with its result, if it has one."""
    assert answer.status_code == 202, answer.text
    assert do_jobs(api) == 1
    job = api.get(answer.headers["location"], key=key).json()
    return job, (api.get(job["links"]["result"], key=key).json() if "result" in job["links"] else None)


def test_an_archive_is_rehearsed_then_taken_in(api: Any, do_jobs: Callable[[Any], int]) -> None:
    key = api.key(Role.ADMIN)
    body = archive({"office/" + name: text for name, text in TABLES.items()} | {"office/readme.md": "hello"})
    job, told = do(api, key, do_jobs, send(api, key, "office.zip", body, dry_run=True, timezone="Europe/Madrid"))
    assert (job["state"], told["ok"], told["report"]["tables"]["tasks"]["new"]) == ("done", True, 2)
    assert api.get("/api/office/tasks", key=key).json()["items"] == []
    job, told = do(api, key, do_jobs, send(api, key, "office.zip", body, timezone="Europe/Madrid"))
    assert told["report"]["source"] == "office.zip"
    assert told["report"]["batch"] >= 1
    assert [item["id"] for item in api.get("/api/office/tasks", key=key).json()["items"]] == ["T1", "T2"]
    job, told = do(api, key, do_jobs, send(api, key, "office.zip", body))
    assert told["report"]["tables"]["tasks"] == {"new": 0, "changed": 0, "unchanged": 2, "gone": 0}


def test_faults_are_told_cell_by_cell_and_nothing_is_taken_in(api: Any, do_jobs: Callable[[Any], int]) -> None:
    key = api.key(Role.ADMIN)
    tasks = "id,type,arrived\nT1,k1,soon\nT2,k1,2026-03-02 09:00\n"
    body = archive({**TABLES, "tasks.csv": tasks})
    job, told = do(api, key, do_jobs, send(api, key, "office.zip", body, dry_run=True))
    assert (job["state"], told["ok"], told["num_faults"]) == ("done", False, 1)
    (fault,) = told["faults"]
    assert (fault["file"], fault["record"], fault["field"]) == ("tasks.csv", "row 2", "arrived")
    job, told = do(api, key, do_jobs, send(api, key, "office.zip", body))
    assert (job["state"], job["problem"]["num_faults"], told) == ("failed", 1, None)
    assert api.get("/api/office/tasks", key=key).json()["items"] == []
    job, told = do(api, key, do_jobs, send(api, key, "office.zip", body, takes_good_rows=True))
    assert job["state"] == "done"
    assert [item["id"] for item in api.get("/api/office/tasks", key=key).json()["items"]] == ["T2"]
    assert "soon" in told["left_out_csv"]
    mended = told["left_out_csv"].replace("soon", "2026-03-02 08:00").encode()
    job, _ = do(api, key, do_jobs, send(api, key, "left-out.csv", mended))
    assert job["state"] == "done", job
    assert len(api.get("/api/office/tasks", key=key).json()["items"]) == 2


def test_a_log_is_taken_in(
    small_api: Any, do_jobs: Callable[[Any], int], make_database_url: Any, make_api: Any
) -> None:
    api = make_api(make_database_url("sqlite"))
    key = api.key(Role.ADMIN)
    rows = [
        f"c{n},check,p{n % 2},2026-02-{2 + n % 5:02d}T09:{n % 50:02d}:00,2026-02-{2 + n % 5:02d}T09:{n % 50 + 5:02d}:00"
        for n in range(40)
    ]
    body = gzip.compress("\n".join(["case,step,who,begin,end", *rows]).encode())
    fields = {"case": "case", "type": "step", "agent": "who", "start": "begin", "end": "end", "timezone": "UTC"}
    job, told = do(api, key, do_jobs, send(api, key, "claims.csv.gz", body, "log", **fields))
    assert job["state"] == "done", job
    assert told["report"]["instances"] == 40
    assert small_api.get("/api/office/agents", key=small_api.key(Role.ADMIN)).status_code == 200
    assert len(api.get("/api/office/agents", key=key).json()["items"]) == 2


@pytest.mark.parametrize("name", ["../../tasks.csv", "/srv/tasks.csv", "a/..\\..\\tasks.csv", "tasks.csv"])
def test_names_in_an_archive_never_become_paths(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    assert write_tables(folder, "../../x.zip", archive({name: "id\n"})) == folder
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        "in/here/tasks.csv"
    ]


def test_names_of_uploads_never_become_paths(tmp_path: Path) -> None:
    assert write_tables(tmp_path, "../../../etc/tasks.csv", b"id\n") == tmp_path / "tasks.csv"
    assert write_tables(tmp_path, "..\\what ever;.xlsx", b"PK\x03\x04") == tmp_path / "upload.xlsx"
    assert write_log(tmp_path, "/etc/passwd.XES.gz", b"x") == tmp_path / "log.xes.gz"
    for write, name in ((write_tables, "passwd"), (write_tables, "a.exe"), (write_log, "log.zip"), (write_log, "..")):
        with pytest.raises(InputError, match=r"a \.zip of tables|a log, a file ending in"):
            write(tmp_path, name, b"x")


def test_an_archive_that_unpacks_to_more_than_is_taken_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 2 * 1024**2)
    bomb = archive({"tasks.csv": b"0" * 1024**2, "agents.csv": b"0" * 1024**2, "teams.csv": b"0"})
    assert len(bomb) < 10_000
    with pytest.raises(InputError, match="unpacks to more than 2 MiB"):
        write_tables(tmp_path, "x.zip", bomb)
    # The sizes in its directory are not believed.
    lying = bomb.replace((1024**2).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(InputError, match=r"is no archive that can be read|unpacks to more"):
        write_tables(tmp_path, "y.zip", lying)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({f"{n}/tasks.csv": "" for n in range(201)}, "an archive of at most 200 files"),
        ({"a/tasks.csv": "id\n", "b/tasks.csv": "id\n"}, "one file a table"),
        ({"readme.md": "x"}, "holds no table"),
    ],
)
def test_strange_archives_are_refused(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        write_tables(tmp_path, "x.zip", archive(files))


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    whole = archive(TABLES)
    for raw in (whole[:200], b"PK\x03\x04", whole[:30] + b"\xff" * 40 + whole[70:]):
        with pytest.raises(InputError):
            write_tables(tmp_path, "x.zip", raw)


def test_too_much_and_nothing_are_refused(small_api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_UPLOADED", 100)
    key = small_api.key(Role.ADMIN)
    assert send(small_api, key, "tasks.csv", b"x" * 101).status_code == 413
    assert send(small_api, key, "tasks.csv", b"").status_code == 422
    assert small_api.post("/api/imports/tables", key=key, json={}).status_code == 422
    assert small_api.get("/api/jobs", key=key).json()["items"] == []


def test_a_job_of_an_upload_says_its_name_and_no_path(small_api: Any, do_jobs: Callable[[Any], int]) -> None:
    key = small_api.key(Role.ADMIN)
    job, _ = do(small_api, key, do_jobs, send(small_api, key, "../../we\x1bird.exe", b"x"))
    assert job["question"]["name"] == "weird.exe"
    assert job["problem"]["faults"][0]["file"] == "weird.exe"
    assert "swingdesk-import" not in str(job)
