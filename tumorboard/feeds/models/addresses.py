"""Tables of personal addresses and of the series that people follow."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.accounts.models import Institution, Person
from tumorboard.kernel.db import Model
from tumorboard.series.models import Series


class FeedToken(Model):
    """A personal address and what it opens; the secret is shown once, its hash is kept.

    With a series it is that board's feed, with an institution that institution's, with neither the person's own.
    `polls_every_seconds` is how long the program lets pass between two visits, as far as they tell, and
    `expected_by_at` when it has come again, going by that.
    """

    __tablename__ = "feed_token"
    __table_args__ = (CheckConstraint("series_id IS NULL OR institution_id IS NULL", name="one_scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"), index=True)
    with_presenting: Mapped[bool] = mapped_column(default=True)
    with_cut_offs: Mapped[bool] = mapped_column(default=False)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    client: Mapped[str] = mapped_column(String(60), default="")
    polls_every_seconds: Mapped[int | None]
    expected_by_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    series: Mapped[Series | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
    left_out: Mapped[list["LeftOut"]] = relationship(cascade="all, delete-orphan")


class LeftOut(Model):
    """A board or a series that the owner does not want at this one of the own addresses."""

    __tablename__ = "feed_left_out"

    token_id: Mapped[int] = mapped_column(ForeignKey("feed_token.id", ondelete="CASCADE"), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)


class Follow(Model):
    """A public series that a person wants in the own calendar."""

    __tablename__ = "follow"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
