"""Print the benchmark tables: `python -m benchmarks [NAME ...]`; without names, the quick ones."""

import argparse
import importlib
import sys

QUICK = ("dispatch_rules",)
ALL = (*QUICK, "optimizer_goals", "bounds", "imports")


def main() -> int:
    """Run the benchmarks that were asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ALL)}; {', '.join(QUICK)} by default")
    names = parser.parse_args().names or QUICK
    if unknown := sorted(set(names) - set(ALL)):
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    for name in names:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main([])
    return 0


if __name__ == "__main__":
    sys.exit(main())
