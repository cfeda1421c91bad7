"""The trail of changes, on both databases."""

import pytest
from sqlalchemy import text

from models.database import Database
from models.repositories.audit import (
    DIGEST_PREFIX,
    Change,
    begin_lineage,
    forget,
    is_value_of,
    list_changes,
    read_lineage,
    record_change,
)
from models.vocabulary_audit import Subject

NOW = 1772434800


def _record(database: Database, **given: object) -> bool:
    fields = {
        "at": NOW,
        "principal_id": "ada",
        "what": "PATCH /api/agents",
        "subject": Subject.AGENT,
        "subject_id": "ana",
    }
    with database.writing() as session:
        return record_change(session, **(fields | given))  # type: ignore[arg-type]


def _all(database: Database, **conditions: object) -> list[Change]:
    with database.reading() as session:
        return list(list_changes(session, **conditions))  # type: ignore[arg-type]


def test_a_change_keeps_only_the_fields_that_differ(database: Database) -> None:
    assert _record(database, before={"team_id": "a", "max_moves": 2}, after={"team_id": "b", "max_moves": 2})
    (change,) = _all(database)
    assert (change.before, change.after) == ({"team_id": "a"}, {"team_id": "b"})
    assert (change.at, change.principal_id, change.position) == (NOW, "ada", None)
    assert (change.subject_kind, change.subject_id, change.what) == ("agent", "ana", "PATCH /api/agents")


def test_what_did_not_change_leaves_no_trace(database: Database) -> None:
    assert not _record(database, before={"weight": 1, "teams": ["a"]}, after={"weight": 1, "teams": ["a"]})
    assert _all(database) == []


def test_what_is_new_and_what_is_gone(database: Database) -> None:
    assert _record(database, after={"team_id": "a"})
    assert _record(database, before={"team_id": "a"})
    gone, new = _all(database)
    assert (new.before, new.after) == (None, {"team_id": "a"})
    assert (gone.before, gone.after) == ({"team_id": "a"}, None)


def test_a_change_is_rolled_back_with_what_it_tells_of(database: Database) -> None:
    def change_and_fail() -> None:
        with database.writing() as session:
            record_change(
                session, at=NOW, principal_id=None, what="x", subject=Subject.TASK, subject_id="T1", after={"step": "a"}
            )
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        change_and_fail()
    assert _all(database) == []


def test_names_are_kept_as_digests_that_prove_and_can_be_forgotten(database: Database) -> None:
    assert _record(database, before={"name": "Ana Soto"}, after={"name": "Ana Ruiz", "team_id": "a"})
    (change,) = _all(database)
    assert change.before is not None
    assert change.after is not None
    assert change.after["team_id"] == "a"
    assert str(change.before["name"]).startswith(DIGEST_PREFIX)
    assert change.before["name"] != change.after["name"]
    with database.reading() as session:
        assert "Ana" not in str(session.connection().execute(text("SELECT * FROM changes")).all())
        assert is_value_of(session, change, "name", "Ana Soto")
        assert is_value_of(session, change, "name", "Ana Ruiz")
        assert not is_value_of(session, change, "name", "Ana")
        assert not is_value_of(session, change, "title", "Ana Soto")
    with database.writing() as session:
        assert forget(session, Subject.AGENT, "ana")
        assert not forget(session, Subject.AGENT, "ana")
        assert not is_value_of(session, change, "name", "Ana Soto")


def test_the_same_name_of_two_people_has_two_digests(database: Database) -> None:
    _record(database, after={"name": "Kim"})
    _record(database, after={"name": "Kim"}, subject_id="ben")
    _record(database, after={"name": "Kim"})
    digests = [change.after["name"] for change in _all(database) if change.after]
    assert digests[0] == digests[2] != digests[1]


def test_an_empty_name_is_nobodys(database: Database) -> None:
    _record(database, before={"name": ""}, after={"name": None, "attributes": {}})
    (change,) = _all(database)
    assert (change.before, change.after) == ({"name": ""}, {"name": None, "attributes": {}})


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_secret_is_refused(database: Database, side: str) -> None:
    with pytest.raises(ValueError, match="'secret' must not be recorded"):
        _record(database, **{side: {"secret": "s"}})
    assert _all(database) == []


def test_changes_are_listed_by_page_and_condition(database: Database) -> None:
    for number in range(5):
        _record(database, at=NOW + number, subject_id=f"a{number}", after={"level": number})
    _record(
        database, at=NOW, principal_id="ben", what="swingdesk import", subject=Subject.IMPORT, subject_id=7, after={}
    )
    assert [change.subject_id for change in _all(database, limit=2)] == ["7", "a4"]
    assert [change.subject_id for change in _all(database, before_id=_all(database)[1].id, limit=2)] == ["a3", "a2"]
    assert [change.subject_id for change in _all(database, principal_id="ben")] == ["7"]
    assert [change.subject_id for change in _all(database, subject="agent", subject_id="a3")] == ["a3"]
    assert [change.subject_id for change in _all(database, what="PATCH", since=NOW + 1, until=NOW + 3)] == ["a2", "a1"]
    assert _all(database, what="PATCH_") == []  # no pattern


def test_a_new_lineage_replaces_the_last(database: Database) -> None:
    with database.writing() as session:
        assert read_lineage(session) == ""
        first = begin_lineage(session, at=NOW)
        second = begin_lineage(session, at=NOW + 1)
        assert read_lineage(session) == second != first
