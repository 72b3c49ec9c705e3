"""First places: what is locked, what is asked for, what was published, then by urgency."""

from tumorboard.scheduling.engine.assign.draft import Draft
from tumorboard.scheduling.engine.plan import Plan
from tumorboard.scheduling.engine.problem import Case, Meeting


def hold(draft: Draft, previous: Plan) -> None:
    """Keep the slots of the boards that are not being planned exactly as they were."""
    for slot in previous.slots:
        case, meeting = draft.catalog.cases.get(slot.case), draft.catalog.meetings.get(slot.meeting)
        if case is not None and meeting is not None and case.board not in draft.boards:
            draft.seat(case, meeting, draft.starts.get(meeting.id, {}) | {case.id: slot.start})


def place_locked(draft: Draft) -> None:
    """Put every locked case where it is locked, whatever it breaks."""
    for meeting in draft.catalog.problem.meetings:
        queue = draft.catalog.queue.get(meeting.board, ()) if meeting.board in draft.boards else ()
        locked = [case for case in queue if case.locked == meeting.id]
        if locked:
            _seat_locked(draft, meeting, locked)


def place_pinned(draft: Draft) -> None:
    """Put every pinned case into its meeting where the hard rules and the locked cases leave room."""
    for case_id, meeting in sorted(draft.pinned.items()):
        case = draft.catalog.cases[case_id]
        if draft.rules.is_possible(case, meeting):
            draft.admit(case, draft.catalog.meetings[meeting])


def place_all(draft: Draft) -> None:
    """Keep what was published where that is still possible, then give the others the earliest place."""
    free = draft.free_cases()
    for case in free:
        published = draft.catalog.published_meeting(case)
        if published is not None and draft.rules.may_stay(case):
            draft.admit(case, published)
    for case in free:
        if case.id not in draft.where:
            place_earliest(draft, case)


def place_earliest(draft: Draft, case: Case) -> bool:
    """Put the case into the earliest meeting that takes it."""
    return any(draft.admit(case, meeting) for meeting in draft.rules.possible[case.id])


def _seat_locked(draft: Draft, meeting: Meeting, locked: list[Case]) -> None:
    """Respect the presenters' hours as far as that leaves an order; the lock outranks them."""
    starts = draft.possible_order(locked, meeting)
    if starts is None:
        draft.relax(locked)
        starts = draft.possible_order(locked, meeting) or _back_to_back(locked)
    for case in locked:
        draft.seat(case, meeting, starts)


def _back_to_back(locked: list[Case]) -> dict[str, int]:
    starts, now = {}, 0
    for case in locked:
        starts[case.id] = now
        now += case.minutes
    return starts
