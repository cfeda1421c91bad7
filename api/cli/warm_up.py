"""`swingdesk warm-up`: compile once what every plan needs."""

import sys
import time


def warm_up() -> None:
    """Compile the planner's inner loops, so that the first plan does not wait for it; `make setup` does this.

    Needed once after the installation and after each update; some seconds, nothing where it is done already.

    Example:  swingdesk warm-up
    """
    print("swingdesk: compiling the planner ...", file=sys.stderr, flush=True)
    from optimizer import routing

    begun = time.monotonic()
    routing.warm_up()
    print(f"compiled in {time.monotonic() - begun:.1f} s")
