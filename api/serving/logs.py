"""The log: one JSON object a line, with the request's id; no secrets, no names, no addresses that hold either."""

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol, TextIO

import structlog
from structlog.types import Processor

LEVELS = ("debug", "info", "warning", "error")
SAID_ALREADY = "Exception in ASGI application"


class Log(Protocol):
    """Where events are written, each with what is known of it."""

    def info(self, event: str, **fields: Any) -> Any:
        """Note what happens day by day."""

    def warning(self, event: str, **fields: Any) -> Any:
        """Note what somebody should look at in time."""

    def error(self, event: str, **fields: Any) -> Any:
        """Note what went wrong."""


def make_log(stream: TextIO | None = None, *, level: str = "info", role: str) -> Log:
    """Return a log that writes lines of JSON.

    Parameters
    ----------
    stream
        Where to; standard error by default.
    level
        What to leave out: everything below it.
    role
        What the process is for; said in every line, with its number.
    """
    log: Log = structlog.wrap_logger(
        structlog.WriteLogger(stream or sys.stderr),
        processors=_processors(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        process=os.getpid(),
        role=role,
    )
    return log


def adopt_log(*, level: str, role: str) -> None:
    """Have what the product's own packages log by `structlog` written as lines of JSON to standard error."""
    structlog.configure(
        processors=[_name_process(os.getpid(), role), *_processors()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def silent_log() -> Log:
    """Return a log that keeps nothing."""
    log: Log = structlog.wrap_logger(structlog.ReturnLogger(), processors=[_drop])
    return log


def route_library_logs(log: Log) -> None:
    """Have what libraries log through `logging`, such as the HTTP server, written to a log of ours."""
    handler = _Forwarding(log)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True


class _Forwarding(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, unless it is an error that was written with its request before."""
        message = record.getMessage()
        if message.startswith(SAID_ALREADY):
            return
        say = self._log.error if record.levelno >= logging.ERROR else self._log.warning
        say(message, source=record.name, exc_info=record.exc_info)


def _processors() -> list[Processor]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=True, default=str),
    ]


def _name_process(number: int, role: str) -> Processor:
    def name(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"process": number, "role": role, **event}

    return name


def _drop(_logger: object, _name: str, _event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    raise structlog.DropEvent
