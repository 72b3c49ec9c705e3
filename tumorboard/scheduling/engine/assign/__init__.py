"""The exact solver: which meeting each case gets, proven level by level, board by board.

The solver itself is an optional package; it is imported where it is used and nowhere else.
"""

from tumorboard.scheduling.engine.assign.groups import Answer, Group, solve_groups

__all__ = ["Answer", "Group", "solve_groups"]
