"""Tables of cases, their studies and their history."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.accounts.domain import Specialty
from tumorboard.accounts.models import Institution, Person
from tumorboard.cases.domain import (
    Act,
    CaseState,
    QuestionKind,
    Sequencing,
    Sex,
    Side,
    StageBasis,
    StudyKind,
    Transfer,
    TreatmentStatus,
    Urgency,
)
from tumorboard.kernel.db import Model
from tumorboard.series.models import Series


class Case(Model):
    """One patient-problem, de-identified by design (45 CFR 164.514(b)(2)): years and relative days, no dates.

    Columns of the minimum data set are nullable, since a draft may be saved half-done.
    """

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("submitter_id", "draft_key"),
        CheckConstraint("age_years BETWEEN 0 AND 90", name="age"),
        CheckConstraint("ecog BETWEEN 0 AND 4", name="ecog"),
        CheckConstraint("minutes BETWEEN 1 AND 120", name="minutes"),
        Index(None, "board_id", "state"),
        Index(None, "institution_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    state: Mapped[CaseState] = mapped_column(default=CaseState.DRAFT)
    submitter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    draft_key: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    # Board and presenter
    board_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    urgency: Mapped[Urgency | None]
    urgency_reason: Mapped[str | None] = mapped_column(String(300))
    presenter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    backup_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    joins_from: Mapped[time | None]
    joins_until: Mapped[time | None]
    minutes: Mapped[int | None]

    # Patient
    age_years: Mapped[int | None]
    sex: Mapped[Sex | None]
    ecog: Mapped[int | None]
    comorbidity: Mapped[str | None] = mapped_column(Text)
    preferences: Mapped[str | None] = mapped_column(Text)
    patient_knows: Mapped[str | None] = mapped_column(Text)

    # Diagnosis and stage, as stated
    primary_site: Mapped[str | None] = mapped_column(String(120))
    histology: Mapped[str | None] = mapped_column(String(160))
    pathology_pending: Mapped[bool | None]
    side: Mapped[Side | None]
    diagnosed_year: Mapped[int | None]
    stage_basis: Mapped[StageBasis | None]
    stage_edition: Mapped[str | None] = mapped_column(String(40))
    stage_t: Mapped[str | None] = mapped_column(String(12))
    stage_n: Mapped[str | None] = mapped_column(String(12))
    stage_m: Mapped[str | None] = mapped_column(String(12))
    stage_group: Mapped[str | None] = mapped_column(String(40))
    not_staged_reason: Mapped[str | None] = mapped_column(String(200))

    # Treatment so far
    treatment_status: Mapped[TreatmentStatus | None]
    prior_treatment: Mapped[str | None] = mapped_column(Text)
    biomarkers: Mapped[str | None] = mapped_column(Text)
    sequencing: Mapped[Sequencing | None]
    new_problem: Mapped[str | None] = mapped_column(Text)

    # Question for the board
    title: Mapped[str | None] = mapped_column(String(120))
    question_kind: Mapped[QuestionKind | None]
    question: Mapped[str | None] = mapped_column(String(400))
    presentation_reason: Mapped[str | None] = mapped_column(String(400))
    local_plan: Mapped[str | None] = mapped_column(Text)
    trial_interest: Mapped[bool | None]

    # Decided at triage
    ready_on: Mapped[date | None]
    deadline_on: Mapped[date | None]
    # The last moment at which something changed that a plan depends on.
    queued_at: Mapped[datetime | None] = mapped_column(index=True)

    # Told by the agenda it stands on
    scheduled_for_at: Mapped[datetime | None]
    edit_until_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_until_at: Mapped[datetime | None]

    board: Mapped[Series | None] = relationship()
    submitter: Mapped[Person] = relationship(foreign_keys=[submitter_id])
    institution: Mapped[Institution] = relationship()
    presenter: Mapped[Person | None] = relationship(foreign_keys=[presenter_id])
    backup: Mapped[Person | None] = relationship(foreign_keys=[backup_id])
    responsible: Mapped[Person | None] = relationship(foreign_keys=[responsible_id])
    studies: Mapped[list["Study"]] = relationship(
        back_populates="case", cascade="all, delete-orphan", order_by="Study.id"
    )
    specialties: Mapped[list["SpecialtyNeeded"]] = relationship(
        back_populates="case", cascade="all, delete-orphan", order_by="SpecialtyNeeded.specialty"
    )
    history: Mapped[list["CaseEvent"]] = relationship(back_populates="case", order_by="CaseEvent.id")

    __mapper_args__ = {"version_id_col": version}


class Study(Model):
    """An image or a specimen: what, on which day relative to today, where, and whether the hub has it."""

    __tablename__ = "study"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    kind: Mapped[StudyKind]
    what: Mapped[str] = mapped_column(String(120))
    day: Mapped[int | None]
    performed_at: Mapped[str] = mapped_column(String(80), default="")
    transfer: Mapped[Transfer] = mapped_column(default=Transfer.NOT_YET)

    case: Mapped[Case] = relationship(back_populates="studies")


class SpecialtyNeeded(Model):
    """A specialty without which the case cannot be discussed."""

    __tablename__ = "specialty_needed"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), primary_key=True)
    specialty: Mapped[Specialty] = mapped_column(primary_key=True)

    case: Mapped[Case] = relationship(back_populates="specialties")


class CaseEvent(Model):
    """One step of the life cycle, with the reason that its author gave."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    act: Mapped[Act]
    state: Mapped[CaseState]
    reason: Mapped[str] = mapped_column(Text, default="")
    board_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))

    case: Mapped[Case] = relationship(back_populates="history")
    person: Mapped[Person | None] = relationship()
    board: Mapped[Series | None] = relationship()
