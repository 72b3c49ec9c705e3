"""What the calendar finds: meetings, how full they are, and days of rest."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import NOW, a_person, a_series, an_accepted_case, an_institution, as_actor, seat, stored
from tests.feeds.makers import a_dated_meeting, an_agenda
from tumorboard.accounts.domain import InstitutionKind, Part
from tumorboard.feeds.models import Follow
from tumorboard.home.queries import days_of_rest, entries
from tumorboard.meetings.domain import MeetingState
from tumorboard.series.domain import ClosureCause, ClosureEffect, SeatPart, SeriesKind
from tumorboard.series.models import Closure

DECEMBER = {"first": date(2026, 12, 1), "last": date(2026, 12, 31)}


def of_december(person, *, mine=False, now=NOW):
    return entries(as_actor(person), **DECEMBER, mine=mine, now=now)


def a_closure(name, institution_id=None, **overrides):
    values = {"cause": ClosureCause.OTHER, "effect": ClosureEffect.CANCEL}
    days = {"starts_on": date(2026, 12, 30), "ends_on": date(2027, 1, 2)}
    return stored(Closure(name=name, institution_id=institution_id, **{**values, **days, **overrides}))


@pytest.mark.parametrize(
    ("placed", "words"),
    [(0, "60 min open"), (4, "28 of 60 min free"), (7, "4 of 60 min free"), (8, "4 min over")],
)
def test_member_of_the_board_sees_how_full_it_is(app, placed, words):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    an_agenda(a_dated_meeting(board), *(an_accepted_case(board) for _ in range(placed)), is_published=False)

    assert [entry.fullness for entry in of_december(person)] == [words]


def test_full_meeting_says_so_and_a_past_one_what_it_held(app):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.OBSERVER)
    meeting = a_dated_meeting(board)
    an_agenda(meeting, an_accepted_case(board), minutes=60)

    assert of_december(person)[0].fullness == "Full"
    assert of_december(person, now=meeting.ends_at)[0].fullness == "60 of 60 min"


def test_who_does_not_sit_there_sees_time_and_name_only(app):
    board = a_series()
    an_agenda(a_dated_meeting(board), an_accepted_case(board))

    entry = of_december(a_person(Part.ADMINISTRATOR))[0]

    assert (entry.name, entry.fullness, entry.used_minutes) == ("Thoracic", "", None)


def test_cancelled_meeting_is_neither_full_nor_free(app):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CHAIR)
    a_dated_meeting(board, state=MeetingState.CANCELLED)

    assert of_december(person)[0].fullness == ""


def test_meeting_stands_on_the_readers_own_day(app):
    a_dated_meeting(a_series(), datetime(2026, 12, 1, 4, 30, tzinfo=UTC))  # in Honolulu still Monday
    western = a_person(at=an_institution(time_zone="Pacific/Honolulu"))
    eastern = a_person(at=an_institution(time_zone="Europe/London"))

    assert of_december(western) == []
    assert [entry.wall.isoformat() for entry in of_december(eastern)] == ["2026-12-01T04:30:00+00:00"]


def test_mine_are_seats_followed_series_and_presented_cases(app):
    person = a_person(Part.MEMBER_PHYSICIAN)
    own, followed, presented, foreign = a_series(), a_series(kind=SeriesKind.LECTURE), a_series(), a_series()
    seat(own, person, SeatPart.CORE_MEMBER)
    stored(Follow(person_id=person.id, series_id=followed.id))
    meetings = [a_dated_meeting(series) for series in (own, followed, presented, foreign)]
    an_agenda(meetings[2], an_accepted_case(presented, submitter=person))

    found = {entry.meeting.id for entry in of_december(person, mine=True)}

    assert found == {meeting.id for meeting in meetings[:3]}
    assert len(of_december(person)) == 4


def test_days_of_rest_are_holidays_and_the_closures_that_touch_the_reader(app):
    hub, home = an_institution(kind=InstitutionKind.HUB, short_name="Hub"), an_institution(short_name="Home")
    a_closure("Move")
    a_closure("Flood", hub.id, ends_on=date(2026, 12, 30))
    a_closure("Inventory", home.id, starts_on=date(2026, 12, 31), ends_on=date(2026, 12, 31))
    a_closure("Elsewhere", an_institution().id)

    found = days_of_rest(as_actor(a_person(at=home)), **DECEMBER)

    assert found == {
        date(2026, 12, 25): ["Christmas Day"],
        date(2026, 12, 30): ["Move", "Flood, Hub"],
        date(2026, 12, 31): ["Move", "Inventory, Home"],
    }


def test_meeting_of_the_next_month_is_left_to_it(app):
    board = a_series()
    kept = a_dated_meeting(board, datetime(2027, 1, 1, 4, 59, tzinfo=UTC))
    a_dated_meeting(board, datetime(2027, 1, 1, 4, 59, tzinfo=UTC) + timedelta(days=1))

    assert [entry.meeting.id for entry in of_december(a_person())] == [kept.id]
