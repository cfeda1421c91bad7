"""People, programs and their keys as JSON."""

from datetime import UTC
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.parameters import Id
from models.repositories.access.keys import KeyRecord
from models.repositories.access.principals import Principal
from models.time import format_instant
from models.vocabulary import PrincipalKind, Role
from services.access.keys import DEFAULT_DAYS, MAX_DAYS, MAX_LABEL
from services.access.principals import MAX_ID

PrincipalId = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
Label = Annotated[str, StringConstraints(max_length=MAX_LABEL, pattern=r"^[ -~]*$")]
Teams = Annotated[list[Id], Field(max_length=1000)]
Roles = Annotated[list[Role], Field(max_length=len(Role))]


class RolesDocument(BaseModel):
    """What somebody may be: these roles and no others."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"example": {"roles": ["lead"], "teams": ["billing"], "agent": None}},
    }

    roles: Roles
    teams: Teams = Field(default_factory=list, description="Teams that a lead leads.")
    agent: Id | None = Field(default=None, description="The agent that it is, with the role agent.")


class NewPrincipalDocument(RolesDocument):
    """Somebody who is to be known."""

    id: PrincipalId
    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    is_person: bool = Field(default=True, description="Whether it may sign in with a browser; a program may not.")


class PrincipalDocument(BaseModel):
    """Somebody or something that is known."""

    id: str
    kind: PrincipalKind
    name: str
    roles: list[Role]
    teams: list[str]
    agent: str | None
    is_disabled: bool


class NewKeyDocument(BaseModel):
    """A key that is to be made."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"example": {"principal": "admin", "roles": ["analyst"], "label": "prometheus"}},
    }

    principal: PrincipalId
    roles: Roles | None = Field(default=None, description="Only these of the principal's roles; all where null.")
    teams: Teams | None = Field(default=None, description="Only these of the teams that it leads; all where null.")
    label: Label = ""
    days: Annotated[float, Field(gt=0, le=MAX_DAYS, description="How long it holds.")] = DEFAULT_DAYS


class KeyDocument(BaseModel):
    """A key without its secret, which is nowhere."""

    id: str
    principal: str
    label: str
    roles: list[Role]
    teams: list[str] | None
    created_at: str
    expires_at: str
    revoked_at: str | None
    last_used_at: str | None


class MadeKeyDocument(KeyDocument):
    """A key as it is made: the only time that it is shown."""

    key: str = Field(description="What goes after `Authorization: Bearer `; it cannot be had again.")


class CallerDocument(BaseModel):
    """Who asks, and what it may be."""

    principal: str
    roles: list[Role]
    teams: list[str]
    agent: str | None
    key: str | None = Field(description="The id of the key that came with the request; null for a session.")


def principal_document(principal: Principal) -> PrincipalDocument:
    """Return a principal as JSON has it."""
    return PrincipalDocument(
        id=principal.id,
        kind=principal.kind,
        name=principal.name,
        roles=sorted(principal.roles),
        teams=sorted(principal.teams),
        agent=principal.agent_id,
        is_disabled=principal.disabled_at is not None,
    )


def key_document(key: KeyRecord) -> KeyDocument:
    """Return a key as JSON has it."""
    return KeyDocument(
        id=key.id,
        principal=key.principal_id,
        label=key.label,
        roles=sorted(key.roles),
        teams=None if key.teams is None else sorted(key.teams),
        created_at=format_instant(key.created_at, UTC),
        expires_at=format_instant(key.expires_at, UTC),
        revoked_at=_instant(key.revoked_at),
        last_used_at=_instant(key.last_used_at),
    )


def _instant(epoch_s: int | None) -> str | None:
    return None if epoch_s is None else format_instant(epoch_s, UTC)
