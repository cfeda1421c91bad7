"""Whose day a request is about: the teams of its caller, fewer where it names some, at the present of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated

from fastapi import Depends, Query, Request

from api.access import Caller, Reach, permits
from api.language.texts import Texts
from api.live_access import Live, OpenDesk
from api.pages.rendering import texts_for
from api.pages.today.kept_plans import KEPT_PLANS
from api.parameters import Id
from api.store import Edition
from models.formats.plan import Plan
from models.repositories.published import Publication, list_publications
from models.time import from_wall_clock
from models.vocabulary import Role
from services.live.acting import read_clock
from services.live.queue import LiveQueue
from services.today.lendings import Move

LEADS = permits(lead=Reach.TEAM, planner=Reach.ALL)
Lead = Annotated[Caller, LEADS]
TeamNames = Annotated[list[Id] | None, Query(alias="team", max_length=100)]
STYLES = ("today.css",)
SCRIPTS = ("today.js",)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a page is about.

    Attributes
    ----------
    own_teams
        Teams that the caller may see; None for all.
    teams
        Those of them that were asked for; None for all.
    now, start, end
        The present, and the bounds of its day; epoch seconds.
    """

    caller: Caller
    live: OpenDesk
    edition: Edition
    texts: Texts
    own_teams: frozenset[str] | None
    teams: frozenset[str] | None
    now: int
    start: int
    end: int

    @property
    def queue(self) -> LiveQueue:
        """The desk in memory."""
        return self.live.queue

    @property
    def plan_teams(self) -> frozenset[str]:
        """The teams that a plan asked for here is of."""
        return frozenset(self.queue.crew.team_names) if self.own_teams is None else self.own_teams

    @property
    def asked_team(self) -> str:
        """The one team that was asked for where the caller may see more; empty where there is none such."""
        asked = sorted(self.teams or ())
        return asked[0] if self.teams != self.own_teams and len(asked) == 1 else ""

    def is_asked(self, team: str) -> bool:
        """Return whether a team is among those that the page is about."""
        return self.teams is None or team in self.teams

    def team_name(self, team: str) -> str:
        """Return what a team is called."""
        return self.queue.crew.team_names.get(team, team)

    def type_name(self, task_type: str) -> str:
        """Return what a type of task is called."""
        kind = self.queue.crew.kinds.get(task_type)
        return task_type if kind is None else str(kind["name"] or task_type)

    def plan(self, plan_id: int) -> Plan:
        """Return a stored plan.

        Raises
        ------
        NotFoundError
            If there is no such plan.
        """
        return KEPT_PLANS.get(self.live.database, self.edition, plan_id)

    def moves(self, plan_id: int) -> Sequence[Move]:
        """Return the moves that a stored plan makes.

        Raises
        ------
        NotFoundError
            If there is no such plan.
        """
        return KEPT_PLANS.moves(self.live.database, self.edition, plan_id)

    def publications(self) -> list[Publication]:
        """Return the plans in force, the newest first."""
        with self.live.database.reading() as session:
            return list_publications(session.connection(), at=self.now)


def _scope(request: Request, live: Live, caller: Lead, team: TeamNames = None) -> Scope:
    own = caller.narrow_teams(sees_all=(Role.PLANNER,))
    now, calendar = read_clock(), live.queue.crew.calendar
    day = calendar.local_day(now)
    return Scope(
        caller=caller,
        live=live,
        edition=request.app.state.store.edition,
        texts=texts_for(request),
        own_teams=own,
        teams=own if not team else caller.narrow_teams(team, sees_all=(Role.PLANNER,)),
        now=now,
        start=from_wall_clock(day, time(0), calendar.zone),
        end=from_wall_clock(day + timedelta(days=1), time(0), calendar.zone),
    )


Today = Annotated[Scope, Depends(_scope)]


def what_of(request: Request) -> str:
    """Return the route that a request came by, for the audit trail."""
    return f"{request.method} {request.scope['route'].path}"
