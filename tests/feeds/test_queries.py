"""What stands in which feed, and since when."""

from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from tests.factories import NOW, a_person, a_series, an_accepted_case, an_institution, as_actor, seat, stored
from tests.feeds.lint import lint
from tests.feeds.makers import a_dated_meeting, an_agenda
from tumorboard.accounts.domain import InstitutionKind, Part
from tumorboard.accounts.services import deactivate
from tumorboard.audit.services import record
from tumorboard.feeds.calendar import feed_bytes
from tumorboard.feeds.domain import NoSuchFeed, new_token
from tumorboard.feeds.models import Follow
from tumorboard.feeds.queries import (
    personal_feed,
    public_feed,
    public_series_called,
    series_feed,
    subscriber_of,
)
from tumorboard.feeds.services import make_address, revoke_address
from tumorboard.kernel.clock import clock, local
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.errors import NotFound
from tumorboard.meetings.domain import MeetingState
from tumorboard.series.domain import SeatPart, SeriesKind, Site

HOME = "https://tb.example.org"
_number = count(1)


def a_lecture_series(**overrides):
    values = {"kind": SeriesKind.LECTURE, "site": Site.EDUCATION, "name": "Lectures", "short_name": "Lecture"}
    return a_series(**{**values, **overrides})


def a_subscriber(person):
    with transaction():
        _, secret = make_address(f"Phone {next(_number)}", by=as_actor(person), now=NOW - timedelta(days=40))
    return subscriber_of(secret, now=NOW)


def mine(person, now=NOW):
    feed = personal_feed(a_subscriber(person), home=HOME, now=now)
    lint(feed_bytes(feed))
    return feed


def public(now=NOW):
    feed = public_feed(home=HOME, source=f"{HOME}/feeds/public.ics", now=now)
    lint(feed_bytes(feed))
    return feed


def meetings_of(feed):
    return [event.meeting_id for event in feed.events]


def test_public_feed_has_all_education_and_no_board(app):
    an_institution(kind=InstitutionKind.HUB, name="A hub", time_zone="America/Chicago")
    a_dated_meeting(a_series())
    taught = [a_dated_meeting(a_lecture_series(kind=kind)).id for kind in SeriesKind if not kind.is_board]

    feed = public()

    assert sorted(meetings_of(feed)) == taught
    assert feed.zone == "America/Chicago"


def test_series_feed_of_a_board_is_missing_like_an_unknown_one(app):
    board = a_series()

    for slug in (board.slug, "nothing-here"):
        with pytest.raises(NoSuchFeed):
            series_feed(slug, home=HOME, source=HOME, now=NOW)
        with pytest.raises(NotFound):
            public_series_called(slug)


def test_series_feed_has_its_own_meetings_only(app):
    lectures, others = a_lecture_series(), a_lecture_series()
    meeting = a_dated_meeting(lectures)
    a_dated_meeting(others)

    feed = series_feed(lectures.slug, home=HOME, source=HOME, now=NOW)

    assert (meetings_of(feed), feed.name) == ([meeting.id], "Lectures")


def test_personal_feed_has_seats_followed_series_and_presented_cases(app):
    person = a_person(Part.MEMBER_PHYSICIAN)
    own, followed, presented, foreign = a_series(), a_lecture_series(), a_series(), a_series()
    seat(own, person, SeatPart.CORE_MEMBER)
    stored(Follow(person_id=person.id, series_id=followed.id))
    expected = [a_dated_meeting(series) for series in (own, followed, presented)]
    a_dated_meeting(foreign)
    an_agenda(expected[2], an_accepted_case(presented, submitter=person))

    feed = mine(person)

    assert set(meetings_of(feed)) == {meeting.id for meeting in expected}


def test_description_names_the_readers_own_cases_in_order_and_no_others(app):
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    first, second = an_accepted_case(board, submitter=person), an_accepted_case(board, backup_id=person.id)
    foreign = an_accepted_case(board)
    an_agenda(a_dated_meeting(board), second, foreign, first)

    event = mine(person).events[0]

    assert (event.case_count, event.own_cases) == (3, (second.code, first.code))


def test_description_names_the_time_that_the_presenter_was_told(app):
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    case, meeting = an_accepted_case(board, submitter=person), a_dated_meeting(board)
    agenda = an_agenda(meeting, case)
    with transaction():
        agenda.items[0].told_starts_at, agenda.items[0].told_at = meeting.starts_at + timedelta(minutes=8), NOW

    event = mine(person).events[0]

    at = clock(local(meeting.starts_at + timedelta(minutes=8), "America/New_York"))
    assert event.own_cases == (f"{case.code} at {at} Eastern",)
    assert event.revised_at == NOW


def test_unpublished_agenda_is_not_spoken_of(app):
    person, board, elsewhere = a_person(Part.MEMBER_PHYSICIAN), a_series(), a_series()
    seat(board, person, SeatPart.CHAIR)
    an_agenda(a_dated_meeting(board), an_accepted_case(board, submitter=person), is_published=False)
    an_agenda(a_dated_meeting(elsewhere), an_accepted_case(elsewhere, submitter=person), is_published=False)

    feed = mine(person)

    assert [(event.case_count, event.own_cases) for event in feed.events] == [(None, ())]


def test_no_word_of_a_case_or_a_reason_reaches_any_feed(app):
    person, board, lectures = a_person(Part.MEMBER_PHYSICIAN), a_series(), a_lecture_series()
    seat(board, person, SeatPart.CHAIR)
    stored(Follow(person_id=person.id, series_id=lectures.id))
    words = ("title", "question", "histology", "comorbidity", "local_plan", "biomarkers")
    case = an_accepted_case(board, submitter=person, **{word: f"CANARY {word}" for word in words})
    an_agenda(a_dated_meeting(board, reason="CANARY", talk_title="CANARY", video_url="https://CANARY"), case)
    a_dated_meeting(lectures, state=MeetingState.CANCELLED, reason="CANARY", talk_abstract="CANARY")

    written = feed_bytes(mine(person)) + feed_bytes(public())

    assert b"CANARY" not in written.replace(b"\r\n ", b"")


def test_who_leaves_a_board_finds_its_meetings_gone(app):
    person, board = a_person(), a_series()
    place = seat(board, person, SeatPart.CORE_MEMBER)
    a_dated_meeting(board)
    subscriber = a_subscriber(person)
    before = personal_feed(subscriber, home=HOME, now=NOW)

    with transaction():
        db.session.delete(place)
        record("series.roster", subject="series", subject_id=board.id, now=NOW)
    after = personal_feed(subscriber, home=HOME, now=NOW)

    assert (len(before.events), len(after.events)) == (1, 0)
    assert after.changed_at > before.changed_at


def test_followed_series_that_becomes_a_board_leaves_the_feed(app):
    person, series = a_person(), a_lecture_series()
    stored(Follow(person_id=person.id, series_id=series.id))
    a_dated_meeting(series)

    with transaction():
        series.kind = SeriesKind.TUMOR_BOARD

    assert mine(person).events == ()


def test_feed_reaches_twelve_weeks_back(app):
    lectures = a_lecture_series()
    a_dated_meeting(lectures, NOW - timedelta(weeks=12, hours=1))
    kept = a_dated_meeting(a_lecture_series(), NOW - timedelta(weeks=12, minutes=59))

    assert meetings_of(public()) == [kept.id]


def test_cancelled_meeting_stays_until_it_would_have_ended_then_leaves_and_the_feed_has_changed(app):
    meeting = a_dated_meeting(a_lecture_series(), state=MeetingState.CANCELLED)

    before, after = public(meeting.ends_at - timedelta(seconds=1)), public(meeting.ends_at)

    assert (meetings_of(before), before.changed_at) == ([meeting.id], meeting.revised_at)
    assert (meetings_of(after), after.changed_at) == ([], meeting.ends_at)


def test_feed_has_changed_when_an_old_meeting_falls_out(app):
    meeting = a_dated_meeting(a_lecture_series())

    feed = public(meeting.ends_at + timedelta(weeks=12, days=3))

    assert feed.changed_at == meeting.ends_at + timedelta(weeks=12)


def test_public_feed_does_not_change_with_what_others_do(app):
    a_dated_meeting(a_lecture_series())
    before = public()

    with transaction():
        record("case.edited", subject="case", subject_id="AAA-BBB", now=NOW)

    assert public() == before


def test_published_agenda_revises_its_event(app):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CHAIR)
    agenda = an_agenda(a_dated_meeting(board), an_accepted_case(board))

    first = mine(person).events[0].revised_at
    with transaction():
        agenda.edited_at = NOW - timedelta(hours=1)

    assert first == agenda.published_at
    assert mine(person).events[0].revised_at == NOW - timedelta(hours=1)


def test_secret_opens_nothing_once_it_is_revoked_expired_or_its_person_gone(app):
    person = a_person()
    with transaction():
        (revoked, first), (_, second) = (make_address(name, by=as_actor(person), now=NOW) for name in "ab")

    assert subscriber_of(second, now=NOW).person_id == person.id
    with transaction():
        revoke_address(revoked, by=as_actor(person), now=NOW)
    _is_shut(first)
    _is_shut(second, now=NOW + timedelta(days=400))
    _is_shut(second.swapcase())
    _is_shut(new_token())
    with transaction():
        deactivate(person, by=None, now=NOW)
    _is_shut(second)


def _is_shut(secret, now=NOW):
    with pytest.raises(NoSuchFeed):
        subscriber_of(secret, now=now)


def test_personal_feed_of_three_meetings_takes_as_many_statements_as_of_one(app):
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    seat(board, person, SeatPart.CHAIR)
    subscriber = a_subscriber(person)
    counts = []

    for weeks in ((1,), (2, 3)):
        for week in weeks:
            meeting = a_dated_meeting(board, NOW + timedelta(weeks=week))
            an_agenda(meeting, an_accepted_case(board, submitter=person))
        db.session.expire_all()
        counts.append(_statements(lambda: personal_feed(subscriber, home=HOME, now=NOW)))

    assert counts[0] == counts[1] <= 4


def _statements(work):
    seen = []

    def note(*args):
        seen.append(args[2])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return len([one for one in seen if not one.startswith(("BEGIN", "PRAGMA"))])
