"""What the agenda tells a case: the meeting it stands in, or that it waits again."""

from datetime import datetime

from tumorboard.accounts.domain import Actor
from tumorboard.cases.domain import Act
from tumorboard.cases.models import Case
from tumorboard.cases.services.step import take_step


def schedule_case(
    case: Case, *, for_: datetime, edit_until: datetime, by: Actor | None, now: datetime, reason: str = ""
) -> None:
    """Note the meeting that the case stands in. Planning it again for the same meeting leaves no trace."""
    if case.scheduled_for_at == for_:
        return
    queued_at = case.queued_at
    take_step(case, Act.SCHEDULE, by=by, reason=reason, now=now)
    case.queued_at = queued_at  # the plan itself is no reason to plan again
    case.scheduled_for_at, case.edit_until_at = for_, edit_until
    case.released_at = case.released_until_at = None


def defer_case(case: Case, *, by: Actor | None, now: datetime, reason: str) -> None:
    """Put the case back into the queue."""
    queued_at = case.queued_at
    take_step(case, Act.DEFER, by=by, reason=reason, now=now)
    if by is None:
        case.queued_at = queued_at  # the plan itself is no reason to plan again
    case.scheduled_for_at = case.edit_until_at = case.released_at = case.released_until_at = None


def release_case(case: Case, *, until: datetime, now: datetime) -> None:
    """Let observers of the board see the case from the publishing of its agenda to the end of the meeting."""
    case.released_at, case.released_until_at = now, until
