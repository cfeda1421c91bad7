"""Edits of a scenario by path: `agents.billing.count=22`, `policy.swing.mode=off`."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from models.errors import InputError, UsageError
from models.formats.scenarios.documents import parse_yaml

MODE = "mode"


def edit_document(document: Mapping[str, Any], edits: Sequence[str]) -> dict[str, Any]:
    """Return a document with edits made, in order; records of a list are named by their id or by their position.

    A `mode` that changes takes with it what belonged to the other one: `policy.swing.mode=off` needs no more.

    Raises
    ------
    UsageError
        If an edit has no `=`, names a record that is not there, or sets what another one has set.
    """
    made: dict[str, Any] = copy.deepcopy(dict(document))
    paths = [edit.partition("=")[0] for edit in edits]
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(f"--set {path} is given {paths.count(path)} times; expected one value for each path")
    for edit in edits:
        path, is_given, text = edit.partition("=")
        if not is_given or not path:
            raise UsageError(f"--set {edit}: expected PATH=VALUE, such as agents.billing.count=22")
        try:
            value = parse_yaml(text, file=f"--set {path}")
        except InputError as error:
            raise UsageError(str(error)) from error
        _set(made, path.split("."), value, edit)
    return made


def _set(place: Any, keys: Sequence[str], value: Any, edit: str) -> None:
    for n, key in enumerate(keys):
        is_last = n == len(keys) - 1
        if isinstance(place, list):
            at = _find(place, key, edit)
            if is_last:
                place[at] = value
            place = place[at]
        elif isinstance(place, dict):
            if is_last:
                if key == MODE and place.get(MODE) not in (None, value):
                    place.clear()
                place[key] = value
            elif place.get(key) is None:
                place[key] = {}
            place = place[key]
        else:
            raise UsageError(f"--set {edit}: {'.'.join(keys[:n])} is a single value and has no {key}")


def _find(listed: list[Any], key: str, edit: str) -> int:
    for n, item in enumerate(listed):
        if isinstance(item, dict) and item.get("id") == key:
            return n
    # int() takes at most some thousand digits, and isdigit() takes more than digits.
    if key.isascii() and key.isdecimal() and len(key) < 10 and int(key) < len(listed):
        return int(key)
    names = [str(item["id"]) for item in listed if isinstance(item, dict) and "id" in item]
    known = f"there are {', '.join(names)}" if names else f"there are {len(listed)}, counted from 0"
    raise UsageError(f"--set {edit}: there is no {key}; {known}")
