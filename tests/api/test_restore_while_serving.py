"""A backup restored over the database of an application at work: it goes on with what was restored."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.database import Database
from models.formats.offices.office import Office
from models.repositories.plans import add_plan
from models.vocabulary import Role, Rule
from services.audit.backup import make_backup
from services.audit.restore import restore_backup
from services.audit.trail import verify
from services.daily_plan import ask_for_day
from services.importing.store import store_office
from services.live.replay import verify_database
from services.planning import dispatch_problem
from services.settings import Settings

MONDAY_8 = 1772434800
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


def test_a_plan_s_number_means_the_plan_that_was_restored(
    api: Any, make_office: Callable[..., Office], tmp_path: Path
) -> None:
    """What is kept of plans is kept by their numbers, and these are given anew after a restore."""
    now = int(time.time())
    with Database(api.url) as database:
        with database.writing() as session:
            store_office(session, make_office(), kind="tables", now=now)
        planner = api.key(Role.PLANNER)
        make_backup(database, tmp_path / "a.backup", now=now)

        def store(made_at: int) -> int:
            question = ask_for_day(database, Settings(), at=MONDAY_8)
            plan = replace(dispatch_problem(question.problem, Rule.FIFO), seed=made_at)
            with database.writing() as session:
                return add_plan(session, plan, question.problem, made_at=made_at, timezone=question.zone_name)

        def seed_of(plan_id: int) -> Any:
            answer = api.get(f"/api/plans/{plan_id}", key=planner)
            assert answer.status_code == 200, answer.text
            return answer.json()["seed"]

        first = store(11)
        assert seed_of(first) == 11
        restore_backup(database, tmp_path / "a.backup", now=now, may_replace=True)
        assert store(22) == first
        give_up_at = time.monotonic() + WAIT_S
        while seed_of(first) != 22 and time.monotonic() < give_up_at:
            time.sleep(0.05)
        assert seed_of(first) == 22
