"""`swingdesk export ...`: what goes out in a public form."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.moments import At, Days, KnownArrivals, Teams, instant

app = typer.Typer(name="export", help="Write what the database holds in a public form.", no_args_is_help=True)


@app.callback()
def export() -> None:
    """Write what the database holds in a public form."""


@app.command("problem")
def problem(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write it, .json or .json.gz.", show_default=False)
    ],
    at: At = None,
    team: Teams = None,
    days: Days = 1,
    with_known_arrivals: KnownArrivals = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as one JSON document.")] = False,
) -> None:
    """Write a day's planning question, as `swingdesk plan` asks it: the input of `swingdesk solve` and `check`.

    Example:  swingdesk export problem --at 2026-03-02T08:00:00+01:00 -o monday.json.gz
    """
    from models.formats.problem_file import write_problem
    from services.daily_plan import ask_for_day
    from services.database import open_database
    from services.settings import load_settings

    settings = load_settings()
    with open_database(settings) as database:
        question = ask_for_day(
            database,
            settings,
            at=instant(at, database, settings),
            teams=team,
            days=days,
            with_known_arrivals=with_known_arrivals,
            or_next_shift=at is None,
        )
    write_problem(output, question.problem)
    counts = {"tasks": len(question.problem.tasks), "agents": len(question.problem.agents)}
    if as_json:
        print(json.dumps({"problem": str(output), **counts, **question.assumptions()}))
    else:
        from api.documents.words import count_of

        print(f"{count_of(counts['tasks'], 'task')} and {count_of(counts['agents'], 'agent')} written to {output}")
