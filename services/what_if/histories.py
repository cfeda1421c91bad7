"""Scenarios from what happened: what the office's history tells, with what that rests on; or from a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models.database import Database
from models.errors import InputError
from models.formats.documents import parse_document
from models.formats.scenarios.documents import YAML_SUFFIXES, parse_yaml
from models.repositories.known import read_office_calendar
from models.repositories.office_pages import list_named
from models.repositories.task_counts import find_span
from models.time import to_datetime
from services.calibrating.calibrate import OnStage, add_warnings, calibrate, report_document
from services.calibrating.checking import observe
from services.calibrating.history import find_until
from services.settings import Settings

MOST_UPLOADED = 4 * 1024**2
MOST_TEAMS = 1000


@dataclass(frozen=True, kw_only=True)
class Extent:
    """The days of an office that have a history: from the first to the one before `until`."""

    first: date
    until: date

    @property
    def num_days(self) -> int:
        """How many days that is; none where the first is not over yet."""
        return max(0, (self.until - self.first).days)

    @property
    def last(self) -> date:
        """The last of them."""
        return self.until - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A scenario that an office's history tells.

    Attributes
    ----------
    findings
        What it rests on: days, counts, what was found of each part, what the history does not tell, and figures of the
        history itself (`observed`).
    remarks
        What is to be said of parts of the document, by their place in it.
    report
        What was found, and how well it fits.
    """

    name: str
    document: Mapping[str, Any]
    findings: Mapping[str, Any]
    remarks: Mapping[str, str]
    report: Mapping[str, Any]

    def answer(self) -> dict[str, Any]:
        """Return it as one JSON object, for programs."""
        return {"scenario": self.document, "remarks": self.remarks, "report": self.report}


def read_history(
    database: Database,
    settings: Settings,
    *,
    days: int,
    now: int,
    until: str | None = None,
    teams: Sequence[str] | None = None,
    on_stage: OnStage | None = None,
) -> Told:
    """Return the scenario of so many days of the office's history; `on_stage` as for `calibrate`.

    Raises
    ------
    UsageError
        If there is nothing to tell a scenario from.
    """
    made = calibrate(database, settings, days=days, now=now, until=until, teams=teams, on_stage=on_stage)
    made.ask()  # what cannot be simulated is not given
    history = made.history
    report = report_document(made)
    counts = {
        "came": int(history.within("enabled").sum()),
        "closed": int(history.within("closed").sum()),
        "measured": sum(fit.num for fit in made.work.fits.values()),
        "people": sum(int(group["count"]) for group in made.document["agents"]),
    }
    return Told(
        name=str(made.document["name"]),
        document=made.document,
        findings={
            **{key: report[key] for key in ("from", "to", "days", "handling", "notes")},
            "counts": counts,
            "remarks": {".".join(map(str, place)): text for place, text in made.remarks.items() if place},
            "observed": observe(made),
        },
        remarks={".".join(map(str, place)): text for place, text in add_warnings(made, []).items()},
        report=report,
    )


def find_extent(database: Database, settings: Settings, *, now: int) -> Extent | None:
    """Return of which days an office has a history that a scenario can be read off; None where nothing came in."""
    with database.reading() as session:
        calendar = read_office_calendar(session, timezone=settings.timezone)
        span = find_span(session.connection(), now=now)
    if span is None:
        return None
    first, last, is_closing = span
    end = find_until(last, now, calendar, is_closing=is_closing)
    return Extent(first=calendar.local_day(first), until=to_datetime(end, calendar.zone).date())


def find_teams(database: Database) -> tuple[tuple[str, str], ...]:
    """Return the teams whose history can be read, by id and name."""
    with database.reading() as session:
        found = list_named(session.connection(), "teams", limit=MOST_TEAMS)
    return tuple((row["id"], row["name"] or row["id"]) for row in found)


def read_upload(name: str, body: bytes) -> dict[str, Any]:
    """Return the document of a scenario's file: YAML by its ending, else JSON.

    Raises
    ------
    InputError
        If it is not what its ending says, or too large.
    """
    if len(body) > MOST_UPLOADED:
        raise InputError.of(name, f"has more than {MOST_UPLOADED:,} bytes, the most that is taken")
    if not name.lower().endswith(YAML_SUFFIXES):
        return parse_document(body, file=name)
    document = parse_yaml(body, file=name)
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise InputError.of(name, "an object with text as keys")
    return document
