"""`swingdesk principal ...`: who may reach the server, and as what."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.moments import now
from models.vocabulary import PrincipalKind, Role

if TYPE_CHECKING:
    from models.repositories.access.principals import Principal

app = typer.Typer(name="principal", help="People and programs that may reach the server, and what each may be.")
app.info.no_args_is_help = True

HERE = "http://127.0.0.1:8765"
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Its id.")]
Roles = Annotated[
    list[Role] | None, typer.Option("--role", help="What it may be; may be repeated.", show_default=False)
]
Teams = Annotated[
    list[str] | None,
    typer.Option("--team", metavar="TEAM", help="A team that a lead leads; may be repeated.", show_default=False),
]
AgentId = Annotated[str | None, typer.Option("--agent", metavar="ID", help="The agent that it is.", show_default=False)]


@app.command("create")
def create(
    name: Name,
    role: Roles = None,
    team: Teams = None,
    agent: AgentId = None,
    program: Annotated[
        bool, typer.Option("--program", help="It is no person: it has keys and never signs in.")
    ] = False,
) -> None:
    """Make somebody or something known, with what it may be.

    Example:  swingdesk principal create rosa --role lead --team billing
    """
    from services.access.principals import create_principal
    from services.access.tracing import Act
    from services.database import open_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        made = create_principal(
            database,
            name,
            roles=role or (),
            teams=team or (),
            agent_id=agent,
            kind=PrincipalKind.KEY if program else PrincipalKind.PERSON,
            act=Act(at=now(), by=None, what="swingdesk principal create"),
        )
    print(_line(made))


@app.command("roles")
def roles(name: Name, role: Roles = None, team: Teams = None, agent: AgentId = None) -> None:
    """Have somebody be just what is given; without any role, nothing at all.

    Example:  swingdesk principal roles rosa --role lead --team billing --team claims
    """
    from services.access.principals import change_roles
    from services.access.tracing import Act
    from services.database import open_database
    from services.settings import load_settings

    act = Act(at=now(), by=None, what="swingdesk principal roles")
    with open_database(load_settings()) as database:
        changed = change_roles(database, name, roles=role or (), teams=team or (), agent_id=agent, act=act)
    print(_line(changed))


@app.command("list")
def list_principals(as_json: AsJson = False) -> None:
    """List who is known, and what each may be."""
    from services.access.principals import read_principals
    from services.database import open_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        known = read_principals(database)
    if as_json:
        print(json.dumps({"principals": [_document(one) for one in known]}))
        return
    for one in known:
        print(_line(one))
    if not known:
        print("nobody is known; the first `swingdesk serve` makes an administrator")


@app.command("disable")
def disable(name: Name) -> None:
    """Shut somebody out: no key and no session of theirs holds any more."""
    from services.access.principals import disable_principal
    from services.access.tracing import Act
    from services.database import open_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        print(_line(disable_principal(database, name, act=Act(at=now(), by=None, what="swingdesk principal disable"))))


@app.command("enable")
def enable(name: Name) -> None:
    """Let somebody in again who was shut out."""
    from services.access.principals import enable_principal
    from services.access.tracing import Act
    from services.database import open_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        print(_line(enable_principal(database, name, act=Act(at=now(), by=None, what="swingdesk principal enable"))))


@app.command("link")
def link(
    name: Name,
    address: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the server is; SWINGDESK_PUBLIC_URL, or this machine, without it."),
    ] = None,
) -> None:
    """Print a link by which a person chooses a password, or signs in without one, once and within the hour.

    Example:  swingdesk principal link rosa
    """
    from services.access.sessions import create_link
    from services.access.tracing import Act
    from services.database import open_database
    from services.settings import load_settings

    settings = load_settings()
    with open_database(settings) as database:
        secret = create_link(database, name, act=Act(at=now(), by=None, what="swingdesk principal link"))
    print(f"{(address or settings.public_url or HERE).rstrip('/')}/sign-in/{secret}")


@app.command("password")
def password(
    name: Name,
    remove: Annotated[bool, typer.Option("--remove", help="Have them have none any more.")] = False,
) -> None:
    """Have a person's password be one that is asked for here, and end all their sessions.

    It is asked for twice at a terminal and not shown; else it is the first line of standard input.

    Example:  swingdesk principal password rosa
    """
    from services.access.passwords.accounts import password_terms, set_password, take_password
    from services.access.tracing import Act
    from services.database import open_database
    from services.settings import load_settings

    settings = load_settings()
    act = Act(at=now(), by=None, what="swingdesk principal password")
    with open_database(settings) as database:
        if remove:
            take_password(database, name, act=act)
            print(f"{name} has no password any more")
            return
        set_password(database, password_terms(settings), name, _ask_password(), act=act)
    print(f"the password of {name} is set, and all sessions of {name} have ended")


def _ask_password() -> str:
    """Return a password that is nowhere seen: neither on the screen, nor among the commands of the shell."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _line(one: "Principal") -> str:
    may = []
    for role in sorted(one.roles):
        of = f" {one.agent_id}" if role is Role.AGENT else f" of {', '.join(sorted(one.teams))}"
        may.append(f"{role}{of if role in {Role.AGENT, Role.LEAD} else ''}")
    state = "" if one.disabled_at is None else "  (shut out)"
    return f"{one.id}  {one.kind}  {'; '.join(may) or 'no role'}{state}"


def _document(one: "Principal") -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "roles": sorted(one.roles),
        "teams": sorted(one.teams),
        "agent": one.agent_id,
        "is_disabled": one.disabled_at is not None,
    }
