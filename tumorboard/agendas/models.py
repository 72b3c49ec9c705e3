"""Tables of agendas and their items."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.agendas.domain import ItemKind, PlacedBy
from tumorboard.cases.models import Case
from tumorboard.kernel.db import Model
from tumorboard.meetings.models import Meeting


class Agenda(Model):
    """The list of one meeting; its version is what two coordinators are held apart by."""

    __tablename__ = "agenda"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    edited_at: Mapped[datetime | None]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[Meeting] = relationship(lazy="joined", innerjoin=True)
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="agenda", cascade="all, delete-orphan", order_by="AgendaItem.position"
    )

    __mapper_args__ = {"version_id_col": version}


class AgendaItem(Model):
    """One item; `gap_minutes` is the pause before it, where a presenter cannot join earlier.

    A case holds at most one live slot: the partial unique index decides, not a check in Python.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("agenda_id", "position"),
        CheckConstraint("minutes > 0 AND minutes <= 480", name="minutes"),
        CheckConstraint("gap_minutes >= 0 AND gap_minutes <= 480", name="gap"),
        Index(
            "uq_agenda_item_live_case",
            "case_id",
            unique=True,
            sqlite_where=text("is_live"),
            postgresql_where=text("is_live"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_id: Mapped[int] = mapped_column(ForeignKey("agenda.id"))
    position: Mapped[int]
    kind: Mapped[ItemKind] = mapped_column(default=ItemKind.DISCUSS)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    gap_minutes: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int]
    is_live: Mapped[bool] = mapped_column(default=True)
    is_locked: Mapped[bool] = mapped_column(default=False)
    placed_by: Mapped[PlacedBy]
    why: Mapped[str] = mapped_column(String(300), default="")
    told_at: Mapped[datetime | None]
    told_starts_at: Mapped[datetime | None]

    agenda: Mapped[Agenda] = relationship(back_populates="items")
    case: Mapped[Case | None] = relationship()
