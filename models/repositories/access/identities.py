"""Accounts at providers of single sign-on, and single sign-ons that are under way there."""

from dataclasses import dataclass, field

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.errors import ConflictError
from models.tables.access import IdentityRow, SignOnRow


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An account at a provider, and whose it is here; epoch seconds of when it was connected and used last."""

    issuer: str
    subject: str
    principal_id: str
    connected_at: int
    used_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class SignOn:
    """A single sign-on under way.

    Attributes
    ----------
    digest, browser_digest
        SHA-256 of its state, and of what the cookie of the browser holds that began it.
    nonce, verifier
        What the provider's answer must bear, and what the code is exchanged by.
    next_path
        Where it leads afterwards.
    principal_id
        Who connects an account, where that is what it is for.
    """

    digest: str
    browser_digest: str
    issuer: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    next_path: str
    principal_id: str | None = None
    created_at: int
    expires_at: int


def find_identity(session: Session, issuer: str, subject: str) -> Identity | None:
    """Return an account at a provider; None where it is not known."""
    row = session.get(IdentityRow, (issuer, subject))
    return None if row is None else _identity(row)


def list_identities(session: Session, principal_id: str) -> list[Identity]:
    """Return the accounts that a principal has at providers."""
    wanted = select(IdentityRow).where(col(IdentityRow.principal_id) == principal_id)
    return [_identity(row) for row in session.exec(wanted.order_by(col(IdentityRow.issuer), col(IdentityRow.subject)))]


def add_identity(session: Session, identity: Identity) -> None:
    """Connect an account at a provider.

    Raises
    ------
    ConflictError
        If it is connected already.
    """
    if session.get(IdentityRow, (identity.issuer, identity.subject)) is not None:
        raise ConflictError("that account of the provider is connected already")
    session.add(
        IdentityRow(
            issuer=identity.issuer,
            subject=identity.subject,
            principal_id=identity.principal_id,
            connected_at=identity.connected_at,
            used_at=identity.used_at,
        )
    )
    session.flush()


def note_identity_use(session: Session, identity: Identity, *, at: int) -> None:
    """Note when an account was used last."""
    row = session.get(IdentityRow, (identity.issuer, identity.subject))
    if row is not None:
        row.used_at = at
        session.flush()


def remove_identities(session: Session, principal_id: str, *, issuer: str) -> int:
    """Disconnect a principal's accounts at a provider, and return how many that were."""
    gone = session.connection().execute(
        delete(IdentityRow).where(col(IdentityRow.principal_id) == principal_id, col(IdentityRow.issuer) == issuer)
    )
    return gone.rowcount


def add_sign_on(session: Session, sign_on: SignOn) -> None:
    """Store a single sign-on that begins."""
    session.add(SignOnRow(**vars(sign_on)))
    session.flush()


def take_sign_on(session: Session, digest: str, *, browser_digest: str, at: int) -> SignOn | None:
    """Take a single sign-on out by its state, once; None where this browser has begun none, or it is too old."""
    row = session.get(SignOnRow, digest)
    if row is None or row.browser_digest != browser_digest:
        return None
    taken = SignOn(**row.model_dump())
    gone = session.connection().execute(delete(SignOnRow).where(col(SignOnRow.digest) == digest))
    return taken if gone.rowcount == 1 and at < taken.expires_at else None


def _identity(row: IdentityRow) -> Identity:
    return Identity(
        issuer=row.issuer,
        subject=row.subject,
        principal_id=row.principal_id,
        connected_at=row.connected_at,
        used_at=row.used_at,
    )
