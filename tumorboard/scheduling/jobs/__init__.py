"""What the worker, and a coordinator who asks, calls to plan boards."""

from tumorboard.scheduling.jobs.boards import decide, plan_board, plan_boards
from tumorboard.scheduling.jobs.planner import Planner, planner

__all__ = ["Planner", "decide", "plan_board", "plan_boards", "planner"]
