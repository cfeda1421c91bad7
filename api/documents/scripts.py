"""Scripts for a page that is one file: our modules one behind the other, as a single script that imports nothing.

Modules are written so that this is enough: each import stands on a line of its own and names a module beside it, and no
two modules of a page have a name of their own in common.
"""

import re
from collections.abc import Callable
from functools import cache
from posixpath import dirname, join, normpath

_IMPORT = re.compile(r'^import \{[^}\n]*\} from "(\./[\w./-]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async function|function|const|class)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


@cache
def join_modules(name: str, read: Callable[[str], str]) -> str:
    """Return a module and all that it imports as one classic script.

    Parameters
    ----------
    read
        Gives the text of a module by its name.

    Raises
    ------
    ValueError
        If a module imports or exports in another form than above.
    """
    ordered: list[str] = []
    _collect(name, read, ordered)
    parts = [_EXPORT.sub("", _IMPORT.sub("", read(module))) for module in ordered]
    for module, part in zip(ordered, parts, strict=True):
        found = _LEFT_OVER.search(part)
        if found is not None:
            raise ValueError(f"{module} cannot be joined with others: {found[0]}")
    return "\n".join(['(() => {\n"use strict";', *parts, "})();"])


def _collect(name: str, read: Callable[[str], str], ordered: list[str]) -> None:
    """Add a module behind those that it imports, each once."""
    for imported in _IMPORT.findall(read(name)):
        module = normpath(join(dirname(name), imported))
        if module not in ordered:
            _collect(module, read, ordered)
    ordered.append(name)
