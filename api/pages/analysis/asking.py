"""What a report's address asks: the report, the period, teams, types and its own options; all in the query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Path, Query

from api.access import Caller, Reach, permits
from api.language.texts import Texts
from api.pages.serving import path_of
from api.parameters import Id
from models.errors import NotFoundError
from models.vocabulary import Role
from services.jobs.questions import ReportAsk
from services.reporting.leave import NAMES, SHOWN, narrow
from services.reporting.registry import REPORTS, ReportKind

Reader = Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL, analyst=Reach.ALL)]
Name = Annotated[str, Path(max_length=40, pattern=r"^[a-z][a-z-]*$")]
Several = Annotated[list[Id] | None, Query(max_length=200)]
Day = Annotated[str, Query(max_length=40, pattern=r"^[^\x00-\x1f]*$")]
Choice = Annotated[str, Query(max_length=20)]
STYLES = ("figures.css", "report.css", "time.css")
SCRIPTS = ("jobs.js", "time.js")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a report.

    Attributes
    ----------
    options
        What only some reports take, such as `names`.
    """

    name: str
    since: str = ""
    until: str = ""
    teams: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> ReportKind:
        """The report."""
        return REPORTS[self.name]

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the report is said."""
        return bool(self.since or self.until or self.teams or self.types or self.options)

    @property
    def shows_names(self) -> bool:
        """Whether people are to be named."""
        return self.options.get(NAMES) == SHOWN

    def find_fault(self, texts: Texts) -> str:
        """Return what is wrong with the period, empty where nothing is: what can be seen at once is not tried first."""
        try:
            first, last = date.fromisoformat(self.since), date.fromisoformat(self.until)
        except ValueError:  # an end is open, or said by an instant
            return ""
        return texts.gettext("The last day is before the first.") if last < first else ""

    def query(self, **more: str | int) -> str:
        """Return the same as the query of an address, with more besides; with its question mark."""
        pairs: list[tuple[str, str]] = [("from", self.since), ("to", self.until)]
        pairs += [("team", team) for team in self.teams] + [("type", one) for one in self.types]
        pairs += list(self.options.items()) + [(name, str(value)) for name, value in more.items()]
        given = [(name, value) for name, value in pairs if value]
        return f"?{urlencode(given)}" if given else ""

    def address(self, *parts: str, **more: str | int) -> str:
        """Return the address of the report, or of a part of it, that asks the same."""
        return path_of("time", self.name, *parts) + self.query(**more)

    def ask(self, caller: Caller) -> ReportAsk:
        """Return the question for a caller, narrowed to what the caller may see: for leads, work of their own teams.

        Raises
        ------
        ForbiddenError
            If the caller may not see these teams, or not people by name.
        """
        teams = narrow(caller, self.teams or None, self.options)
        return ReportAsk(
            report=self.name,
            start=self.since or None,
            end=self.until or None,
            teams=None if teams is None else sorted(teams),
            types=list(self.types) or None,
            options=dict(self.options),
        )


def read_asked(
    name: Name,
    since: Annotated[Day, Query(alias="from")] = "",
    until: Annotated[Day, Query(alias="to")] = "",
    team: Several = None,
    type: Several = None,
    names: Choice = "",
    definitions: Choice = "",
    replay: Choice = "",
) -> Asked:
    """Return what an address asks; an option that the report does not take is left out.

    Raises
    ------
    NotFoundError
        If there is no such report.
    """
    if name not in REPORTS:
        raise NotFoundError(f"there is no report {name!r}; there are {', '.join(REPORTS)}")
    taken = REPORTS[name].options
    told = {NAMES: names, "definitions": definitions, "replay": replay}
    return Asked(
        name=name,
        since=since,
        until=until,
        teams=tuple(team or ()),
        types=tuple(type or ()),
        options={option: value for option, value in told.items() if value in taken.get(option, ())},
    )


Question = Annotated[Asked, Depends(read_asked)]


def may_name(caller: Caller, asked: Asked) -> bool:
    """Return whether somebody may have people named in a report: leads, of their teams."""
    return caller.has(Role.LEAD) and NAMES in asked.kind.options
