"""Reading YAML 1.2 documents by the core schema: only `true` and `false` are booleans, dates and times are text."""

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode

from models.errors import Fault, InputError
from models.formats.documents import read_document
from models.formats.places import quoted

MAX_YAML_BYTES = 32 * 1024**2
YAML_SUFFIXES = (".yaml", ".yml")


class _CoreSchema(SafeConstructor):
    """Constructs of YAML what JSON knows."""


def _as_text(_constructor: _CoreSchema, node: ScalarNode) -> str:
    return str(node.value)


_CoreSchema.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def read_scenario_document(path: Path | str) -> dict[str, Any]:
    """Return the object that a YAML or JSON file holds, by its ending.

    Raises
    ------
    InputError
        If the file cannot be read, or is not what its ending says.
    """
    if not str(path).lower().endswith(YAML_SUFFIXES):
        return read_document(path)
    name = str(path)
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MAX_YAML_BYTES + 1)
    except OSError as error:
        reason = (
            "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        )
        raise InputError.of(name, reason) from error
    if len(raw) > MAX_YAML_BYTES:
        raise InputError.of(name, f"has more than {MAX_YAML_BYTES:,} bytes, the most that is read")
    document = parse_yaml(raw, file=name)
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise InputError([Fault(file=name, value=quoted(document), expected="an object with text as keys")])
    return document


def parse_yaml(raw: bytes | str, *, file: str) -> Any:
    """Return what a YAML text holds.

    Raises
    ------
    InputError
        If it is no YAML.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _CoreSchema
    try:
        return yaml.load(io.BytesIO(raw) if isinstance(raw, bytes) else io.StringIO(raw))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = "" if mark is None else f" at line {mark.line + 1}, column {mark.column + 1}"
        raise InputError.of(file, f"is not YAML: {error.problem or error.context}{where}") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise InputError.of(file, f"is not YAML: {error}".splitlines()[0]) from error
