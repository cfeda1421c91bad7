"""A backup restored over the database of an application at work: it goes on with what was restored."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.database import Database
from models.formats.offices.office import Office
from models.vocabulary import Role
from services.audit.backup import make_backup
from services.audit.restore import restore_backup
from services.audit.trail import verify
from services.importing.store import store_office
from services.live.replay import verify_database

WAIT_S = 60


def test_the_queue_follows_a_restored_database(api: Any, make_office: Callable[..., Office], tmp_path: Path) -> None:
    now = int(time.time())
    with Database(api.url) as database:
        with database.writing() as session:
            store_office(session, make_office(), kind="tables", now=now)
        lead = api.key(Role.LEAD, teams=("billing", "claims"))

        def open_tasks() -> set[str]:
            answer = api.get("/api/queue", key=lead)
            assert answer.status_code == 200, answer.text
            return {item["task_id"] for item in answer.json()["items"]}

        def cancel(task: str) -> int:
            return int(api.post(f"/api/tasks/{task}/cancel", key=lead, json={"reason": "duplicate"}).status_code)

        assert open_tasks() == {"T1", "T2", "T3"}
        make_backup(database, tmp_path / "a.backup", now=now)
        assert cancel("T1") == 200
        assert cancel("T1") == 409
        assert open_tasks() == {"T2", "T3"}
        restore_backup(database, tmp_path / "a.backup", now=now, may_replace=True)
        give_up_at = time.monotonic() + WAIT_S
        while open_tasks() != {"T1", "T2", "T3"} and time.monotonic() < give_up_at:
            time.sleep(0.05)
        assert open_tasks() == {"T1", "T2", "T3"}
        assert cancel("T1") == 200
        assert open_tasks() == {"T2", "T3"}
        assert verify_database(database).holds
        assert verify(database).holds
