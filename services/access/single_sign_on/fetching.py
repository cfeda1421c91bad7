"""Asking a provider over HTTP: its answers are short, soon here, JSON, and never lead elsewhere."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from models.errors import SignInRefusedError
from models.vocabulary_access import Refusal
from services.settings import LOOPBACK

TIMEOUT = httpx.Timeout(5.0, connect=3.0)
MOST_S = 10.0
MAX_BYTES = 1024 * 1024
SERVER_ERROR = 500


class ProviderDownError(SignInRefusedError):
    """The provider cannot be reached, or does not answer in time."""

    def __init__(self, message: str) -> None:
        super().__init__(Refusal.PROVIDER_DOWN, message)


class ProviderAnswerError(SignInRefusedError):
    """The provider answered what does not hold."""

    def __init__(self, message: str) -> None:
        super().__init__(Refusal.PROVIDER_ANSWER, message)


class Fetcher:
    """Asks the provider of an issuer; proxies of the environment are used, but not for this machine."""

    def __init__(self, issuer: str) -> None:
        is_here = urlsplit(issuer).hostname in LOOPBACK
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=not is_here)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the JSON object at an address.

        Raises
        ------
        ProviderDownError, ProviderAnswerError
            If there is no answer, or it is none.
        """
        status, document = self._ask("GET", url, headers=headers or {}, body=None)
        if status != httpx.codes.OK:
            raise ProviderAnswerError(f"the provider answered {status} where its metadata should be")
        return document

    def post(self, url: str, *, headers: Mapping[str, str], body: str) -> tuple[int, dict[str, Any]]:
        """Send a form, and return the status and the JSON object of the answer.

        Raises
        ------
        ProviderDownError, ProviderAnswerError
            If there is no answer, or it is none.
        """
        return self._ask("POST", url, headers=headers, body=body)

    def _ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: str | None
    ) -> tuple[int, dict[str, Any]]:
        until = time.monotonic() + MOST_S
        sent = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
        read = bytearray()
        try:
            with self._client.stream(method, url, headers=sent, content=body) as answer:
                for chunk in answer.iter_bytes():
                    read += chunk
                    if len(read) > MAX_BYTES:
                        raise ProviderAnswerError("the provider's answer is too long")
                    if time.monotonic() > until:
                        raise ProviderDownError("the provider took too long to answer")
        except httpx.HTTPError as error:
            raise ProviderDownError(f"the provider does not answer: {type(error).__name__}") from error
        except httpx.InvalidURL as error:
            raise ProviderAnswerError("the provider names an address that is none") from error
        if answer.status_code >= SERVER_ERROR:
            raise ProviderDownError(f"the provider answered {answer.status_code}")
        try:
            document = json.loads(read)
        except (ValueError, RecursionError) as error:
            raise ProviderAnswerError(f"the provider answered {answer.status_code} with what is no JSON") from error
        if not isinstance(document, dict):
            raise ProviderAnswerError("the provider answered JSON that is no object")
        return answer.status_code, document
