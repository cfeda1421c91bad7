"""Where a command writes: checked before any work is done for it."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from models.errors import UsageError


def check_output(output: Path, *, inputs: Mapping[str, Path] | None = None) -> None:
    """Refuse a place where nothing can be written, or that would replace an input.

    Parameters
    ----------
    inputs
        The files that the command reads, each by what it is called.

    Raises
    ------
    UsageError
        With the reason.
    """
    try:
        if output.is_dir():
            raise UsageError(f"-o {output} is a folder; name a file in it")
        if not output.parent.is_dir():
            raise UsageError(f"-o {output}: there is no folder {output.parent}")
        for name, path in (inputs or {}).items():
            if output.exists() and path.exists() and output.samefile(path):
                raise UsageError(f"-o {output} is the {name} itself; write to another file")
        if not output.exists():
            _try(output.parent)
    except (OSError, ValueError) as error:  # a name that is too long, or holds what no name may hold
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"-o {output} cannot be written: {reason}") from error


def _try(folder: Path) -> None:
    probe = folder / f".{secrets.token_hex(8)}"
    probe.touch()
    probe.unlink()
