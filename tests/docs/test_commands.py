"""Every command that the documents show is run here, block by block, as a reader would.

`make` and servers start Python and load the product themselves. Other commands are run by a process that has it loaded,
forked for each of them (`tests/warm/`).
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if FENCE.search(path.read_text(encoding="utf-8"))
)
SERVERS = ("swingdesk serve", "make serve")


def _commands(document: Path) -> list[str]:
    """Return the commands of a document, continued lines joined, comments left out."""
    commands = []
    for block in FENCE.findall(document.read_text(encoding="utf-8")):
        lines = block.replace("\\\n", " ").splitlines()
        commands += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return commands


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SWINGDESK_DATABASE_URL": f"sqlite:///{folder / 'office.sqlite3'}",
        "COLUMNS": "120",
    }


def _run(command: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command to its end; return its exit status and the end of what it wrote."""
    where = ROOT if command.startswith("make ") else folder
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=where,
        env=_environment(folder) | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    return done.returncode, f"$ {command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"


def _serve(command: str, folder: Path) -> None:
    """Start a server on a free port, see that it answers, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [str(Path(sys.executable).parent / "swingdesk"), "serve", "--port", str(port)],
        cwd=folder,
        env=_environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert server.poll() is None, f"$ {command}\n{server.stderr.read() if server.stderr else ''}"
                time.sleep(0.1)
        else:
            pytest.fail(f"$ {command}: no answer")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)


@pytest.mark.timeout(900)  # for a machine that does other work besides
@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_every_command_of_the_document_works(document: Path, tmp_path: Path, warm: dict[str, str]) -> None:
    for command in _commands(document):
        if command == "make test":
            continue  # this is a part of it
        if command.startswith(SERVERS):
            _serve(command, tmp_path)
        else:
            status, said = _run(command, tmp_path, warm)
            assert status == 0, said
