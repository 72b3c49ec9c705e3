"""When the people of the demo can join: days away, weekly hours, and the busy times of their own calendars."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from tumorboard.accounts.domain import Hours, Span, Specialty
from tumorboard.accounts.models import Absence, BusyTime, Person, WeekdayHours
from tumorboard.demo.people import Alliance
from tumorboard.kernel.clock import instant_of, local
from tumorboard.kernel.db import session

WEEKS_BUSY = 12
CLINIC = {1: Hours(joins_from=time(12), joins_until=time(17, 30)), 3: Hours(joins_until=time(13)), 4: Hours(never=True)}
MORNINGS = {weekday: Hours(joins_until=time(12, 30)) for weekday in range(4)}


def make_availability(alliance: Alliance, *, now: datetime, random: Random) -> None:
    """Send some people away for days, and give a few weekly hours and busy times."""
    _send_away(alliance, now, random)
    physician, chair = alliance.accounts["physician"], alliance.accounts["chair"]
    _keep_hours(physician, CLINIC)
    _keep_hours(alliance.hub[Specialty.PATHOLOGY][0], MORNINGS)
    for person, weekday in ((physician, 2), (chair, 4), (alliance.hub[Specialty.RADIATION_ONCOLOGY][0], 0)):
        _fill_calendar(person, weekday, now)


def _send_away(alliance: Alliance, now: datetime, random: Random) -> None:
    people = [*alliance.physicians, *(one for some in alliance.hub.values() for one in some)]
    for person in random.sample(people, 12):
        first = now.date() + timedelta(days=random.randrange(3, 40))
        last = first + timedelta(days=random.randrange(0, 9))
        session().add(Absence(person_id=person.id, starts_on=first, ends_on=last))
        person.availability_changed_at = now


def _keep_hours(person: Person, week: dict[int, Hours]) -> None:
    for weekday, hours in week.items():
        row = WeekdayHours(person_id=person.id, weekday=weekday, never=hours.never)
        row.joins_from, row.joins_until = hours.joins_from, hours.joins_until
        session().add(row)


def _fill_calendar(person: Person, weekday: int, now: datetime) -> None:
    """A clinic on one afternoon of each week, and every other week a meeting before it."""
    today = local(now, person.institution.time_zone).date()
    first = today + timedelta(days=(weekday - today.weekday()) % 7 or 7)
    for starts_at, ends_at in _clinics(first, person.institution.time_zone):
        session().add(BusyTime(person_id=person.id, starts_at=starts_at, ends_at=ends_at))
    person.availability_changed_at = now


def _clinics(first: date, zone: str) -> Iterator[Span]:
    for week in range(WEEKS_BUSY):
        day = first + timedelta(weeks=week)
        if week % 2:
            yield instant_of(day, time(10, 30), zone), instant_of(day, time(11, 15), zone)
        yield instant_of(day, time(13), zone), instant_of(day, time(17), zone)
