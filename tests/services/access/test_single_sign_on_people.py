"""Whom the provider knows, and who they are here: on both databases, without a provider."""

from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.errors import SignInRefusedError
from models.formats.offices.office import Office
from models.repositories.access.identities import SignOn, add_sign_on, find_identity, take_sign_on
from models.repositories.access.principals import get_principal
from models.vocabulary import Role
from models.vocabulary_access import Refusal
from services.access.principals import create_principal, disable_principal, read_principals
from services.access.sessions import forget_old_sessions
from services.access.single_sign_on.people import connect, find_person
from services.access.single_sign_on.terms import GroupRole, ProviderTerms
from services.access.tracing import Act
from services.importing.store import store_office

NOW = 1_772_434_800
ISSUER = "https://id.example.org"
ACT = Act(at=NOW, by=None, what="test")
TERMS = ProviderTerms(
    issuer=ISSUER,
    client_id="swingdesk",
    creates_people=True,
    roles=(
        GroupRole(group="planners", role=Role.PLANNER),
        GroupRole(group="leads", role=Role.LEAD, team="billing"),
        GroupRole(group="others", role=Role.LEAD, team="no-such-team"),
        GroupRole(group="tellers", role=Role.AGENT),
    ),
)


@pytest.fixture
def office(database: Database, make_office: Callable[..., Office]) -> Database:
    """The small office: teams billing and claims, agents ana and ben."""
    with database.writing() as session:
        store_office(session, make_office(), kind="tables", now=NOW)
    return database


def come(database: Database, subject: str, name: str, *groups: Any) -> str:
    claims = {"sub": subject, "preferred_username": name, "groups": list(groups), "name": f"{name}\u202e of \x07us"}
    with database.writing() as session:
        return find_person(session, TERMS, claims, at=NOW, what="test")


def refusal(database: Database, subject: str, name: str, *groups: Any) -> Refusal:
    with pytest.raises(SignInRefusedError) as raised:
        come(database, subject, name, *groups)
    return raised.value.reason


def test_groups_give_roles_teams_and_the_agent_of_that_name(office: Database) -> None:
    assert come(office, "s1", "ana", "planners", "leads", "others", "tellers", 7, None) == "ana"
    with office.reading() as session:
        made = get_principal(session, "ana")
    assert made.roles == {Role.PLANNER, Role.LEAD, Role.AGENT}
    assert (set(made.teams), made.agent_id, made.name) == ({"billing"}, "ana", "ana of us")
    assert come(office, "s1", "renamed-there") == "ana"


def test_whom_no_group_gives_a_role_is_not_made_known(office: Database) -> None:
    assert refusal(office, "s2", "zoe", "tellers", "others", "unheard") is Refusal.NO_ROLE
    assert refusal(office, "s2", "zoe") is Refusal.NO_ROLE
    create_principal(office, "teller", roles=[Role.AGENT], agent_id="ben", act=ACT)
    assert refusal(office, "s3", "ben", "tellers") is Refusal.NO_ROLE  # ben the agent is somebody else
    assert [one.id for one in read_principals(office)] == ["teller"]


def test_a_subject_is_one_person_for_good(office: Database) -> None:
    create_principal(office, "zoe", roles=[Role.PLANNER], act=ACT)
    assert come(office, "s4", "zoe") == "zoe"
    # Somebody who is given the same name at the provider later is somebody else.
    assert refusal(office, "s5", "zoe", "planners") is Refusal.NOT_CONNECTED
    create_principal(office, "yan", roles=[Role.PLANNER], act=ACT)
    with office.writing() as session, pytest.raises(SignInRefusedError) as raised:
        connect(session, TERMS, "s4", "yan", act=ACT)
    assert raised.value.reason is Refusal.OTHER_PERSON
    create_principal(office, "root", roles=[Role.ADMIN], act=ACT)
    disable_principal(office, "zoe", act=ACT)
    assert refusal(office, "s4", "zoe") is Refusal.SHUT_OUT
    assert refusal(office, "s6", "zoe") is Refusal.SHUT_OUT
    assert refusal(office, "s7", "root", "planners") is Refusal.NOT_CONNECTED
    with office.reading() as session:
        assert find_identity(session, ISSUER, "s7") is None


def test_a_sign_on_is_taken_once_by_its_browser_in_time(database: Database) -> None:
    one = SignOn(
        digest="d" * 64,
        browser_digest="b" * 64,
        issuer=ISSUER,
        nonce="secret-nonce",
        verifier="secret-verifier",
        next_path="/plans",
        created_at=NOW,
        expires_at=NOW + 600,
    )
    with database.writing() as session:
        add_sign_on(session, one)
    for browser, at, found in (("x" * 64, NOW, None), ("b" * 64, NOW + 599, one), ("b" * 64, NOW + 599, None)):
        with database.writing() as session:
            assert take_sign_on(session, one.digest, browser_digest=browser, at=at) == found
    with database.writing() as session:
        add_sign_on(session, one)
    assert "secret-" not in repr(one)
    assert forget_old_sessions(database, now=NOW + 601) == 1
