"""Who somebody is here whom the provider knows.

An account at the provider is known by issuer and subject, which never change hands. The first time, it is connected to
the principal that its claim names - but only where nothing of anybody's can be taken over by that: not to an
administrator, nor to somebody who has a password or another account at the provider. They connect it themselves, signed
in.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

from models.database import Session
from models.errors import ConflictError, NotFoundError, SignInRefusedError, UsageError
from models.repositories.access.identities import (
    Identity,
    add_identity,
    find_identity,
    list_identities,
    note_identity_use,
)
from models.repositories.access.passwords import find_password
from models.repositories.access.principals import Principal, get_principal
from models.repositories.access.reach import team_of_agent
from models.repositories.known import read_known
from models.vocabulary import Role
from models.vocabulary_access import Refusal
from services.access.principals import MAX_ID, make_principal
from services.access.sessions import check_person
from services.access.single_sign_on.terms import ProviderTerms
from services.access.tracing import Act, trace_identity

MAX_NAME = 200
EMAIL = "email"


def find_person(session: Session, terms: ProviderTerms, claims: Mapping[str, Any], *, at: int, what: str) -> str:
    """Return which principal somebody is whom the provider knows; connected, or made known, where that may be.

    Raises
    ------
    SignInRefusedError
        If they are nobody here, or shut out.
    """
    found = find_identity(session, terms.issuer, claims["sub"])
    if found is None:
        return _first_time(session, terms, claims, at=at, what=what)
    _check_may(get_principal(session, found.principal_id))
    note_identity_use(session, found, at=at)
    return found.principal_id


def connect(session: Session, terms: ProviderTerms, subject: str, principal_id: str, *, act: Act) -> None:
    """Connect an account at the provider to a principal; nothing happens where it is connected to it already.

    Raises
    ------
    SignInRefusedError
        If it is somebody else's, or the principal is shut out.
    """
    found = find_identity(session, terms.issuer, subject)
    if found is not None and found.principal_id != principal_id:
        raise SignInRefusedError(Refusal.OTHER_PERSON, "that account of the provider is connected to somebody else")
    _check_may(get_principal(session, principal_id))
    if found is None:
        identity = Identity(issuer=terms.issuer, subject=subject, principal_id=principal_id, connected_at=act.at)
        add_identity(session, identity)
        trace_identity(session, act, principal_id, issuer=terms.issuer, is_connected=True)


def _first_time(session: Session, terms: ProviderTerms, claims: Mapping[str, Any], *, at: int, what: str) -> str:
    name = _name_in(terms, claims)
    try:
        principal = get_principal(session, name)
    except NotFoundError:
        if not terms.creates_people:
            raise SignInRefusedError(Refusal.UNKNOWN_PERSON, f"nobody of the name {name!r} is known here") from None
        principal = _make_known(session, terms, claims, name, act=Act(at=at, by=None, what=what))
    else:
        _check_may(principal)
        others = any(one.issuer == terms.issuer for one in list_identities(session, principal.id))
        if Role.ADMIN in principal.roles or others or find_password(session, principal.id) is not None:
            raise SignInRefusedError(
                Refusal.NOT_CONNECTED, f"{name!r} has not connected the single sign-on to their account"
            )
    connect(session, terms, claims["sub"], principal.id, act=Act(at=at, by=principal.id, what=what))
    return principal.id


def _name_in(terms: ProviderTerms, claims: Mapping[str, Any]) -> str:
    """Return by which name somebody is to be known here; an e-mail address counts only where it was verified."""
    name = claims.get(terms.principal_claim)
    is_name = isinstance(name, str) and 0 < len(name) <= MAX_ID and name.isprintable() and " " not in name
    if not is_name or (terms.principal_claim == EMAIL and claims.get("email_verified") is not True):
        raise SignInRefusedError(
            Refusal.UNKNOWN_PERSON,
            f"the provider does not say by which name you are known here: {terms.principal_claim}",
        )
    return str(name)


def _make_known(session: Session, terms: ProviderTerms, claims: Mapping[str, Any], name: str, *, act: Act) -> Principal:
    groups = claims.get(terms.groups_claim)
    given = {group for group in groups if isinstance(group, str)} if isinstance(groups, list) else set()
    granted = [one for one in terms.roles if one.group in given]
    known_teams = read_known(session).ids["teams"]
    teams = {one.team for one in granted if one.team is not None and one.team in known_teams}
    roles = {one.role for one in granted if one.role is not Role.LEAD or one.team in teams}
    if Role.AGENT in roles and team_of_agent(session.connection(), name) is None:
        roles.remove(Role.AGENT)
    if not roles:
        raise SignInRefusedError(Refusal.NO_ROLE, "none of your groups is given a role here")
    try:
        return make_principal(
            session,
            name,
            roles=sorted(roles),
            teams=sorted(teams),
            agent_id=name if Role.AGENT in roles else None,
            name=_shown_name(claims),
            act=act,
        )
    except (UsageError, ConflictError) as error:
        raise SignInRefusedError(Refusal.NO_ROLE, f"you cannot be made known here: {error}") from error


def _shown_name(claims: Mapping[str, Any]) -> str:
    name = claims.get("name")
    if not isinstance(name, str):
        return ""
    return "".join(sign for sign in name if unicodedata.category(sign)[0] != "C").strip()[:MAX_NAME]


def _check_may(principal: Principal) -> None:
    try:
        check_person(principal)
    except UsageError as error:
        raise SignInRefusedError(Refusal.SHUT_OUT, "you were shut out") from error
