"""One job in a process of its own: it hears over a pipe what to do, and ends when nobody is there any more."""

import logging
import os
import pickle
import signal
import sys
import threading
from dataclasses import asdict
from typing import Any, BinaryIO, NoReturn

from models.errors import CancelledError, InputError, StorageFullError, SwingdeskError, UnavailableError
from models.repositories.jobs.asking import get_job
from models.repositories.jobs.leasing import fail_job, read_clock, stop_job
from models.repositories.jobs.records import LeaseLostError
from services.database import open_database
from services.jobs.kinds import KINDS
from services.jobs.lease import Lease
from services.settings import Settings

STOP = b"stop\n"
SETTLED, LOST, UNREACHABLE, ORPHANED = 0, 4, 5, 6
"""How the process ends: what became of the job is in the database; it is somebody else's; the database did not
answer; whoever started the process has gone."""
MOST_FAULTS = 1000
_LOG = logging.getLogger("swingdesk.jobs")


def do_job(settings: Settings, job_id: int, *, owner: str, cancel: threading.Event | None = None) -> None:
    """Do a job that is leased to an owner, and store what came of it.

    Raises
    ------
    LeaseLostError
        If somebody else has it by now; nothing was stored then.
    UnavailableError
        If the database does not answer; whoever started this gives the job back.
    """
    with open_database(settings) as database:
        with database.reading() as session:
            lease = Lease(database, get_job(session.connection(), job_id), owner=owner, cancel=cancel)
        try:
            lease.check_wanted()
            made = KINDS[lease.job.kind].load()(lease, settings)
            lease.check_wanted()
            if not lease.is_finished:
                with database.writing() as session:
                    lease.finish(session, result=made)
        except StorageFullError as error:
            _fail(lease, describe_error(error))  # to begin again would make no room
        except (LeaseLostError, UnavailableError):
            raise
        except CancelledError:
            with database.writing() as session:
                connection = session.connection()
                stop_job(connection, job_id, owner=owner, now=read_clock(connection))
        except SwingdeskError as error:
            _fail(lease, describe_error(error))
        except Exception:  # noqa: BLE001 (said in the log, and to the asker that it is there)
            # What it was goes to the log and never to the asker.
            _LOG.exception("job %d failed", job_id)
            _fail(lease, _problem("Something went wrong", "something went wrong here; the log says what"))


def describe_error(error: SwingdeskError) -> dict[str, Any]:
    """Return an error as problem details (RFC 9457), with each fault of an input."""
    if not isinstance(error, InputError):
        return _problem("The question cannot be answered", str(error))
    faults = [asdict(fault) for fault in error.faults[:MOST_FAULTS]]
    return {**_problem("The input cannot be used", str(error)), "num_faults": len(error.faults), "faults": faults}


def main(orders: int) -> NoReturn:
    """Read what is to be done from a pipe, do it, and end the process with how it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; whoever started this decides
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    line = os.fdopen(orders, "rb")
    settings, job_id, owner = pickle.loads(line.read(int.from_bytes(line.read(8), "big")))  # noqa: S301 (the parent's)
    cancel = threading.Event()
    threading.Thread(target=_listen, args=(line, cancel), name="listening", daemon=True).start()
    try:
        do_job(settings, job_id, owner=owner, cancel=cancel)
    except LeaseLostError as error:
        _LOG.warning("%s", error)
        _end(LOST)
    except UnavailableError as error:
        _LOG.warning("job %d: %s", job_id, error)
        _end(UNREACHABLE)
    _end(SETTLED)


def pack_order(settings: Settings, job_id: int, owner: str) -> bytes:
    """Return what `main` reads first."""
    raw = pickle.dumps((settings, job_id, owner))
    return len(raw).to_bytes(8, "big") + raw


def _listen(line: BinaryIO, cancel: threading.Event) -> None:
    while word := line.readline():
        if word == STOP:
            cancel.set()
    _end(ORPHANED)


def _end(code: int) -> NoReturn:
    # Not by returning: threads of the runners would be waited for, and one listens to a pipe that may never close.
    sys.stderr.flush()
    os._exit(code)


def _fail(lease: Lease, problem: dict[str, Any]) -> None:
    with lease.database.writing() as session:
        connection = session.connection()
        fail_job(connection, lease.job.id, owner=lease.owner, now=read_clock(connection), problem=problem)


def _problem(title: str, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "detail": detail}
