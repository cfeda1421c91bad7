"""What an agent's tasks must be to each other. Rule numbers are those of `docs/formats/problem.md`."""

from collections.abc import Sequence

from models.formats.places import quoted
from models.formats.problem import TaskType
from optimizer.refereeing.assignments import Stint
from optimizer.refereeing.court import Court, whole_seconds


def check_sequence(court: Court, stints: Sequence[Stint]) -> tuple[int, list[str]]:
    """Rules 3, 6 and 7: what an agent's tasks must be to each other. Returns the moves made, and what is broken."""
    now, setup, agent = court.problem.now, court.problem.setup, stints[0].agent
    state = agent.state
    min_stay = whole_seconds(agent.min_stay_minutes)
    broken: list[str] = []
    num_moves = moves_in_shift = 0
    last_move: int | None = None
    previous: Stint | None = None
    for stint in stints:
        named = f"task {quoted(stint.task.id)}"
        if previous is not None and stint.task.in_progress:
            broken.append(f"{named}: is in progress, but {quoted(previous.task.id)} precedes it")
        if previous is not None and stint.start < previous.end:
            broken.append(f"{named}: overlaps {quoted(previous.task.id)} of {quoted(agent.id)}")

        kind_before: TaskType | None = None
        free_from = now
        if previous is not None and previous.shift is stint.shift:
            kind_before, free_from = previous.kind, previous.end
        else:
            moves_in_shift, last_move = 0, None
            if state is not None and stint.shift.start <= now < stint.shift.end:
                moves_in_shift, last_move = state.moves, state.team_since
                kind_before = None if state.type is None else court.kinds[state.type]
        previous = stint
        if kind_before is None or kind_before.id == stint.kind.id:
            continue

        is_move = kind_before.team != stint.kind.team
        wanted = whole_seconds(setup.other_team_minutes if is_move else setup.same_team_minutes)
        spare = stint.duty.between(free_from, stint.start)
        if spare < wanted:
            broken.append(f"{named}: {quoted(agent.id)} has {spare} working seconds of setup before it, not {wanted}")
        if not is_move:
            continue
        num_moves += 1
        moves_in_shift += 1
        if last_move is not None and stint.start - last_move < min_stay:
            stayed = stint.start - last_move
            broken.append(f"{named}: {quoted(agent.id)} moves again after {stayed} seconds, not {min_stay}")
        last_move = stint.start
        if agent.max_moves is not None and moves_in_shift > agent.max_moves:
            most = f"at most {agent.max_moves} are allowed"
            broken.append(f"{named}: is move {moves_in_shift} of {quoted(agent.id)} in a shift; {most}")
    return num_moves, broken
