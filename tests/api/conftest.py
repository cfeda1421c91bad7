"""The command line, run inside the test's process as a shell would run it."""

import signal
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from api.cli.main import run


class Ran(NamedTuple):
    """What a command left: its exit code, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def swingdesk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run `swingdesk ARGUMENTS...`."""

    def call(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["swingdesk", *map(str, arguments)])
        capsys.readouterr()
        handler = signal.getsignal(signal.SIGINT)
        try:
            with pytest.raises(SystemExit) as ended:
                run()
        finally:
            signal.signal(signal.SIGINT, handler)
        printed = capsys.readouterr()
        return Ran(int(ended.value.code or 0), printed.out, printed.err)

    return call
