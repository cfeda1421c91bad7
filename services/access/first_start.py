"""The first administrator: made when a server starts on a database that has none. There is no default secret."""

from dataclasses import dataclass

from models.database import Database
from models.repositories.access.principals import (
    Principal,
    add_principal,
    get_principal,
    list_principals,
    set_disabled,
    set_roles,
)
from models.vocabulary import PrincipalKind, Role
from services.access.keys import NewKey, make_key

ADMINISTRATOR = "admin"


@dataclass(frozen=True, kw_only=True)
class Administration:
    """Who administers, and the key that was made for it if it was made just now."""

    principal: Principal
    new_key: NewKey | None = None


def ensure_administrator(database: Database, *, now: int) -> Administration:
    """Return an administrator who is not shut out; where there is none, make one, with a key."""
    with database.writing() as session:
        known = list_principals(session)
        for principal in known:
            is_person = principal.kind is PrincipalKind.PERSON and principal.disabled_at is None
            if is_person and Role.ADMIN in principal.roles:
                return Administration(principal=principal)
        if ADMINISTRATOR in {principal.id for principal in known}:
            set_disabled(session, ADMINISTRATOR, at=None)
        else:
            add_principal(session, ADMINISTRATOR, kind=PrincipalKind.PERSON, name="Administrator", at=now)
        set_roles(session, ADMINISTRATOR, [Role.ADMIN])
        key = make_key(session, ADMINISTRATOR, label="first start", now=now)
        return Administration(principal=get_principal(session, ADMINISTRATOR), new_key=key)
