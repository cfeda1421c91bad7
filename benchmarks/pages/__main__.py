"""`python -m benchmarks.pages`: what each page takes the server, then how the day chart feels in a browser."""

import sys

from benchmarks.pages import chart, times

if __name__ == "__main__":
    missed = times.main()
    sys.exit(chart.main([]) or missed)
