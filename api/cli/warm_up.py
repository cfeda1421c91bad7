"""`swingdesk warm-up`: compile once what every plan needs."""

import sys
import time


def warm_up() -> None:
    """Compile the inner loops of planner and simulator, so that nothing waits for it; `make setup` does this.

    Needed once after the installation and after each update; some seconds, nothing where it is done already.

    Example:  swingdesk warm-up
    """
    print("swingdesk: compiling the planner and the simulator ...", file=sys.stderr, flush=True)
    from optimizer import alternatives, routing, swinging
    from services.simulating import tiny

    begun = time.monotonic()
    routing.warm_up()
    alternatives.warm_up()
    swinging.warm_up()
    tiny.warm_up()
    print(f"compiled in {time.monotonic() - begun:.1f} s")
