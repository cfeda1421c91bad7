"""Which passwords are taken: long ones that nobody would guess first. Nothing is asked of what they are made of.

References
----------
NIST SP 800-63B-4 (2025), section 3.1.1.2: least length, a list of known passwords, no rules of composition.
"""

import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise

from models.errors import PasswordRefusedError
from models.vocabulary_access import PasswordFault

MAX_LENGTH = 256
LEAST_DISTINCT = 5
LEAST_OWN = 6
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "1234567890", "abcdefghijklmnopqrstuvwxyz")
_MOST_STEPS = 0.7


def check_password(password: str, *, name: str, least: int) -> None:
    """Check that a password may be somebody's.

    Parameters
    ----------
    name
        What they are called: no password may be little more than that.
    least
        Characters that it has at least.

    Raises
    ------
    PasswordRefusedError
        If not; the first reason is said.
    """
    length = len(unicodedata.normalize("NFKC", password))
    if length < least:
        raise PasswordRefusedError(PasswordFault.SHORT, f"a password has at least {least} characters")
    if length > MAX_LENGTH:
        raise PasswordRefusedError(PasswordFault.LONG, f"a password has at most {MAX_LENGTH} characters")
    folded = _fold(password)
    for word in (_fold(name), "swingdesk"):
        if len(word) > 2 and word in folded and len(folded.replace(word, "")) < LEAST_OWN:
            raise PasswordRefusedError(PasswordFault.NAME, "a password is not a name with a little around it")
    if _core(folded) in common_passwords() or folded in common_passwords():
        raise PasswordRefusedError(PasswordFault.COMMON, "that password is among those that are tried first")
    if len(set(folded)) < LEAST_DISTINCT or _is_run(folded) or _is_repeated(folded):
        raise PasswordRefusedError(PasswordFault.PATTERN, "that password is a pattern that is tried first")


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords, folded, that are tried first; those of a few letters count with digits after them, too."""
    text = (files("services.access.passwords") / "common.txt").read_text(encoding="utf-8")
    return frozenset(_fold(line) for line in text.splitlines() if line and not line.startswith("#"))


def _fold(text: str) -> str:
    """Return the letters and digits of a text without their case."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _core(folded: str) -> str:
    """Return a folded password without the digits around it."""
    return folded.strip("0123456789")


def _is_run(folded: str) -> bool:
    """Return whether most of a password goes along the alphabet, the digits or a row of keys."""
    steps = [_is_step(first, second) for first, second in pairwise(folded)]
    return bool(steps) and sum(steps) >= _MOST_STEPS * len(steps)


def _is_step(first: str, second: str) -> bool:
    if first == second:
        return True
    return any(f"{first}{second}" in row or f"{second}{first}" in row for row in _ROWS)


def _is_repeated(folded: str) -> bool:
    """Return whether a password is a short text again and again."""
    return any(
        folded == (folded[:size] * (len(folded) // size + 1))[: len(folded)] for size in range(1, len(folded) // 3 + 1)
    )
