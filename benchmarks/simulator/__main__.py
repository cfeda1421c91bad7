"""The simulator beside SimPy, Ciw, a Python loop and a C loop that do the same work, in one run.

    python -m benchmarks.simulator [--quick]

Times are of processor time, the medians of interleaved runs; ratios are what counts. SimPy and Ciw are left out where
they are not installed, the C loop where there is no `cc`.
"""

import argparse
import sys
from collections.abc import Sequence

from benchmarks.simulator import ourselves, process, single_queue, skills


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--quick", action="store_true", help="a tenth of the work")
    scale = 0.1 if cli.parse_args(arguments).quick else 1.0
    for compare in (single_queue.compare, skills.compare, process.compare, ourselves.compare):
        compare(scale)
    return 0


if __name__ == "__main__":
    sys.exit(main())
