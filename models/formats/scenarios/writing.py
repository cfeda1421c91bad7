"""Writing scenarios: a line for each record, with what is to be said of it as a comment above."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.formats.documents import encode_document, write_atomically
from models.formats.scenarios.documents import YAML_SUFFIXES

WIDTH = 118

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/-]*(?: [A-Za-z0-9_/-]+)*")
_WORDS = re.compile(r"(?i)(true|false|null|yes|no|on|off|y|n|nan|inf)")

Remarks = Mapping[tuple[str | int, ...], str]
"""Comments by place: `("task_types", 3)` stands above the fourth record, `()` above the whole."""


def write_scenario(path: Path | str, document: Mapping[str, Any], remarks: Remarks | None = None) -> None:
    """Write a scenario; as YAML with comments, or as JSON, which has none, by the file's ending.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    if str(path).lower().endswith(YAML_SUFFIXES):
        write_atomically(Path(path), scenario_text(document, remarks or {}).encode())
    else:
        write_atomically(Path(path), encode_document(path, dict(document)))


def scenario_text(document: Mapping[str, Any], remarks: Remarks) -> str:
    """Return a scenario as YAML 1.2."""
    lines = _comment(remarks.get((), ""), "")
    for key, value in document.items():
        lines += _comment(remarks.get((key,), ""), "")
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            lines.append(f"{_scalar(key)}:")
            for n, item in enumerate(value):
                lines += _comment(remarks.get((key, n), ""), "  ")
                lines += _wrap("  - ", _flow(item), "     ")
        elif isinstance(value, Mapping) and any((key, name) in remarks for name in value):
            lines.append(f"{_scalar(key)}:")
            for name, item in value.items():
                lines += _comment(remarks.get((key, name), ""), "  ")
                lines += _wrap(f"  {_scalar(name)}: ", _flow(item), "    ")
        else:
            lines += _wrap(f"{_scalar(key)}: ", _flow(value), "  ")
    return "\n".join(lines) + "\n"


def _comment(text: str, indent: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = f"{indent}#"
        for word in "".join(filter(_is_shown, paragraph)).split():
            if len(line) + 1 + len(word) > WIDTH and line != f"{indent}#":
                lines.append(line)
                line = f"{indent}#"
            line = f"{line} {word}"
        lines.append(line)
    return lines


def _is_shown(character: str) -> bool:
    return character.isprintable()


_Tokens = Sequence[str]


def _wrap(head: str, tokens: _Tokens, indent: str) -> list[str]:
    """Return tokens on as many lines as they need; lines break between them only."""
    lines, line = [], head
    for token in tokens:
        if len(line) + len(token) > WIDTH and line.strip() and line != head:
            lines.append(line.rstrip())
            line = indent + token.lstrip()
        else:
            line += token
    return [*lines, line.rstrip()]


def _flow(value: Any) -> list[str]:
    """Return a value in flow style, as tokens between which a line may break."""
    if isinstance(value, Mapping):
        return _enclose("{", [[f"{_scalar(key)}: ", *_flow(item)] for key, item in value.items()], "}")
    if isinstance(value, list | tuple):
        return _enclose("[", [_flow(item) for item in value], "]")
    return [_scalar(value)]


def _enclose(opening: str, items: Sequence[Sequence[str]], closing: str) -> list[str]:
    tokens: list[str] = []
    for n, item in enumerate(items):
        own = list(item)
        own[-1] += ", " if n < len(items) - 1 else closing
        if len(own) > 1 and own[0].endswith(": "):
            own[1] = own[0] + own[1]  # a key stays with what follows it
            own = own[1:]
        tokens += own
    if not tokens:
        return [opening + closing]
    tokens[0] = opening + tokens[0]
    return tokens


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and not _WORDS.fullmatch(value):
        return value
    return "".join(map(_escape, json.dumps(value, ensure_ascii=False)))


def _escape(character: str) -> str:
    """Return a character as a quoted YAML text may hold it; JSON has escaped the others."""
    return character if character.isprintable() else f"\\U{ord(character):08x}"
