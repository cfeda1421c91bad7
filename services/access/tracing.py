"""Who changed who may do what, for the audit trail."""

from dataclasses import dataclass
from typing import Any

from models.database import Session
from models.repositories.access.keys import KeyRecord
from models.repositories.access.principals import Principal
from models.repositories.audit import record_change
from models.vocabulary_audit import Subject


@dataclass(frozen=True, kw_only=True)
class Act:
    """A change of access: when, by whom, and by which route or command.

    Attributes
    ----------
    at
        Epoch second.
    by
        The principal who did it; None for the product itself and for whoever has the server's own terminal.
    """

    at: int
    by: str | None
    what: str


def trace_principal(session: Session, act: Act, *, before: Principal | None, after: Principal) -> None:
    """Leave a trace of a principal that was made or changed."""
    record_change(
        session,
        at=act.at,
        principal_id=act.by,
        what=act.what,
        subject=Subject.PRINCIPAL,
        subject_id=after.id,
        before=None if before is None else _of_principal(before),
        after=_of_principal(after),
    )


def trace_key(session: Session, act: Act, *, before: KeyRecord | None, after: KeyRecord) -> None:
    """Leave a trace of a key that was made or revoked; neither its secret nor its digest is in it."""
    record_change(
        session,
        at=act.at,
        principal_id=act.by,
        what=act.what,
        subject=Subject.KEY,
        subject_id=after.id,
        before=None if before is None else _of_key(before),
        after=_of_key(after),
        personal=("label",),
    )


def trace_session(session: Session, act: Act, principal_id: str, **fields: Any) -> None:
    """Leave a trace of somebody who was given a link, signed in or signed out."""
    record_change(
        session,
        at=act.at,
        principal_id=act.by,
        what=act.what,
        subject=Subject.SESSION,
        subject_id=principal_id,
        after=fields,
    )


def trace_password(session: Session, act: Act, principal_id: str, *, before: int | None, after: int | None) -> None:
    """Leave a trace of a password that was chosen or taken away: when it was set, before and after."""
    record_change(
        session,
        at=act.at,
        principal_id=act.by,
        what=act.what,
        subject=Subject.PRINCIPAL,
        subject_id=principal_id,
        before=None if before == after else {"password_set_at": before},
        after={"password_set_at": after},
    )


def trace_identity(session: Session, act: Act, principal_id: str, *, issuer: str, is_connected: bool) -> None:
    """Leave a trace of an account at a provider that was connected to a principal, or disconnected."""
    fields = {"connected_to": issuer}
    record_change(
        session,
        at=act.at,
        principal_id=act.by,
        what=act.what,
        subject=Subject.PRINCIPAL,
        subject_id=principal_id,
        before=None if is_connected else fields,
        after=fields if is_connected else None,
    )


def _of_principal(principal: Principal) -> dict[str, Any]:
    return {
        "kind": principal.kind.value,
        "name": principal.name,
        "roles": sorted(principal.roles),
        "teams": sorted(principal.teams),
        "agent": principal.agent_id,
        "disabled_at": principal.disabled_at,
    }


def _of_key(key: KeyRecord) -> dict[str, Any]:
    return {
        "principal": key.principal_id,
        "label": key.label,
        "roles": sorted(key.roles),
        "teams": None if key.teams is None else sorted(key.teams),
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }
