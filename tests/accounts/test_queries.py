"""When people can join, as a planner asks for many of them at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time, timedelta

import pytest

from tests.factories import NOW, a_person, an_institution, as_actor, stored
from tumorboard.accounts.domain import Availability, Hours, Part
from tumorboard.accounts.models import Absence, BusyTime, Person, SignIn, WeekdayHours
from tumorboard.accounts.queries import availability_of, busy_times_of, row_of, visible_people
from tumorboard.kernel.db import db
from tumorboard.kernel.errors import NotFound

pytestmark = pytest.mark.usefixtures("app")
DAY = timedelta(days=1)


def a_busy_time(person: Person, *, after: timedelta, lasts: timedelta = timedelta(hours=1)) -> BusyTime:
    """A busy time so long after NOW."""
    return stored(BusyTime(person_id=person.id, starts_at=NOW + after, ends_at=NOW + after + lasts))


def an_absence(person: Person, first: date, last: date) -> Absence:
    """Days away."""
    return stored(Absence(person_id=person.id, starts_on=first, ends_on=last))


def test_availability_holds_what_touches_the_span_in_the_persons_zone() -> None:
    person = a_person(at=an_institution(time_zone="Asia/Tokyo"))
    an_absence(person, date(2026, 11, 1), date(2026, 11, 2))
    an_absence(person, date(2026, 12, 1), date(2026, 12, 2))
    stored(WeekdayHours(person_id=person.id, weekday=1, joins_from=time(8), joins_until=time(9, 30)))
    stored(WeekdayHours(person_id=person.id, weekday=4, never=True))
    for after in (timedelta(hours=3), timedelta(hours=-5), timedelta(days=3), timedelta(hours=-1)):
        a_busy_time(person, after=after, lasts=timedelta(hours=2))

    found = availability_of({person.id}, since=NOW, until=NOW + DAY)

    assert found == {
        person.id: Availability(
            zone="Asia/Tokyo",
            away=((date(2026, 12, 1), date(2026, 12, 2)),),
            weekly={1: Hours(joins_from=time(8), joins_until=time(9, 30)), 4: Hours(never=True)},
            busy=tuple((NOW + timedelta(hours=at), NOW + timedelta(hours=at + 2)) for at in (-1, 3)),
        )
    }


def test_day_away_that_begins_elsewhere_before_the_span_is_found() -> None:
    person = a_person(at=an_institution(time_zone="Pacific/Kiritimati"))  # fourteen hours ahead
    an_absence(person, date(2026, 12, 2), date(2026, 12, 2))

    found = availability_of({person.id}, since=NOW, until=NOW + timedelta(minutes=1))

    assert found[person.id].away == ((date(2026, 12, 2), date(2026, 12, 2)),)


def test_people_without_limits_are_named_and_strangers_are_not() -> None:
    person = a_person()

    found = availability_of({person.id, 999_999}, since=NOW, until=NOW + DAY)

    assert found == {person.id: Availability(zone="America/New_York")}
    assert availability_of(set(), since=NOW, until=NOW + DAY) == {}


def test_many_people_cost_as_many_questions_as_one(
    statements: Callable[[], AbstractContextManager],
) -> None:
    people = [a_person() for _ in range(4)]
    for person in people:
        an_absence(person, date(2026, 12, 1), date(2026, 12, 2))
        a_busy_time(person, after=timedelta(hours=1))

    counts = []
    for some in (people[:1], people):
        ids = {person.id for person in some}
        db.session.rollback()
        with statements() as counted:
            assert len(availability_of(ids, since=NOW, until=NOW + DAY)) == len(some)
        counts.append(counted.count)

    assert counts == [4, 4]


def test_busy_times_that_are_over_are_not_listed() -> None:
    person = a_person()
    a_busy_time(person, after=-DAY)
    present, coming = a_busy_time(person, after=timedelta(minutes=-30)), a_busy_time(person, after=DAY)

    assert db.session.scalars(busy_times_of(person.id, since=NOW)).all() == [present, coming]


def test_row_is_found_by_its_own_person_alone() -> None:
    person, other = a_person(), a_person()
    absence = an_absence(person, date(2026, 12, 1), date(2026, 12, 2))
    visit = stored(SignIn(token_hash=bytes(32), person_id=person.id, data={}, started_at=NOW, seen_at=NOW))

    assert row_of(Absence, absence.id, person_id=person.id) is absence
    assert row_of(SignIn, visit.id, person_id=person.id) is visit
    for row_id, person_id in ((absence.id, other.id), (999_999, person.id)):
        with pytest.raises(NotFound):
            row_of(Absence, row_id, person_id=person_id)


def test_account_pages_of_others_are_for_who_manages_people() -> None:
    admin, person = a_person(Part.ADMINISTRATOR), a_person()

    seen = [set(db.session.scalars(visible_people(as_actor(one)))) for one in (admin, person)]

    assert seen == [{admin, person}, {person}]
