"""When submissions close, who may join, what a rhythm or a closure would do."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.factories import NOW, a_meeting, a_person, a_series, as_actor, seat
from tumorboard.accounts.domain import Part
from tumorboard.kernel.db import db
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.queries import (
    Outlook,
    coming,
    cut_off_of,
    effects_of,
    may_join,
    meetings_between,
    next_dates,
    outlook_of,
)
from tumorboard.series.domain import Closing, ClosureEffect, HolidayRule, Rhythm, SeatPart, SeriesKind
from tumorboard.series.models import Policy


def a_policy(days, at=time(17)):
    return Policy(effective_on=date(2026, 1, 1), cut_off_days=days, cut_off_at=at)


@pytest.mark.parametrize(
    ("occurs_on", "days", "expected"),
    [
        (date(2026, 12, 8), 5, datetime(2026, 12, 3, 22, tzinfo=UTC)),
        (date(2026, 11, 3), 5, datetime(2026, 10, 29, 21, tzinfo=UTC)),  # before the clock change: EDT
        (date(2027, 3, 16), 5, datetime(2027, 3, 11, 22, tzinfo=UTC)),  # before the clock change: EST
    ],
)
def test_cut_off_counts_local_days(app, occurs_on, days, expected):
    meeting = a_meeting(a_series(), occurs_on=occurs_on)

    assert cut_off_of(meeting, a_policy(days)) == expected


def test_cut_off_of_an_evening_board_counts_from_its_own_day(app):
    evening = a_meeting(a_series(time_zone="America/Los_Angeles", starts=time(18)))  # December 9 in UTC

    assert cut_off_of(evening, a_policy(1)) == datetime(2026, 12, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize("policy", [None, a_policy(0)])
def test_submissions_close_when_the_meeting_begins_at_the_latest(app, policy):
    meeting = a_meeting(a_series())

    assert cut_off_of(meeting, policy) == meeting.starts_at


def test_link_of_a_board_is_for_its_roster_and_of_teaching_for_all(app):
    series, member = a_series(), a_person()
    seat(series, member, SeatPart.CORE_MEMBER)
    board = a_meeting(series)
    lecture = a_meeting(a_series(kind=SeriesKind.LECTURE))
    stranger = as_actor(a_person(Part.ADMINISTRATOR))

    assert may_join(as_actor(member), board)
    assert not may_join(stranger, board)
    assert may_join(stranger, lecture)


def test_coming_meetings_are_those_that_take_place_and_are_not_over(app):
    series, actor = a_series(), as_actor(a_person())
    hour = timedelta(hours=1)
    a_meeting(series, occurs_on=date(2026, 11, 24))
    going_on = a_meeting(series, occurs_on=date(2026, 12, 1), starts_at=NOW - hour, ends_at=NOW + hour)
    a_meeting(series, state=MeetingState.CANCELLED)
    later = a_meeting(series, occurs_on=date(2026, 12, 15))

    assert db.session.scalars(coming(actor, after=NOW)).all() == [going_on, later]


def test_meetings_between_touch_the_span_and_may_be_cancelled(app):
    series, actor = a_series(), as_actor(a_person())
    inside = a_meeting(series, state=MeetingState.CANCELLED)
    a_meeting(series, occurs_on=date(2026, 12, 15))

    found = meetings_between(actor, since=inside.starts_at, until=inside.starts_at + timedelta(days=7))

    assert db.session.scalars(found).all() == [inside]


def test_next_dates_tell_holidays_and_doubled_days(app):
    rhythm = Rhythm("FREQ=WEEKLY;BYDAY=FR,MO", time(7), "America/New_York", timedelta(hours=1), date(2026, 1, 5))

    dates = next_dates(
        rhythm,
        host_id=1,
        holiday_rule=HolidayRule.NEXT_WORKDAY,
        now=datetime(2026, 12, 24, tzinfo=UTC),
        count=2,
    )

    assert [(one.day.occurs_on.day, one.day.meets_on.day, one.is_doubled) for one in dates] == [
        (25, 28, True),
        (28, 28, True),
    ]


def test_outlook_counts_what_moves_what_is_cancelled_and_what_stays(app):
    series = a_series(rule="FREQ=WEEKLY;BYDAY=TU,WE")
    a_meeting(series)
    a_meeting(series, occurs_on=date(2026, 12, 9))
    a_meeting(series, occurs_on=date(2026, 12, 15), is_edited=True)
    rhythm = Rhythm("FREQ=WEEKLY;BYDAY=TU", time(8), "America/New_York", timedelta(hours=1), date(2026, 1, 5))

    outlook = outlook_of(series, rhythm, host_id=series.host_id, holiday_rule=HolidayRule.CANCEL, now=NOW)

    assert outlook == Outlook(moved=1, cancelled=1, kept=1)


def test_closure_that_is_only_thought_of_says_what_it_would_do(app):
    meeting = a_meeting(a_series())
    day = date(2026, 12, 8)

    [effect] = effects_of(
        Closing("Storm", day, day, ClosureEffect.NEXT_WORKDAY), institution_id=meeting.series.host_id, now=NOW
    )

    assert effect.moves_to == datetime(2026, 12, 9, 12, tzinfo=UTC)
    assert meeting.starts_at == datetime(2026, 12, 8, 12, tzinfo=UTC)
