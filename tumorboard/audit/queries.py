"""Reading the audit trail, and proving that nobody changed it."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from sqlalchemy import Select, select

from tumorboard.audit.domain import FIRST_HASH, Fault, entry_hash
from tumorboard.audit.models import AuditEntry, AuditHead
from tumorboard.kernel.db import session

_CHUNK = 1000


def entries(
    *,
    subject: str = "",
    subject_id: str = "",
    person_ids: Collection[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[AuditEntry]:
    """Entries, newest first, narrowed by what was touched, in capitals or not, by who acted, and by time."""
    found = select(AuditEntry).order_by(AuditEntry.sequence.desc())
    if subject:
        found = found.where(AuditEntry.subject == subject)
    if subject_id:
        found = found.where(AuditEntry.subject_id.in_({subject_id, subject_id.upper(), subject_id.lower()}))
    if person_ids is not None:
        found = found.where(AuditEntry.person_id.in_(person_ids))
    if since is not None:
        found = found.where(AuditEntry.at >= since)
    if until is not None:
        found = found.where(AuditEntry.at < until)
    return found


def faults() -> Iterator[Fault]:
    """Walk the whole chain and name each entry that is missing, altered or out of place."""
    expected, previous = 1, FIRST_HASH
    rows = select(AuditEntry).order_by(AuditEntry.sequence).execution_options(yield_per=_CHUNK)
    for entry in session().scalars(rows):
        yield from (Fault(missing, "is missing") for missing in range(expected, entry.sequence))
        if entry.sequence == expected and entry.previous_hash != previous:
            yield Fault(entry.sequence, "does not follow the entry before it")
        if entry.hash != _hash_of(entry):
            yield Fault(entry.sequence, "was altered")
        expected, previous = entry.sequence + 1, entry.hash
    head = session().scalars(select(AuditHead)).one_or_none()
    if head is None or head.hash != previous:
        last = head.sequence if head else expected
        yield from (Fault(missing, "is missing") for missing in range(expected, last + 1))
        if last < expected:
            yield Fault(last, "is not the end that the chain remembers")


def _hash_of(entry: AuditEntry) -> str:
    at = entry.at.astimezone(UTC)
    return entry_hash(entry.fact(), sequence=entry.sequence, at=at, previous=entry.previous_hash)
