"""Tables of meetings, and of changes to them that calendars are to learn of."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.kernel.db import Model
from tumorboard.meetings.domain import BY_VIDEO, ChangeKind, MeetingState
from tumorboard.series.models import Series


class Meeting(Model):
    """One dated meeting of a series.

    `occurs_on` is the local day of the rhythm that made it: its identity for ever, also after a move.
    `uid` and `sequence` are what calendars know it by (RFC 5545 3.8.4.7, 3.8.7.4).
    `closure_id` names the closure that cancelled or moved it, so that lifting the closure undoes just that.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("series_id", "occurs_on"),
        CheckConstraint("starts_at < ends_at", name="in_order"),
        Index(None, "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    occurs_on: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(String(64))
    room: Mapped[str] = mapped_column(String(120), default="")
    video_url: Mapped[str] = mapped_column(String(300), default="")
    capacity_minutes: Mapped[int] = mapped_column(default=0)
    reserve_minutes: Mapped[int] = mapped_column(default=0)
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.PLANNED)
    reason: Mapped[str] = mapped_column(String(300), default="")
    moved_from_at: Mapped[datetime | None]
    is_edited: Mapped[bool] = mapped_column(default=False)
    closure_id: Mapped[int | None] = mapped_column(ForeignKey("closure.id", ondelete="SET NULL"), index=True)
    talk_title: Mapped[str] = mapped_column(String(200), default="")
    talk_abstract: Mapped[str] = mapped_column(Text, default="")
    speaker_name: Mapped[str] = mapped_column(String(120), default="")
    speaker_affiliation: Mapped[str] = mapped_column(String(120), default="")
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    revised_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    series: Mapped[Series] = relationship(lazy="joined", innerjoin=True)
    held_back: Mapped["HeldBack | None"] = relationship(cascade="all, delete-orphan", single_parent=True)

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.state is MeetingState.CANCELLED

    @property
    def is_by_video(self) -> bool:
        """Whether it takes place, but in no room."""
        return self.room == BY_VIDEO and not self.is_cancelled


class HeldBack(Model):
    """How a meeting stood before a closure held it back, where its series alone does not tell.

    That is the case of a meeting that somebody had edited, or for which the closure's general effect was not taken.
    """

    __tablename__ = "held_back"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    moved_from_at: Mapped[datetime | None]
    room: Mapped[str] = mapped_column(String(120))
    video_url: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(300))
    is_edited: Mapped[bool]


class MeetingChange(Model):
    """A change that calendars are to learn of: one of those that one act made.

    `was_at` is None where it had not been to take place. `look_again_at` is when it is to be looked whose calendar
    knows of it, and None once everybody who had to be told was told.
    """

    __tablename__ = "meeting_change"
    __table_args__ = (Index(None, "meeting_id", "changed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    act: Mapped[str] = mapped_column(String(32))
    kind: Mapped[ChangeKind]
    was_at: Mapped[datetime | None]
    will_be_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    look_again_at: Mapped[datetime | None] = mapped_column(index=True)

    meeting: Mapped[Meeting] = relationship(lazy="joined", innerjoin=True)
