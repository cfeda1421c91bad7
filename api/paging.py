"""Lists in pages: `limit`, an opaque `cursor`, and in the answer the address of what comes `next`."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from api.frame.slashes import path_as_sent
from api.parameters import MAX_INT
from models.errors import InputError

MAX_LIMIT = 500
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many to give at most.")]
Cursor = Annotated[
    str | None, Query(max_length=1000, description="Where to go on: that of the `next` address of the page before.")
]
Item = TypeVar("Item")
Place = str | int | float | None


class Page(BaseModel, Generic[Item]):
    """A part of a list, in a fixed order."""

    items: list[Item]
    next: str | None = Field(default=None, description="Address of the next part; null at the end.")


def next_address(request: Request, place: Sequence[Place] | None) -> str | None:
    """Return the address of the part after a place: the request's own, with another cursor.

    Parameters
    ----------
    place
        Sort values of the last item given; None where there is nothing after it.
    """
    if place is None:
        return None
    query = request.url.include_query_params(cursor=encode_cursor(place)).query
    return f"{path_as_sent(request.scope)}?{query}"


def encode_cursor(place: Sequence[Place]) -> str:
    """Return a place in a list as a cursor."""
    raw = json.dumps(list(place), separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, *kinds: type) -> tuple[Place, ...] | None:
    """Return the place that a cursor stands for: values of the given kinds; None without a cursor.

    Raises
    ------
    InputError
        If it is none of ours.
    """
    if cursor is None:
        return None
    wrong = InputError.of("query", "take the cursor from the `next` address of a page", field="cursor", value=cursor)
    try:
        values = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise wrong from None
    if not isinstance(values, list) or len(values) != len(kinds):
        raise wrong
    for value, kind in zip(values, kinds, strict=True):
        if type(value) is not kind or (isinstance(value, int) and abs(value) > MAX_INT):
            raise wrong
        # NUL, or half a character: what a text in JSON can hold and a database's cannot.
        if isinstance(value, str) and any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value):
            raise wrong
    return tuple(values)
