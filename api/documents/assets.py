"""The styles and scripts of the pages, as text, and where a page finds them: named after what is in them."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

ASSETS = "/static"
EDITION_LENGTH = 16
EDITION = re.compile(f"[0-9a-f]{{{EDITION_LENGTH}}}")


def static_folder() -> Path:
    """Return where the styles and scripts are."""
    return Path(str(files("api"))) / "static"


def static_text(name: str) -> str:
    """Return the text of a style or script."""
    return (static_folder() / name).read_text(encoding="utf-8")


@cache
def read_assets() -> Mapping[str, bytes]:
    """Return the styles and scripts by name, as they are when they are first asked for, and for as long as this runs.

    What is put in their place meanwhile, by an upgrade before the restart, is another edition.
    """
    folder = static_folder()
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@cache
def edition_of_assets() -> str:
    """Return what tells the styles and scripts of this version from those of others: a digest of them all.

    One for all of them, since scripts name each other by where they lie beside one another.
    """
    digest = hashlib.sha256()
    for name, content in sorted(read_assets().items()):
        digest.update(b"%d %s %d " % (len(name.encode()), name.encode(), len(content)) + content)
    return digest.hexdigest()[:EDITION_LENGTH]


def asset_path(name: str) -> str:
    """Return where a page finds a style or script: another place after each change, so that it may be kept for good."""
    return f"{ASSETS}/{edition_of_assets()}/{name}"
