"""`swingdesk audit ...`: who changed what, and whether anybody changed what was."""

import json
import sys
from typing import Annotated

import typer

from api.cli.failures import DOES_NOT_HOLD
from api.cli.moments import now

app = typer.Typer(name="audit", help="Show who changed what, and check that nobody changed what was.")
app.info.no_args_is_help = True

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Moment = Annotated[str | None, typer.Option(metavar="INSTANT", help="Such as '2026-03-02 08:00'.", show_default=False)]


@app.command("verify")
def verify(
    anchor: Annotated[
        list[str] | None,
        typer.Option(metavar="NUMBER:DIGEST", help="A seal that must be in the chain; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check every seal and every row under it; name the first that does not hold, and what has no seal yet.

    Exit 1 where something does not hold. Keep the anchor that is printed where whoever can write to the database
    cannot reach it: with it a later check shows, too, whether the end was cut off or the whole chain made anew.

    Example:  swingdesk audit verify
    """
    from api.documents.audit import verdict_document, verdict_lines
    from services.audit.trail import verify as verify_trail
    from services.database import open_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        verdict = verify_trail(database, anchors=anchor or ())
    if as_json:
        print(json.dumps(verdict_document(verdict)))
    else:
        print("\n".join(verdict_lines(verdict)))
    if not verdict.holds:
        sys.exit(DOES_NOT_HOLD)


@app.command("seal")
def seal(as_json: AsJson = False) -> None:
    """Seal what has no seal yet, as the server does each second; where only commands are used, a task for the night.

    Example:  swingdesk audit seal
    """
    from services.audit.sealing import seal_pending
    from services.database import open_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        added = seal_pending(database, now=now())
    num_events, num_changes = sum(one.num_events for one in added), sum(one.num_changes for one in added)
    if as_json:
        print(json.dumps({"seals": len(added), "events": num_events, "changes": num_changes}))
    else:
        print(f"{len(added):,} seals added, over {num_events:,} events and {num_changes:,} changes")


@app.command("list")
def list_(
    principal: Annotated[str | None, typer.Option(metavar="ID", help="Only what this one did.")] = None,
    subject: Annotated[
        str | None, typer.Option(metavar="KIND", help="Only of this kind: agent, plan, key, ...")
    ] = None,
    subject_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Only of this one of the kind.")] = None,
    what: Annotated[str | None, typer.Option(metavar="TEXT", help="Only by routes or commands that begin so.")] = None,
    since: Moment = None,
    until: Moment = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="How many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List changes, the newest first: when, who, by what, of what, before and after. Names are shown as digests only.

    Example:  swingdesk audit list --subject plan --limit 5
    """
    from api.documents.audit import change_document
    from models.errors import UsageError
    from models.time import format_instant
    from models.vocabulary_audit import Subject
    from services.audit.trail import ChangeFilter, find_changes
    from services.database import open_database
    from services.instants import find_office_zone, parse_at
    from services.settings import load_settings

    if subject is not None and subject not in list(Subject):
        raise UsageError(f"--subject {subject}: expected one of {', '.join(Subject)}")
    settings = load_settings()
    with open_database(settings) as database:
        zone = find_office_zone(database, settings)
        wanted = ChangeFilter(
            principal_id=principal,
            subject=subject,
            subject_id=subject_id,
            what=what,
            since=None if since is None else parse_at(since, zone, option="--since"),
            until=None if until is None else parse_at(until, zone, option="--until"),
        )
        changes = find_changes(database, wanted, limit=limit)
    if as_json:
        print(json.dumps({"changes": [change_document(change) for change in changes]}))
        return
    for change in changes:
        who = change.principal_id or "-"
        print(f"{format_instant(change.at, zone)}  {who}  {change.what}  {change.subject_kind} {change.subject_id}")
        for label, side in (("before", change.before), ("after", change.after)):
            if side is not None:
                print(f"    {label:<6} {json.dumps(side, ensure_ascii=False, sort_keys=True)}")
