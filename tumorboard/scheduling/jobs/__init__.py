"""What the worker, and a coordinator who asks, calls to plan boards."""

from tumorboard.scheduling.jobs.boards import Difference, decide, plan_board, plan_boards, suppose
from tumorboard.scheduling.jobs.planner import Planner, planner

__all__ = ["Difference", "Planner", "decide", "plan_board", "plan_boards", "planner", "suppose"]
