"""The audit trail; triggers in the migration refuse UPDATE and DELETE on its entries."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tumorboard.audit.domain import FIRST_HASH, Fact, Outcome
from tumorboard.kernel.db import Model


class AuditEntry(Model):
    """One act or look, for six years (45 CFR 164.316(b)(2))."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject", "subject_id"), Index(None, "person_id", "at"))

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[Outcome]
    person_id: Mapped[int | None]
    institution_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    request_id: Mapped[str] = mapped_column(String(32))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    def fact(self) -> Fact:
        """The entry as the fact that was hashed."""
        return Fact(
            action=self.action,
            outcome=self.outcome,
            person_id=self.person_id,
            institution_id=self.institution_id,
            subject=self.subject,
            subject_id=self.subject_id,
            details=self.details,
            request_id=self.request_id,
        )


class AuditHead(Model):
    """The end of the chain: one row, locked by whoever appends."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=FIRST_HASH)
