"""What reports cost: `python -m benchmarks.reports`, or `make bench-reports`. 1 where that is more than promised."""

import sys

from benchmarks import waiting_split, waste_events, waste_recovery


def main() -> int:
    """Run the parts one after the other."""
    print("Splitting the waiting of a log, by both definitions")
    waiting = waiting_split.main([])
    print("\nOne million events of a desk through the waste ledger", flush=True)
    waste = waste_events.main([])
    print("\nWaste that simulated days were given, found again", flush=True)
    recovery = waste_recovery.main(["--days", "1"])
    return max(waiting, waste, recovery)


if __name__ == "__main__":
    sys.exit(main())
