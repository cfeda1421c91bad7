"""The examples of `docs/api.md` are run against a real server, in their order, as one reader would run them.

One server in this process answers both languages on one office, and does its jobs here too: starting processes for that
would cost more than all examples. Its clock stands in the office's working day.
"""

import os
import re
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from api.errors import STATUS
from models.database import Database
from models.repositories.jobs.leasing import claim_job, read_clock
from models.vocabulary import Role
from services.access.recognition import Recognition
from services.importing import write_template_folder
from services.jobs.doing import do_job
from services.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"^```(python|bash)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STATUS_ROW = re.compile(r"^\| (\d{3}) \|", re.MULTILINE)
SUNDAY = date(2026, 3, 1)
TEN_ON_MONDAY = datetime.fromisoformat("2026-03-02T10:00:00+01:00").timestamp()


class DoesJobs:
    """Does the jobs of a database in a thread of this process, until it is left."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with Database(self._url) as database:
            while not self._stop.wait(0.05):
                with database.writing() as session:
                    connection = session.connection()
                    job = claim_job(connection, owner="page", now=read_clock(connection), lease_s=600)
                if job is not None:
                    do_job(Settings(database_url=self._url), job.id, owner="page")


@pytest.fixture
def run_examples(
    make_database_url: Callable[..., str],
    serve_here: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Callable[..., str]]:
    """Run a command as the reader does: a server is there, and the archive of the example office."""
    machine_time = time.time
    moved_by = TEN_ON_MONDAY - machine_time()

    def moved_time() -> float:
        return machine_time() + moved_by

    monkeypatch.setattr(time, "time", moved_time)
    bound = Recognition.__init__.__kwdefaults__  # when it was defined
    assert bound is not None
    monkeypatch.setitem(bound, "clock", moved_time)
    with zipfile.ZipFile(tmp_path / "office.zip", "w") as archive:
        for file in write_template_folder(tmp_path / "office", today=SUNDAY):
            archive.write(file, f"office/{file.name}")
    url = make_database_url("sqlite")
    server = serve_here(url)
    environment = {**os.environ, "URL": server.address, "KEY": server.key(Role.ADMIN, principal="root")}

    def run(*command: str) -> str:
        ran = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
        )
        assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}\n{server.log.getvalue()[-2000:]}"
        return ran.stdout

    with DoesJobs(url):
        yield run


def test_the_examples_do_what_they_say(run_examples: Callable[..., str]) -> None:
    blocks: dict[str, list[str]] = {"python": [], "bash": []}
    for language, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        blocks[language].append(code)
    said = run_examples(sys.executable, "-c", "\n".join(blocks["python"]))
    for expected in (
        "['admin']\n",
        "'new': 3",
        "1 person sees changes: Chloe Martin",
        "one more: on time +",
        "60 wait; first",
    ):
        assert expected in said
    said = run_examples("bash", "-euc", "\n".join(blocks["bash"]))
    for expected in (
        '"principal":"root"',
        "Ben Otto",
        '"signed-in"\n"started"\n"completed"\n',
        "event: queue\n",
        "rosa",
    ):
        assert expected in said


def test_every_section_with_an_example_has_one_in_each_language() -> None:
    for section in PAGE.read_text(encoding="utf-8").split("\n## "):
        languages = {language for language, _ in BLOCK.findall(section)}
        assert "bash" not in languages or "python" in languages, section[:60]


def test_the_page_explains_every_refusal() -> None:
    told = {int(status) for status in STATUS_ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert told == {int(status) for status in STATUS.values()}
    assert HTTPStatus.INTERNAL_SERVER_ERROR not in told
