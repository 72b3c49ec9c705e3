"""What is decided before anything is planned: other boards, locked cases, and what "what if" asks for."""

from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.plan import Plan
from tumorboard.scheduling.engine.problem import Case, Meeting


def hold(draft: Draft, previous: Plan) -> None:
    """Keep the slots of the boards that are not being planned exactly as they were."""
    for slot in previous.slots:
        case, meeting = draft.catalog.cases.get(slot.case), draft.catalog.meetings.get(slot.meeting)
        if case is not None and meeting is not None and case.board not in draft.boards:
            draft.seat(case, meeting, draft.starts.get(meeting.id, {}) | {case.id: slot.start})


def fix(draft: Draft) -> None:
    """Place what is locked, then what is asked for."""
    place_locked(draft)
    place_pinned(draft)


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
        if case.locked is None and draft.rules.is_possible(case, meeting):
            draft.admit(case, draft.catalog.meetings[meeting])


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
