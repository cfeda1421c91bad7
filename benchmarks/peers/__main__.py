"""Print the table of the peers: `python -m benchmarks.peers`, or `make bench-optimizer`."""

import sys

from benchmarks.peers.table import main

if __name__ == "__main__":
    sys.exit(main())
