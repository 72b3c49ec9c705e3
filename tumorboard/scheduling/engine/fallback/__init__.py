"""The engine of the standard library: by urgency into the earliest meeting, then better step by step."""

from collections.abc import Mapping

from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.fallback.improve import improve, settle
from tumorboard.scheduling.engine.fallback.place import place_all, place_earliest

__all__ = ["improved", "placed", "place_earliest"]


def placed(draft: Draft) -> None:
    """Give every free case of the draft a meeting where one can be found, then let meetings share out anew."""
    place_all(draft)
    settle(draft)


def improved(draft: Draft, *, steps: int, seeds: Mapping[str, str]) -> None:
    """Make the places better, with that many steps a board drawn from its seed, then put meetings in order."""
    improve(draft, steps=steps, seeds=seeds)
    draft.put_in_order()
