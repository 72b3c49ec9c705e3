"""Tables of personal addresses and of the series that people follow."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.accounts.models import Person
from tumorboard.kernel.db import Model


class FeedToken(Model):
    """A personal address; the secret is shown once, its hash is kept."""

    __tablename__ = "feed_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    client: Mapped[str] = mapped_column(String(60), default="")

    person: Mapped[Person] = relationship()


class Follow(Model):
    """A public series that a person wants in the own calendar."""

    __tablename__ = "follow"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
