"""What must hold in the end, whatever died: of the log, the states, the tasks, the trail, and what agents were told."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from benchmarks.faults.agents import Told
from models.database import Database
from services.audit.sealing import seal_pending
from services.audit.trail import verify
from services.live.duties import give_positions
from services.live.replay import verify_database
from services.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What the database holds in the end."""

    num_events: int
    num_claims: int
    num_completions: int
    num_seals: int


def check_all(database: Database, told: Told, *, num_tasks: int, now: int) -> tuple[Counts, list[str]]:
    """Return what was counted, and everything that does not hold, as sentences."""
    give_positions(database, Settings(), now)
    seal_pending(database, now=now)
    verdict = verify(database)
    with database.reading() as session:
        found = session.connection().execute(
            text("SELECT kind, agent_id, task_id FROM events WHERE kind IN ('claimed', 'completed') ORDER BY id")
        )
        events = [(str(kind), (str(agent), str(task))) for kind, agent, task in found]
        done_by = {
            str(task): str(agent)
            for task, agent in session.connection().execute(
                text("SELECT id, done_by_id FROM tasks WHERE state = 'closed' AND closed_reason = 'completed'")
            )
        }
        num_choices = int(session.connection().execute(text("SELECT count(*) FROM choice_sets")).scalar_one())
        num_events = int(session.connection().execute(text("SELECT count(*) FROM events")).scalar_one())
    claims = Counter(pair for kind, pair in events if kind == "claimed")
    completions = [pair for kind, pair in events if kind == "completed"]
    faults = list(_check_log(claims, completions, done_by, told, num_tasks=num_tasks))
    if num_choices != claims.total():
        faults.append(f"{claims.total()} claims have {num_choices} choice sets")
    replayed = verify_database(database)
    faults += [str(difference) for difference in replayed.differences]
    if verdict.first_break is not None:
        faults.append(f"the audit trail: {verdict.first_break.what}")
    if verdict.num_events != num_events:
        faults.append(f"{num_events - verdict.num_events} events have no seal")
    counts = Counts(
        num_events=num_events,
        num_claims=claims.total(),
        num_completions=len(completions),
        num_seals=verdict.num_seals,
    )
    return counts, faults


def _check_log(
    claims: Counter[tuple[str, str]],
    completions: list[tuple[str, str]],
    done_by: dict[str, str],
    told: Told,
    *,
    num_tasks: int,
) -> Iterator[str]:
    by_task = Counter(task for _, task in completions)
    yield from (f"{task} was completed {count} times" for task, count in by_task.items() if count > 1)
    if len(by_task) != num_tasks:
        yield f"{len(by_task)} of {num_tasks} tasks were completed"
    if {task: agent for agent, task in completions} != done_by:
        yield "who completed what is not the same in the log and in the tasks"
    yield from (f"{agent} was given {task}, and no claim tells it" for agent, task in set(told.claims) - set(claims))
    yield from (
        f"{agent} was told that {task} is complete, and it is not"
        for agent, task in set(told.completions) - set(completions)
    )
    yield from (
        f"{task} was told complete to {count} agents"
        for task, count in Counter(task for _, task in told.completions).items()
        if count > 1
    )
    # A task that nobody gave back is claimed once: by two, it would have been in two hands.
    by_claim = Counter(task for _, task in claims)
    yield from (f"{task} was claimed by {count} agents" for task, count in by_claim.items() if count > 1)
    yield from (f"{agent} claimed {task} {count} times" for (agent, task), count in claims.items() if count > 1)
