"""`swingdesk backup` and `swingdesk restore`: everything in one file, and back."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.interrupts import run_interruptibly
from api.cli.moments import now
from api.cli.outputs import check_output
from models.errors import CancelledError

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]


def backup(
    file: Annotated[Path, typer.Argument(help="Where the backup goes, such as office.backup.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace a file that is there.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write everything that the database holds, as it is at one moment, to a file; a server may run meanwhile.

    Either kind of database takes the file back. It holds names, and digests of keys: keep it as you keep the database.

    Example:  swingdesk backup office.backup
    """
    from models.formats.backups.manifest import manifest_document
    from services.audit.backup import make_backup
    from services.database import open_database
    from services.settings import load_settings

    check_output(file, option="FILE")
    with open_database(load_settings()) as database, _progress(quiet=quiet) as listener:

        def work(cancel: threading.Event) -> Any:
            return make_backup(database, file, now=now(), may_replace=replace, on_progress=_stoppable(listener, cancel))

        manifest = run_interruptibly(work, message="stopping")
    if as_json:
        print(json.dumps(manifest_document(manifest)))
    elif not quiet:
        size = file.stat().st_size
        print(f"{file}: {manifest.num_rows:,} rows of {len(manifest.tables)} tables, {size:,} bytes")
        if manifest.anchor is not None:
            print(f"anchor {manifest.anchor}")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup that `swingdesk backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace whatever the database holds.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check that the file is a whole backup.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Put a backup into the database of the settings: all of it, checked, or nothing; a server may run meanwhile.

    The audit trail is checked and the state of tasks and agents rebuilt from the events before anything is committed.

    Example:  swingdesk restore office.backup
    """
    from models.database import Database
    from models.formats.backups.manifest import manifest_document
    from services.audit.restore import check_backup, restore_backup
    from services.settings import load_settings

    if check:
        manifest = check_backup(file)
        if as_json:
            print(json.dumps(manifest_document(manifest)))
        elif not quiet:
            print(f"{file} is whole: {manifest.num_rows:,} rows of {len(manifest.tables)} tables")
        return
    with Database(load_settings().database_url) as database, _progress(quiet=quiet) as listener:

        def work(cancel: threading.Event) -> Any:
            return restore_backup(
                database, file, now=now(), may_replace=replace, on_progress=_stoppable(listener, cancel)
            )

        restored = run_interruptibly(work, message="stopping; nothing is restored")
        address = database.address
    num_rows = sum(restored.rows.values())
    if as_json:
        print(json.dumps({"database": address, "rows": dict(restored.rows), "seals": restored.verdict.num_seals}))
    elif not quiet:
        print(f"{address}: {num_rows:,} rows of {len(restored.rows)} tables, {restored.verdict.num_seals:,} seals hold")


def _stoppable(listener: Callable[[str, int], None], cancel: threading.Event) -> Callable[[str, int], None]:
    """Return a listener that ends the work once it is to be ended."""

    def hear(table: str, count: int) -> None:
        if cancel.is_set():
            raise CancelledError("stopped; nothing was written")
        listener(table, count)

    return hear


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """Show on standard error which table is at work, where that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _table, _count: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda table, count: status.update(f"{table}: {count:,} rows")
