"""Sealing on both databases: everything once, in order, beside the work."""

from collections.abc import Callable

import pytest
import structlog

from models.database import Database
from models.repositories.audit import list_changes
from models.repositories.seals import get_seal, last_seal
from models.time import SECONDS_PER_HOUR
from services.audit.chain import marks_of
from services.audit.sealing import anchor_of, seal, seal_once, seal_pending
from services.audit.verifying import verify_chain
from services.settings import Settings

NOW = 1772434800
Write = Callable[..., None]


def test_nothing_is_sealed_where_nothing_happened(database: Database) -> None:
    assert seal_once(database, now=NOW) is None
    with database.reading() as session:
        verdict = verify_chain(session)
    assert (verdict.holds, verdict.num_seals, verdict.anchor) == (True, 0, None)


def test_every_committed_row_is_sealed_once_and_holds(
    database: Database, write_events: Write, write_changes: Write
) -> None:
    write_events(12)
    write_changes(4)
    added = []
    while (one := seal_once(database, now=NOW, most_rows=5)) is not None:
        added.append(one)
    assert [(one.id, one.num_events, one.num_changes) for one in added] == [(1, 5, 4), (2, 5, 0), (3, 2, 0)]
    write_changes(2)
    write_events(1)
    assert [(one.id, one.last_event, one.last_change) for one in seal_pending(database, now=NOW)] == [(4, 13, 6)]
    with database.reading() as session:
        verdict = verify_chain(session)
        assert [change.position for change in list_changes(session)] == [6, 5, 4, 3, 2, 1]
        end = last_seal(session)
    assert end is not None
    assert verdict.holds, verdict.first_break
    assert (verdict.num_seals, verdict.num_events, verdict.num_changes) == (4, 13, 6)
    assert verdict.anchor == anchor_of(end)
    assert (verdict.event_tail.count, verdict.change_tail.count) == (0, 0)


def test_what_has_no_seal_yet_is_named(database: Database, write_events: Write, write_changes: Write) -> None:
    write_events(3)
    seal_pending(database, now=NOW)
    write_events(2)
    write_events(1, is_positioned=False, recorded_at=NOW - 5)
    write_changes(1)
    with database.reading() as session:
        verdict = verify_chain(session)
    assert verdict.holds
    assert (verdict.num_events, verdict.num_changes) == (3, 0)
    assert (verdict.event_tail.count, verdict.event_tail.first_id, verdict.event_tail.first_at) == (3, 4, NOW - 5)
    assert (verdict.change_tail.count, verdict.change_tail.first_id) == (1, 1)


def test_an_event_that_has_no_position_waits_for_it(database: Database, write_events: Write) -> None:
    write_events(1, is_positioned=False)
    assert seal_once(database, now=NOW) is None


def test_of_two_sealers_one_seals(database: Database, write_events: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second begins before the first has committed, and ends after it."""
    write_events(3)
    usual = marks_of

    def seal_meanwhile(digests: list[bytes]) -> bytes:
        monkeypatch.setattr("services.audit.sealing.marks_of", usual)
        assert seal_once(database, now=NOW) is not None
        return usual(digests)

    monkeypatch.setattr("services.audit.sealing.marks_of", seal_meanwhile)
    assert seal_once(database, now=NOW) is None
    with database.reading() as session:
        verdict = verify_chain(session)
    assert (verdict.holds, verdict.num_seals, verdict.num_events) == (True, 1, 3)


def test_a_clock_set_back_does_not_run_the_chain_back(database: Database, write_events: Write) -> None:
    write_events(1)
    seal_once(database, now=NOW)
    write_events(1)
    later = seal_once(database, now=NOW - 1000)
    assert later is not None
    assert later.sealed_at == NOW
    with database.reading() as session:
        assert get_seal(session, 2) == later
        assert get_seal(session, 3) is None


def test_the_log_is_told_the_first_seal_of_each_hour(database: Database, write_events: Write) -> None:
    settings = Settings()
    with structlog.testing.capture_logs() as told:
        for at in (NOW, NOW + 1, NOW + SECONDS_PER_HOUR, NOW + SECONDS_PER_HOUR + 1):
            write_events(1)
            assert seal(database, settings, at) == 1
        assert seal(database, settings, at + 1) == 0
    with database.reading() as session:
        first, third = get_seal(session, 1), get_seal(session, 3)
    assert first is not None
    assert third is not None
    assert [entry["anchor"] for entry in told] == [anchor_of(first), anchor_of(third)]
