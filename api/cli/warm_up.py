"""`swingdesk warm-up`: compile once what every plan needs."""

import importlib
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

PARTS = ("optimizer.search.search", "optimizer.bounds", "services.simulating.tiny", "optimizer.alternatives")
"""Modules whose `warm_up` share little code, the longest first: each is compiled in a process of its own."""

WHOLE = ("optimizer.routing", *PARTS, "optimizer.swinging", "optimizer.next_task", "reports.waiting.tiny")
_MOST_PROCESSES = 4


def warm_up() -> None:
    """Compile the inner loops of planner, simulator and reports, so that nothing waits for it; `make setup` does this.

    Needed once after the installation and after each update; some minutes, nothing where it is done already.

    Example:  swingdesk warm-up
    """
    print("swingdesk: compiling the planner and the simulator, a few minutes ...", file=sys.stderr, flush=True)
    from optimizer.kernels import discard_stale

    begun = time.monotonic()
    discard_stale()
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if processes > 1:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            for _ in pool.map(compile_part, PARTS):
                pass
    for part in WHOLE:
        compile_part(part)
    print(f"compiled in {time.monotonic() - begun:.1f} s")


def compile_part(module: str) -> None:
    """Run the `warm_up` of a module."""
    importlib.import_module(module).warm_up()
