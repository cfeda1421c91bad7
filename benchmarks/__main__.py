"""Print the benchmark tables that need no input: `python -m benchmarks`, or `make bench`.

The others take problem files: see `docs/benchmarks.md`.
"""

import sys

from benchmarks import dispatch_rules


def main() -> int:
    """Run them one after the other."""
    print("What each index rule gives by itself")
    return dispatch_rules.main([])


if __name__ == "__main__":
    sys.exit(main())
