"""One whole day over HTTP; at its end every count agrees: of people, events, states, plan, choices, reports, trail."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from models.database import Database
from models.time import SECONDS_PER_HOUR, format_instant, parse_instant
from services.audit.trail import verify
from services.live.replay import verify_database

NUM_IN = 40
ILL = 2


@pytest.mark.timeout(600)
def test_a_day_in_the_life(day: Any) -> None:
    names, planner, lead = _let_everybody_in(day)
    present, ill = names[ILL:], names[:ILL]
    day.clock.forward(30)  # the office opens
    first_plan = _plan_and_publish(day, planner, "/api/plans")
    for agent in present:
        day.act(agent, f"/api/agents/{agent}/sign-in", "signed-in")

    for agent in ill:  # before they have begun; the plan counted on them
        start, end = (
            format_instant(day.clock.now - SECONDS_PER_HOUR),
            format_instant(day.clock.now + 12 * SECONDS_PER_HOUR),
        )
        lead.post(f"/api/office/agents/{agent}/absences", 201, start=start, end=end, reason="ill")
    second_plan = _plan_and_publish(day, lead, "/api/plans/replan")
    assert second_plan["plan"] > first_plan["plan"]
    shown = lead.get("/api/plans/published")
    assert shown["plan"] == second_plan["plan"]
    planned = {item["task"]: agent for agent, items in shown["agents"].items() for item in items}
    assert len(planned) == second_plan["shown"] > 0
    assert set(planned.values()).isdisjoint(ill)

    pended, cancelled = _live_through_the_morning(day, lead, present)
    day.work_until_done(present, minutes=20, steps=30)
    state = lead.get(f"/api/tasks/{pended}/state")
    assert state["state"] == "pended"
    day.clock.forward_to(parse_instant(state["follow_up_at"]) + 60)
    day.wait_for(lambda: lead.get(f"/api/tasks/{pended}/state")["state"] == "waiting")
    day.note("unpended")
    reopened = _check_and_reopen(day, lead)
    day.work_until_done(present, minutes=20, steps=30)
    for agent in present:
        if lead.get(f"/api/agents/{agent}/state")["presence"] != "out":
            day.act(agent, f"/api/agents/{agent}/sign-out", "signed-out")
    _check_counts(day, planner, lead, planned=planned, cancelled=cancelled, reopened=reopened, present=present)


def _let_everybody_in(day: Any) -> tuple[list[str], Any, Any]:
    names = sorted(str(name) for name in day.office.table("agents")["id"])
    assert len(names) == NUM_IN
    for name in names:
        day.agents[name] = day.let_in(name, ["agent"], agent=name)
    planner = day.let_in("planner", ["planner"])
    teams = sorted(str(name) for name in day.office.table("teams")["id"])
    return names, planner, day.let_in("lead", ["lead", "analyst"], teams=teams)


def _plan_and_publish(day: Any, somebody: Any, path: str) -> Any:
    job = somebody.do_job(path, json={"iterations": 2000, "at": format_instant(day.clock.now)})
    day.note("plan-published")
    return somebody.post(f"{job['links']['plan']}/publish")


def _live_through_the_morning(day: Any, lead: Any, present: list[str]) -> tuple[str, str]:
    """Let everything happen once that happens to people; return the task that is pended and the one cancelled."""
    skipper, returner, faller, pender, chooser, asker, pauser = present[:7]

    offer = day.take_next(skipper)
    skipped = offer["primary"]["task_id"]
    day.act(skipper, f"/api/tasks/{skipped}/skip", "skipped", reason="unclear")
    offer = day.take_next(skipper)
    assert offer["primary"]["task_id"] != skipped
    day.begin(skipper, offer["primary"])

    day.begin(returner, day.take_next(returner)["primary"])
    day.clock.forward(5)
    task, _ = day.in_hand.pop(returner)
    day.act(returner, f"/api/tasks/{task}/return", "returned", reason="lacks-skill")

    day.begin(faller, day.take_next(faller)["primary"])
    day.clock.forward(5)
    left, _ = day.in_hand.pop(faller)
    day.act(faller, f"/api/agents/{faller}/sign-out", "signed-out")  # falls ill at work
    day.note("released")
    present.remove(faller)
    assert lead.get(f"/api/tasks/{left}/state")["lead_reason"] == "signed-out"
    lead.post(f"/api/tasks/{left}/reassign")
    day.note("reassigned")

    day.begin(pender, day.take_next(pender)["primary"])
    pended, _ = day.in_hand.pop(pender)
    follow_up = format_instant(day.clock.now + 6 * SECONDS_PER_HOUR)
    day.act(pender, f"/api/tasks/{pended}/pend", "pended", reason="customer", follow_up_at=follow_up)

    offer = day.take_next(chooser)
    alternate = offer["alternates"][0]
    day.act(chooser, f"/api/tasks/{alternate['task_id']}/claim", "claimed")
    day.note("released")  # what was offered first
    day.begin(chooser, alternate)

    day.begin(asker, day.take_next(asker)["primary"])
    asked, _ = day.in_hand.pop(asker)
    day.act(asker, f"/api/tasks/{asked}/help", "help-asked")
    lead.post(f"/api/tasks/{asked}/cancel", reason="withdrawn")
    day.note("cancelled")

    day.act(pauser, f"/api/agents/{pauser}/off-task", "off-task-began", code="break")
    day.clock.forward(10)
    day.act(pauser, f"/api/agents/{pauser}/back", "off-task-ended")
    return pended, asked


def _check_and_reopen(day: Any, lead: Any) -> str:
    """Have two tasks checked; the one that fails is opened again."""
    good, bad = sorted(day.done_by)[:2]
    lead.post(f"/api/tasks/{good}/check", result="pass")
    lead.post(f"/api/tasks/{bad}/check", result="fail", severity="minor")
    lead.post(f"/api/tasks/{bad}/reopen", reason="check-failed")
    for event in ("checked", "checked", "reopened"):
        day.note(event)
    return str(bad)


def _check_counts(
    day: Any,
    planner: Any,
    lead: Any,
    *,
    planned: dict[str, str],
    cancelled: str,
    reopened: str,
    present: list[str],
) -> None:
    tasks = {str(name) for name in day.office.table("tasks")["id"]}
    closed = {*day.done_by, cancelled}
    still_open = tasks - closed
    assert day.tally["completed"] == len(day.done_by) + 1  # the one that was opened again was done twice
    assert day.tally["claimed"] == day.tally["started"] + day.tally["skipped"] + 1  # and one alternate was taken
    assert lead.get(f"/api/tasks/{reopened}/state")["num_reopens"] == 1

    # What waits at the desk, page by page.
    waiting, address = set(), "/api/queue?limit=100"
    while address:
        page = lead.get(address)
        waiting |= {item["task_id"] for item in page["items"]}
        address = page["next"]
    assert waiting == still_open
    # Who is there: nobody.
    assert {item["presence"] for item in planner.get("/api/agents?limit=500")["items"]} == {"out"}
    # What was planned and not done is open; who was planned for it and did it is who the log says.
    assert set(planned) <= tasks
    assert len(set(planned) & set(day.done_by)) + len(set(planned) & still_open) + (cancelled in planned) == len(
        planned
    )

    _check_reports(day, lead, num_open=len(still_open))

    day.wait_for(lambda: day.admin.get("/api/audit/head")["unsealed_events"]["count"] == 0)
    anchor = day.admin.get("/api/audit/head")["anchor"]
    with Database(day.server.url) as database:
        assert verify_database(database).holds
        trail = verify(database, anchors=[anchor])
        assert trail.holds, trail.first_break
        _check_log(database, day, closed=closed, present=present)
        assert trail.num_events == _count(database, "SELECT count(*) FROM events")


def _check_log(database: Database, day: Any, *, closed: set[str], present: list[str]) -> None:
    with database.reading() as session:
        connection = session.connection()
        kinds = Counter(
            {
                str(kind): int(count)
                for kind, count in connection.execute(text("SELECT kind, count(*) FROM events GROUP BY 1"))
            }
        )
        done = connection.execute(text("SELECT id, done_by_id FROM tasks WHERE closed_reason = 'completed'"))
        done_by = {str(task): str(agent) for task, agent in done}
    by_itself = {"arrived", "office-changed", "looking"}  # what nobody was told that they did
    assert {kind: count for kind, count in kinds.items() if kind not in by_itself} == dict(day.tally)
    assert kinds["arrived"] == len(day.office.table("tasks")["id"])
    assert done_by == day.done_by
    assert _count(database, "SELECT count(*) FROM tasks WHERE state = 'closed'") == len(closed)
    assert _count(database, "SELECT count(*) FROM task_states WHERE state = 'closed'") == len(closed)
    assert _count(database, "SELECT count(*) FROM choice_sets") == day.tally["claimed"]
    assert _count(database, "SELECT count(*) FROM published_plans") == day.tally["plan-published"]
    assert _count(database, "SELECT count(*) FROM agent_states") == len(present) + 1  # and who fell ill at work


def _count(database: Database, query: str) -> int:
    with database.reading() as session:
        return int(session.connection().execute(text(query)).scalar_one())


def _check_reports(day: Any, lead: Any, *, num_open: int) -> None:
    """What the reports count is what people were told."""
    workload = _of_all(lead, "workload")
    assert workload["arrived"] == len(day.office.table("tasks")["id"])
    assert workload["completed"] == len(day.done_by)
    assert workload["closed_otherwise"] == day.tally["cancelled"]
    assert workload["backlog_end"] == num_open
    resolution = _of_all(lead, "resolution")
    assert resolution["num_completed"] == len(day.done_by)
    assert (resolution["num_checked"], resolution["num_failed"]) == (day.tally["checked"], 1)
    assert resolution["num_reopened"] == day.tally["reopened"]
    assert _of_all(lead, "picking")["num_picks"] == day.tally["claimed"]


def _of_all(lead: Any, name: str) -> dict[str, Any]:
    """Return what a report says of all teams together."""
    job = lead.do_job("/api/reports", json={"report": name})
    (row,) = (row for row in lead.get(job["links"]["result"])["teams"] if row["team"] is None)
    return dict(row)
