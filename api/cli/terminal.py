"""What goes to the terminal: names come from outside, and nothing in them may steer it."""

import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

_STEERING = re.compile(
    r"(?P<style>\x1b\[[0-9;]*m)"  # colour and weight, which tables set
    r"|\x1b|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Return a text whose control characters are shown as such and do nothing; line ends, tabs and styles stay."""
    return _STEERING.sub(lambda found: found["style"] or _REPLACEMENT, text)


class SafeOutput:
    """A stream whose text is `printable`; all else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text, and return the length that was asked for."""
        self._stream.write(text if text.isascii() and text.isprintable() else printable(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def print_warnings(warnings: Iterable[str], *, kind: str = "warning") -> None:
    """Print sentences on standard error; names in them steer nothing."""
    for warning in warnings:
        print(f"swingdesk: {kind}: {printable(warning)}", file=sys.stderr)
