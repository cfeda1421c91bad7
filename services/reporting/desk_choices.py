"""The choice sets that the desk keeps, as choices to report on."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from models.repositories.live.happened import PresenceEvent, StoredChoice
from models.time import SECONDS_PER_MINUTE
from models.vocabulary_live import EventKind
from reports.operations.record import Record
from reports.picking.choices import NO_LEAVE, Choices
from reports.picking.reconstruct import can_wait

NEAR_INDEX = 0.05
"""An index within this part of the head's is as good."""

POLICY = "policy"
UNRANKED = "the policy could not rank the task taken"


def make_choices(stored: Iterable[StoredChoice], presence: Sequence[PresenceEvent], record: Record) -> Choices:
    """Return the choices of claims of tasks that the record holds, in order."""
    waited = time_choosing(presence)
    facts = record.tasks.set_index("task")[["team", "type"]]
    team_of, type_of = facts["team"].to_dict(), facts["type"].to_dict()
    rows: list[tuple[object, ...]] = []
    minutes: list[float] = []
    is_same: list[bool] = []
    first, taken, heads = [0], [], []
    last: dict[str, str] = {}
    num_unranked = 0
    for choice in stored:
        if choice.task_id not in team_of:
            continue
        kind, before = type_of[choice.task_id], last.get(choice.agent_id)
        last[choice.agent_id] = kind
        entries = choice.entries
        ids = entries.get("task", [])
        head = next((n for n, rank in enumerate(entries.get("rank", ())) if rank == 1), None)
        if choice.taken_rank is None or head is None or choice.task_id not in ids:
            num_unranked += 1
            continue
        at = ids.index(choice.task_id)
        rows.append(
            (
                choice.agent_id,
                team_of[choice.task_id],
                choice.task_id,
                kind,
                float(choice.at),
                choice.num_eligible,
                choice.taken_rank,
                _find_leave(choice, at, head, before),
                before is not None,
                waited.get(choice.event_id, np.nan),
            )
        )
        minutes += entries["minutes"]
        is_same += [other == before for other in entries["type"]]
        taken.append(at)
        heads.append(head)
        first.append(len(minutes))
    columns = ["agent", "team", "task", "type", "at", "num_eligible", "rank", "leave", "has_last", "choose_s"]
    return Choices(
        frame=pd.DataFrame(rows, columns=columns),
        first=np.array(first, dtype=np.int64),
        minutes=np.array(minutes, dtype=np.float64),
        count=np.ones(len(minutes)),
        is_same=np.array(is_same, dtype=bool),
        taken=np.array(taken, dtype=np.int64),
        head=np.array(heads, dtype=np.int64),
        rule=POLICY,
        is_known=True,
        num_left_out={UNRANKED: num_unranked} if num_unranked else {},
    )


def _find_leave(choice: StoredChoice, at: int, head: int, last_type: str | None) -> str:
    """Return what excuses a choice: what the desk noted, else a near-tie of the index, else a run of one type."""
    if choice.leave is not None:
        return choice.leave
    entries = choice.entries
    if head == at:
        return NO_LEAVE
    best, own = entries["index"][head], entries["index"][at]
    if entries["tier"][head] == entries["tier"][at] and abs(best - own) <= NEAR_INDEX * max(abs(best), abs(own)):
        return "near-tie"
    # A run of one type explains why a head of another type was passed over, and not one of the same.
    if last_type is not None and entries["type"][at] == last_type != entries["type"][head]:
        due = entries["due"][head]
        work = SECONDS_PER_MINUTE * (entries["minutes"][head] + entries["minutes"][at])
        if can_wait(np.nan if due is None else float(due), float(choice.at), work):
            return "batching"
    return NO_LEAVE


def time_choosing(presence: Sequence[PresenceEvent]) -> Mapping[int, float]:
    """Return the seconds from looking to taking, by the event of the claim; where the desk saw somebody look."""
    since: dict[str, int] = {}
    found: dict[int, float] = {}
    for event in presence:
        if event.kind is EventKind.LOOKING:
            since.setdefault(event.agent_id, event.at)
        elif event.kind is EventKind.CLAIMED and event.agent_id in since:
            found[event.id] = float(max(0, event.at - since.pop(event.agent_id)))
        elif event.kind is not EventKind.CLAIMED:
            since.pop(event.agent_id, None)
    return found


def list_off_task(presence: Sequence[PresenceEvent], *, end: int) -> pd.DataFrame:
    """Return the time off task of agents: `agent`, `start`, `end`, `code`."""
    began: dict[str, tuple[int, str]] = {}
    rows = []
    for event in presence:
        if event.kind is EventKind.OFF_TASK_BEGAN:
            if event.agent_id in began:
                rows.append((event.agent_id, began[event.agent_id][0], event.at, began[event.agent_id][1]))
            began[event.agent_id] = event.at, event.code or ""
        elif event.kind in {EventKind.OFF_TASK_ENDED, EventKind.SIGNED_OUT} and event.agent_id in began:
            at, code = began.pop(event.agent_id)
            rows.append((event.agent_id, at, event.at, code))
    rows += [(agent, at, end, code) for agent, (at, code) in sorted(began.items())]
    return pd.DataFrame([row for row in rows if row[2] > row[1]], columns=["agent", "start", "end", "code"])
