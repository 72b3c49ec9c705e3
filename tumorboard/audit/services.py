"""Writing the audit trail, in the transaction of the act itself."""

from datetime import datetime
from typing import Any, Protocol

import structlog
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tumorboard.audit.domain import Fact, Outcome, entry_hash
from tumorboard.audit.models import AuditEntry, AuditHead
from tumorboard.kernel.db import lock, session

_WAITING = "audit"


class Author(Protocol):
    """Whoever acts: a signed-in person."""

    @property
    def person_id(self) -> int:
        """The person's number."""
        ...

    @property
    def institution_id(self) -> int:
        """The person's institution."""
        ...


def record(
    action: str,
    *,
    now: datetime,
    by: Author | None = None,
    outcome: Outcome = Outcome.DONE,
    subject: str = "",
    subject_id: object = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Note an act; it is chained and stored when the transaction commits, or not at all.

    Details name fields and codes; their contents never belong here.
    """
    fact = Fact(
        action=action,
        outcome=outcome,
        person_id=by.person_id if by else None,
        institution_id=by.institution_id if by else None,
        subject=subject,
        subject_id=str(subject_id),
        details=details or {},
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
    current = session()()
    if not current.in_transaction():
        current.begin()  # so that there is something to roll back, which forgets the act
    current.info.setdefault(_WAITING, []).append((fact, now))


@event.listens_for(Session, "before_commit")
def _append(current: Session) -> None:
    """Chain what waits. The head is locked only here, at the very end, so that writers queue briefly."""
    waiting = current.info.pop(_WAITING, [])
    if not waiting:
        return
    head = current.scalars(lock(select(AuditHead))).one()
    for fact, at in waiting:
        head.sequence += 1
        entry = _entry(fact, sequence=head.sequence, at=at, previous=head.hash)
        head.hash = entry.hash
        current.add(entry)


@event.listens_for(Session, "after_soft_rollback")
def _forget(current: Session, _previous: object) -> None:
    current.info.pop(_WAITING, None)


def _entry(fact: Fact, *, sequence: int, at: datetime, previous: str) -> AuditEntry:
    return AuditEntry(
        sequence=sequence,
        at=at,
        action=fact.action,
        outcome=fact.outcome,
        person_id=fact.person_id,
        institution_id=fact.institution_id,
        subject=fact.subject,
        subject_id=fact.subject_id,
        details=fact.details,
        request_id=fact.request_id,
        previous_hash=previous,
        hash=entry_hash(fact, sequence=sequence, at=at, previous=previous),
    )
