"""Where a command writes: checked before any work is done for it."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.errors import UsageError


def check_output(
    output: Path, *, inputs: Mapping[str, Path] | None = None, endings: Sequence[str] = (), option: str = "-o"
) -> None:
    """Refuse a place where nothing can be written, or that would replace an input.

    Parameters
    ----------
    inputs
        The files that the command reads, each by what it is called.
    endings
        Those that its name may have; any where there are none.
    option
        What the command calls it.

    Raises
    ------
    UsageError
        With the reason.
    """
    try:
        if output.is_dir():
            raise UsageError(f"{option} {output} is a folder; name a file in it")
        if not output.parent.is_dir():
            raise UsageError(f"{option} {output}: there is no folder {output.parent}")
        for name, path in (inputs or {}).items():
            if output.exists() and path.exists() and output.samefile(path):
                raise UsageError(f"{option} {output} is the {name} itself; write to another file")
        if endings and not output.name.lower().endswith(tuple(endings)):
            raise UsageError(f"{option} {output}: expected a name that ends in {' or '.join(endings)}")
        if not output.exists():
            _try(output.parent)
    except (
        OSError,
        ValueError,
        RuntimeError,
    ) as error:  # a name no file can have, links in a circle
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{option} {output} cannot be written: {reason}") from error


def check_outputs(
    outputs: Mapping[str, Path | None], *, inputs: Mapping[str, Path], endings: Mapping[str, Sequence[str]]
) -> None:
    """Refuse places of several outputs, by the options that name them, as `check_output` does; no two may be one.

    Raises
    ------
    UsageError
        With the reason.
    """
    taken: dict[Path, str] = {}
    for option, path in outputs.items():
        if path is None:
            continue
        check_output(path, inputs=inputs, endings=endings.get(option, ()), option=option)
        other = taken.setdefault(path.resolve(), option)
        if other != option:
            raise UsageError(f"{option} {path} is where {other} goes too; write to another file")


def _try(folder: Path) -> None:
    probe = folder / f".{secrets.token_hex(8)}"
    probe.touch()
    probe.unlink()
