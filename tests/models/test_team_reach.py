"""Which tasks are a team's otherwise than by their type, all at once as one by one."""

from collections.abc import Callable

import pytest

from models.database import Database
from models.formats.offices.office import Office
from models.repositories.access.reach import tasks_with_teams, teams_of_task
from services.importing.store import store_office
from services.live.acts import Act
from services.live.desk import Desk
from services.settings import Settings

MONDAY_8 = 1_772_434_800
HOUR = 3600
TYPE_TEAM = {"pinned": "billing", "held": "claims", "plain": "claims", "done": "billing"}


@pytest.fixture
def office(make_office: Callable[..., Office]) -> Office:
    return make_office(
        tasks=[
            {"id": "pinned", "type": "dispute", "arrived": MONDAY_8 - HOUR, "pinned_agent": "ben"},
            {"id": "held", "type": "claim", "arrived": MONDAY_8 - HOUR},
            {"id": "plain", "type": "claim", "arrived": MONDAY_8 - HOUR},
            {
                "id": "done",
                "type": "dispute",
                "arrived": MONDAY_8 - HOUR,
                "pinned_agent": "ben",
                "done_by": "ben",
                "started": MONDAY_8 - HOUR,
                "closed": MONDAY_8 - HOUR // 2,
            },
        ]
    )


def test_tasks_are_a_team_s_by_pin_and_hand_as_each_of_them_says(database: Database, office: Office) -> None:
    with database.writing() as session:
        store_office(session, office, kind="tables", now=MONDAY_8)
    desk = Desk(database, Settings(), clock=lambda: MONDAY_8)
    desk.sign_in("ana", Act(principal_id=None))
    desk.claim("ana", "held", Act(principal_id=None))
    with database.reading() as session:
        connection = session.connection()
        by_team = {team: tasks_with_teams(connection, {team}) for team in ("billing", "claims")}
        each = {task: teams_of_task(connection, task) for task in TYPE_TEAM}
        assert tasks_with_teams(connection, {"billing", "claims"}) == {"pinned", "held"}
        assert tasks_with_teams(connection, ()) == frozenset()
    assert by_team == {"billing": {"held"}, "claims": {"pinned"}}
    for task in ("pinned", "held", "plain"):
        otherwise = {team for team, tasks in by_team.items() if task in tasks}
        assert each[task] == {TYPE_TEAM[task], *otherwise}
