"""Addresses that a form or a link may lead to: those of this server, never another's."""

from urllib.parse import urlsplit

MAX_ADDRESS = 2000
FIRST = "/"


def own_address(text: str | None, *, otherwise: str = FIRST) -> str:
    """Return an address of this server that somebody was to be led to; another where it is none of ours.

    Browsers take a backslash for a slash and skip tabs and line ends, so that `/\\host` leads elsewhere: whatever holds
    one of these is refused, not mended.
    """
    if text is None or not 0 < len(text) <= MAX_ADDRESS or not text.isprintable() or not text.isascii():
        return otherwise
    if not text.startswith("/") or text.startswith("//") or "\\" in text or " " in text:
        return otherwise
    parts = urlsplit(text)
    return otherwise if parts.scheme or parts.netloc else text
