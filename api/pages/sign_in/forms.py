"""Reading the forms of signing in: small, each field once, and nothing of them in what is answered or logged."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request

from models.errors import TooLargeError, UsageError

FORM = "application/x-www-form-urlencoded"
MAX_BYTES = 16 * 1024
MAX_FIELDS = 10


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form.

    Raises
    ------
    TooLargeError
        If it is longer than any of ours; it is not read to its end.
    UsageError
        If it is none, or a field stands there twice.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UsageError("what was sent is no form of these pages")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise TooLargeError("the form is too long")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), errors="strict",
            max_num_fields=MAX_FIELDS,
        )  # fmt: skip
    except ValueError:
        # Not from the error: it quotes what was sent, and with it a password.
        raise UsageError("what was sent is no form of these pages") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise UsageError("the form has a field twice")
    return fields
