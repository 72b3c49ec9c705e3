"""The outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tumorboard.kernel.db import Model
from tumorboard.notices.domain import SECRET_KINDS, NoticeKind, NoticeState


class Notice(Model):
    """One message to one person, written in the transaction of its cause and mailed later.

    `calendar` is what it asks of a calendar program, as iCalendar, and `calendar_method` how; empty in most.
    """

    __tablename__ = "notice"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(160))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    calendar: Mapped[str] = mapped_column(Text, default="")
    calendar_method: Mapped[str] = mapped_column(String(16), default="")
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.PENDING)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None]

    @property
    def holds_secret(self) -> bool:
        """Whether its link lets somebody in, so that nobody but the recipient may read it."""
        return self.kind in SECRET_KINDS
