"""Questions about people and institutions."""

from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from tumorboard.accounts.domain import Actor, Part, Permission
from tumorboard.accounts.models import Absence, Institution, Person, PersonPart, SignIn
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import NotFound


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


def sign_ins_of(person_id: int) -> Select[SignIn]:
    """A person's sessions, the latest first."""
    return select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.seen_at.desc(), SignIn.id)


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


def anybody() -> bool:
    """Whether the database has people in it."""
    return bool(session().scalar(select(func.count()).select_from(Person)))
