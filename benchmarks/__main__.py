"""`python -m benchmarks` (`make bench`) measures everything but a first start (`fresh`), or only what is named."""

import sys

from benchmarks import feeds, fresh, planner, reach, web


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
    if asked == ["reach"]:
        reach.main()
        return 0
    if asked:
        print("usage: python -m benchmarks [planner | feeds | reach | fresh]", file=sys.stderr)
        return 2
    web.main()
    feeds.main()
    reach.main()
    planner.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
