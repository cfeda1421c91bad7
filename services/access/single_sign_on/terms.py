"""What is agreed with the provider of the single sign-on, and what its groups are here."""

from dataclasses import dataclass, field
from pathlib import Path

from models.errors import InputError
from models.vocabulary import Role
from services.settings import PREFIX, Settings


@dataclass(frozen=True, kw_only=True)
class GroupRole:
    """What the members of a group are here; a lead of a team where there is one."""

    group: str
    role: Role
    team: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProviderTerms:
    """What is agreed with a provider.

    Attributes
    ----------
    issuer, client_id, client_secret
        Who it is, what we are called there, and by what we are known there (nothing for a public client).
    name
        What it is called on the button.
    scope, prompt
        What is asked for, and what it is to ask whoever signs in.
    principal_claim, groups_claim
        The claims that say by which name somebody is known here, and to which groups they belong.
    creates_people
        Whether somebody who is not known here is made known.
    roles
        What the members of groups are here.
    skew_s
        How far its clock may be off ours.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = ""
    scope: str = "openid profile email"
    prompt: str = ""
    principal_claim: str = "preferred_username"
    groups_claim: str = "groups"
    creates_people: bool = False
    roles: tuple[GroupRole, ...] = ()
    skew_s: int = 60


def provider_terms(settings: Settings) -> ProviderTerms | None:
    """Return what the settings agree with a provider; None where they name none.

    Raises
    ------
    InputError
        If a group's role is none, or the secret's file cannot be read.
    """
    if not settings.oidc_issuer:
        return None
    return ProviderTerms(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=_read_secret(settings),
        name=settings.oidc_name,
        scope=settings.oidc_scopes,
        prompt=settings.oidc_prompt,
        principal_claim=settings.oidc_principal_claim,
        groups_claim=settings.oidc_groups_claim,
        creates_people=settings.oidc_create_people == "on",
        roles=tuple(_parse_role(text) for text in settings.oidc_roles),
        skew_s=settings.oidc_skew_seconds,
    )


def _parse_role(text: str) -> GroupRole:
    """Return what `GROUP=ROLE` or `GROUP=lead:TEAM` says; a group's name may hold an equals sign."""
    group, _, given = text.rpartition("=")
    role, _, team = given.partition(":")
    is_known = role in {one.value for one in Role}
    if not group or not is_known or bool(team) != (role == Role.LEAD):
        raise InputError.of(
            "environment", "GROUP=planner (or agent, analyst, admin), or GROUP=lead:TEAM", field=f"{PREFIX}OIDC_ROLES",
            value=text,
        )  # fmt: skip
    return GroupRole(group=group, role=Role(role), team=team or None)


def _read_secret(settings: Settings) -> str:
    if not settings.oidc_client_secret_file:
        return settings.oidc_client_secret
    path = Path(settings.oidc_client_secret_file)
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError.of(
            "environment", "a file that can be read", field=f"{PREFIX}OIDC_CLIENT_SECRET_FILE", value=str(path)
        ) from error
