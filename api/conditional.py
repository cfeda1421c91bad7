"""Versions of records over HTTP: ETag on what is read, If-Match on what is changed (RFC 9110, 13)."""

from typing import Annotated

from fastapi import Header
from starlette.responses import Response

from models.errors import StaleError, VersionNeededError

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="The ETag of the version that the change is of, or `*`."),
]
ANY = "*"


def make_etag(version: int | str) -> str:
    """Return the ETag of a version: strong, as a record's version is counted with each change."""
    return f'"{version}"'


def set_etag(response: Response, version: int | str) -> None:
    """Have an answer say which version it shows."""
    response.headers["ETag"] = make_etag(version)


def check_version(if_match: str | None, version: int | str) -> None:
    """Check that a change is of the current version of a record.

    Raises
    ------
    VersionNeededError
        If the request does not say of which version it is (428).
    StaleError
        If it is of another (412).
    """
    if if_match is None:
        raise VersionNeededError("say by If-Match of which version the change is; its ETag came with what you read")
    if if_match.strip() == ANY:
        return
    named = {item.strip() for item in if_match.split(",")}
    if make_etag(version) not in named:  # a weak one (W/"7") never matches here
        raise StaleError(f"it has changed since: it is now at {make_etag(version)}")
