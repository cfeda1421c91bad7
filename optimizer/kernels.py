"""How kernels are compiled, and where what was compiled is kept.

Numba notices when the file of a kernel changes, but not when a constant or an inlined kernel of another file does. So
each file's compiled code lies in a folder named after all sources that it can see; a change in any of them is a new
folder, and nothing stale is ever run.

A kernel called by another is compiled once for whole numbers of any width, since numba computes in 64 bits anyway: one
for each mix of widths and constants would take twice as long to compile. One that only kernels call gets no way in from
Python, which would be as much code again.
"""

import hashlib
import re
import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar, cast

from numba import config, njit, types

Function = TypeVar("Function", bound=Callable[..., object])

_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False}
_PACKAGES = ("models", "optimizer", "simulations", "reports")
_IMPORT = re.compile(
    rf"^\s*(?:from|import)\s+((?:{'|'.join(_PACKAGES)})[.\w]*)(?:\s+import\s+(?:\(([^)]*)\)|([^#\n]*)))?", re.MULTILINE
)
_ROOT = Path(__file__).resolve().parent.parent
_STAMP_CHARACTERS = 16
_LOCK = RLock()
_CONFIG: Any = config
_TYPES: Any = types


def kernel(function: Function) -> Function:
    """Compile what takes its arrays in named tuples and allocates nothing.

    Without numba's runtime an array is not counted in and out each time it is taken from a tuple, by atomic operations
    that nobody needs, as the caller holds it: dispatching takes half the time. A kernel that allocates after all does
    not compile.
    """
    return compiled(**_OPTIONS)(function)


def inner(function: Function) -> Function:
    """Compile a `kernel` that only other kernels call."""
    return compiled(is_inner=True, **_OPTIONS)(function)


def compiled(*, is_inner: bool = False, **options: Any) -> Callable[[Function], Function]:
    """Return a decorator that compiles a function with numba's options, once for as long as its sources stay.

    Parameters
    ----------
    is_inner
        Whether only kernels call it: a call from Python raises `TypeError`.
    """
    options |= {"no_cfunc_wrapper": True, "no_cpython_wrapper": is_inner}  # a way in from C is for nobody

    def decorate(function: Function) -> Function:
        with _LOCK:
            before = _CONFIG.CACHE_DIR  # read where a function is decorated
            _CONFIG.CACHE_DIR = _folder_of(function.__module__) or before
            try:
                dispatcher = njit(cache=True, **options)(function)
            finally:
                _CONFIG.CACHE_DIR = before
        if hasattr(dispatcher, "get_call_template"):  # a plain function where compiling is switched off
            _widen(dispatcher)
            if is_inner:
                _close(dispatcher)
        return cast(Function, dispatcher)

    return decorate


def _widen(dispatcher: Any) -> None:
    """Let kernels call a kernel with whole numbers of 64 bits, whatever they have."""
    get_call_template, fold = dispatcher.get_call_template, dispatcher.fold_argument_types

    def widened(args: Any, kws: Any) -> Any:
        return get_call_template(tuple(_wide(kind) for kind in fold(args, kws)[1]), {})

    dispatcher.get_call_template = widened


def _wide(kind: Any) -> Any:
    kind = _TYPES.unliteral(kind)
    if isinstance(kind, _TYPES.Integer) and kind.signed:
        return _TYPES.int64
    return kind


def _close(dispatcher: Any) -> None:
    """Let nobody call a kernel from Python."""

    def add_overload(result: Any) -> None:
        dispatcher.overloads[tuple(result.signature.args)] = result

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise TypeError(f"{dispatcher.__name__} has no way in from Python: only kernels call it")

    dispatcher.add_overload, dispatcher._compile_for_args = add_overload, refuse


def discard_stale() -> int:
    """Remove compiled code of sources that are no more, and return the number of folders removed."""
    stale = [folder for folder in _home().glob("*-*") if folder.name != _name_of(folder.name.rpartition("-")[0])]
    for folder in stale:
        shutil.rmtree(folder, ignore_errors=True)
    return len(stale)


def _home() -> Path:
    return Path(__file__).resolve().parent / "__pycache__" / "kernels"


@cache
def _folder_of(module: str) -> str:
    """Return the folder for a module's compiled code, empty where none can be made: then numba chooses one."""
    name = _name_of(module)
    if not name:
        return ""
    folder = _home() / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # installed where nobody may write
        return ""
    return str(folder)


@cache
def _name_of(module: str) -> str:
    """Return a module's name with a digest of its source and of all it imports of ours; empty for one without."""
    sources = sorted(_seen_by(module))
    if not sources:
        return ""
    digest = hashlib.sha256()
    for name in sources:
        digest.update(name.encode() + b"\0" + _read(name) + b"\0")
    return f"{module}-{digest.hexdigest()[:_STAMP_CHARACTERS]}"


def _seen_by(module: str) -> set[str]:
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen or not _read(name):
            continue
        seen.add(name)
        for found in _IMPORT.finditer(_read(name).decode()):
            waiting.append(found[1])
            # what is imported from a package may be a module of it
            names = (found[2] or found[3] or "").split(",")
            waiting += [f"{found[1]}.{part.split()[0]}" for part in names if part.split()]
    return seen


@cache
def _read(module: str) -> bytes:
    """Return the source of a module, empty where it is none."""
    loaded = sys.modules.get(module)
    file = getattr(loaded, "__file__", None)
    paths = [Path(file)] if file else []
    stem = _ROOT.joinpath(*module.split("."))
    paths += [stem.with_suffix(".py"), stem / "__init__.py"]
    return next((path.read_bytes() for path in paths if path.is_file() and path.suffix == ".py"), b"")
