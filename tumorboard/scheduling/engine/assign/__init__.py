"""The standard-library solver: by urgency into the earliest meeting, then better step by step."""

from tumorboard.scheduling.engine.assign.draft import Draft
from tumorboard.scheduling.engine.assign.improve import displace, improve
from tumorboard.scheduling.engine.assign.place import (
    hold,
    place_all,
    place_locked,
    place_pinned,
)

__all__ = ["Draft", "assign", "hold"]


def assign(draft: Draft, *, trials: int) -> None:
    """Give every free case of the draft a meeting where one can be found, then put meetings in order.

    `trials` bounds the improvement, as a number of attempts for each case.
    """
    place_locked(draft)
    place_pinned(draft)
    place_all(draft)
    displace(draft)
    improve(draft, trials=trials)
    draft.put_in_order()
