"""Reading the audit trail, and proving that nobody changed it."""

from collections.abc import Iterator
from datetime import UTC

from sqlalchemy import Select, select

from tumorboard.audit.domain import FIRST_HASH, Fault, entry_hash
from tumorboard.audit.models import AuditEntry, AuditHead
from tumorboard.kernel.db import session

_CHUNK = 1000


def entries(*, subject: str = "", subject_id: str = "", person_id: int | None = None) -> Select[AuditEntry]:
    """Entries, newest first, narrowed by what was touched or by who acted."""
    found = select(AuditEntry).order_by(AuditEntry.sequence.desc())
    if subject:
        found = found.where(AuditEntry.subject == subject)
    if subject_id:
        found = found.where(AuditEntry.subject_id == subject_id)
    if person_id is not None:
        found = found.where(AuditEntry.person_id == person_id)
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
