"""Two leads and a move between their teams: agreed by both, refused with a reason, taken back; and who may not."""

from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.errors import ForbiddenError, StaleError, UsageError
from models.repositories.audit import list_changes
from models.repositories.lendings import Lending
from models.repositories.offices import write_office
from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR
from models.vocabulary import Role
from models.vocabulary_lending import LendingState
from services.access.caller import Caller
from services.access.principals import create_principal
from services.access.tracing import Act
from services.daily_plan import ask_for_day
from services.settings import Settings
from services.today.lendings import Move, accept_move, find_lendings, refuse_move, take_back

MONDAY_8 = 1772434800
WHAT = "POST /today/lendings"
GIVER = Caller(principal_id="lea", roles=frozenset({Role.LEAD}), teams=frozenset({"billing"}))
TAKER = Caller(principal_id="leo", roles=frozenset({Role.LEAD}), teams=frozenset({"claims"}))
MOVE = Move(
    agent_id="ana",
    home_team="billing",
    team="claims",
    start=MONDAY_8 + SECONDS_PER_HOUR,
    end=MONDAY_8 + 2 * SECONDS_PER_HOUR,
    tasks=("T2",),
)


@pytest.fixture
def office(database: Database, make_office: Callable[..., Any]) -> Database:
    with database.writing() as session:
        write_office(session, make_office())
    for caller in (GIVER, TAKER):
        create_principal(
            database,
            caller.principal_id,
            roles=list(caller.roles),
            teams=sorted(caller.teams),
            name=caller.principal_id,
            act=Act(at=MONDAY_8, by=None, what="test"),
        )
    return database


def accept(database: Database, caller: Caller, version: int = 0) -> Lending:
    return accept_move(database, caller, MOVE, plan_id=None, version=version, now=MONDAY_8, what=WHAT)


def refuse(database: Database, caller: Caller, reason: str, version: int = 0) -> Lending:
    return refuse_move(database, caller, MOVE, plan_id=None, version=version, reason=reason, now=MONDAY_8, what=WHAT)


def test_a_move_is_agreed_once_the_leads_of_both_teams_have_said_yes(office: Database) -> None:
    first = accept(office, GIVER)
    assert (first.state, first.giving_said_by, first.taking_said_by) == (LendingState.ACCEPTED, "lea", None)
    second = accept(office, TAKER, version=first.version)
    assert (second.id, second.state, second.taking_said_by) == (first.id, LendingState.AGREED, "leo")
    back = take_back(office, GIVER, second.id or 0, version=second.version, now=MONDAY_8, what=WHAT)
    assert (back.state, back.giving_said_by, back.taking_said_by) == (LendingState.ACCEPTED, None, "leo")
    with office.reading() as session:
        states = [change.after and change.after.get("state") for change in list_changes(session, subject="lending")]
    assert states == ["accepted", "agreed", "accepted"]


def test_who_leads_both_teams_agrees_alone_and_who_leads_neither_says_nothing(office: Database) -> None:
    nobody = Caller(principal_id="leo", roles=frozenset({Role.LEAD}), teams=frozenset({"orders"}))
    planner = Caller(principal_id="leo", roles=frozenset({Role.PLANNER}))
    for caller in (nobody, planner):
        with pytest.raises(ForbiddenError):
            accept(office, caller)
    both = Caller(principal_id="lea", roles=frozenset({Role.LEAD}), teams=frozenset({"billing", "claims"}))
    assert accept(office, both).state is LendingState.AGREED


def test_an_answer_to_what_has_changed_since_is_refused_and_says_who_was_faster(office: Database) -> None:
    accept(office, GIVER)
    with pytest.raises(StaleError, match="lea has answered"):
        refuse(office, TAKER, "we are short ourselves")


def test_no_plan_of_that_day_makes_a_refused_move_until_it_is_taken_back(office: Database) -> None:
    def lends(at: int) -> bool:
        problem = ask_for_day(office, Settings(), at=at).problem
        return "claims" in next(agent for agent in problem.agents if agent.id == "ana").swing_teams

    with pytest.raises(UsageError, match="say why"):
        refuse(office, TAKER, "  ")
    assert lends(MONDAY_8)
    refused = refuse(office, TAKER, "Ana stays  here")
    assert (refused.state, refused.reason, refused.refused_by) == (LendingState.REFUSED, "Ana stays here", "leo")
    assert not lends(MONDAY_8)
    take_back(office, TAKER, refused.id or 0, version=refused.version, now=MONDAY_8, what=WHAT)
    assert lends(MONDAY_8)


def test_leads_are_shown_the_moves_from_and_to_their_teams(office: Database) -> None:
    accept(office, GIVER)
    day = {"start": MONDAY_8, "end": MONDAY_8 + SECONDS_PER_DAY}
    assert [one.agent_id for one in find_lendings(office, teams={"claims"}, **day)] == ["ana"]
    assert find_lendings(office, teams={"orders"}, **day) == []
