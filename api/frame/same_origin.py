"""Whether a browser sends a request on behalf of our own pages: what protects sessions against foreign ones."""

from urllib.parse import urlsplit

from starlette.types import Scope

from api.frame.headers import values_of
from models.errors import ForbiddenError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_SITES = (b"same-origin", b"none")


def check_same_origin(scope: Scope) -> None:
    """Check that a request that may change something comes from our own pages.

    Browsers say it in Sec-Fetch-Site, which no page can set; older ones in Origin. A request that says neither is
    refused: a program has a key.

    Raises
    ------
    ForbiddenError
        If it comes from elsewhere, or does not say from where.
    """
    if scope["method"] in SAFE_METHODS:
        return
    sites, origins, hosts = (values_of(scope, name) for name in (b"sec-fetch-site", b"origin", b"host"))
    if sites:
        is_own = len(sites) == 1 and sites[0] in OWN_SITES
    else:
        is_own = len(origins) == 1 and len(hosts) == 1 and _is_at(origins[0].decode("latin-1"), scope, hosts[0])
    if not is_own:
        raise ForbiddenError("the request does not come from a page of this server")


def _is_at(origin: str, scope: Scope, host: bytes) -> bool:
    parts = urlsplit(origin)
    return parts.scheme == scope["scheme"] and parts.netloc == host.decode("latin-1")
