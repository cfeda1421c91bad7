"""Who may do what: roles, keys, passwords, sessions, single sign-on, and requests that were answered before."""

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field

from models.tables.columns import Instant, Json, Row, in_order, not_empty, one_of
from models.vocabulary import Role


class PrincipalRoleRow(Row, table=True):
    """What a principal may be."""

    __tablename__ = "principal_roles"
    __table_args__ = (one_of("role", Role),)

    principal_id: str = Field(primary_key=True, foreign_key="principals.id", ondelete="CASCADE")
    role: str = Field(primary_key=True)


class LedTeamRow(Row, table=True):
    """A team that a principal leads, where it is a lead."""

    __tablename__ = "led_teams"

    principal_id: str = Field(primary_key=True, foreign_key="principals.id", ondelete="CASCADE")
    team_id: str = Field(primary_key=True, foreign_key="teams.id", ondelete="CASCADE", index=True)


class ApiKeyRow(Row, table=True):
    """A key by which a program is recognised as a principal. The secret itself is nowhere; `digest` is its SHA-256.

    `roles` are those of the principal's that the key may use, and `teams`, where not null, those of its teams.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        *not_empty("id"),
        CheckConstraint("length(digest) = 64", name="digest"),
        in_order("created_at", "expires_at"),
    )

    id: str = Field(primary_key=True)
    principal_id: str = Field(foreign_key="principals.id", index=True)
    label: str = ""
    digest: str
    roles: list[str] = Field(sa_type=Json)
    teams: list[str] | None = Field(default=None, sa_type=Json)
    created_at: int = Field(sa_type=Instant)
    expires_at: int = Field(sa_type=Instant)
    revoked_at: int | None = Field(default=None, sa_type=Instant)
    last_used_at: int | None = Field(default=None, sa_type=Instant)


class AnsweredRequestRow(Row, table=True):
    """A request that came with a key against repetition, and its answer, so that a second one changes nothing.

    `status` is null while it is worked on, by `holder` and at most until `held_until`; then another may take over.
    """

    __tablename__ = "answered_requests"
    __table_args__ = (*not_empty("repeat_key"), CheckConstraint("status BETWEEN 100 AND 599", name="status"))

    principal_id: str = Field(primary_key=True, foreign_key="principals.id", ondelete="CASCADE")
    repeat_key: str = Field(primary_key=True)
    request_digest: str
    holder: str
    held_until: int = Field(sa_type=Instant)
    at: int = Field(sa_type=Instant, index=True)
    status: int | None = None
    headers: list[list[str]] | None = Field(default=None, sa_type=Json)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)


class SessionRow(Row, table=True):
    """A person who is signed in with a browser; `digest` is the SHA-256 of what the browser's cookie holds.

    `proof` says by what they proved who they are, and `browser` what their browser called itself, in short.
    """

    __tablename__ = "sessions"
    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest"), in_order("created_at", "expires_at"))

    digest: str = Field(primary_key=True)
    principal_id: str = Field(foreign_key="principals.id", ondelete="CASCADE", index=True)
    created_at: int = Field(sa_type=Instant)
    seen_at: int = Field(sa_type=Instant)
    expires_at: int = Field(sa_type=Instant, index=True)
    revoked_at: int | None = Field(default=None, sa_type=Instant)
    proof: str | None = None
    browser: str | None = None


class SignInLinkRow(Row, table=True):
    """A link that signs a person in, once; `digest` is the SHA-256 of its secret part."""

    __tablename__ = "sign_in_links"
    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest"), in_order("created_at", "expires_at"))

    digest: str = Field(primary_key=True)
    principal_id: str = Field(foreign_key="principals.id", ondelete="CASCADE", index=True)
    created_at: int = Field(sa_type=Instant)
    expires_at: int = Field(sa_type=Instant)
    used_at: int | None = Field(default=None, sa_type=Instant)


class PasswordRow(Row, table=True):
    """The password of a person, as its argon2id hash with the salt and the parameters that it was made with."""

    __tablename__ = "passwords"
    __table_args__ = not_empty("hash")

    principal_id: str = Field(primary_key=True, foreign_key="principals.id", ondelete="CASCADE")
    hash: str
    set_at: int = Field(sa_type=Instant)


class SignInAttemptsRow(Row, table=True):
    """Attempts to sign in under a name since the last that succeeded; none is taken before `locked_until`.

    `subject` is `name:ID` for somebody who is known. Names of nobody share a fixed number of subjects: how often they
    are tried is counted as well, so that nobody can tell them from others, without keeping what was typed.
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = (*not_empty("subject"), CheckConstraint("num_attempts > 0", name="num_attempts"))

    subject: str = Field(primary_key=True)
    num_attempts: int
    last_at: int = Field(sa_type=Instant, index=True)
    locked_until: int | None = Field(default=None, sa_type=Instant)


class IdentityRow(Row, table=True):
    """An account at a provider of single sign-on, and whose it is here."""

    __tablename__ = "identities"
    __table_args__ = not_empty("issuer", "subject")

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    principal_id: str = Field(foreign_key="principals.id", ondelete="CASCADE", index=True)
    connected_at: int = Field(sa_type=Instant)
    used_at: int | None = Field(default=None, sa_type=Instant)


class SignOnRow(Row, table=True):
    """A single sign-on that is under way at its provider; it ends once, in the browser that began it.

    `digest` is the SHA-256 of its state, `browser_digest` that of the browser's cookie. `principal_id` is who is signed
    in already and connects an account, where that is what it is for.
    """

    __tablename__ = "sign_ons"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("length(browser_digest) = 64", name="browser_digest"),
        in_order("created_at", "expires_at"),
    )

    digest: str = Field(primary_key=True)
    browser_digest: str
    issuer: str
    nonce: str
    verifier: str
    next_path: str
    principal_id: str | None = Field(default=None, foreign_key="principals.id", ondelete="CASCADE", index=True)
    created_at: int = Field(sa_type=Instant)
    expires_at: int = Field(sa_type=Instant, index=True)
