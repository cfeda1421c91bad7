"""The way around the pages: which of them somebody may open, and which is the first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.access import Caller, Reach
from api.language.texts import Texts
from models.vocabulary import Role

GET = "GET"
Matrix = Mapping[tuple[str, str], Mapping[Role, Reach] | None]


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A page that the navigation leads to.

    Attributes
    ----------
    icon
        The name of its picture in `parts/icons.html`.
    is_for_agents
        Whether it is about the agent that somebody is, so that it is nothing to those who are none.
    """

    path: str
    icon: str
    name: Callable[[Texts], str]
    is_for_agents: bool = False


@dataclass(frozen=True, kw_only=True)
class NavLine:
    """A page in the navigation, as text."""

    path: str
    icon: str
    name: str
    is_here: bool


DESTINATIONS = (
    Destination(path="/work", icon="work", name=lambda texts: texts.gettext("My work"), is_for_agents=True),
    Destination(path="/today", icon="today", name=lambda texts: texts.gettext("Today")),
    Destination(path="/plans", icon="plans", name=lambda texts: texts.gettext("Plans")),
    Destination(path="/what-if", icon="what-if", name=lambda texts: texts.gettext("What if")),
    Destination(path="/time", icon="time", name=lambda texts: texts.gettext("Time")),
    Destination(path="/office", icon="office", name=lambda texts: texts.gettext("Office")),
    Destination(path="/accounts", icon="accounts", name=lambda texts: texts.gettext("Accounts")),
    Destination(path="/system", icon="system", name=lambda texts: texts.gettext("System")),
)
FIRST_PAGES = (
    (Role.AGENT, "/work"),
    (Role.LEAD, "/today"),
    (Role.PLANNER, "/what-if"),
    (Role.ANALYST, "/time"),
    (Role.ADMIN, "/office"),
    (Role.ADMIN, "/system"),
)
"""Where each role begins; the first that somebody has counts."""


def find_destinations(matrix: Matrix, caller: Caller) -> list[Destination]:
    """Return the pages that somebody may open, in their order."""
    is_agent = caller.agent_id is not None
    return [one for one in DESTINATIONS if _may_open(matrix, caller, one.path) and (is_agent or not one.is_for_agents)]


def find_first_page(matrix: Matrix, caller: Caller) -> str | None:
    """Return where somebody begins; None where there is no page for them."""
    for role, path in FIRST_PAGES:
        if role in caller.roles and _may_open(matrix, caller, path):
            return path
    return next((one.path for one in find_destinations(matrix, caller)), None)


def nav_lines(matrix: Matrix, caller: Caller, texts: Texts, *, here: str) -> tuple[NavLine, ...]:
    """Return the navigation of somebody who is at an address."""
    return tuple(
        NavLine(
            path=one.path,
            icon=one.icon,
            name=one.name(texts),
            is_here=here == one.path or here.startswith(f"{one.path}/"),
        )
        for one in find_destinations(matrix, caller)
    )


def _may_open(matrix: Matrix, caller: Caller, path: str) -> bool:
    grants = matrix.get((GET, path), {})
    return grants is None or any(role in grants for role in caller.roles)
