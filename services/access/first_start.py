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
from services.access.tracing import Act, trace_principal

ADMINISTRATOR = "admin"


@dataclass(frozen=True, kw_only=True)
class Administration:
    """Who administers, and the key that was made for it if it was made just now."""

    principal: Principal
    new_key: NewKey | None = None


def ensure_administrator(database: Database, *, act: Act) -> Administration:
    """Return an administrator who is not shut out; where there is none, make one, with a key."""
    with database.writing() as session:
        known = list_principals(session)
        for principal in known:
            is_person = principal.kind is PrincipalKind.PERSON and principal.disabled_at is None
            if is_person and Role.ADMIN in principal.roles:
                return Administration(principal=principal)
        before = next((principal for principal in known if principal.id == ADMINISTRATOR), None)
        if before is None:
            add_principal(session, ADMINISTRATOR, kind=PrincipalKind.PERSON, name="Administrator", at=act.at)
        else:
            set_disabled(session, ADMINISTRATOR, at=None)
        set_roles(session, ADMINISTRATOR, [Role.ADMIN])
        after = get_principal(session, ADMINISTRATOR)
        trace_principal(session, act, before=before, after=after)
        key = make_key(session, ADMINISTRATOR, label="first start", act=act)
        return Administration(principal=after, new_key=key)
