"""Questions about people and institutions."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from tumorboard.accounts.domain import Actor, Availability, Hours, Part, Permission, Span
from tumorboard.accounts.models import Absence, BusyTime, Institution, Person, PersonPart, SignIn, WeekdayHours
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import NotFound

Owned = TypeVar("Owned", Absence, SignIn)


def institutions() -> Select[Institution]:
    """All institutions, the hub first."""
    return select(Institution).order_by(Institution.kind, Institution.name)


def people(*, text: str = "", institution_id: int | None = None) -> Select[Person]:
    """All people by name, narrowed by a part of name or address and by institution."""
    found = select(Person).options(selectinload(Person.parts), selectinload(Person.specialties))
    if text:
        full_name = Person.given_name + " " + Person.family_name
        pattern = "%" + text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        found = found.where(or_(full_name.ilike(pattern, escape="\\"), Person.email.ilike(pattern, escape="\\")))
    if institution_id is not None:
        found = found.where(Person.institution_id == institution_id)
    return found.order_by(Person.family_name, Person.given_name, Person.id)


def physicians_of(institution_id: int) -> Select[Person]:
    """Who of an institution can present a case, by name."""
    return (
        select(Person)
        .join(PersonPart, PersonPart.person_id == Person.id)
        .where(Person.institution_id == institution_id, Person.active, PersonPart.part == Part.MEMBER_PHYSICIAN)
        .order_by(Person.family_name, Person.given_name, Person.id)
    )


def active_people() -> Select[Person]:
    """Everybody who can sign in or was invited, by name, for choosing a roster."""
    return select(Person).where(Person.active).order_by(Person.family_name, Person.given_name, Person.id)


def visible_people(actor: Actor) -> Select[Person]:
    """Whose account pages the actor may open: everybody's for who manages people, else one's own."""
    found = select(Person)
    return found if actor.everywhere(Permission.PEOPLE_MANAGE) else found.where(Person.id == actor.person_id)


def person_seen_by(actor: Actor, person_id: int) -> Person:
    """Return the person. Raises NotFound when missing or not the actor's to see."""
    person = session().scalars(visible_people(actor).where(Person.id == person_id)).one_or_none()
    if person is None:
        raise NotFound("There is no such person here.")
    return person


def row_of(kind: type[Owned], row_id: int, *, person_id: int) -> Owned:
    """Return the person's own row. Raises NotFound when it is missing or somebody else's."""
    row = session().get(kind, row_id)
    if row is None or row.person_id != person_id:
        raise NotFound("There is nothing like that here. Perhaps it was removed meanwhile.")
    return row


def sign_ins_of(person_id: int) -> Select[SignIn]:
    """A person's sessions, the latest first."""
    return select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.seen_at.desc(), SignIn.id)


def administrators() -> Select[Person]:
    """Those who run the service and can be told something."""
    held = select(PersonPart.person_id).where(PersonPart.part == Part.ADMINISTRATOR)
    return select(Person).where(Person.id.in_(held), Person.active).order_by(Person.id)


def absences_of(person_id: int, *, since: date) -> Select[Absence]:
    """A person's absences that are not over yet."""
    return (
        select(Absence)
        .where(Absence.person_id == person_id, Absence.ends_on >= since)
        .order_by(Absence.starts_on, Absence.id)
    )


def absences_between(people_ids: set[int], *, since: date, until: date) -> Select[Absence]:
    """The absences of these people that touch the days."""
    return (
        select(Absence)
        .where(Absence.person_id.in_(people_ids), Absence.ends_on >= since, Absence.starts_on <= until)
        .order_by(Absence.person_id, Absence.starts_on)
    )


def hours_of(person_id: int) -> Select[WeekdayHours]:
    """A person's weekly hours, from Monday on; a weekday without limits has no row."""
    return select(WeekdayHours).where(WeekdayHours.person_id == person_id).order_by(WeekdayHours.weekday)


def busy_times_of(person_id: int, *, since: datetime) -> Select[BusyTime]:
    """A person's busy times that are not over yet."""
    return (
        select(BusyTime)
        .where(BusyTime.person_id == person_id, BusyTime.ends_at > since)
        .order_by(BusyTime.starts_at, BusyTime.id)
    )


def availability_of(people_ids: set[int], *, since: datetime, until: datetime) -> dict[int, Availability]:
    """Return when these people can join between the two instants, by person; unknown people are left out."""
    zones = session().execute(
        select(Person.id, Institution.time_zone)
        .join(Institution, Institution.id == Person.institution_id)
        .where(Person.id.in_(people_ids))
    )
    away = defaultdict[int, list[tuple[date, date]]](list)
    weekly = defaultdict[int, dict[int, Hours]](dict)
    busy = defaultdict[int, list[Span]](list)
    # A day begins up to fourteen hours before or after it does in UTC, so that one day more is asked for at both ends.
    first, last = since.date() - timedelta(days=1), until.date() + timedelta(days=1)
    for absence in session().scalars(absences_between(people_ids, since=first, until=last)):
        away[absence.person_id].append((absence.starts_on, absence.ends_on))
    for row in session().scalars(select(WeekdayHours).where(WeekdayHours.person_id.in_(people_ids))):
        weekly[row.person_id][row.weekday] = row.hours
    for person_id, starts_at, ends_at in session().execute(_busy_between(people_ids, since=since, until=until)):
        busy[person_id].append((starts_at, ends_at))
    return {
        one: Availability(zone=zone, away=tuple(away[one]), weekly=weekly[one], busy=tuple(busy[one]))
        for one, zone in zones
    }


def _busy_between(people_ids: set[int], *, since: datetime, until: datetime) -> Select[int, datetime, datetime]:
    return (
        select(BusyTime.person_id, BusyTime.starts_at, BusyTime.ends_at)
        .where(BusyTime.person_id.in_(people_ids), BusyTime.ends_at > since, BusyTime.starts_at < until)
        .order_by(BusyTime.person_id, BusyTime.starts_at)
    )


def anybody() -> bool:
    """Whether the database has people in it."""
    return bool(session().scalar(select(func.count()).select_from(Person)))
