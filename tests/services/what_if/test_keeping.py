"""Kept scenarios: one's own and what is shared; changed, undone, put away, asked about; never by who may not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from models.database import Database
from models.errors import ForbiddenError, InputError, NotFoundError, UsageError
from models.repositories.principals import ensure_principal
from models.vocabulary import PrincipalKind, Role
from models.vocabulary_jobs import JobKind
from models.vocabulary_scenarios import ScenarioOrigin
from services.access.caller import Caller
from services.access.tracing import Act
from services.what_if import asking, keeping
from services.what_if.variants import add_heads

NOW = 1_772_434_800
PIA, PAT, ADMIN = (
    Caller(principal_id=name, roles=frozenset({role}))
    for name, role in (("pia", Role.PLANNER), ("pat", Role.PLANNER), ("admin", Role.ADMIN))
)
DOCUMENT: dict[str, Any] = {
    "format": "swingdesk/scenario",
    "version": 1,
    "start": "2026-03-02T00:00:00Z",
    "days": 1,
    "teams": [{"id": "t"}],
    "task_types": [
        {"id": "k", "team": "t", "skill": "s", "handling": {"distribution": "exponential", "mean_minutes": 9}}
    ],
    "arrivals": [{"task_type": "k", "per_hour": 2}],
    "agents": [{"id": "a", "team": "t", "count": 2, "skills": {"s": {"level": 2}}, "week": "always"}],
}


@pytest.fixture
def office(make_database_url: Callable[..., str]) -> Iterator[Database]:
    with Database(make_database_url("sqlite")) as database:
        with database.writing() as session:
            for who in (PIA, PAT, ADMIN):
                ensure_principal(session, who.principal_id, kind=PrincipalKind.PERSON, name=who.principal_id, at=NOW)
        yield database


def act(who: Caller) -> Act:
    return Act(at=NOW, by=who.principal_id, what="test")


def keep(database: Database, who: Caller = PIA, **more: Any) -> int:
    given = {"name": "  Base \n line ", "document": DOCUMENT, "origin": ScenarioOrigin.FILE, **more}
    return keeping.keep_scenario(database, who, act=act(who), **given)


def test_a_scenario_is_its_owners_until_it_is_shared(office: Database) -> None:
    one = keep(office)
    assert keeping.find_scenario(office, PIA, one).name == "Base line"
    assert keeping.find_scenario(office, ADMIN, one).document["name"] == "Base line"
    with pytest.raises(NotFoundError):
        keeping.find_scenario(office, PAT, one)
    assert keeping.find_scenarios(office, PAT) == []
    keeping.share_scenario(office, PIA, one, is_shared=True, act=act(PIA))
    assert [line.id for line in keeping.find_scenarios(office, PAT)] == [one]
    changes: list[Callable[[], object]] = [
        lambda: keeping.share_scenario(office, PAT, one, is_shared=False, act=act(PAT)),
        lambda: keeping.archive_scenario(office, PAT, one, is_archived=True, act=act(PAT)),
        lambda: keeping.change_scenario(office, PAT, one, revision=1, document=DOCUMENT, act=act(PAT)),
        lambda: keeping.undo_change(office, PAT, one, revision=1, act=act(PAT)),
    ]
    for change in changes:
        with pytest.raises(ForbiddenError, match="somebody else's"):
            change()
    copy = keeping.duplicate_scenario(office, PAT, one, name="Mine", act=act(PAT))
    assert keeping.find_scenario(office, PAT, copy).base_id == one
    with pytest.raises(NotFoundError):
        keeping.find_scenario(office, PIA, copy)


def test_what_cannot_be_simulated_is_not_kept(office: Database) -> None:
    one = keep(office)
    broken = {**DOCUMENT, "days": 0}
    with pytest.raises(InputError, match="days"):
        keeping.change_scenario(office, PIA, one, revision=1, document=broken, act=act(PIA))
    with pytest.raises(InputError, match="name"):
        keep(office, name=" \n ")
    with pytest.raises(InputError, match="times"):
        keep(office, document={**DOCUMENT, "arrivals": [{"task_type": "k", "times": "/etc/passwd"}]})
    assert keeping.find_scenario(office, PIA, one).revision == 1


def test_a_change_of_name_goes_with_its_undo(office: Database) -> None:
    one = keep(office)
    renamed = {**DOCUMENT, "name": "Other", "nothing": None}
    keeping.change_scenario(office, PIA, one, revision=1, document=renamed, act=act(PIA))
    changed = keeping.find_scenario(office, PIA, one)
    assert (changed.name, "nothing" in changed.document) == ("Other", False)
    keeping.undo_change(office, PIA, one, revision=2, act=act(PIA))
    assert keeping.find_scenario(office, PIA, one).name == "Base line"
    keeping.archive_scenario(office, PIA, one, is_archived=True, act=act(PIA))
    assert keeping.find_scenarios(office, PIA) == []
    assert [line.id for line in keeping.find_scenarios(office, PIA, is_archived=True)] == [one]


def test_questions_are_kept_with_their_scenario(office: Database) -> None:
    base = keeping.find_scenario(office, PIA, keep(office))
    more = keep(office, name="One more", document=add_heads(DOCUMENT, "a", 1), base=base)
    variant = keeping.find_scenario(office, PIA, more)
    job = asking.ask_comparison(office, PIA, [base, variant], replications=5, what="test")
    assert job.question["edits_of_all"] == ["replications=5"]
    assert "teams.t.on_time_share" in job.question["metrics"]
    run = asking.find_run(office, PIA, job.id)
    assert (run.name, run.scenario_id) == ("One more", base.id)
    again = asking.ask_again(office, PIA, job.id, replications=9, what="test")
    assert again.question["edits_of_all"] == ["replications=9"]
    assert again.question["scenarios"] == job.question["scenarios"]
    assert [one.job.id for one in asking.find_runs(office, scenario_id=base.id)] == [again.id, job.id]
    with pytest.raises(UsageError, match="somebody else"):
        asking.archive_run(office, PAT, job.id, is_archived=True, act=act(PAT))
    asking.archive_run(office, PIA, job.id, is_archived=True, act=act(PIA))
    assert [one.job.id for one in asking.find_runs(office)] == [again.id]


def test_what_cannot_be_compared_is_not_asked(office: Database) -> None:
    base = keeping.find_scenario(office, PIA, keep(office))
    longer = keeping.find_scenario(office, PIA, keep(office, document={**DOCUMENT, "days": 2}))
    with pytest.raises(UsageError, match="days differs"):
        asking.ask_comparison(office, PIA, [base, longer], what="test")
    with pytest.raises(InputError, match="groups with min and max"):
        asking.ask_staffing(office, PIA, base, what="test")
    with pytest.raises(InputError, match="from 2 to"):
        asking.ask_simulation(office, PIA, base, replications=1, what="test")
    sought = {**DOCUMENT, "staffing": {"groups": {"a": {"max": 3}}, "targets": [{"metric": "overall.on_time_share"}]}}
    with pytest.raises(InputError, match="at_least"):
        keep(office, document=sought)
    simulated = asking.ask_simulation(office, PIA, base, replications=2, what="test")
    assert (simulated.kind, simulated.question["edits"]) == (JobKind.SIMULATE, ["replications=2", "precision=null"])
