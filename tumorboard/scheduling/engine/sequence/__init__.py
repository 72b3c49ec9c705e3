"""The order of the cases inside one meeting."""

from collections.abc import Mapping

from tumorboard.scheduling.engine.agenda import Agenda
from tumorboard.scheduling.engine.sequence.exact import (
    LARGEST_EXACT,
    best_with_gaps,
    best_without_gaps,
)
from tumorboard.scheduling.engine.sequence.feasible import feasible_starts
from tumorboard.scheduling.engine.sequence.heuristic import improved

__all__ = ["LARGEST_EXACT", "best_starts", "feasible_starts"]


def best_starts(agenda: Agenda, fallback: Mapping[str, int]) -> dict[str, int]:
    """Return the start of each case in the best order found; `fallback` must be a possible order.

    Up to `LARGEST_EXACT` cases the order is the best of those without gaps, where there is one.
    """
    if len(agenda.items) <= LARGEST_EXACT:
        starts = best_without_gaps(agenda) or best_with_gaps(agenda)
        if starts is not None:
            return starts
    return improved(agenda, fallback)
