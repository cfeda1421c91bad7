"""Who asks: a principal, what it may be in this request, and for whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.errors import ForbiddenError
from models.vocabulary import Role


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody or something that was recognised by a key or a session.

    Attributes
    ----------
    principal_id
        Who it is.
    roles
        What it may be here: the roles of the principal that its key does not leave out.
    teams
        Teams that it leads.
    agent_id
        The agent that it is, if it is one.
    key_id, session_id
        By what it was recognised; the public part of a key, or the digest of a session's secret.
    """

    principal_id: str
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()
    agent_id: str | None = None
    key_id: str | None = None
    session_id: str | None = None

    def has(self, *roles: Role) -> bool:
        """Return whether it has one of some roles, or is an administrator."""
        return Role.ADMIN in self.roles or not self.roles.isdisjoint(roles)

    def narrow_teams(
        self, asked: Iterable[str] | None = None, *, sees_all: Iterable[Role] = ()
    ) -> frozenset[str] | None:
        """Return to which teams an answer about teams is to be narrowed; None for all.

        Parameters
        ----------
        asked
            Teams that were asked for; None or nothing for all that it may see.
        sees_all
            Roles, besides administrators, that see every team; anybody else sees the teams that it leads.

        Raises
        ------
        ForbiddenError
            If a team was asked for that it may not see, or if there is none that it may.
        """
        wanted = None if asked is None else frozenset(asked) or None
        if self.has(*sees_all):
            return wanted
        if not self.teams or not (wanted or self.teams) <= self.teams:
            raise ForbiddenError("this is for leads of the team that was asked for")
        return wanted or self.teams
