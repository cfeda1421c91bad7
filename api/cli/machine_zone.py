"""The time zone of the machine: the one place that asks the environment and the system for it."""

import os
from collections.abc import Mapping
from pathlib import Path

from models.time import load_zone

_DATABASE = "zoneinfo/"


def find_machine_zone(environment: Mapping[str, str] | None = None, *, root: Path = Path("/")) -> str | None:
    """Return the IANA name of the machine's own zone; None where it cannot be told.

    As the C library and systemd do: the variable TZ, else the file that /etc/localtime links to, else /etc/timezone.

    Parameters
    ----------
    environment
        Of the process by default.
    root
        The folder that holds `etc`.
    """
    said = (os.environ if environment is None else environment).get("TZ", "").strip().removeprefix(":")
    if said:
        # A rule such as CET-1CEST has no name, and what the machine keeps besides is not what was said.
        return _known(_name_in(said) if said.startswith("/") else said)
    return _known(_linked(root / "etc" / "localtime")) or _known(_written(root / "etc" / "timezone"))


def _linked(path: Path) -> str:
    try:
        return _name_in(str(path.readlink()))
    except OSError:  # it is not there, or a copy, which has no name
        return ""


def _written(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _name_in(path: str) -> str:
    """Return the part of a path that is the zone's name in the database of zones."""
    name = path.rpartition(_DATABASE)[2] if _DATABASE in path else ""
    return name.removeprefix("posix/").removeprefix("right/")


def _known(name: str) -> str | None:
    if not name:
        return None
    try:
        return load_zone("UTC" if name == "Etc/UTC" else name).key  # one name for it everywhere
    except ValueError:
        return None
