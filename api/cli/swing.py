"""`swingdesk swing`: who is lent where and when, why, until when, and what another hour would save."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.questions import PlanFile, PlanNumber, ProblemFile, Zone, read_question

if TYPE_CHECKING:
    from models.formats.problem import Problem
    from services.swing_board import SwingBlock, SwingBoard

_WIDTH = 200  # wide enough for every column; a narrow terminal folds lines by itself


def swing(
    problem: ProblemFile = None,
    plan: PlanFile = None,
    number: PlanNumber = None,
    sentences: Annotated[bool, typer.Option("--sentences", help="Tell of each stretch in a sentence.")] = False,
    zone: Zone = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the board as one JSON document.")] = False,
) -> None:
    """Show the swing team's day: who helps whom from when to when, what that saves, what it costs the home team.

    Costs are the plan's again with one thing changed. Without files it is of the plan that was stored last. Ends with 1
    where the plan does not hold.

    Example:  swingdesk swing problem.json plan.json --timezone Europe/Madrid
    """
    asked = read_question(problem, plan, number, zone)

    from services.swing_board import board_document, draw_board

    board = draw_board(asked.problem, asked.plan, zone_name=asked.zone_name)
    if as_json:
        print(json.dumps(board_document(board, zone_name=asked.zone_name), ensure_ascii=False))
    else:
        _print(asked.problem, board, asked.zone_name, sentences)


def _print(problem: "Problem", board: "SwingBoard", zone_name: str, sentences: bool) -> None:
    members = sum(bool(agent.swing_teams) for agent in problem.agents)
    lent = {block.agent for block in board.blocks}
    hours = sum(block.minutes for block in board.blocks) / 60
    print(f"{len(lent):,} of the {members:,} members of the swing team are lent, {hours:,.1f} h in all.")
    names = {team.id: team.name or team.id for team in problem.teams}
    if sentences:
        for block in board.blocks:
            print(f"  {block.sentence}")
    elif board.blocks:
        _print_blocks(problem, board, zone_name)
    print("\nWhat one more person would save at least, with the rest of the plan as it is:")
    for item in board.teams:
        print(f"  {item.sentence}")
    if any(item.lending_cost for item in board.teams):
        print("\nWhat lending costs those at home:")
        for item in board.teams:
            if item.lending_cost:
                print(f"  {names[item.team]}: {item.lending_cost:,.0f} for {item.lent_minutes / 60:,.1f} h")
    print(f"\nTimes are those of {zone_name}.")


def _print_blocks(problem: "Problem", board: "SwingBoard", zone_name: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from services.names import Names

    names = Names(problem, zone_name=zone_name)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("lent to", "when", "who", "of"):
        table.add_column(heading, no_wrap=True)
    for heading in ("tasks", "hours"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("without it", no_wrap=True)
    for heading in ("worth up to", "costs at home", "back at"):
        table.add_column(heading, justify="right", no_wrap=True)
    team = ""
    for block in board.blocks:
        table.add_row(
            "" if block.team == team else names.team(block.team),
            f"{names.clock(block.start)} - {names.clock(block.end)}",
            names.agent(block.agent),
            names.team(block.home_team),
            f"{len(block.tasks):,}",
            f"{block.minutes / 60:,.1f}",
            _without(block),
            f"{block.saving:,.0f}",
            f"{block.home_cost:,.0f}" if block.home_cost >= 0.5 else "",
            "" if block.gives_back is None else names.clock(block.gives_back),
        )
        team = block.team
    Console(highlight=False, soft_wrap=True, width=_WIDTH).print(table)
    print("without it: what would be left, or late, if nobody were lent then and others took what they can")


def _without(block: "SwingBlock") -> str:
    """Return how many tasks only a stretch of lending keeps from being left or late."""
    effects = ((block.left_without, "left"), (block.late_without, "late"))
    told = [f"{len(tasks):,} {what}" for tasks, what in effects if tasks]
    return ", ".join(told)
