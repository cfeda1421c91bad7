"""The swing board of a plan: who is lent where and when, what that saves and costs, what another hour would save."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.errors import PlanRejectedError
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.time import SECONDS_PER_HOUR, format_instant, load_zone, to_datetime
from optimizer.draft import Draft
from optimizer.instance import Instance
from optimizer.referee import check
from optimizer.swinging import Block, BlockValue, draw_curve, find_blocks, value_block
from services.assemble import assemble_instance, assemble_solution
from services.hour_values import HourValues, read_hour_values
from services.names import Names, amount, lasting, listed

WORTH_TELLING = 0.005
SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR


@dataclass(frozen=True, kw_only=True)
class SwingBlock:
    """A stretch that somebody is lent, and what it is worth. Instants are epoch seconds.

    Attributes
    ----------
    agent, home_team, team
        Ids.
    start, end
        From the start of the first task to the end of the last.
    tasks
        In their order.
    minutes
        Time on them.
    stays_until
        Until when a least stay keeps the agent there; None where there is none.
    gives_back
        When the agent's next task elsewhere starts; None where nothing follows in the shift.
    saving
        By how much the total would grow without it, with the rest of the plan as it is; below 0 where it does not pay.
    left_without, late_without
        Tasks of other teams that only it keeps from being left, and from being late.
    home_cost
        What the tasks of the home team cost more for it.
    home_late
        Tasks of the home team that are late or left for it.
    sentence
        All of this as a lead reads it.
    """

    agent: str
    home_team: str
    team: str
    start: int
    end: int
    tasks: tuple[str, ...]
    minutes: float
    stays_until: int | None
    gives_back: int | None
    saving: float
    left_without: tuple[str, ...]
    late_without: tuple[str, ...]
    home_cost: float
    home_late: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class TeamSwing:
    """What a team borrows and lends, and what each further hour of one more person would save it.

    Attributes
    ----------
    borrowed_minutes, lent_minutes
        Time on tasks of its blocks, and of its people's blocks elsewhere.
    lending_cost
        What its own tasks cost more for all it lends, block by block.
    next_hours
        By each hour of one more person, never more than by the one before.
    start, end
        When these hours would be; None where none would save anything.
    dearest_type, dearest_from, dearest_value
        The type of task and the hour that the prices of the bound value most, and at what; None where the plan says no
        prices.
    sentence
        This as a lead reads it.
    """

    team: str
    borrowed_minutes: float
    lent_minutes: float
    lending_cost: float
    next_hours: tuple[float, ...]
    start: int | None
    end: int | None
    dearest_type: str | None
    dearest_from: int | None
    dearest_value: float | None
    sentence: str


@dataclass(frozen=True, kw_only=True)
class SwingBoard:
    """The blocks of a plan by team and start, and its teams, those first that an hour would save most."""

    blocks: tuple[SwingBlock, ...]
    teams: tuple[TeamSwing, ...]


def draw_board(problem: Problem, plan: Plan, *, zone_name: str = "UTC") -> SwingBoard:
    """Return the swing board of a plan.

    Raises
    ------
    PlanRejectedError
        If the plan does not hold.
    """
    verdict = check(problem, plan)
    if not verdict.feasible:
        raise PlanRejectedError(verdict.violations)
    instance = assemble_instance(problem)
    solution = assemble_solution(problem, instance, plan)
    draft = Draft(instance, solution.task_agent, solution.task_start, solution.task_end)
    return _draw(problem, draft, read_hour_values(plan), zone_name)


def _draw(problem: Problem, draft: Draft, values: HourValues | None, zone_name: str) -> SwingBoard:
    names = Names(problem, zone_name=zone_name)
    blocks = tuple(_block(problem, names, block, value_block(draft, block)) for block in find_blocks(draft))
    starts, until = _find_hours(problem, draft.instance, zone_name)
    teams = []
    for position, team in enumerate(problem.teams):
        curve = draw_curve(draft, position, starts, until=until)
        teams.append(
            _team(
                names,
                team.id,
                blocks,
                next_hours=curve.saving,
                window=(problem.now + curve.start, problem.now + curve.end) if curve.saving else None,
                dearest=_find_dearest(problem, team.id, values),
            )
        )
    teams.sort(key=lambda item: -(item.next_hours[0] if item.next_hours else 0.0))
    return SwingBoard(blocks=blocks, teams=tuple(teams))


def board_document(board: SwingBoard, *, zone_name: str = "UTC") -> dict[str, Any]:
    """Return a swing board as a JSON object."""
    zone = load_zone(zone_name)

    def told(item: SwingBlock | TeamSwing, *instants: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            name: list(value) if isinstance(value, tuple) else value for name, value in vars(item).items()
        }
        for name in instants:
            if body[name] is not None:
                body[name] = format_instant(body[name], zone)
        return body

    return {
        "blocks": [told(block, "start", "end", "stays_until", "gives_back") for block in board.blocks],
        "teams": [told(team, "start", "end", "dearest_from") for team in board.teams],
    }


def _find_hours(problem: Problem, instance: Instance, zone_name: str) -> tuple[list[int], int]:
    """Return when a guest may come, now and as the clocks strike, and until when anybody works in the next 24 hours."""
    now = to_datetime(problem.now, load_zone(zone_name))
    first = SECONDS_PER_HOUR - (now.minute * 60 + now.second)
    soon = instance.shift_end[instance.shift_start < SECONDS_PER_DAY]
    until = min(int(soon.max(initial=0)), SECONDS_PER_DAY)
    return [0, *range(first, until, SECONDS_PER_HOUR)], until


def _find_dearest(problem: Problem, team: str, values: HourValues | None) -> tuple[str, int, float] | None:
    """Return the type of a team and the hour that are priced highest, and the price; None where nothing is priced."""
    if values is None:
        return None
    priced = [
        (worth, -begins, kind.id)
        for kind in problem.task_types
        if kind.team == team
        for begins, worth in zip(values.begins, values.task_types.get(kind.id, ()), strict=False)
        if worth > 0
    ]
    if not priced:
        return None
    worth, begins, kind_id = max(priced)
    return kind_id, -begins, worth


def _block(problem: Problem, names: Names, block: Block, value: BlockValue) -> SwingBlock:
    def ids(tasks: Sequence[int]) -> tuple[str, ...]:
        return tuple(problem.tasks[task].id for task in tasks)

    def instant(seconds: int | None) -> int | None:
        return None if seconds is None else problem.now + seconds

    found = SwingBlock(
        agent=problem.agents[block.agent].id,
        home_team=problem.teams[block.home].id,
        team=problem.teams[block.team].id,
        start=problem.now + block.start,
        end=problem.now + block.end,
        tasks=ids(block.tasks),
        minutes=block.working_seconds / 60,
        stays_until=instant(block.stays_until),
        gives_back=instant(block.next_start),
        saving=value.saving,
        left_without=ids(value.left_without),
        late_without=ids(value.late_without),
        home_cost=value.home_cost,
        home_late=ids(value.home_late),
        sentence="",
    )
    return SwingBlock(**{**vars(found), "sentence": _tell_block(names, found)})


def _tell_block(names: Names, block: SwingBlock) -> str:
    tasks = "1 task" if len(block.tasks) == 1 else f"{len(block.tasks)} tasks"
    who = f"{names.agent(block.agent)} of {names.team(block.home_team)}"
    span = names.span(block.start, block.end)
    said = [f"{who} works for {names.team(block.team)} {span}: {tasks}, {lasting(60 * block.minutes)}."]
    if block.saving < WORTH_TELLING:
        less = "as little" if block.saving > -WORTH_TELLING else f"{amount(-block.saving)} less"
        said.append(f"Without it the plan would cost {less}: a longer search may end it.")
    else:
        effects = [
            f"{listed(tasks)} would be {what}"
            for tasks, what in ((block.left_without, "left"), (block.late_without, "late"))
            if tasks
        ]
        because = f"{' and '.join(effects)}, and the plan" if effects else "the plan"
        said.append(f"Without it {because} would cost up to {amount(block.saving)} more.")
    if block.home_cost > WORTH_TELLING:
        late = f", with {listed(block.home_late)} late or left" if block.home_late else ""
        said.append(f"At home that costs {amount(block.home_cost)}{late}.")
    else:
        said.append("At home that costs nothing.")
    if block.gives_back is not None:
        said.append(f"Given back at {names.clock(block.gives_back)}.")
    else:
        said.append("Stays to the end of the shift.")
    return " ".join(said)


def _team(
    names: Names,
    team: str,
    blocks: Sequence[SwingBlock],
    *,
    next_hours: tuple[float, ...],
    window: tuple[int, int] | None,
    dearest: tuple[str, int, float] | None,
) -> TeamSwing:
    borrowed = sum(block.minutes for block in blocks if block.team == team)
    lending = [block for block in blocks if block.home_team == team]
    if window is None:
        sentence = f"{names.team(team)}: nothing."
    else:
        sentence = f"{names.team(team)}: {amount(next_hours[0])} in the first hour"
        if len(next_hours) > 1:
            further = ", ".join(amount(value) for value in next_hours[1:])
            sentence += f", then {further}; {amount(sum(next_hours))} in {len(next_hours)} hours {names.span(*window)}"
        else:
            sentence += f", {names.span(*window)}"
        sentence += "."
    if dearest is not None:
        kind, begins, worth = dearest
        sentence += f" Priced highest: an hour for {names.task_type(kind)} from {names.clock(begins)}, {amount(worth)}."
    return TeamSwing(
        team=team,
        borrowed_minutes=borrowed,
        lent_minutes=sum(block.minutes for block in lending),
        lending_cost=sum(max(block.home_cost, 0.0) for block in lending),
        next_hours=next_hours,
        start=None if window is None else window[0],
        end=None if window is None else window[1],
        dearest_type=None if dearest is None else dearest[0],
        dearest_from=None if dearest is None else dearest[1],
        dearest_value=None if dearest is None else dearest[2],
        sentence=sentence,
    )
