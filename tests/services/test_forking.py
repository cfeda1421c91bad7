"""Forked processes begin as new ones would, and their end is seen."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from services.running.forking import fork

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, os, signal, sys, time
from services.running.forking import fork

signal.signal(signal.SIGTERM, lambda *_: print("the parent's"))
secret = os.open("/dev/null", os.O_RDONLY)
reader, writer = os.pipe()

def tell():
    found = {
        "files": sorted(int(name) for name in os.listdir("/proc/self/fd")),
        "kept": writer,
        "leads": os.getsid(0) == os.getpid(),
        "input": sys.stdin.read(),
        "name": open("/proc/self/comm").read().strip(),
    }
    os.write(writer, json.dumps(found).encode())
    return 7

def fail():
    raise ValueError("of the copy")

def leave():
    sys.exit(3)

told = fork(tell, name="swingdesk-telling", keep=[writer])
codes = [told.wait(), fork(fail, name="x").wait(), fork(leave, name="x").wait()]
for end in ("terminate", "kill"):
    sleeping = fork(lambda: time.sleep(60), name="x")
    assert sleeping.poll() is None
    getattr(sleeping, end)()
    codes.append(sleeping.wait())
    getattr(sleeping, end)()  # nothing is sent to what has ended
print(json.dumps([codes, json.loads(os.read(reader, 4096))]))
"""


def test_a_copy_begins_anew_and_its_end_is_seen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input="nothing of it is for copies",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    codes, found = json.loads(done.stdout)
    assert codes == [7, 1, 3, -signal.SIGTERM, -signal.SIGKILL]
    assert {0, 1, 2, found["kept"]} < set(found["files"])
    assert len(found["files"]) == 5  # one is of the listing itself
    assert (found["leads"], found["input"], found["name"]) == (True, "", "swingdesk-tellin"[:15])
    assert "ValueError: of the copy" in done.stderr


def test_a_process_with_threads_is_not_forked() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        with pytest.raises(RuntimeError, match="threads"):
            fork(lambda: 0, name="x")
    finally:
        done.set()
        other.join()
