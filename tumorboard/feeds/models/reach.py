"""The table of who was told of which change."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tumorboard.kernel.db import Model


class ChangeTold(Model):
    """Somebody whose calendar could not know of a change in time, and who was told of it, once."""

    __tablename__ = "change_told"

    change_id: Mapped[int] = mapped_column(ForeignKey("meeting_change.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
