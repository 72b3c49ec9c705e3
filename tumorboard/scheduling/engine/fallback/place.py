"""First places: what was published, then by urgency into the earliest meeting."""

from collections.abc import Mapping

from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.problem import Case


def place_at(draft: Draft, where: Mapping[str, str]) -> None:
    """Put the free cases where they are said to stand, the most pressing first, as far as there is an order."""
    for case in draft.free_cases():
        if case.id in where:
            draft.admit(case, draft.catalog.meetings[where[case.id]])


def place_all(draft: Draft) -> None:
    """Keep what was published where that is still possible, then give the others the earliest place."""
    free = [case for case in draft.free_cases() if case.id not in draft.where]
    for case in free:
        published = draft.catalog.published_meeting(case)
        if published is not None and draft.rules.may_stay(case):
            draft.admit(case, published)
    for case in free:
        if case.id not in draft.where:
            place_earliest(draft, case)


def place_from_scratch(draft: Draft) -> None:
    """Give every free case the earliest place by urgency, as if nothing had been published."""
    for case in draft.free_cases():
        place_earliest(draft, case)


def place_earliest(draft: Draft, case: Case) -> bool:
    """Put the case into the earliest meeting that takes it."""
    return any(draft.admit(case, meeting) for meeting in draft.rules.possible(case))
