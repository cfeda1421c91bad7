"""Quotations in a sentence: what others wrote, which is no text of ours whatever it says."""

from collections.abc import Iterator

MARKS = "'\""
FIRST = 0xE000
MOST = 1_000
"""Quotations of a line that are taken out of it; more than any of ours has."""


def take_out(text: str, *, kept: frozenset[str] = frozenset()) -> tuple[str, list[str]]:
    """Return a text with one character for each quotation, and the quotations with their marks.

    Parameters
    ----------
    kept
        Quotations that are texts of ours and stay.
    """
    if any(is_place(char) for char in text):
        return text, []
    parts: list[str] = []
    taken: list[str] = []
    end = 0
    for begin, after in _quotations(text):
        quotation = text[begin:after]
        if quotation not in kept and len(taken) < MOST:
            parts += (text[end:begin], chr(FIRST + len(taken)))
            taken.append(quotation)
            end = after
    return "".join([*parts, text[end:]]), taken


def put_back(text: str, taken: list[str]) -> str:
    """Return a text with its quotations."""
    return "".join(taken[ord(char) - FIRST] if is_place(char) else char for char in text) if taken else text


def is_place(text: str) -> bool:
    """Return whether a text stands for a quotation."""
    return len(text) == 1 and FIRST <= ord(text) < FIRST + MOST


def quotations_of(text: str) -> Iterator[str]:
    """Return the quotations of a text with their marks."""
    return (text[begin:after] for begin, after in _quotations(text))


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Return where each quotation begins and ends: an apostrophe within or after a word is none."""
    here = 0
    unclosed = ""
    while here < len(text):
        mark = text[here]
        after = -1
        if mark in MARKS and mark not in unclosed and not text[here - 1 : here].isalnum():
            after = _end_of(text, here)
            if after < 0:
                unclosed += mark  # nor does a later one of that kind end
        if after < 0:
            here += 1
        else:
            yield here, after
            here = after


def _end_of(text: str, begin: int) -> int:
    """Return where the quotation ends that begins here; -1 where it does not."""
    here = begin + 1
    while here < len(text):
        if text[here] == "\\":
            here += 2
        elif text[here] == text[begin] and not text[here + 1 : here + 2].isalnum():
            return here + 1
        else:
            here += 1
    return -1
