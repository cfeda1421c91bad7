"""Stretches that agents spend away from their home team."""

from dataclasses import dataclass

from optimizer.draft import Draft
from optimizer.instance import NEVER


@dataclass(frozen=True, kw_only=True)
class Block:
    """Consecutive tasks of one agent in one shift, all of one team that is not the agent's own.

    Attributes
    ----------
    agent, home, team, shift
        Positions.
    tasks
        In their order.
    start, end
        From the start of the first task to the end of the last; seconds from `now`.
    working_seconds
        Time on the tasks.
    stays_until
        Instant before which a least stay keeps the agent there; None where there is none.
    next_task, next_start
        What the agent does next in the shift, and when; None where nothing.
    """

    agent: int
    home: int
    team: int
    shift: int
    tasks: tuple[int, ...]
    start: int
    end: int
    working_seconds: int
    stays_until: int | None
    next_task: int | None
    next_start: int | None


def find_blocks(draft: Draft) -> tuple[Block, ...]:
    """Return every stretch that an agent spends away from home, by team and start."""
    instance, mine = draft.instance, draft.sequences
    team_of = instance.type_team[instance.task_type]
    blocks = []
    for agent in range(instance.num_agents):
        home = int(instance.agent_home[agent])
        run: list[int] = []
        for task in [*draft.sequence_of(agent), None]:
            same = (
                task is not None
                and bool(run)
                and team_of[task] == team_of[run[-1]]
                and mine.shift[task] == mine.shift[run[-1]]
            )
            if run and not same:
                blocks.append(_block(draft, agent, home, int(team_of[run[0]]), run, task))
                run = []
            if task is not None and team_of[task] != home:
                run.append(task)
    return tuple(sorted(blocks, key=lambda block: (block.team, block.start, block.agent)))


def _block(draft: Draft, agent: int, home: int, team: int, run: list[int], behind: int | None) -> Block:
    mine = draft.sequences
    shift = int(mine.shift[run[0]])
    is_next = behind is not None and int(mine.shift[behind]) == shift
    stay = int(draft.instance.agent_min_stay[agent])
    return Block(
        agent=agent,
        home=home,
        team=team,
        shift=shift,
        tasks=tuple(run),
        start=int(mine.start[run[0]]),
        end=int(mine.end[run[-1]]),
        working_seconds=int(mine.duration[run].sum()),
        stays_until=int(mine.moved_at[run[0]]) + stay if stay and mine.moved_at[run[0]] > -NEVER else None,
        next_task=behind if is_next else None,
        next_start=int(mine.start[behind]) if is_next and behind is not None else None,
    )
