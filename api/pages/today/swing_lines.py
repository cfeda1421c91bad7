"""Who is lent where now, and which moves the plans in force suggest, as text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from api.pages.today.scope import Scope
from models.repositories.lendings import Lending
from models.repositories.published import Publication
from models.vocabulary_lending import LendingState, Side
from models.vocabulary_live import Presence
from services.today.lendings import Move, find_lendings, match, move_of, sides_of

MOST_MOVES = 20
"""Moves of each sort on the page of the day; a page of their own has the rest."""
WORTH_TELLING = 0.5
WORTH_AN_HOUR = 2.0
"""Points that further hours save together below which they are not told."""


@dataclass(frozen=True, kw_only=True)
class LentLine:
    """Somebody who works for another team now."""

    name: str
    home: str
    team: str
    task_id: str


@dataclass(frozen=True, kw_only=True)
class MoveLine:
    """A move that a plan suggests, and what was said to it.

    Attributes
    ----------
    gain, loss
        What it brings the team that borrows, and what it takes from the one that lends, in words.
    is_minor
        Whether it brings next to nothing, and nobody has said anything to it.
    state
        suggested, accepted, agreed or refused.
    told
        Who said what.
    can_accept, can_refuse, can_take_back
        What the reader may say now.
    lending_id, version
        Of what was said; None and 0 where nothing was.
    """

    key: str
    plan_id: int
    agent_id: str
    name: str
    home: str
    team_id: str
    team: str
    start: int
    end: int
    num_tasks: int
    is_now: bool
    gain: str
    loss: str
    state: str
    mark: str
    told: str
    can_accept: bool
    can_refuse: bool
    can_take_back: bool
    is_minor: bool
    lending_id: int | None
    version: int


class MoveLines(Sequence[MoveLine]):
    """Moves, as text only where they are looked at.

    Parameters
    ----------
    moves
        Each with the plan that makes it, 0 where none does, and what was said to it.
    """

    def __init__(self, scope: Scope, moves: Sequence[tuple[int, Move, Lending | None]]) -> None:
        self._scope, self._moves = scope, moves

    def __len__(self) -> int:
        return len(self._moves)

    @overload
    def __getitem__(self, place: int) -> MoveLine: ...
    @overload
    def __getitem__(self, place: slice) -> "MoveLines": ...
    def __getitem__(self, place: int | slice) -> "MoveLine | MoveLines":
        if isinstance(place, slice):
            return MoveLines(self._scope, self._moves[place])
        return _move_line(self._scope, *self._moves[place])

    def followed_by(self, others: "MoveLines") -> "MoveLines":
        """Return these and then others."""
        return MoveLines(self._scope, [*self._moves, *others._moves])


@dataclass(frozen=True, kw_only=True)
class SwingView:
    """The swing board.

    Attributes
    ----------
    moves, minor
        Moves to decide on, and those that others could stand in for as well.
    num_shown
        As many of each are on the page of the day.
    """

    lent: Sequence[LentLine]
    moves: MoveLines
    minor: MoveLines
    num_waiting: int
    hours: Sequence[tuple[str, str]]
    num_shown: int = MOST_MOVES

    @property
    def num_more(self) -> int:
        """How many moves the page of the day has no room for."""
        return sum(max(0, len(lines) - self.num_shown) for lines in (self.moves, self.minor))


MARKS = {
    LendingState.SUGGESTED: "info",
    LendingState.ACCEPTED: "waiting",
    LendingState.AGREED: "good",
    LendingState.REFUSED: "bad",
}


def view_swing(scope: Scope, publications: Sequence[Publication]) -> SwingView:
    """Return the swing board of the teams that are asked for."""
    lendings = find_lendings(scope.live.database, teams=scope.own_teams, start=scope.start, end=scope.end)
    suggested = [(plan_id, move, match(lendings, move)) for plan_id, move in moves_in_force(scope, publications)]
    matched = {lending.id for _, _, lending in suggested if lending is not None}
    suggested += [(0, move_of(lending), lending) for lending in lendings if lending.id not in matched]
    asked = [one for one in suggested if one[1].end > scope.now and _is_of(scope, one[1])]
    # Of those at the same time, what brings most comes first: the page of the day has room for the first ones only.
    asked.sort(key=lambda one: (max(one[1].start, scope.now), -(one[1].saving or 0.0)))
    order = {state: place for place, state in enumerate(LendingState)}
    asked.sort(key=lambda one: (not _can_accept(scope, one[1], one[2]), order[_state_of(one[2])]))
    return SwingView(
        lent=_lent(scope),
        moves=MoveLines(scope, [one for one in asked if not _is_minor(one[1], one[2])]),
        minor=MoveLines(scope, [one for one in asked if _is_minor(one[1], one[2])]),
        num_waiting=sum(
            _state_of(lending) is LendingState.ACCEPTED and _can_accept(scope, move, lending)
            for _, move, lending in asked
        ),
        hours=list(_hours(scope, publications)),
    )


def _is_of(scope: Scope, move: Move) -> bool:
    return scope.is_asked(move.team) or scope.is_asked(move.home_team)


def moves_in_force(scope: Scope, publications: Sequence[Publication]) -> Iterator[tuple[int, Move]]:
    """Yield the moves of the plans in force, the newest first: of older ones those to teams that none spoke of."""
    spoken: set[str] = set()
    for publication in publications:
        for move in scope.moves(publication.plan_id):
            if move.team not in spoken and (publication.teams is None or move.team in publication.teams):
                yield publication.plan_id, move
        if publication.teams is None:
            return
        spoken.update(publication.teams)


def _lent(scope: Scope) -> list[LentLine]:
    crew = scope.queue.crew
    found = []
    for state in scope.queue.agent_states():
        position = crew.position.get(state.agent_id)
        task = None if state.task_id is None else scope.queue.find(state.task_id)
        if position is None or task is None or state.presence is not Presence.BUSY:
            continue
        home, team = crew.agents[position].team, task.team or str(crew.kinds[task.type]["team"])
        if home != team and (scope.is_asked(home) or scope.is_asked(team)):
            found.append(
                LentLine(
                    name=crew.name(state.agent_id),
                    home=scope.team_name(home),
                    team=scope.team_name(team),
                    task_id=task.id,
                )
            )
    return sorted(found, key=lambda line: (line.team, line.name))


def _move_line(scope: Scope, plan_id: int, move: Move, lending: Lending | None) -> MoveLine:
    state = _state_of(lending)
    sides = sides_of(scope.caller, giving=move.home_team, taking=move.team)
    said = _said_sides(lending)
    is_refused = state is LendingState.REFUSED
    return MoveLine(
        key=f"{move.agent_id}-{move.start}",
        plan_id=plan_id,
        agent_id=move.agent_id,
        name=scope.queue.crew.name(move.agent_id),
        home=scope.team_name(move.home_team),
        team_id=move.team,
        team=scope.team_name(move.team),
        start=move.start,
        end=move.end,
        num_tasks=len(move.tasks),
        is_now=move.start <= scope.now,
        gain=_gain(scope, move),
        loss=_loss(scope, move),
        state=state.value,
        mark=MARKS[state],
        told=_told(scope, lending),
        can_accept=_can_accept(scope, move, lending),
        can_refuse=bool(sides) and not is_refused and not (said and sides <= said),
        can_take_back=bool(sides) and lending is not None and (is_refused or bool(sides & said)),
        is_minor=_is_minor(move, lending),
        lending_id=None if lending is None else lending.id,
        version=0 if lending is None else lending.version,
    )


def _state_of(lending: Lending | None) -> LendingState:
    return LendingState.SUGGESTED if lending is None else lending.state


def _can_accept(scope: Scope, move: Move, lending: Lending | None) -> bool:
    sides = sides_of(scope.caller, giving=move.home_team, taking=move.team)
    return bool(sides - _said_sides(lending)) and _state_of(lending) is not LendingState.REFUSED


def _said_sides(lending: Lending | None) -> frozenset[Side]:
    if lending is None:
        return frozenset()
    said = ((Side.GIVING, lending.giving_said_by), (Side.TAKING, lending.taking_said_by))
    return frozenset(side for side, who in said if who is not None)


def _told(scope: Scope, lending: Lending | None) -> str:
    texts = scope.texts
    if lending is None or lending.state is LendingState.SUGGESTED:
        return ""
    if lending.state is LendingState.REFUSED:
        return texts.gettext("%(who)s: %(reason)s", who=lending.refused_by or "", reason=lending.reason)
    if lending.state is LendingState.AGREED:
        people = sorted({lending.giving_said_by or "", lending.taking_said_by or ""})
        return texts.gettext("said by %(who)s", who=", ".join(people))
    if lending.giving_said_by is not None:
        return texts.gettext(
            "%(who)s agrees; the lead of %(team)s has not answered",
            who=lending.giving_said_by,
            team=scope.team_name(lending.to_team_id),
        )
    return texts.gettext(
        "%(who)s agrees; the lead of %(team)s has not answered",
        who=lending.taking_said_by or "",
        team=scope.team_name(lending.from_team_id),
    )


def _is_minor(move: Move, lending: Lending | None) -> bool:
    """Return whether a move brings next to nothing, and nobody has said anything to it."""
    return _state_of(lending) is LendingState.SUGGESTED and _brings_little(move)


def _brings_little(move: Move) -> bool:
    is_little = move.saving is not None and move.saving < WORTH_TELLING
    return is_little and not move.left_without and not move.late_without


def _gain(scope: Scope, move: Move) -> str:
    texts, team = scope.texts, scope.team_name(move.team)
    told = []
    if move.left_without:
        told.append(
            texts.ngettext(
                "%(num)s task of %(team)s would be left without it",
                "%(num)s tasks of %(team)s would be left without it",
                len(move.left_without),
                team=team,
            )
        )
    if move.late_without:
        told.append(
            texts.ngettext(
                "%(num)s task of %(team)s would be late without it",
                "%(num)s tasks of %(team)s would be late without it",
                len(move.late_without),
                team=team,
            )
        )
    if move.saving is not None and move.saving >= WORTH_TELLING:
        told.append(texts.gettext("saves up to %(points)s points", points=texts.number(move.saving)))
    elif _brings_little(move):
        told.append(texts.gettext("brings next to nothing"))
    return "; ".join(told)


def _loss(scope: Scope, move: Move) -> str:
    texts, home = scope.texts, scope.team_name(move.home_team)
    told = []
    if move.home_late:
        told.append(
            texts.ngettext(
                "%(num)s task of %(team)s is late or left for it",
                "%(num)s tasks of %(team)s are late or left for it",
                len(move.home_late),
                team=home,
            )
        )
    if move.home_cost is not None and move.home_cost >= WORTH_TELLING:
        told.append(texts.gettext("costs %(points)s points at home", points=texts.number(move.home_cost)))
    if not told and move.home_cost is not None:
        told.append(texts.gettext("%(team)s loses nothing", team=home))
    return "; ".join(told)


def _hours(scope: Scope, publications: Sequence[Publication]) -> Iterator[tuple[str, str]]:
    """Yield what one more person would save each team, where that is anything."""
    texts, spoken = scope.texts, set[str]()
    for publication in publications:
        board = scope.plan(publication.plan_id).extra.get("swing") or {}
        for team in board.get("teams") or ():
            worth = [float(value) for value in team["next_hours"] if value >= WORTH_TELLING]
            is_meant = publication.teams is None or team["team"] in publication.teams
            if sum(worth) >= WORTH_AN_HOUR and is_meant and team["team"] not in spoken and scope.is_asked(team["team"]):
                yield (
                    scope.team_name(team["team"]),
                    texts.ngettext(
                        "%(points)s points in %(num)s hour",
                        "%(points)s points in %(num)s hours",
                        len(worth),
                        points=texts.number(sum(worth)),
                    ),
                )
        if publication.teams is None:
            return
        spoken.update(publication.teams)
