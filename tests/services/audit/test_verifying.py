"""Every way to tamper with the trail that the chain can show, and what only an anchor shows."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from models.database import Database, Session
from models.errors import UsageError
from services.audit.sealing import seal_once, seal_pending
from services.audit.verifying import Verdict, parse_anchor, verify_chain

NOW = 1772434800
Act = Callable[..., None]


@pytest.fixture
def chain(database: Database, write_events: Act, write_changes: Act) -> Database:
    """Three seals: events 1 to 5 with changes 1 to 3, events 6 to 10, events 11 and 12 with changes 4 and 5."""
    write_events(10)
    write_changes(3)
    assert seal_once(database, now=NOW, most_rows=5) is not None
    assert seal_once(database, now=NOW + 1, most_rows=5) is not None
    write_events(2)
    write_changes(2)
    assert seal_once(database, now=NOW + 2, most_rows=5) is not None
    assert _verify(database).holds
    return database


def _verify(database: Database, *anchors: str) -> Verdict:
    with database.reading() as session:
        return verify_chain(session, anchors=anchors)


MOVE_UP = (  # in two steps: a position stands once
    "UPDATE events SET position = -position WHERE position > 7",
    "UPDATE events SET position = -position - 1 WHERE position < 0",
)
MOVE_DOWN = (
    "UPDATE events SET position = -position WHERE position > 6",
    "UPDATE events SET position = -position + 1 WHERE position < 0",
)
INSERT = (
    "INSERT INTO events (id, position, kind, occurred_at, recorded_at, schema_version, details) "
    "SELECT 99, {}, kind, occurred_at, recorded_at, schema_version, details FROM events WHERE id = 1"
)
SWAP = tuple(f"UPDATE {{0}} SET position = {to} WHERE position = {at}" for at, to in ((1, -1), (3, 1), (-1, 3)))


CASES = (
    (
        ("UPDATE events SET agent_id = 'eve' WHERE id = 7",),
        2,
        "events",
        7,
        7,
        "event 7, at position 7, was changed",
    ),
    (("UPDATE events SET details = '{}' WHERE id = 1",), 1, "events", 1, 1, "event 1, at position 1, was changed"),
    (("UPDATE events SET task_id = NULL WHERE id = 12",), 3, "events", 12, 12, "was changed"),
    (("UPDATE changes SET principal_id = 'eve' WHERE id = 2",), 1, "changes", 2, 2, "change 2, at position 2, was"),
    (
        ("UPDATE changes SET before = NULL WHERE id = 5",),
        3,
        "changes",
        5,
        5,
        "change 5, at position 5, was changed",
    ),
    (("DELETE FROM events WHERE id = 7",), 2, "events", None, 7, "the event at position 7 is missing"),
    (("DELETE FROM events WHERE id = 5",), 1, "events", None, 5, "the event at position 5 is missing"),
    (("DELETE FROM events WHERE id >= 9",), 2, "events", None, 9, "the event at position 9 is missing"),
    (("DELETE FROM changes WHERE id = 4",), 3, "changes", None, 4, "the change at position 4 is missing"),
    (("DELETE FROM events WHERE id = 7", *MOVE_UP), 2, "events", 8, 7, "is gone, and event 8 took its place"),
    ((*MOVE_DOWN, INSERT.format(7)), 2, "events", 99, 7, "event 99 was put in, at position 7"),
    ((INSERT.format(0),), 1, "events", 99, 1, "event 99 was put in, at position 0"),
    ((INSERT.format(-4),), 1, "events", 99, 1, "event 99 was put in, at position -4"),
    (tuple(one.format("events") for one in SWAP), 1, "events", 3, 1, "event 3, at position 1, stands in another's"),
    (tuple(one.format("changes") for one in SWAP), 1, "changes", 3, 1, "rows were reordered"),
    (
        ("UPDATE events SET position = NULL WHERE id = 6",),
        2,
        "events",
        None,
        6,
        "the event at position 6 is missing",
    ),
    (("DELETE FROM seals WHERE id = 1",), 1, None, None, None, "seal 1 is missing"),
    (("DELETE FROM seals WHERE id IN (1, 2)",), 1, None, None, None, "seals 1 to 2 are missing"),
    (("DELETE FROM seals WHERE id = 2",), 2, None, None, None, "seal 2 is missing"),
    (("UPDATE seals SET digest = '0' WHERE id = 2",), 2, None, None, None, "the seal itself was changed"),
    (("UPDATE seals SET row_marks = CAST('x' AS {bytes}) WHERE id = 2",), 2, None, None, None, "has not a mark"),
    (("UPDATE seals SET num_events = 4 WHERE id = 2",), 2, None, None, None, "the seal itself was changed"),
    (
        ("UPDATE seals SET last_event = 5, num_events = 0 WHERE id = 3",),
        3,
        None,
        None,
        None,
        "it ends before the one",
    ),
    (("UPDATE seals SET last_event = 11 WHERE id = 2",), 2, "events", 11, 11, "event 11 was put in"),
    (
        ("DELETE FROM seals WHERE id = 3",),
        3,
        "changes",
        4,
        4,
        "change 4 was sealed, at position 4, but the chain ends",
    ),
)


def test_tampering_is_named_by_its_first_seal_and_row(chain: Database) -> None:
    for statements, seal, table, row, position, said in CASES:
        with pytest.raises(_TakenBackError), chain.writing() as session:
            _tamper_and_check(session, statements, (seal, table, row, position), said)
    assert _verify(chain).holds


class _TakenBackError(Exception):
    """Ends a transaction without a trace, so that one chain serves for all attacks."""


def _tamper_and_check(
    session: Session, statements: tuple[str, ...], place: tuple[int, str | None, int | None, int | None], said: str
) -> None:
    connection = session.connection()
    kind = "BLOB" if connection.dialect.name == "sqlite" else "BYTEA"
    for statement in statements:
        connection.execute(text(statement.replace("{bytes}", kind)))
    verdict = verify_chain(session)
    found = verdict.first_break
    assert not verdict.holds, statements
    assert found is not None
    assert said in found.what
    assert (found.seal, found.table, found.row_id, found.position) == place, statements
    assert verdict.num_seals == place[0] - 1
    raise _TakenBackError


def test_the_time_of_a_seal_is_under_its_digest(chain: Database, tamper: Act) -> None:
    tamper("UPDATE seals SET sealed_at = (SELECT sealed_at FROM seals WHERE id = 3) WHERE id = 1")
    found = _verify(chain).first_break
    assert found is not None
    assert (found.seal, found.row_id) == (1, None)


def test_a_log_that_ends_before_what_the_states_speak_of_is_cut_off(chain: Database, tamper: Act) -> None:
    tamper(
        "INSERT INTO agent_states (agent_id, presence, since, num_in_hand, skips_today, version, event_id) "
        "SELECT 'a1', 'free', recorded_at, 0, 0, 1, 13 FROM events WHERE id = 1"
    )
    found = _verify(chain).first_break
    assert found is not None
    assert "a row of agent_states speaks of event 13" in found.what
    assert found.seal is None


def test_an_anchor_shows_an_end_cut_off_cleanly(chain: Database, tamper: Act) -> None:
    anchor = _verify(chain).anchor
    assert anchor is not None
    assert _verify(chain, anchor).holds
    tamper(
        "DELETE FROM seals WHERE id = 3",
        "DELETE FROM events WHERE position > 10",
        "DELETE FROM changes WHERE position > 3",
    )
    assert _verify(chain).holds  # nothing in the database can tell
    found = _verify(chain, anchor).first_break
    assert found is not None
    assert (found.seal, found.what) == (3, "there is an anchor of seal 3, but the chain ends at seal 2")


def test_an_anchor_shows_a_chain_made_anew(chain: Database, tamper: Act) -> None:
    first = _verify(chain).anchor
    assert first is not None
    tamper(
        "UPDATE events SET agent_id = 'eve' WHERE id = 7",
        "DELETE FROM seals",
        "UPDATE changes SET position = NULL",
    )
    seal_pending(chain, now=NOW)
    seal_pending(chain, now=NOW)
    assert _verify(chain).holds
    found = _verify(chain, f"1:{first.partition(':')[2]}").first_break
    assert found is not None
    assert found.seal == 1
    assert "were made anew" in found.what


@pytest.mark.parametrize("given", ["", "5", "5:abc", f"0:{'0' * 64}", f"x:{'0' * 64}", f"5:{'-' * 64}"])
def test_what_is_no_anchor_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="is no anchor"):
        parse_anchor(given)
