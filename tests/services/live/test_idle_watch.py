"""The background duty that notes who is free although work waits."""

import time
from collections.abc import Callable

from structlog.testing import capture_logs

from models.database import Database
from models.formats.offices.office import Office
from models.repositories.live.events import assign_positions
from models.repositories.offices import write_office
from services.live.acts import Act
from services.live.desk import Desk
from services.live.duties import STANDARD_DUTIES
from services.live.following import POLL_S
from services.live.idle_watch import EVERY_S, IdleWatch
from services.live.idling import GRACE_S
from services.settings import Settings

PATIENCE_S = 60.0
POSITIONS_S = next(duty.every_s for duty in STANDARD_DUTIES if duty.name == "positions")


def test_who_is_free_beside_work_is_logged_once_with_the_reason(
    database: Database, make_office: Callable[..., Office]
) -> None:
    with database.writing() as session:
        write_office(session, make_office())
    desk = Desk(database, Settings())
    desk.sign_in("ben", Act())
    now = int(time.time()) + GRACE_S
    watch = IdleWatch()
    give_up_at = time.monotonic() + PATIENCE_S
    with capture_logs() as logs:
        try:
            while not watch.look(database, Settings(), now):
                assert time.monotonic() < give_up_at
                time.sleep(0.05)
            assert watch.look(database, Settings(), now) == 1
            desk.sign_out("ben", Act())
            while watch.look(database, Settings(), now):
                assert time.monotonic() < give_up_at
                with database.writing() as session:
                    assign_positions(session.connection())
                time.sleep(0.05)
        finally:
            watch.stop()
    told = [entry for entry in logs if entry["event"] == "idle-agent"]
    assert [(entry["agent"], entry["task"], entry["doable"]) for entry in told] == [("ben", "T3", 2)]
    assert told[0]["blocked"] == {}
    assert "2 tasks could be done" in told[0]["why"]


def test_it_looks_often_enough_to_find_them_within_five_seconds() -> None:
    assert GRACE_S + EVERY_S + POLL_S + POSITIONS_S < 5
