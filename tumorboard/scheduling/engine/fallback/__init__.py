"""The engine of the standard library: by urgency into the earliest meeting, then better step by step."""

from collections.abc import Mapping

from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.fallback.improve import improve, is_tied, settle
from tumorboard.scheduling.engine.fallback.place import place_all, place_at, place_earliest, place_from_scratch
from tumorboard.scheduling.engine.plan import Levels

__all__ = ["improved", "place_at", "place_earliest", "placed"]


def placed(draft: Draft) -> None:
    """Give every free case of the draft a meeting where one can be found, then let meetings share out anew."""
    place_all(draft)
    settle(draft)


def improved(draft: Draft, *, steps: int, seeds: Mapping[str, str]) -> None:
    """Make the places better, with that many steps a board drawn from its seed, then put meetings in order."""
    fixed = draft.narrowed(draft.boards)
    for case in draft.free_cases():
        fixed.remove(case)
    improve(draft, steps=steps, seeds=seeds)
    if is_tied(draft):
        # Where nobody may be in two meetings at once, what a board took first bars the others: begin elsewhere too.
        place_from_scratch(fixed)
        improve(fixed, steps=steps, seeds=seeds)
        if _levels(fixed) < _levels(draft):
            draft.adopt(fixed)
    draft.put_in_order()


def _levels(draft: Draft) -> Levels:
    return draft.objective.levels(draft.where)
