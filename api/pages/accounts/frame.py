"""What the pages of accounts share: who may, the tabs, roles in words."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import Request

from api.access import Caller, permits
from api.language.texts import Texts
from api.pages.serving import database_of
from models.repositories.office_pages import list_names
from models.vocabulary import Role

Admin = Annotated[Caller, permits()]
STYLES = ("admin.css",)
SCRIPTS = ("admin.js",)
MOST_NAMES = 5000
ROLE_WORDS: Mapping[Role, tuple[Callable[[Texts], str], Callable[[Texts], str]]] = {
    Role.AGENT: (
        lambda texts: texts.gettext("Agent"),
        lambda texts: texts.gettext("One agent of the office: own work, own figures"),
    ),
    Role.LEAD: (
        lambda texts: texts.gettext("Lead"),
        lambda texts: texts.gettext("Leads named teams: their people and tasks"),
    ),
    Role.PLANNER: (
        lambda texts: texts.gettext("Planner"),
        lambda texts: texts.gettext("Plans and rehearsals of the whole office"),
    ),
    Role.ANALYST: (
        lambda texts: texts.gettext("Analyst"),
        lambda texts: texts.gettext("Reports and figures; changes nothing"),
    ),
    Role.ADMIN: (
        lambda texts: texts.gettext("Administrator"),
        lambda texts: texts.gettext("Everything, and who else may what"),
    ),
}
"""What each role is called, and how far it reaches."""


def tabs_of(texts: Texts, here: str) -> list[tuple[str, str, bool, None]]:
    """Return the tabs of the accounts, with the one that is shown."""
    lines = (("/accounts", texts.gettext("People and programs")), ("/accounts/keys", texts.pgettext("access", "Keys")))
    return [(href, name, href == here, None) for href, name in lines]


def role_word(role: Role, texts: Texts) -> str:
    """Return what a role is called."""
    return ROLE_WORDS[role][0](texts)


def role_lines(texts: Texts) -> list[tuple[str, str, str]]:
    """Return the roles with their names and how far they reach."""
    return [(role.value, name(texts), reach(texts)) for role, (name, reach) in ROLE_WORDS.items()]


def teams_of(request: Request) -> list[tuple[str, str]]:
    """Return the teams that can be led, by id and name."""
    with database_of(request).reading() as session:
        return list_names(session.connection(), "teams", limit=MOST_NAMES)


def agents_of(request: Request) -> list[tuple[str, str]]:
    """Return the agents that somebody can be, by id and name."""
    with database_of(request).reading() as session:
        found = list_names(session.connection(), "agents", limit=MOST_NAMES)
    return [(one, f"{name} ({one})") for one, name in found]
