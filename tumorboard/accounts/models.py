"""Tables of institutions, people, their sign-ins, and when they can join."""

from datetime import date, datetime, time
from typing import Any

from flask_security import AsaList, UserMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tumorboard.accounts.domain import Hours, InstitutionKind, Part, Specialty
from tumorboard.kernel.db import Model


class Institution(Model):
    """The hub or a member of the alliance."""

    __tablename__ = "institution"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[InstitutionKind]
    city: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(40))
    time_zone: Mapped[str] = mapped_column(String(64))

    people: Mapped[list["Person"]] = relationship(back_populates="institution")


class Person(UserMixin, Model):
    """Somebody who signs in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    given_name: Mapped[str] = mapped_column(String(60))
    family_name: Mapped[str] = mapped_column(String(60))
    credentials: Mapped[str] = mapped_column(String(60), default="")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    invited_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    # The last moment at which days away, weekly hours or busy times changed: plans depend on them.
    availability_changed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    institution: Mapped[Institution] = relationship(back_populates="people", lazy="joined", innerjoin=True)
    specialties: Mapped[list["PersonSpecialty"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="PersonSpecialty.specialty"
    )
    parts: Mapped[list["PersonPart"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="PersonPart.part"
    )

    @property
    def name(self) -> str:
        """The name as it is said: given, then family."""
        return f"{self.given_name} {self.family_name}"

    @property
    def display_name(self) -> str:
        """The name as it is written on an agenda: `Amara Osei, MD`."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name


class PersonSpecialty(Model):
    """A specialty that a person practises."""

    __tablename__ = "person_specialty"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    specialty: Mapped[Specialty] = mapped_column(primary_key=True)

    person: Mapped[Person] = relationship(back_populates="specialties")


class PersonPart(Model):
    """A part that a person plays in the alliance; parts on a board stand in its roster."""

    __tablename__ = "person_part"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[Part] = mapped_column(primary_key=True)

    person: Mapped[Person] = relationship(back_populates="parts")


class Absence(Model):
    """Days on which a person cannot take part in a meeting, both included."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class WeekdayHours(Model):
    """When a person can join on one day of the week, on the wall of the own zone; without a row, at any time."""

    __tablename__ = "weekday_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("joins_from IS NULL OR joins_until IS NULL OR joins_from < joins_until", name="in_order"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    never: Mapped[bool] = mapped_column(default=False)
    joins_from: Mapped[time | None]
    joins_until: Mapped[time | None]

    @property
    def hours(self) -> Hours:
        """The hours as a value."""
        return Hours(joins_from=self.joins_from, joins_until=self.joins_until, never=self.never)


class BusyTime(Model):
    """A time at which a person's own calendar says busy: when, and never why."""

    __tablename__ = "busy_time"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="in_order"), Index(None, "person_id", "starts_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Invitation(Model):
    """A way in for one person, good once and for a limited time; only the token's hash is kept."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignIn(Model):
    """A session of a signed-in person, kept here so that it can be listed and ended."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    client: Mapped[str] = mapped_column(String(60), default="")
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Throttle(Model):
    """Failed tries in one window, by account and by network, or acts of one person; the key is a hash."""

    __tablename__ = "throttle"
    __table_args__ = (UniqueConstraint("key"), Index(None, "until_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    failures: Mapped[int]
    until_at: Mapped[datetime]
