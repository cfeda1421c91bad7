"""What another lent hour would save a team: a guest joins the plan hour by hour, and takes over what gains by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.vocabulary import Rule
from optimizer.dispatch import dispatch
from optimizer.draft import Draft
from optimizer.search.tiny import tiny_instance
from optimizer.swinging.hosting import Hosting, Stay

HOUR_S = 3600
MOST_HOURS = 8
MOST_AT_ONCE = 4
"""A task may take longer than an hour: so many are tried together where one saves nothing."""

WORTH_AN_HOUR = 0.01
WORTH_SHARE = 0.01
"""The curve ends where another hour saves less than that, or than this share of what the first one does."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """What each further hour of one more person would save a team.

    Attributes
    ----------
    saving
        By each hour, never more than by the one before; their sum is a saving that a plan attains.
    start, end
        The time of all of these hours, one after another; seconds from `now`. Equal where no hour saves anything.
    """

    team: int
    saving: tuple[float, ...]
    start: int
    end: int


def draw_curve(draft: Draft, team: int, starts: Sequence[int], *, until: int, most_hours: int = MOST_HOURS) -> Curve:
    """Return what further hours of a guest would save a team, from the best hour on, growing at the better end.

    The guest has every skill of the team at every level, works at speed 1 without a break, and is away from home:
    coming costs a move, a setup to begin with, and `away` for each minute. What is saved is that of a plan that changes
    nothing but what the guest takes over, so that a plan made anew may save more.

    Parameters
    ----------
    starts : instants at which the guest may come
    until : the guest may not stay longer
    """
    hosting = Hosting(draft, team)
    stay: Stay | None = None
    savings: list[float] = []
    while len(savings) < most_hours:
        least = max([WORTH_AN_HOUR, *(WORTH_SHARE * first for first in savings[:1])])
        longer, hours = _lengthen(hosting, stay, starts, until, most_hours - len(savings), least)
        if longer is None:
            break
        # Where only several hours together save anything, each counts for its share.
        gained = (longer.saving - (stay.saving if stay is not None else 0.0)) / hours
        savings += [min((gained, *savings[-1:]))] * hours
        stay = longer
    if stay is None:
        return Curve(team=team, saving=(), start=0, end=0)
    return Curve(team=team, saving=tuple(savings), start=stay.start, end=stay.end)


def warm_up() -> None:
    """Compile the kernels of the swing team."""
    instance = tiny_instance()
    plan = dispatch(instance, Rule.ATC)
    draw_curve(Draft(instance, plan.task_agent, plan.task_start, plan.task_end), 0, [0], until=2 * HOUR_S)


def _lengthen(
    hosting: Hosting, stay: Stay | None, starts: Sequence[int], until: int, most_hours: int, least: float
) -> tuple[Stay | None, int]:
    """Return the best stay that is longer by as few hours as save enough, each at least so much, and by how many."""
    before = 0.0 if stay is None else stay.saving
    for hours in range(1, min(most_hours, MOST_AT_ONCE) + 1):
        seconds = hours * HOUR_S
        if stay is None:
            spans = [(start, start + seconds) for start in starts]
        else:
            spans = [(stay.start, stay.end + seconds), (stay.start - seconds, stay.end)]
        tried = [hosting.host(stay, start, end) for start, end in spans if start >= 0 and end <= until]
        best = max(tried, key=lambda one: one.saving, default=None)
        if best is not None and best.saving - before >= least * hours:
            return best, hours
    return None, 0
