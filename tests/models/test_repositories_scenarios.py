"""Scenarios that are kept, on both databases: changed with a way back, and what was asked about them."""

import pytest

from models.database import Database
from models.errors import NotFoundError, StaleError
from models.repositories import scenarios as rows
from models.repositories.jobs.asking import add_job, delete_jobs, request_stop
from models.repositories.principals import ensure_principal
from models.vocabulary import PrincipalKind
from models.vocabulary_jobs import JobKind
from models.vocabulary_scenarios import ScenarioOrigin

NOW = 1_772_434_800


def add(database: Database, who: str, name: str) -> int:
    with database.writing() as session:
        ensure_principal(session, who, kind=PrincipalKind.PERSON, name=who, at=NOW)
        return rows.add_scenario(
            session.connection(),
            name=name,
            principal_id=who,
            origin=ScenarioOrigin.FILE,
            document={"b": 1, "a": [0.5, None], "text": "ñ\n"},
            now=NOW,
            traces={"t.csv": "arrived\n"},
            findings={"days": 3},
        )


def test_a_scenario_is_changed_undone_and_changed_again(database: Database) -> None:
    one = add(database, "pia", "Base")
    with database.writing() as session:
        connection = session.connection()
        first = rows.get_scenario(connection, one)
        assert (dict(first.document), first.can_undo) == ({"b": 1, "a": [0.5, None], "text": "ñ\n"}, False)
        assert (first.traces, first.findings, first.is_shared) == ({"t.csv": "arrived\n"}, {"days": 3}, False)
        for number in (1, 2):
            rows.change_document(connection, one, revision=number, document={"n": number + 1}, now=NOW + number)
        with pytest.raises(StaleError):
            rows.change_document(connection, one, revision=2, document={}, now=NOW)
        rows.undo_change(connection, one, revision=3, now=NOW + 3)
        assert rows.get_scenario(connection, one).document == {"n": 2}
        assert rows.get_scenario(connection, one).revision == 4, (
            "a number that was seen with other content never returns"
        )
        with pytest.raises(StaleError):
            rows.change_document(connection, one, revision=2, document={}, now=NOW)
        rows.change_document(connection, one, revision=4, document={"n": "other"}, now=NOW + 4)
        found = rows.get_scenario(connection, one)
        assert (found.document, found.revision, found.can_undo) == ({"n": "other"}, 5, True)


def test_so_many_forms_are_kept_and_no_more(database: Database) -> None:
    one = add(database, "pia", "Base")
    with database.writing() as session:
        connection = session.connection()
        for number in range(1, rows.MOST_REVISIONS + 5):
            rows.change_document(connection, one, revision=number, document={"n": number}, now=NOW)
        number = rows.get_scenario(connection, one).revision
        undone = 0
        while rows.get_scenario(connection, one).can_undo:
            number = rows.undo_change(connection, one, revision=number, now=NOW)
            undone += 1
        assert undone == rows.MOST_REVISIONS - 1
        with pytest.raises(NotFoundError, match="nothing to undo"):
            rows.undo_change(connection, one, revision=number, now=NOW)


def test_lists_hold_ones_own_and_what_is_shared(database: Database) -> None:
    mine, theirs, shared, old = (add(database, who, name) for who, name in zip("pqqp", "abcd", strict=True))
    with database.writing() as session:
        connection = session.connection()
        rows.set_fields(connection, shared, is_shared=True)
        rows.set_fields(connection, old, archived_at=NOW)
        seen = rows.list_scenarios(connection, principal_id="p")
        assert [line.id for line in seen] == [shared, mine]
        assert {line.id for line in rows.list_scenarios(connection, principal_id=None)} == {mine, theirs, shared}
        assert [line.id for line in rows.list_scenarios(connection, principal_id="p", is_archived=True)] == [old]


def test_what_was_asked_stays_until_it_is_put_away(database: Database) -> None:
    one = add(database, "pia", "Base")
    with database.writing() as session:
        connection = session.connection()
        asked = [
            add_job(connection, kind=JobKind.COMPARE, principal_id="pia", question={"n": n}, created_at=NOW)
            for n in range(2)
        ]
        for job_id in asked:
            request_stop(connection, job_id, now=NOW)
        rows.add_run(connection, asked[0], name="two more", scenario_id=one)
        assert delete_jobs(connection, ended_before=NOW + 1) == 1
        run = rows.find_run(connection, asked[0])
        assert run is not None
        assert (run.name, run.scenario_id, run.job.question) == ("two more", one, {"n": 0})
        assert [(each.job.id, dict(each.job.question)) for each in rows.list_runs(connection, scenario_id=one)] == [
            (asked[0], {})
        ]
        rows.set_run_archived(connection, asked[0], at=NOW)
        assert rows.list_runs(connection) == []
        assert len(rows.list_runs(connection, is_archived=True)) == 1
        assert delete_jobs(connection, ended_before=NOW + 1) == 1
        assert rows.find_run(connection, asked[0]) is None
