"""Which release of the product runs somewhere: only the same sources and libraries give the same bits."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("models", "optimizer", "simulations", "services")
_LIBRARIES = ("numba", "numpy", "scipy")


@cache
def get_release() -> str:
    """Return a digest of the sources that a replication runs through, and of the libraries that compute for it."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}".encode() + b"\0")
    return digest.hexdigest()
