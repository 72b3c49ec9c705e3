"""The engine of the standard library: by urgency into the earliest meeting, then better step by step."""

from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.fallback.improve import displace, improve
from tumorboard.scheduling.engine.fallback.place import place_all, place_earliest

__all__ = ["improved", "placed", "place_earliest"]


def placed(draft: Draft) -> None:
    """Give every free case of the draft a meeting where one can be found, the most pressing first."""
    place_all(draft)
    displace(draft)


def improved(draft: Draft, *, trials: int) -> None:
    """Make the places better, with at most `trials` attempts for each case, then put meetings in order."""
    improve(draft, trials=trials)
    draft.put_in_order()
