"""Random boards over both changes of the clock: four readers that share no code see what the database holds."""

from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import a_person, a_series, as_actor
from tests.feeds.makers import seen
from tests.feeds.readers import READERS
from tumorboard.feeds.queries import public_feed
from tumorboard.kernel.clock import instant_of
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.services import cancel_meeting, make_meetings, move_meeting
from tumorboard.series.domain import HolidayRule, SeriesKind, Site
from tumorboard.series.models import Series

HOME = "https://tb.example.org"
BOARDS = (
    ("America/New_York", time(7, 0)),
    ("Europe/London", time(8, 30)),
    ("America/Phoenix", time(12, 0)),
    ("America/Los_Angeles", time(17, 30)),  # in UTC already the next day
)
# Twenty-six weeks from each of these hold one change of the clock of every zone that has one.
BEFORE_AUTUMN, BEFORE_SPRING = datetime(2026, 9, 1, 15, tzinfo=UTC), datetime(2027, 1, 5, 15, tzinfo=UTC)
RULES = st.sampled_from(
    ["FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=MONTHLY;BYDAY=1TH"]
)
# What is done to which meeting: by how many days and minutes it moves, or that it is called off.
ACTS = st.lists(
    st.tuples(st.integers(0, 25), st.none() | st.tuples(st.integers(0, 6), st.integers(0, 1439))), max_size=6
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    now=st.sampled_from([BEFORE_AUTUMN, BEFORE_SPRING]),
    rules=st.tuples(RULES, RULES, RULES, RULES),
    acts=st.tuples(ACTS, ACTS, ACTS, ACTS),
)
def test_readers_agree_with_the_database_on_every_occurrence(app, now, rules, acts):
    _clear()
    for (zone, starts), rule, what in zip(BOARDS, rules, acts, strict=True):
        _board_with(what, zone=zone, starts=starts, rule=rule, now=now)

    body = seen(public_feed(home=HOME, source=f"{HOME}/feeds/public.ics"), now).body

    stored = {
        meeting.uid: (meeting.starts_at, meeting.ends_at, meeting.is_cancelled)
        for meeting in db.session.scalars(sa.select(Meeting))
    }
    assert len(stored) > 20
    for read in READERS:
        assert read(body) == stored, read.__name__


def _board_with(acts, *, zone: str, starts: time, rule: str, now: datetime) -> None:
    series = a_series(
        kind=SeriesKind.LECTURE, site=Site.EDUCATION, time_zone=zone, starts=starts, rule=rule,
        holiday_rule=HolidayRule.CANCEL,
    )  # fmt: skip
    with transaction():
        meetings = make_meetings(series, now=now)
    by = as_actor(a_person())
    for number, act in acts:
        meeting = meetings[number % len(meetings)]
        if not meeting.is_cancelled:
            _do(act, meeting, by=by, now=now)


def _do(act, meeting: Meeting, *, by, now: datetime) -> None:
    with transaction():
        if act is None:
            cancel_meeting(meeting, reason="", by=by, now=now)
            return
        days, minutes = act
        wall = time(minutes // 60, minutes % 60)  # any time, those in the gap and in the doubled hour too
        start = instant_of(meeting.occurs_on + timedelta(days=days), wall, meeting.time_zone)
        if start <= now:
            return  # a meeting of this very day, put earlier than now
        end = start + timedelta(minutes=75)
        move_meeting(meeting, to_start=start, to_end=end, room="", reason="", by=by, now=now)


def _clear() -> None:
    db.session.rollback()
    with transaction():
        db.session.execute(sa.delete(Meeting))
        db.session.execute(sa.update(Series).values(kind=SeriesKind.TUMOR_BOARD))
    db.session.expunge_all()
