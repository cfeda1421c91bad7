"""Runs `swingdesk` commands, each in a process of its own, forked from this one, which has loaded the product once.

Loading takes each command two to four seconds of a processor; there are seventy in the documents. What a command
finds is otherwise as in a shell: its arguments, its environment, its folder, the files that it reads and writes, and an
exit status.
"""

import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
from pathlib import Path

LOADED = ("models", "optimizer", "simulations", "reports", "services", "api.cli", "api.documents")
LEFT_OUT = ("models.migrations.versions", "models.migrations.env")


def load() -> None:
    """Import the product."""
    for name in LOADED:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.startswith(LEFT_OUT):
                importlib.import_module(module.name)


def read(line: socket.socket) -> tuple[dict[str, object], list[int]]:
    """Return what is asked for, and the standard files that come with it."""
    raw, files, _, _ = socket.recv_fds(line, 8, 3)
    size, body = int.from_bytes(raw, "big"), b""
    while len(body) < size:
        body += line.recv(size - len(body))
    return json.loads(body), files


def run(line: socket.socket) -> int:
    """Run a command as a new process would."""
    asked, files = read(line)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(str(asked["folder"]))
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[call-overload]
    sys.argv = ["swingdesk", *asked["arguments"]]  # type: ignore[misc]
    from api.cli.entry import run as run_command

    try:
        run_command()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def listen(address: Path) -> None:
    """Run what is asked for, until this process is killed."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{address}.new")
        door.listen()
        Path(f"{address}.new").rename(address)  # it is there once it hears
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a child: it answers for itself
        while True:
            line, _ = door.accept()
            with line:
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    door.close()
                    status = 1  # of an exception, which Python prints
                    try:
                        status = run(line)
                    except BaseException:
                        sys.excepthook(*sys.exc_info())
                        raise
                    finally:
                        line.sendall(bytes([status]))
                        os._exit(status)


if __name__ == "__main__":
    load()
    listen(Path(sys.argv[1]))
