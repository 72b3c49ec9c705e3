"""Tables of series, their policies, rosters and the closures of a site."""

from datetime import date, time, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.accounts.domain import Specialty
from tumorboard.accounts.models import Institution, Person
from tumorboard.kernel.db import Model
from tumorboard.series.domain import (
    Closing,
    ClosureCause,
    ClosureEffect,
    CutOff,
    HolidayRule,
    Rhythm,
    SeatPart,
    SeriesKind,
    Site,
)


class Series(Model):
    """Something that meets by a rule."""

    __tablename__ = "series"
    __table_args__ = (
        CheckConstraint("length_minutes > 0 AND length_minutes <= 1440", name="length"),
        CheckConstraint("capacity_minutes >= 0 AND capacity_minutes <= length_minutes", name="capacity"),
        CheckConstraint("reserve_minutes >= 0 AND reserve_minutes <= capacity_minutes", name="reserve"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[SeriesKind]
    site: Mapped[Site]
    description: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(String(200), default="")
    host_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    time_zone: Mapped[str] = mapped_column(String(64))
    rule: Mapped[str] = mapped_column(String(200))
    starts: Mapped[time]
    length_minutes: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    capacity_minutes: Mapped[int] = mapped_column(default=0)
    reserve_minutes: Mapped[int] = mapped_column(default=0)
    case_minutes: Mapped[int] = mapped_column(default=8)
    room: Mapped[str] = mapped_column(String(120), default="")
    video_url: Mapped[str] = mapped_column(String(300), default="")
    holiday_rule: Mapped[HolidayRule] = mapped_column(default=HolidayRule.CANCEL)
    version: Mapped[int] = mapped_column(default=1)

    host: Mapped[Institution] = relationship()
    seats: Mapped[list["Seat"]] = relationship(
        back_populates="series", cascade="all, delete-orphan", order_by="Seat.id"
    )
    policies: Mapped[list["Policy"]] = relationship(
        back_populates="series", cascade="all, delete-orphan", order_by="Policy.effective_on"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def rhythm(self) -> Rhythm:
        """The rule as a value."""
        length = timedelta(minutes=self.length_minutes)
        return Rhythm(self.rule, self.starts, self.time_zone, length, self.first_on, self.last_on)

    @property
    def is_public(self) -> bool:
        """Whether anybody may subscribe to it: education is, boards are not."""
        return not self.kind.is_board


class Policy(Model):
    """A board's rules from a day on; earlier versions stay for what was decided under them."""

    __tablename__ = "policy"
    __table_args__ = (
        UniqueConstraint("series_id", "effective_on"),
        CheckConstraint("cut_off_days >= 0 AND cut_off_days <= 60", name="cut_off"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    effective_on: Mapped[date]
    cut_off_days: Mapped[int]
    cut_off_at: Mapped[time]

    series: Mapped[Series] = relationship(back_populates="policies")
    quorum: Mapped[list["QuorumSpecialty"]] = relationship(
        back_populates="policy", cascade="all, delete-orphan", order_by="QuorumSpecialty.specialty"
    )

    @property
    def cut_off(self) -> CutOff:
        """The cut-off as a value."""
        return CutOff(self.cut_off_days, self.cut_off_at)


class QuorumSpecialty(Model):
    """A specialty that must be there for a decision, with its attendance goal in percent (CoC Standard 2.5)."""

    __tablename__ = "quorum_specialty"
    __table_args__ = (CheckConstraint("goal_percent BETWEEN 0 AND 100", name="goal"),)

    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id", ondelete="CASCADE"), primary_key=True)
    specialty: Mapped[Specialty] = mapped_column(primary_key=True)
    goal_percent: Mapped[int] = mapped_column(default=80)

    policy: Mapped[Policy] = relationship(back_populates="quorum")


class Seat(Model):
    """A place on a board's roster; a person stands for one specialty."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("series_id", "person_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[SeatPart]
    specialty: Mapped[Specialty | None]

    series: Mapped[Series] = relationship(back_populates="seats")
    person: Mapped[Person] = relationship()


class Closure(Model):
    """Days on which a site, or the whole alliance, is closed; both included.

    `video_url` is where meetings without a link of their own meet by video.
    """

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    cause: Mapped[ClosureCause]
    effect: Mapped[ClosureEffect]
    video_url: Mapped[str] = mapped_column(String(300), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    institution: Mapped[Institution | None] = relationship()

    @property
    def closing(self) -> Closing:
        """The closed days as a value."""
        return Closing(self.name, self.starts_on, self.ends_on, self.effect, self.id, self.video_url)
