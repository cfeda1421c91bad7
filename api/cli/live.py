"""`swingdesk live ...`: whether the states of tasks and agents are those that follow from what happened."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.failures import DOES_NOT_HOLD

if TYPE_CHECKING:
    from services.live.replay import Verdict

app = typer.Typer(name="live", help="Check the live desk: its states follow from its log of events.")
app.info.no_args_is_help = True

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
SHOWN = 20


@app.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Make all states anew from the log and compare them with those that are stored; exit 1 where they differ."""
    from services.database import open_database
    from services.live.replay import verify_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        verdict = verify_database(database)
    if as_json:
        print(json.dumps(_document(verdict)))
    elif verdict.holds:
        print(f"{_size(verdict)}: what is stored is what the log gives")
    else:
        _print_differences(verdict)
        print("`swingdesk live rebuild` puts what the log gives in the place of what is stored", file=sys.stderr)
    if not verdict.holds:
        sys.exit(DOES_NOT_HOLD)


@app.command("rebuild")
def rebuild(as_json: AsJson = False) -> None:
    """Put the states that the log gives in the place of those that are stored. Running it again changes nothing."""
    from services.database import open_database
    from services.live.replay import rebuild_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        verdict = rebuild_database(database)
    if as_json:
        print(json.dumps(_document(verdict)))
    elif verdict.holds:
        print(f"{_size(verdict)}: nothing had to be mended")
    else:
        _print_differences(verdict)
        print(f"{_size(verdict)}: mended")


def _size(verdict: "Verdict") -> str:
    from api.documents.words import count_of

    counts = ((verdict.num_events, "event"), (verdict.num_tasks, "task"), (verdict.num_agents, "agent"))
    return ", ".join(count_of(count, one) for count, one in counts)


def _print_differences(verdict: "Verdict") -> None:
    for difference in verdict.differences[:SHOWN]:
        print(difference)
    more = len(verdict.differences) - SHOWN
    if more > 0:
        print(f"... and {more:,} more")


def _document(verdict: "Verdict") -> dict[str, Any]:
    return {
        "holds": verdict.holds,
        "num_events": verdict.num_events,
        "num_tasks": verdict.num_tasks,
        "num_agents": verdict.num_agents,
        "differences": [str(difference) for difference in verdict.differences],
    }
