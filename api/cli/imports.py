"""`swingdesk import ...`: what comes in from other systems."""

import typer

app = typer.Typer(
    name="import", help="Take in an office: tables, templates to fill in, event logs.", no_args_is_help=True
)
