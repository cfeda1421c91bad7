"""Rows that an import leaves out are handed out, mended, and taken in again under the name that they came with."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.repositories.jobs.leasing import claim_job, read_clock
from models.vocabulary import Role
from services.jobs.doing import do_job
from services.settings import Settings

OURS = {"Sec-Fetch-Site": "same-origin"}
AGENTS = b"id,name,team,max_moves\nann,Ann,appeals,many\nbob,Bob,appeals,2\n"


class Importer:
    """Somebody who takes files in by the pages, with the jobs done in this process."""

    def __init__(self, api: Any) -> None:
        self.api, self.key = api, api.key(Role.ADMIN, principal="root")

    def get(self, path: str) -> Any:
        return self.api.get(path, key=self.key)

    def upload(self, name: str, body: bytes) -> str:
        """Have a file looked at, and return the address of what was found."""
        files = {"file": (name, body, "text/csv")}
        return self._ask("/office/import", data={"kind": "tables"}, files=files)

    def take_in(self, where: str, **fields: str) -> str:
        """Take in what was looked at, and return the address of what came of it."""
        return self._ask(f"{where}/take-in", data=fields)

    def _ask(self, path: str, **options: Any) -> str:
        answer = self.api.post(path, key=self.key, headers=OURS, **options)
        assert answer.status_code == 303, answer.text
        with Database(self.api.url) as database:
            with database.writing() as session:
                connection = session.connection()
                job = claim_job(connection, owner="test", now=read_clock(connection), lease_s=60)
            assert job is not None
            do_job(Settings(database_url=self.api.url), job.id, owner="test")
        return str(answer.headers["location"])


@pytest.fixture
def importer(make_database_url: Callable[..., str], make_api: Callable[..., Any]) -> Importer:
    return Importer(make_api(make_database_url("sqlite"), rate_per_key=""))


def test_the_rows_that_were_left_out_are_mended_and_taken_in_under_their_own_name(importer: Importer) -> None:
    importer.take_in(importer.upload("teams.csv", b"id,name\nappeals,Appeals\n"))
    looked_at = importer.upload("agents.csv", AGENTS)
    assert "max_moves" in importer.get(looked_at).text
    taken = importer.take_in(looked_at, good_rows="yes")
    handed_out = importer.get(f"{taken}/left-out.csv")
    name = re.search(r'filename="([^"]+)"', handed_out.headers["content-disposition"])
    assert name is not None
    assert importer.get("/office/people/ann").status_code == 404
    again = importer.upload(name[1], handed_out.content)
    assert f"{name[1]}</td>" in importer.get(again).text  # what is wrong is told by the name that people know
    mended = importer.upload(name[1], handed_out.content.replace(b"many", b"3"))
    importer.take_in(mended)
    assert [importer.get(f"/office/people/{one}").status_code for one in ("ann", "bob")] == [200, 200]
