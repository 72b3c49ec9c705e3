"""Tables of what is to be planned and what was planned."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.cases.models import Case
from tumorboard.kernel.db import Model
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling.domain import MoveKind, PlanCause, RunState
from tumorboard.series.models import Series


class PlanRequest(Model):
    """A board whose queue changed; due a moment later, so that many changes make one plan."""

    __tablename__ = "plan_request"

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    leased_until_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class PlanRun(Model):
    """One computed plan of a board, with its input's digest, so that it can be told apart and repeated."""

    __tablename__ = "plan_run"
    __table_args__ = (Index(None, "series_id", "finished_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    cause: Mapped[PlanCause]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[RunState]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    engine: Mapped[str] = mapped_column(String(40), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    levels: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    trouble: Mapped[str] = mapped_column(String(300), default="")

    series: Mapped[Series] = relationship()
    moves: Mapped[list["PlanMove"]] = relationship(
        back_populates="run", cascade="all, delete-orphan", order_by="PlanMove.id"
    )


class PlanMove(Model):
    """What a run decided for one case, and why."""

    __tablename__ = "plan_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[MoveKind]
    from_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    to_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    why: Mapped[str] = mapped_column(String(500))
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    run: Mapped[PlanRun] = relationship(back_populates="moves")
    case: Mapped[Case] = relationship()
    from_meeting: Mapped[Meeting | None] = relationship(foreign_keys=[from_meeting_id])
    to_meeting: Mapped[Meeting | None] = relationship(foreign_keys=[to_meeting_id])
