"""People say when they cannot join; each change is told to whoever plans, by the moment at which it came."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import delete, select

from tumorboard.accounts.domain import Actor, Hours, Span, merged
from tumorboard.accounts.models import Absence, BusyTime, Person, WeekdayHours
from tumorboard.accounts.queries import hours_of
from tumorboard.audit.services import record
from tumorboard.kernel.db import lock, session


def add_absence(person: Person, *, starts_on: date, ends_on: date, by: Actor, now: datetime) -> Absence:
    """Note days on which the person can take part in no meeting."""
    _hold(person.id)
    absence = Absence(person_id=person.id, starts_on=starts_on, ends_on=ends_on)
    session().add(absence)
    _changed(person.id, "absence.added", by=by, now=now)
    return absence


def remove_absence(absence: Absence, *, by: Actor, now: datetime) -> None:
    """The person is there after all."""
    _hold(absence.person_id)
    session().delete(absence)
    _changed(absence.person_id, "absence.removed", by=by, now=now)


def set_weekly_hours(person: Person, week: Mapping[int, Hours], *, by: Actor, now: datetime) -> None:
    """Replace the hours of all weekdays; saving what stands already changes nothing."""
    _hold(person.id)
    if {row.weekday: row.hours for row in session().scalars(hours_of(person.id))} == dict(week):
        return
    session().execute(delete(WeekdayHours).where(WeekdayHours.person_id == person.id))
    for weekday, hours in week.items():
        row = WeekdayHours(person_id=person.id, weekday=weekday, never=hours.never)
        row.joins_from, row.joins_until = hours.joins_from, hours.joins_until
        session().add(row)
    _changed(person.id, "hours.set", by=by, now=now)


def set_busy_times(person: Person, spans: Iterable[Span], *, by: Actor, now: datetime) -> None:
    """Replace all busy times; none at all removes them."""
    _hold(person.id)
    whole = merged(spans)
    session().execute(delete(BusyTime).where(BusyTime.person_id == person.id))
    session().add_all(BusyTime(person_id=person.id, starts_at=first, ends_at=last) for first, last in whole)
    _changed(person.id, "busy_times.set", by=by, now=now, details={"count": len(whole)})


def forget_past_busy_times(*, now: datetime) -> None:
    """Keep no record of how anybody's days went."""
    session().execute(delete(BusyTime).where(BusyTime.ends_at <= now))


def _hold(person_id: int) -> None:
    """Let changes of one person's availability come one after the other."""
    session().execute(lock(select(Person.id).where(Person.id == person_id)))


def _changed(
    person_id: int, action: str, *, by: Actor, now: datetime, details: dict[str, object] | None = None
) -> None:
    session().get_one(Person, person_id).availability_changed_at = now
    session().flush()
    record(action, by=by, subject="person", subject_id=person_id, details=details, now=now)
