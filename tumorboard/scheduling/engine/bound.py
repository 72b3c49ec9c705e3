"""What no plan can do better: a lower bound of level 1 for each board."""

from tumorboard.scheduling.engine.objective import Objective


def least_late(objective: Objective, board: str) -> int:
    """Return what the cases of the board cost on level 1 at least."""
    return sum(objective.own_minimum(case)[0] for case in objective.catalog.queue.get(board, ()))
