"""What signing in needs of the server: how passwords are checked, the provider of single sign-on, and room for both.

Checking a password takes memory and a processor, and asking a provider takes time: each is done a few at a time, in
threads of its own, so that neither keeps those waiting who are signed in.
"""

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from models.errors import SignInRefusedError
from models.vocabulary_access import Refusal
from services.access.passwords.accounts import PasswordTerms, password_terms
from services.access.single_sign_on.terms import ProviderTerms, provider_terms
from services.settings import Settings

if TYPE_CHECKING:  # loaded where a provider is set up
    from services.access.single_sign_on.provider import Provider

MOST_CHECKS = 4
MOST_ASKING = 8
MOST_WAITING = 64
RETURN_PATH = "/single-sign-on/return"
Answer = TypeVar("Answer")


class Doorway:
    """How people come in by the settings.

    Attributes
    ----------
    passwords
        How passwords are kept and tried.
    provider
        Who signs people on; None where that is not set up.
    takes_passwords
        Whether people sign in by them.
    session_s, idle_s
        How long a session lasts at most, and without a request.
    """

    def __init__(self, settings: Settings) -> None:
        terms = provider_terms(settings)
        self.passwords: PasswordTerms = password_terms(settings)
        self.takes_passwords = settings.password_sign_in == "on"  # noqa: S105 - a switch
        self.provider = None if terms is None else _open_provider(terms)
        self.session_s = int(settings.session_hours * 3600)
        self.idle_s = int(settings.session_idle_minutes * 60)
        self._public_url = settings.public_url.rstrip("/")
        self._checking = CapacityLimiter(min(os.cpu_count() or 1, MOST_CHECKS))
        self._asking = CapacityLimiter(MOST_ASKING)

    def close(self) -> None:
        """Close the connections to the provider."""
        if self.provider is not None:
            self.provider.close()

    def address_of(self, request: Request, path: str) -> str:
        """Return a path with where people reach this server: as set, else as they have asked for it."""
        return f"{self._public_url or f'{request.url.scheme}://{request.url.netloc}'}{path}"

    async def check(self, work: Callable[..., Answer], *arguments: Any, **options: Any) -> Answer:
        """Do what hashes a password.

        Raises
        ------
        SignInRefusedError
            If too many wait for that already, besides what the work raises.
        """
        return await _run(self._checking, partial(work, *arguments, **options))

    async def ask(self, work: Callable[..., Answer], *arguments: Any, **options: Any) -> Answer:
        """Do what asks the provider; see `check`."""
        return await _run(self._asking, partial(work, *arguments, **options))


def _open_provider(terms: ProviderTerms) -> "Provider":
    from services.access.single_sign_on.provider import Provider  # noqa: PLC0415 - a fifth of a second

    return Provider(terms)


async def _run(limiter: CapacityLimiter, work: Callable[[], Answer]) -> Answer:
    if limiter.statistics().tasks_waiting >= MOST_WAITING:
        raise SignInRefusedError(Refusal.BUSY, "too many are signing in at once: try again in a moment")
    return await to_thread.run_sync(work, limiter=limiter)
