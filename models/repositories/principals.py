"""Who acts."""

from sqlmodel import Session

from models.tables.people import PrincipalRow
from models.vocabulary import PrincipalKind


def ensure_principal(session: Session, principal_id: str, *, kind: PrincipalKind, name: str, at: int) -> str:
    """Make a principal known, if it is not yet, and return its id."""
    if session.get(PrincipalRow, principal_id) is None:
        row = {"id": principal_id, "kind": kind.value, "name": name, "created_at": at}
        session.add(PrincipalRow.model_validate(row))
        session.flush()
    return principal_id
