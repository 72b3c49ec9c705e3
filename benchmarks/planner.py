"""Everything that is measured of the planner, one table after the other."""

from benchmarks import growth, quality, replanning, sameness, weeks


def main() -> None:
    """Print the tables as they come."""
    sameness.main()
    growth.main()
    quality.main()
    replanning.main()
    weeks.main()
