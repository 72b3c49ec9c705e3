"""Tables of how meetings reach a person, and of the invitations that were mailed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.accounts.models import Person
from tumorboard.feeds.domain.invitations import Answer, Delivery, Held, InvitationState
from tumorboard.kernel.db import Model
from tumorboard.meetings.models import Meeting
from tumorboard.notices.models import Notice


class CalendarChoice(Model):
    """How meetings reach a person; whoever never chose has no row, and subscribes."""

    __tablename__ = "calendar_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    delivery: Mapped[Delivery]
    chosen_at: Mapped[datetime]


class MeetingInvitation(Model):
    """What one person was sent of one meeting, last, and what came back.

    `sequence` never falls, and `content` is the digest of what was last tried; `trouble` says why that was not sent.
    `timed_sequence` is the first sequence with the present time: an answer to an earlier one was to another time.
    """

    __tablename__ = "meeting_invitation"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"), Index(None, "uid"))

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(254))
    state: Mapped[InvitationState]
    sequence: Mapped[int]
    timed_sequence: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    content: Mapped[str] = mapped_column(String(32))
    tried_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id", ondelete="SET NULL"), index=True)
    trouble: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None]
    answered_sequence: Mapped[int | None]

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship()
    notice: Mapped[Notice | None] = relationship()

    @property
    def held(self) -> Held:
        """What was sent last, as a value."""
        return Held(
            state=self.state,
            sequence=self.sequence,
            content=self.content,
            has_trouble=bool(self.trouble),
            tried_at=self.tried_at,
        )

    @property
    def is_answer_to_earlier_time(self) -> bool:
        """Whether the person answered, but before the meeting had its present time, be that already sent or not."""
        is_sent = (self.starts_at, self.ends_at) == (self.meeting.starts_at, self.meeting.ends_at)
        return self.answered_sequence is not None and (self.answered_sequence < self.timed_sequence or not is_sent)
