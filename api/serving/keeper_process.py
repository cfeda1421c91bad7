"""The process that does the background duties of the live desk; run by the supervisor."""

import argparse
from threading import Event

from api.serving.background import run_background
from api.serving.lifeline import say_ready
from models.database import Database
from services.access.answering import forget_old_answers
from services.access.passwords.lockout import forget_old_attempts
from services.access.sessions import forget_old_sessions
from services.audit.sealing import seal
from services.database import open_database
from services.live.duties import STANDARD_DUTIES, Duty
from services.live.idle_watch import EVERY_S, IdleWatch
from services.live.keeper import PAUSE_S, Keeper
from services.settings import Settings

ROLE = "keeper"


def forget_answers(database: Database, _settings: Settings, now: int) -> int:
    """Delete answers to repeated requests that nobody asks for any more; return how many."""
    return forget_old_answers(database, now=now)


def forget_sessions(database: Database, _settings: Settings, now: int) -> int:
    """Delete sessions, links and sign-ons that are over, and attempts to sign in of days ago; return how many."""
    return forget_old_sessions(database, now=now) + forget_old_attempts(database, now=now)


DUTIES = (
    *STANDARD_DUTIES,
    Duty(name="seal", every_s=1.0, do=seal, is_after_commits=True),
    Duty(name="idle", every_s=EVERY_S, do=IdleWatch().look),
    Duty(name="answers", every_s=600.0, do=forget_answers),
    Duty(name="sessions", every_s=3600.0, do=forget_sessions),
)
"""Everything that is done though nobody asks for it."""


def keep(settings: Settings, options: argparse.Namespace, stop: Event) -> None:
    """Do the duties until told to end, and once more then: what requests have left is put in order."""
    with open_database(settings) as database:
        keeper = Keeper(database, settings, duties=DUTIES)
        keeper.do_what_is_due()
        say_ready(options.ready)
        while not stop.wait(PAUSE_S):
            keeper.do_what_is_due()
        keeper.do_what_is_due()
        keeper.stop()
        keeper.run()  # gives up the lease


def main(arguments: list[str]) -> int:
    """Do the duties until told to end, and return the exit status."""
    return run_background(arguments, role=ROLE, work=keep)
