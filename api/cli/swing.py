"""`swingdesk swing`: who is lent where and when, why, until when, and what another hour would save."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.questions import PlanFile, PlanNumber, ProblemFile, Zone, read_question

if TYPE_CHECKING:
    from models.formats.problem import Problem
    from services.swing_board import SwingBoard


def swing(
    problem: ProblemFile = None,
    plan: PlanFile = None,
    number: PlanNumber = None,
    top: Annotated[int, typer.Option(min=0, metavar="N", help="Stretches to tell of for each team.")] = 20,
    zone: Zone = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the board as one JSON document.")] = False,
) -> None:
    """Show the swing team's day: who helps whom from when to when, what that saves, what it costs the home team.

    Costs are the plan's again with one thing changed. Without files it is of the plan that was stored last. Ends with 1
    where the plan does not hold.

    Example:  swingdesk swing problem.json plan.json --zone Europe/Madrid
    """
    asked = read_question(problem, plan, number, zone)

    from services.swing_board import board_document, draw_board

    board = draw_board(asked.problem, asked.plan, zone_name=asked.zone_name)
    if as_json:
        print(json.dumps(board_document(board, zone_name=asked.zone_name), ensure_ascii=False))
    else:
        _print(asked.problem, board, top)


def _print(problem: "Problem", board: "SwingBoard", top: int) -> None:
    members = sum(bool(agent.swing_teams) for agent in problem.agents)
    lent = {block.agent for block in board.blocks}
    hours = sum(block.minutes for block in board.blocks) / 60
    print(f"{len(lent):,} of the {members:,} members of the swing team are lent, {hours:,.1f} h in all.")
    names = {team.id: team.name or team.id for team in problem.teams}
    for team in problem.teams:
        blocks = [block for block in board.blocks if block.team == team.id]
        if blocks and top:
            print(f"\nLent to {names[team.id]}:")
            for block in blocks[:top]:
                print(f"  {block.sentence}")
            if len(blocks) > top:
                print(f"  ... and {len(blocks) - top:,} more; --top N shows more")
    print("\nWhat one more person would save at least, with the rest of the plan as it is:")
    for item in board.teams:
        print(f"  {item.sentence}")
    if any(item.lending_cost for item in board.teams):
        print("\nWhat lending costs those at home:")
        for item in board.teams:
            if item.lending_cost:
                print(f"  {names[item.team]}: {item.lending_cost:,.0f} for {item.lent_minutes / 60:,.1f} h")
