"""One step of the life cycle: state, history and audit together."""

from datetime import datetime

from tumorboard.accounts.domain import Actor
from tumorboard.audit.services import record
from tumorboard.cases.domain import Act, next_state
from tumorboard.cases.models import Case, CaseEvent


def take_step(case: Case, act: Act, *, by: Actor | None, now: datetime, reason: str = "") -> None:
    """Move the case along. Raises NotInThisState when the life cycle has no such step."""
    case.state = next_state(case.state, act)
    case.queued_at = now
    case.history.append(
        CaseEvent(
            at=now,
            person_id=by.person_id if by else None,
            act=act,
            state=case.state,
            reason=reason,
            board_id=case.board_id,
        )
    )
    record(f"case.{act}", by=by, subject="case", subject_id=case.code, now=now)
