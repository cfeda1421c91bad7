"""`swingdesk database ...`: create the database, bring it up to date, see where it stands."""

import dataclasses
import json
import sys
from typing import Annotated

import typer

from api.cli.failures import DOES_NOT_HOLD

app = typer.Typer(name="database", help="Create the database, bring it up to date, see where it stands.")
app.info.no_args_is_help = True

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("upgrade")
def upgrade(as_json: AsJson = False) -> None:
    """Create the tables, or bring them up to the newest version. Running it again changes nothing.

    The database is SWINGDESK_DATABASE_URL: sqlite:///swingdesk.sqlite3 by default, or postgresql://USER@HOST/NAME.
    """
    from services.database import upgrade_database
    from services.settings import load_settings

    before = upgrade_database(load_settings())
    if as_json:
        print(json.dumps({"database": before.address, "before": before.revision, "now": before.newest}))
    elif before.is_current:
        print(f"{before.address} is up to date already, at {before.newest}")
    elif before.is_there:
        print(f"{before.address} went from {before.revision} to {before.newest}")
    else:
        print(f"{before.address} created, at {before.newest}")


@app.command("status")
def status(as_json: AsJson = False) -> None:
    """Show where the database is, which version its tables have, and what it holds; exit 1 where it is not usable."""
    from services.database import UPGRADE, database_status
    from services.settings import load_settings

    found = database_status(load_settings())
    if as_json:
        print(json.dumps({**dataclasses.asdict(found), "is_current": found.is_current}))
    else:
        print(f"database   {found.address}")
        if found.is_current:
            print(f"version    {found.revision}, up to date")
            print(f"open tasks {found.num_open_tasks:,}\nplans      {found.num_plans:,}")
        elif found.is_there:
            print(f"version    {found.revision}, not {found.newest}: {UPGRADE} brings it up to date")
        else:
            print(f"version    none: {UPGRADE} creates it, and so does `swingdesk import tables FOLDER`")
    if not found.is_current:
        sys.exit(DOES_NOT_HOLD)
