"""Reading YAML 1.2 documents by the core schema: only `true` and `false` are booleans, dates and times are text."""

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from models.errors import Fault, InputError
from models.formats.documents import read_document
from models.formats.places import quoted
from models.formats.records import MAX_DEPTH

MAX_YAML_BYTES = 32 * 1024**2
MAX_YAML_VALUES = 1_000_000
"""Values and keys of a YAML file, what aliases stand for counted each time: a few lines could unfold to billions."""

YAML_SUFFIXES = (".yaml", ".yml")

_TAG = "tag:yaml.org,2002:"
_KEY_TAGS = {_TAG + name for name in ("str", "timestamp", "merge", "value")}


class _CoreSchema(SafeConstructor):
    """Constructs of YAML what JSON knows; another tag is an error."""

    yaml_constructors = {  # noqa: RUF012 (its base declares it as that of an instance)
        tag: SafeConstructor.yaml_constructors[tag]
        for tag in (None, *(_TAG + name for name in ("null", "bool", "int", "float", "str", "seq", "map")))
    }


def _as_text(_constructor: _CoreSchema, node: ScalarNode) -> str:
    return str(node.value)


_CoreSchema.add_constructor(_TAG + "timestamp", _as_text)


def read_scenario_document(path: Path | str) -> dict[str, Any]:
    """Return the object that a YAML or JSON file holds, by its ending.

    Raises
    ------
    InputError
        If the file cannot be read, or is not what its ending says.
    """
    if not str(path).lower().endswith(YAML_SUFFIXES):
        read = read_document(path)
        _check_depth(read, file=str(path))
        return read
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
        If it is no YAML, says that it is of another version than 1.2, is nested too deeply, unfolds to too much, or has
        a key that is no text.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _CoreSchema
    try:
        node = yaml.compose(io.BytesIO(raw) if isinstance(raw, bytes) else io.StringIO(raw))
        if yaml.version is not None and tuple(yaml.version) != (1, 2):
            raise InputError.of(file, "is of another version of YAML; expected 1.2")
        if node is None:
            return None
        _check_nodes(node, file=file)
        return yaml.constructor.construct_document(node)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = "" if mark is None else f" at line {mark.line + 1}, column {mark.column + 1}"
        raise InputError.of(file, f"is not YAML: {error.problem or error.context}{where}") from error
    except RecursionError:
        raise InputError.of(file, "is nested too deeply") from None
    except (KeyError, IndexError, AttributeError, TypeError, AssertionError) as error:
        # What ruamel.yaml makes of `!!bool maybe`, of `%YAML 1.3` and their like, without a word of where.
        raise InputError.of(file, "is not YAML 1.2: a tag or a directive does not fit what it stands at") from error
    except (YAMLError, ValueError) as error:
        raise InputError.of(file, f"is not YAML: {error}".splitlines()[0]) from error


def _check_nodes(root: Node, *, file: str) -> None:
    """Refuse what would be without end or measure, before any of it is made."""
    if _measure(root, {}, 0, file) > MAX_YAML_VALUES:
        reason = f"has more than {MAX_YAML_VALUES:,} values, those of aliases counted each time they stand"
        raise InputError.of(file, reason)


def _measure(node: Node, known: dict[int, int | None], depth: int, file: str) -> int:
    """Return how many values a node unfolds to; each node is looked at once, however often it is named."""
    if isinstance(node, ScalarNode):
        return 1
    if depth > MAX_DEPTH:
        raise InputError.of(file, "is nested too deeply")
    if id(node) in known:
        size = known[id(node)]
        if size is None:
            raise InputError.of(
                file, f"holds itself: an alias inside its own anchor at line {node.start_mark.line + 1}"
            )
        return size
    known[id(node)] = None
    size = 1
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.tag not in _KEY_TAGS:
                raise InputError.of(file, f"has a key that is no text at line {key.start_mark.line + 1}")
            size += 1 + _measure(value, known, depth + 1, file)
    elif isinstance(node, SequenceNode):
        size += sum(_measure(item, known, depth + 1, file) for item in node.value)
    known[id(node)] = size
    return size


def _check_depth(document: dict[str, Any], *, file: str) -> None:
    pending: list[tuple[Any, int]] = [(document, 0)]
    while pending:
        value, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise InputError.of(file, "is nested too deeply")
        if isinstance(value, dict | list):
            items = value.values() if isinstance(value, dict) else value
            pending += [(item, depth + 1) for item in items if isinstance(item, dict | list)]
