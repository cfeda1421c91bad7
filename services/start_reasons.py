"""What a planned task waits for before it starts."""

from dataclasses import dataclass
from enum import StrEnum

from models.formats.problem import Problem
from optimizer.draft import Draft
from optimizer.sequences import get_cursor
from optimizer.timeline import compute_setup, enter_shift, find_start


class StartReason(StrEnum):
    """What holds a task until it starts."""

    NOW = "now"
    SHIFT = "shift"
    PREVIOUS = "previous"
    STAY = "stay"
    ARRIVAL = "arrival"
    EARLIEST_START = "earliest-start"
    PREDECESSOR = "predecessor"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a task waits for: the reason, the task that it stands behind or that must be done, and the setup."""

    reason: StartReason
    task: str | None = None
    setup_minutes: float = 0.0


def find_start_reason(problem: Problem, draft: Draft, position: int) -> Start:
    """Return what a planned task waits for; `nothing` where it could start sooner where it is."""
    mine, roster, types = draft.sequences, draft.roster, draft.terms.type
    agent, shift, start = int(mine.agent[position]), int(mine.shift[position]), int(mine.start[position])
    previous, kind = int(mine.previous[position]), int(types[position])
    at, free, last_type, moves, moved_at = get_cursor(agent, previous, types, mine, roster)
    if at < shift:
        at, free, last_type, moves, moved_at = enter_shift(shift, roster)
    setup = compute_setup(last_type, kind, roster) / 60
    if start > find_start(agent, shift, free, last_type, moves, moved_at, kind, 0, roster):
        return _find_wait(problem, draft, position, start)
    if previous >= 0 and mine.shift[previous] == shift:
        before = problem.tasks[previous].id
        if start > find_start(agent, shift, free, last_type, moves, -(2**40), kind, 0, roster):
            return Start(reason=StartReason.STAY, task=before, setup_minutes=setup)
        return Start(reason=StartReason.PREVIOUS, task=before, setup_minutes=setup)
    reason = StartReason.NOW if roster.shift_start[shift] <= 0 else StartReason.SHIFT
    return Start(reason=reason, setup_minutes=setup)


def _find_wait(problem: Problem, draft: Draft, position: int, start: int) -> Start:
    """Return what keeps a task from starting while its agent is free."""
    task, mine = problem.tasks[position], draft.sequences
    before = draft.terms.after_task[draft.terms.after_ptr[position] : draft.terms.after_ptr[position + 1]].tolist()
    last = max(before, key=lambda other: int(mine.end[other]), default=None)
    earliest = task.arrived if task.earliest_start is None else task.earliest_start
    bounds = [
        (task.arrived - problem.now, Start(reason=StartReason.ARRIVAL)),
        (earliest - problem.now, Start(reason=StartReason.EARLIEST_START)),
    ]
    if last is not None:
        bounds.append((int(mine.end[last]), Start(reason=StartReason.PREDECESSOR, task=problem.tasks[last].id)))
    ready, found = max(bounds, key=lambda item: item[0])
    return found if _is_first_chance(draft, position, ready, start) else Start(reason=StartReason.NOTHING)


def _is_first_chance(draft: Draft, position: int, ready: int, start: int) -> bool:
    """Return whether a start is the first at which the agent works once the task could begin."""
    mine, types = draft.sequences, draft.terms.type
    agent, shift, previous = int(mine.agent[position]), int(mine.shift[position]), int(mine.previous[position])
    cursor = get_cursor(agent, previous, types, mine, draft.roster)
    if cursor[0] < shift:
        cursor = enter_shift(shift, draft.roster)
    first = find_start(agent, shift, *cursor[1:], int(types[position]), ready, draft.roster)
    return bool(first == start)
