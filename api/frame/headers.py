"""Reading a request's headers as they came."""

from starlette.types import Scope


def values_of(scope: Scope, name: bytes) -> list[bytes]:
    """Return the values of a header, in lower case, as often as it was sent."""
    return [value for key, value in scope["headers"] if key == name]


def cookie_of(scope: Scope, name: str) -> str | None:
    """Return a cookie's value; None where it was not sent, or twice, which no browser does for one site."""
    start = f"{name}="
    found = [
        part.strip().removeprefix(start)
        for value in values_of(scope, b"cookie")
        for part in value.decode("latin-1").split(";")
        if part.strip().startswith(start)
    ]
    return found[0] if len(found) == 1 else None
