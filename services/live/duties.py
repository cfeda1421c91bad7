"""What has to be done at the desk though nobody asks for it. Done twice, or by two at once, it does no harm."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from models.database import Database
from models.errors import ConflictError, NotFoundError
from models.repositories.live.arrivals import take_in_arrivals
from models.repositories.live.events import assign_positions, has_unpositioned
from models.repositories.live.states import find_gone, find_run_out, find_to_follow_up
from models.repositories.live.turns import in_turn
from models.time import SECONDS_PER_MINUTE
from services.live.acts import ITSELF, Outcome
from services.live.desk import Desk
from services.settings import Settings

MOST_AT_ONCE = 500
Done = Callable[[Database, Settings, int], int]


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Something to be done again and again.

    Attributes
    ----------
    every_s
        Seconds from one time to the next.
    do
        Does it at an instant, and returns how much there was to do.
    is_after_commits
        Whether there is something to do only where something was committed since it was done.
    """

    name: str
    every_s: float
    do: Done
    is_after_commits: bool = False


def give_positions(database: Database, _settings: Settings, _now: int) -> int:
    """Give committed events their positions; return how many."""
    with database.reading() as session:
        if not has_unpositioned(session.connection()):
            return 0
    return in_turn(database, lambda session: assign_positions(session.connection()))


def take_in(database: Database, _settings: Settings, now: int) -> int:
    """Let tasks arrive that came into the office when there was no desk yet; return how many."""
    return in_turn(database, lambda session: take_in_arrivals(session.connection(), now=now))


def expire_claims(database: Database, settings: Settings, now: int) -> int:
    """Give tasks back to the queue that were claimed and not started in time; return how many."""
    with database.reading() as session:
        found = find_run_out(session.connection(), now=now, limit=MOST_AT_ONCE)
    desk = Desk(database, settings, clock=lambda: now)
    return _do_each(found, lambda task_id: desk.expire(task_id, ITSELF))


def follow_up(database: Database, settings: Settings, now: int) -> int:
    """Bring pended tasks back whose time has come; return how many."""
    with database.reading() as session:
        found = find_to_follow_up(session.connection(), now=now, limit=MOST_AT_ONCE)
    desk = Desk(database, settings, clock=lambda: now)
    return _do_each(found, lambda task_id: desk.follow_up(task_id, ITSELF))


def sign_out_gone(database: Database, settings: Settings, now: int) -> int:
    """Sign agents out who went home without doing it, so that what they had begun goes to a lead; return how many."""
    grace_s = round(settings.sign_out_after_minutes * SECONDS_PER_MINUTE)
    if not grace_s:
        return 0
    with database.reading() as session:
        found = find_gone(session.connection(), now=now, grace_s=grace_s, limit=MOST_AT_ONCE)
    desk = Desk(database, settings, clock=lambda: now)
    return _do_each(found, lambda agent_id: desk.sign_out(agent_id, ITSELF, cause="shift-over"))


STANDARD_DUTIES = (
    Duty(name="positions", every_s=0.2, do=give_positions, is_after_commits=True),
    Duty(name="arrivals", every_s=300.0, do=take_in),
    Duty(name="claims", every_s=1.0, do=expire_claims),
    Duty(name="follow-ups", every_s=1.0, do=follow_up),
    Duty(name="sign-outs", every_s=60.0, do=sign_out_gone),
)


def _do_each(found: Iterable[str], do: Callable[[str], Outcome]) -> int:
    num_done = 0
    for name in found:
        try:
            do(name)
        except (ConflictError, NotFoundError):
            continue  # somebody was faster: it is no longer to be done
        num_done += 1
    return num_done
