"""`python -m benchmarks` (`make bench`) measures everything; `planner` or `feeds` only those, `fresh` a first start."""

import sys

from benchmarks import feeds, fresh, planner, web


def main() -> int:
    """Run what the command line asks for."""
    asked = sys.argv[1:]
    if asked == ["fresh"]:
        return fresh.main()
    if asked == ["planner"]:
        planner.main()
        return 0
    if asked == ["feeds"]:
        feeds.main()
        return 0
    if asked:
        print("usage: python -m benchmarks [planner | feeds | fresh]", file=sys.stderr)
        return 2
    web.main()
    feeds.main()
    planner.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
