"""`python -m benchmarks` (or `make bench`): one table from one run; `python -m benchmarks fresh`: a first start."""

import sys

from benchmarks import fresh, planner, web


def main() -> int:
    """Run what the command line asks for."""
    asked = sys.argv[1:]
    if asked == ["fresh"]:
        return fresh.main()
    if asked:
        print("usage: python -m benchmarks [fresh]", file=sys.stderr)
        return 2
    web.main()
    planner.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
