"""The resident queue over a stored office: who may take what now, and why not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import numpy as np
import pytest

from models.database import Database
from models.formats.offices.office import Office
from models.formats.problem import Coefficients
from models.repositories.live.records import Event
from models.repositories.offices import write_office
from models.time import LAST_INSTANT
from models.vocabulary_live import EventKind, TaskStage
from optimizer.next_task import Block, Term
from services.hour_values import HourValues
from services.importing.store import store_office
from services.live.desk_policy import DeskPolicy
from services.live.following import Follower
from services.live.queue import LiveQueue
from services.live.why_waiting import Standing, explain_waiting
from services.settings import Settings

MONDAY = date(2026, 3, 2)
MONDAY_8 = 1772434800
HOUR = 3600
NOW = MONDAY_8 + HOUR
Load = Callable[..., LiveQueue]


@pytest.fixture
def load(database: Database, make_office: Callable[..., Office]) -> Load:
    """Store an office with tables replaced, and read its queue."""

    def make(*, at: int = NOW, policy: DeskPolicy | None = None, **tables: list[dict[str, Any]]) -> LiveQueue:
        with database.writing() as session:
            write_office(session, make_office(**tables))
        return Follower(database, Settings(), clock=lambda: at, policy=policy).queue

    return make


def claim(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "type": "claim", "arrived": MONDAY_8 - HOUR, "due": MONDAY_8 + 4 * HOUR, **fields}


def ids(queue: LiveQueue, agent: str, at: int = NOW) -> list[str]:
    return [task.id for task in queue.rank(agent, at).tasks]


def test_agents_are_ranked_what_their_team_skills_and_loans_allow(load: Load) -> None:
    queue = load()
    assert queue.num_waiting == 3
    assert sorted(ids(queue, "ana")) == ["T1", "T2", "T3"]  # she may be lent to claims
    assert ids(queue, "ben") == ["T3", "T2"]  # the heavier one is overdue
    assert queue.rank("ben", NOW).ranking.blocked == {Block.TEAM: 1}
    assert queue.block("ben", "T1", NOW) is Block.TEAM


def test_levels_further_skills_and_clearances_are_demanded(load: Load) -> None:
    queue = load(
        clients=[{"id": "acme", "name": "Acme", "needs_clearance": True}, {"id": "free"}],
        agents=[
            {"id": "ana", "team": "billing", "swing_teams": ("claims",), "clients": ("acme",)},
            {"id": "ben", "team": "claims"},
        ],
        tasks=[
            claim("hard", min_level=3),
            claim("spanish", also_requires={"spanish": 1}),
            claim("acme", client="acme"),
            claim("free", client="free"),
        ],
    )
    assert {task: queue.block("ana", task, NOW) for task in ("hard", "spanish", "acme", "free")} == {
        "hard": Block.SKILL,
        "spanish": Block.SKILL,
        "acme": Block.ELIGIBLE,
        "free": Block.ELIGIBLE,
    }
    assert queue.block("ben", "acme", NOW) is Block.CLEARANCE
    assert queue.block("ben", "hard", NOW) is Block.ELIGIBLE


def test_single_tasks_are_kept_from_single_agents(load: Load) -> None:
    done = {"closed": MONDAY_8 - 60, "done_by": "ben"}
    queue = load(
        tasks=[
            claim("excluded", excluded_agents=("ben",)),
            claim("pinned", pinned_agent="ana"),
            claim("entered", **done),
            claim("checked", separate_from=("entered",)),
            claim("first"),
            claim("second", after=("first",)),
            claim("later", earliest_start=NOW + 60),
            claim("coming", arrived=NOW + 60),
        ]
    )
    blocks = {task: queue.block("ben", task, NOW) for task in ("excluded", "pinned", "checked", "second", "later")}
    assert blocks == {
        "excluded": Block.EXCLUDED,
        "pinned": Block.PINNED,
        "checked": Block.FOUR_EYES,
        "second": Block.PREDECESSOR,
        "later": Block.TOO_EARLY,
    }
    assert queue.find("entered") is None
    assert queue.block("ben", "coming", NOW) is Block.TOO_EARLY
    assert queue.block("ben", "coming", NOW + 60) is Block.ELIGIBLE
    assert queue.block("ana", "checked", NOW) is Block.ELIGIBLE
    assert queue.rank("ana", NOW).tasks[0].id == "pinned"
    assert ids(queue, "ben") == ["first"]


def test_four_eyes_hold_whichever_of_the_two_names_the_other(load: Load) -> None:
    queue = load(
        tasks=[
            claim("entered", closed=MONDAY_8 - 60, done_by="ben", separate_from=("checked",)),
            claim("checked"),
        ]
    )
    assert queue.block("ben", "checked", NOW) is Block.FOUR_EYES


def test_a_task_that_does_not_fit_into_the_shift_is_not_offered(load: Load) -> None:
    queue = load()
    end = MONDAY_8 + 8 * HOUR + 1800
    assert queue.block("ben", "T2", end - 28 * 60) is Block.ELIGIBLE  # 27 min
    assert queue.block("ben", "T2", end - 26 * 60) is Block.SHIFT_END
    before_lunch = MONDAY_8 + 4 * HOUR - 60  # lunch takes 30 min, which are none to work in
    assert queue.crew.room(queue.crew.position["ben"], before_lunch).seconds == 60 + 4 * HOUR
    after = queue.crew.room(queue.crew.position["ben"], end)
    assert after.shift_end is None
    assert queue.block("ben", "T2", end) is Block.ELIGIBLE  # who is there off the roster says so by signing in


def test_what_an_import_says_waits_outside_is_not_offered_before_its_time(
    database: Database, make_office: Callable[..., Office]
) -> None:
    office = make_office(tasks=[claim("waits", pended_until=NOW + HOUR), claim("free")])
    with database.writing() as session:
        store_office(session, office, kind="tables", now=MONDAY_8)
    queue = Follower(database, Settings(), clock=lambda: NOW).queue
    assert ids(queue, "ben") == ["free"]
    assert sorted(ids(queue, "ben", NOW + HOUR)) == ["free", "waits"]


def test_preference_and_continuity_are_terms_of_the_score(load: Load) -> None:
    queue = load(
        tasks=[
            claim("liked", preferred_agents=("ana",)),
            claim("closed", case="C1", closed=MONDAY_8 - 60, done_by="ben"),
            claim("same", case="C1"),
        ]
    )
    ranked = queue.rank("ben", NOW)
    assert [task.id for task in ranked.tasks] == ["same", "liked"]
    terms = dict(zip([task.id for task in ranked.tasks], ranked.ranking.terms, strict=True))
    assert terms["liked"][Term.PREFERRED] < 0 == terms["same"][Term.PREFERRED]
    assert terms["same"][Term.CONTINUITY] > 0 == terms["liked"][Term.CONTINUITY]
    by_ana = queue.rank("ana", NOW)
    assert not by_ana.ranking.terms[:, Term.PREFERRED].any()


def test_a_deadline_is_the_tasks_own_or_what_was_promised_for_its_type(load: Load) -> None:
    queue = load()
    assert queue.due_of("T2") == MONDAY_8 + 4 * HOUR
    assert queue.due_of("T1") == MONDAY_8 + 5 * HOUR  # it came on Sunday; 300 open minutes from Monday, 8 o'clock
    assert queue.due_of("T9") is None


def started(number: int, kind: EventKind, at: int, **details: Any) -> Event:
    return Event(id=number, kind=kind, agent_id="ana", task_id="x", occurred_at=at, recorded_at=at, details=details)


def test_changes_of_team_are_capped_and_a_stay_lasts(load: Load) -> None:
    agents = [
        {"id": "ana", "team": "billing", "swing_teams": ("claims",), "max_moves": 2, "min_stay_minutes": 60.0},
        {"id": "ben", "team": "claims"},
    ]
    queue = load(agents=agents)
    assert queue.block("ana", "T2", NOW) is Block.ELIGIBLE
    begun = {"team": "billing", "type": "dispute"}
    queue.apply_event(started(1, EventKind.STARTED, NOW - 600, **begun))
    assert queue.block("ana", "T2", NOW) is Block.ELIGIBLE  # nothing was moved to yet, so no stay is broken off
    assert queue.rank("ana", NOW).ranking.terms[:, Term.MOVE].any()
    queue.apply_event(started(2, EventKind.STARTED, NOW, team="claims", type="claim"))
    assert queue.block("ana", "T1", NOW + 54 * 60) is Block.DWELL
    assert queue.block("ana", "T2", NOW + 54 * 60) is Block.ELIGIBLE
    assert queue.block("ana", "T1", NOW + 55 * 60) is Block.ELIGIBLE  # 5 min of changing over, then the hour is up
    queue.apply_event(started(3, EventKind.STARTED, NOW + 3600, **begun))
    assert queue.block("ana", "T2", NOW + 9000) is Block.MOVE_CAP
    queue.apply_event(started(2, EventKind.STARTED, NOW, team="claims", type="claim"))  # told again
    assert queue.block("ana", "T2", NOW + 9000) is Block.MOVE_CAP
    queue.apply_event(started(4, EventKind.SIGNED_IN, NOW + 9000))
    assert queue.block("ana", "T2", NOW + 9000) is Block.ELIGIBLE


def test_what_was_skipped_today_is_ranked_and_not_offered_again_until_tomorrow(load: Load) -> None:
    queue = load()
    skip = Event(id=1, kind=EventKind.SKIPPED, agent_id="ben", task_id="T3", occurred_at=NOW, recorded_at=NOW)
    queue.apply_event(skip)
    ranked = queue.rank("ben", NOW)
    assert ranked.tasks[0].id == "T3"
    assert ranked.skipped == {"T3"}
    assert queue.block("ben", "T3", NOW) is Block.SKIPPED
    assert queue.rank("ana", NOW).skipped == frozenset()
    assert queue.rank("ben", NOW + 24 * HOUR).skipped == frozenset()


@pytest.mark.parametrize("told_as_of", [-24 * HOUR, 24 * HOUR, 1 - NOW])
def test_what_was_skipped_today_was_skipped_today_whatever_a_clock_says(load: Load, told_as_of: int) -> None:
    queue = load()
    for number, (agent, task) in enumerate([("ana", "T2"), ("ben", "T3")], start=1):
        told = NOW + told_as_of if agent == "ben" else NOW
        skip = Event(
            id=number, kind=EventKind.RETURNED, agent_id=agent, task_id=task, occurred_at=told, recorded_at=NOW
        )
        queue.apply_event(skip)
    assert queue.rank("ben", NOW).skipped == {"T3"}
    assert queue.rank("ana", NOW).skipped == {"T2"}


def test_what_a_lead_gives_to_an_agent_is_offered_though_the_agent_had_given_it_back(load: Load) -> None:
    queue = load()
    back = Event(id=1, kind=EventKind.RETURNED, agent_id="ben", task_id="T3", occurred_at=NOW, recorded_at=NOW)
    given = Event(
        id=2,
        kind=EventKind.REASSIGNED,
        task_id="T3",
        occurred_at=NOW,
        recorded_at=NOW,
        details={"to_agent_id": "ben"},
    )
    for event in (back, given, back):  # events may come again, in any order
        queue.apply_event(event)
    assert queue.rank("ben", NOW).skipped == frozenset()
    assert queue.block("ben", "T3", NOW) is Block.ELIGIBLE
    queue.apply_event(replace(back, id=3))
    assert queue.block("ben", "T3", NOW) is Block.SKIPPED


def test_the_plan_comes_first_and_its_prices_count(load: Load) -> None:
    queue = load()
    assert ids(queue, "ben")[0] == "T3"
    queue.follow_plan(DeskPolicy(plan_id=7), None, [("T2", "ben", NOW + 600), ("T1", "ana", NOW)])
    assert ids(queue, "ben")[0] == "T2"
    assert ids(queue, "ana")[0] == "T1"
    assert queue.policy.plan_id == 7
    hours = HourValues(begins=(MONDAY_8, NOW), task_types={"claim": (60, 30.0)}, agents={"ana": (0.0, 150.0)})
    queue.follow_plan(DeskPolicy(costs=Coefficients()), hours, [])
    ranked = queue.rank("ana", NOW + 60)
    price = dict(zip([task.id for task in ranked.tasks], ranked.ranking.terms[:, Term.PRICE].tolist(), strict=True))
    assert price == {"T1": -2.5, "T2": -2.0, "T3": -2.0}
    assert not queue.rank("ana", NOW + HOUR).ranking.terms[:, Term.PRICE].any()  # the plan says no more


def test_tasks_are_listed_by_due_by_being_free_and_by_being_taken(load: Load) -> None:
    tasks = [
        claim("late", due=MONDAY_8),
        claim("planned"),
        claim("pinned", pinned_agent="ben", due=NOW),
        claim("free", due=MONDAY_8 + 30 * HOUR),
        {"id": "undated", "type": "claim", "arrived": MONDAY_8 - HOUR},
    ]
    queue = load(tasks=tasks)
    queue.follow_plan(DeskPolicy(), None, [("planned", "ben", NOW)])
    known = queue.snapshot()
    whole = known.list_next(known.in_teams(None), after=None, most=9)
    assert [task.id for _, task in whole] == ["late", "pinned", "planned", "free", "undated"]
    assert [place[0] for place, _ in whole] == [
        min(queue.due_of(task.id) or LAST_INSTANT, LAST_INSTANT) for _, task in whole
    ]
    assert known.list_next(known.in_teams(None), after=whole[1][0], most=2) == whole[2:4]
    assert known.list_next(known.in_teams({"billing"}), after=None, most=9) == []
    assert known.list_next(known.of_types({"claim"}) & known.in_stages({TaskStage.PENDED}), after=None, most=9) == []
    assert [known.tasks[row].id for row in known.by_due(known.free)] == ["late", "pinned", "free", "undated"]


def test_a_snapshot_stays_as_it_was_and_tells_apart_what_waits_for_anybody(load: Load) -> None:
    queue = load(tasks=[claim(f"T{n}", due=NOW) for n in range(5)])
    queue.follow_plan(DeskPolicy(), None, [("T0", "ben", NOW), ("T1", "not-here", NOW)])
    known = queue.snapshot()
    with queue.reserving("T4"):
        taken = queue.snapshot()
    assert {known.tasks[row].id for row in known.free} == {"T2", "T3", "T4"}, "a plan for who is not here counts too"
    assert {taken.tasks[row].id for row in taken.free} == {"T2", "T3"}
    everything = np.arange(len(known.tasks))
    for most in range(7):
        assert known.by_due(everything, most=most).tolist() == known.by_due(everything).tolist()[:most]
    assert [task.id for _, task in known.list_next(known.in_teams(None), after=(NOW, "T1"), most=2)] == ["T2", "T3"]


def test_versions_of_the_policy_tell_what_decided_alike() -> None:
    assert DeskPolicy().version == DeskPolicy(costs=Coefficients()).version
    assert len({DeskPolicy().version, DeskPolicy(look_ahead=3.0).version, DeskPolicy(plan_id=1).version}) == 3


def test_why_a_task_waits_names_who_could_and_what_keeps_the_others(load: Load) -> None:
    queue = load(
        tasks=[
            claim("T2"),
            claim("kept", excluded_agents=("ana", "ben")),
            claim("hard", min_level=5),
            claim("next", after=("T2",)),
        ]
    )
    reason = explain_waiting(queue, "T2", NOW)
    assert [(one.agent_id, one.standing) for one in reason.able] == [("ana", Standing.OUT), ("ben", Standing.OUT)]
    assert "Ana and Ben" in reason.sentence
    kept = explain_waiting(queue, "kept", NOW)
    assert {one.agent_id: one.block for one in kept.blocked} == {"ana": Block.EXCLUDED, "ben": Block.EXCLUDED}
    assert "is excluded from it" in kept.sentence
    hard = explain_waiting(queue, "hard", NOW)
    assert hard.num_without == {Block.SKILL: 2}
    assert "claim at level 5" in hard.sentence
    assert explain_waiting(queue, "next", NOW).before == ("T2",)


def test_an_agent_of_whom_nothing_is_rostered_has_no_end_of_shift(load: Load) -> None:
    queue = load(shifts=[{"agent": "ana", "date": MONDAY, "start": time(8), "end": time(16, 30)}])
    assert queue.crew.room(queue.crew.position["ben"], NOW).shift_end is None
    assert ids(queue, "ben") == ["T3", "T2"]
