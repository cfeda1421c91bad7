"""Hashes of passwords: argon2id, by parameters that are settings; each check costs the same, whoever it is for."""

import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from pwdlib.hashers.argon2 import Argon2Hasher

from services.settings import Settings

KIB = 1024


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a password was right, and its hash by today's parameters where that of the store is by others."""

    is_right: bool
    new_hash: str | None = field(default=None, repr=False)


class Hasher:
    """Hashes passwords and checks them.

    Parameters
    ----------
    memory_mb, rounds, lanes
        What a hash costs: memory in MiB, passes over it, and lanes of it.
    """

    def __init__(self, *, memory_mb: int, rounds: int, lanes: int) -> None:
        self._argon2 = Argon2Hasher(time_cost=rounds, memory_cost=memory_mb * KIB, parallelism=lanes)

    def hash(self, password: str) -> str:
        """Return the hash of a password, with a salt of its own."""
        return self._argon2.hash(_normal(password))

    def check(self, password: str, stored: str | None) -> Verdict:
        """Return whether a password is that of a hash; where there is none it costs the same, and is wrong."""
        known = self._nobodys if stored is None else stored
        is_right = self._argon2.verify(_normal(password), known) and stored is not None
        is_old = is_right and self._argon2.check_needs_rehash(known)
        return Verdict(is_right=is_right, new_hash=self.hash(password) if is_old else None)

    def prepare(self) -> None:
        """Make ready what a check for nobody needs, so that the first of them takes no longer than others."""
        self._nobodys  # noqa: B018 - made when it is first asked for

    @cached_property
    def _nobodys(self) -> str:
        return self._argon2.hash("nobody's")


def make_hasher(settings: Settings) -> Hasher:
    """Return what hashes passwords by the settings."""
    return Hasher(memory_mb=settings.password_memory_mb, rounds=settings.password_rounds, lanes=settings.password_lanes)


def _normal(password: str) -> str:
    """Return the one spelling of a password: keyboards differ in how they write the same letters."""
    return unicodedata.normalize("NFKC", password)
