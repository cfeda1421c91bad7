"""`swingdesk key ...`: keys of programs, made, listed, revoked."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.moments import now
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.repositories.access.keys import KeyRecord

app = typer.Typer(name="key", help="Keys by which programs are recognised: made, listed, revoked.")
app.info.no_args_is_help = True

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("create")
def create(
    principal: Annotated[str, typer.Argument(help="Whose key it is; see `swingdesk principal list`.")],
    role: Annotated[
        list[Role] | None,
        typer.Option(help="Only this of the principal's roles; may be repeated.", show_default=False),
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option(metavar="TEAM", help="Only this of the teams it leads; may be repeated.", show_default=False),
    ] = None,
    label: Annotated[str, typer.Option(metavar="TEXT", help="What the key is for.")] = "",
    days: Annotated[float, typer.Option(min=0, metavar="N", help="How long it holds.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once: only its digest is stored.

    Example:  swingdesk key create admin --role analyst --label prometheus
    """
    from services.access.keys import create_key
    from services.access.tracing import Act
    from services.database import open_database
    from services.settings import load_settings

    act = Act(at=now(), by=None, what="swingdesk key create")
    with open_database(load_settings()) as database:
        made = create_key(database, principal, roles=role or None, teams=team or None, label=label, days=days, act=act)
    if as_json:
        print(json.dumps({**_document(made.record), "key": made.text}))
    else:
        print(made.text)


@app.command("list")
def list_keys(
    principal: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only keys of this one.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List keys, the newest first; the keys themselves are nowhere."""
    from services.access.keys import read_keys
    from services.database import open_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        keys = read_keys(database, principal_id=principal)
    if as_json:
        print(json.dumps({"keys": [_document(key) for key in keys]}))
        return
    for key in keys:
        print(f"{key.id}  {key.principal_id}  {', '.join(sorted(key.roles))}  {_state(key)}  {key.label}".rstrip())
    if not keys:
        print("there is no key")


@app.command("revoke")
def revoke(key: Annotated[str, typer.Argument(metavar="ID", help="The key's id: the part after `sd_`.")]) -> None:
    """Have a key hold no longer. Servers notice within a second."""
    from services.access.keys import revoke_key
    from services.access.tracing import Act
    from services.database import open_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        revoke_key(database, key, act=Act(at=now(), by=None, what="swingdesk key revoke"))
    print(f"key {key} holds no longer")


def _state(key: "KeyRecord") -> str:
    if key.revoked_at is not None:
        return "revoked"
    return f"until {_text(key.expires_at)}" if key.holds(now()) else "expired"


def _document(key: "KeyRecord") -> dict[str, object]:
    return {
        "id": key.id,
        "principal": key.principal_id,
        "label": key.label,
        "roles": sorted(key.roles),
        "teams": None if key.teams is None else sorted(key.teams),
        "created_at": _text(key.created_at),
        "expires_at": _text(key.expires_at),
        "revoked_at": None if key.revoked_at is None else _text(key.revoked_at),
        "last_used_at": None if key.last_used_at is None else _text(key.last_used_at),
    }


def _text(instant: int) -> str:
    from datetime import UTC

    from models.time import format_instant

    return format_instant(instant, UTC)
