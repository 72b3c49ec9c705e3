"""Tables of what calendars were told: marks of changes, entries as text, and what each feed said last."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tumorboard.kernel.db import Model


class CalendarMark(Model):
    """Something changed that calendars show; triggers set it in the transaction of the change.

    A meeting, or all meetings of a series, or what concerns a person, or, with nothing named, every feed.
    No foreign keys: what is marked may be gone by the time it is looked at.
    """

    __tablename__ = "calendar_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int | None]
    meeting_id: Mapped[int | None]
    person_id: Mapped[int | None]


class CalendarEntry(Model):
    """A meeting as calendars get it: the last text of it that passed the linter.

    `made_from` is the digest of what it says, and `made_by` of the program and address that it was made with.
    `zone` is the one its times are in, empty for UTC. `trouble` says why the newest text was not taken.
    Of a board's meeting the end of submissions is an entry of its own, with a sequence of its own.
    """

    __tablename__ = "calendar_entry"
    # Feeds read entries in this order, and much about them, without sorting ten thousand texts.
    __table_args__ = (Index("ix_calendar_entry_order", "series_id", "ends_at", "meeting_id", "is_cancelled", "zone"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_cancelled: Mapped[bool]
    zone: Mapped[str] = mapped_column(String(64), default="")
    cuts_off_at: Mapped[datetime | None]
    cut_off_sequence: Mapped[int] = mapped_column(default=0)
    cut_off_zone: Mapped[str] = mapped_column(String(64), default="")
    cut_off_ics: Mapped[str] = mapped_column(Text, default="")
    made_from: Mapped[str] = mapped_column(String(32))
    made_by: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    revised_at: Mapped[datetime]
    ics: Mapped[str] = mapped_column(Text, default="")
    trouble: Mapped[str] = mapped_column(String(200), default="")


class CalendarFeed(Model):
    """What a feed last said, so that most polls are answered without reading it.

    A public one has a series or nothing; an address's own has its token, and whatever it is of.
    `changed_at` moves with every new tag. `turns_at` is when the next event leaves by itself.
    """

    __tablename__ = "calendar_feed"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"), index=True)
    token_id: Mapped[int | None] = mapped_column(ForeignKey("feed_token.id", ondelete="CASCADE"), unique=True)
    etag: Mapped[str] = mapped_column(String(32), default="")
    made_by: Mapped[str] = mapped_column(String(32), default="")
    changed_at: Mapped[datetime]
    turns_at: Mapped[datetime | None]
    is_stale: Mapped[bool] = mapped_column(default=True)
