"""Tables of what is to be planned and what was planned."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.accounts.models import Person
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


class PlanningPolicy(Model):
    """How a board is planned, from the moment it was set on; earlier ones stay."""

    __tablename__ = "planning_policy"
    __table_args__ = (Index(None, "series_id", "set_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)


class PlanRun(Model):
    """One computed plan of a board, with what it was computed from, so that it can be told apart and repeated."""

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
    version: Mapped[str] = mapped_column(String(40), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[str] = mapped_column(String(20), default="")
    levels: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    bounds: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    spent_ms: Mapped[int] = mapped_column(default=0)
    question: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    trouble: Mapped[str] = mapped_column(String(300), default="")

    series: Mapped[Series] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    moves: Mapped[list["PlanMove"]] = relationship(
        back_populates="run", cascade="all, delete-orphan", order_by="PlanMove.id"
    )

    @property
    def changes(self) -> list["PlanMove"]:
        """The moves without the cases that waited before and still do."""
        return [move for move in self.moves if move.from_meeting_id or move.to_meeting_id]


class PlanMove(Model):
    """What a run decided for one case, and why."""

    __tablename__ = "plan_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[MoveKind]
    from_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    starts_minute: Mapped[int | None]
    to_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    why: Mapped[str] = mapped_column(String(500))
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    run: Mapped[PlanRun] = relationship(back_populates="moves")
    case: Mapped[Case] = relationship()
    from_meeting: Mapped[Meeting | None] = relationship(foreign_keys=[from_meeting_id])
    to_meeting: Mapped[Meeting | None] = relationship(foreign_keys=[to_meeting_id])

    @property
    def starts_at(self) -> datetime | None:
        """When the case would begin in its meeting, where the run says so."""
        if self.to_meeting is None or self.starts_minute is None:
            return None
        return self.to_meeting.starts_at + timedelta(minutes=self.starts_minute)
