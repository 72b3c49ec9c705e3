"""What stands in which feed, and since when."""

from datetime import timedelta
from itertools import count

import pytest

from tests.factories import NOW, a_person, a_series, an_accepted_case, an_institution, as_actor, seat, stored
from tests.feeds.makers import a_dated_meeting, an_agenda, seen
from tumorboard.accounts.domain import InstitutionKind, Part
from tumorboard.accounts.services import deactivate
from tumorboard.agendas.domain import PlacedBy
from tumorboard.agendas.models import AgendaItem
from tumorboard.audit.services import record
from tumorboard.feeds.domain import NoSuchFeed, maker, new_token
from tumorboard.feeds.models import Follow
from tumorboard.feeds.queries import (
    feed_of,
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
    return seen(feed_of(a_subscriber(person), home=HOME), now)


def public(now=NOW):
    return seen(public_feed(home=HOME, source=f"{HOME}/feeds/public.ics"), now)


def test_public_feed_has_all_education_and_no_board(app):
    an_institution(kind=InstitutionKind.HUB, name="A hub", time_zone="America/Chicago")
    a_dated_meeting(a_series())
    taught = [a_dated_meeting(a_lecture_series(kind=kind)).id for kind in SeriesKind if not kind.is_board]

    feed = public()

    assert sorted(feed.meetings) == taught
    assert b"X-WR-TIMEZONE:America/Chicago" in feed.body


def test_series_feed_of_a_board_is_missing_like_an_unknown_one(app):
    board = a_series()

    for slug in (board.slug, "nothing-here"):
        with pytest.raises(NoSuchFeed):
            series_feed(slug, home=HOME, source=HOME)
        with pytest.raises(NotFound):
            public_series_called(slug)


def test_series_feed_has_its_own_meetings_only(app):
    lectures, others = a_lecture_series(), a_lecture_series()
    meeting = a_dated_meeting(lectures)
    a_dated_meeting(others)

    feed = series_feed(lectures.slug, home=HOME, source=HOME)

    assert (seen(feed).meetings, feed.name) == ([meeting.id], "Lectures")


def test_personal_feed_has_seats_followed_series_and_presented_cases(app):
    person = a_person(Part.MEMBER_PHYSICIAN)
    own, followed, presented, foreign = a_series(), a_lecture_series(), a_series(), a_series()
    seat(own, person, SeatPart.CORE_MEMBER)
    stored(Follow(person_id=person.id, series_id=followed.id))
    expected = [a_dated_meeting(series) for series in (own, followed, presented)]
    a_dated_meeting(foreign)
    an_agenda(expected[2], an_accepted_case(presented, submitter=person))

    feed = mine(person)

    assert set(feed.meetings) == {meeting.id for meeting in expected}


def test_description_names_the_readers_own_cases_in_order_and_no_others(app):
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    first, second = an_accepted_case(board, submitter=person), an_accepted_case(board, backup_id=person.id)
    foreign = an_accepted_case(board)
    an_agenda(a_dated_meeting(board), second, foreign, first)

    assert mine(person).words()[:2] == ["3 cases on the agenda.", f"You present {second.code}, {first.code}."]


def test_description_names_the_time_that_the_presenter_was_told(app):
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    case, meeting = an_accepted_case(board, submitter=person), a_dated_meeting(board)
    agenda = an_agenda(meeting, case)
    with transaction():
        agenda.items[0].told_starts_at, agenda.items[0].told_at = meeting.starts_at + timedelta(minutes=8), NOW

    feed = mine(person)

    at = clock(local(meeting.starts_at + timedelta(minutes=8), "America/New_York"))
    assert feed.words()[1] == f"You present {case.code} at {at} Eastern."
    assert feed.events[0]["DTSTAMP"][2] == "20261201T150000Z"


def test_unpublished_agenda_is_not_spoken_of(app):
    person, board, elsewhere = a_person(Part.MEMBER_PHYSICIAN), a_series(), a_series()
    seat(board, person, SeatPart.CHAIR)
    an_agenda(a_dated_meeting(board), an_accepted_case(board, submitter=person), is_published=False)
    an_agenda(a_dated_meeting(elsewhere), an_accepted_case(elsewhere, submitter=person), is_published=False)

    feed = mine(person)

    assert len(feed.events) == 1
    assert [line for line in feed.words() if "case" in line or "present" in line] == []


def test_no_word_of_a_case_or_a_reason_reaches_any_feed(app):
    person, board, lectures = a_person(Part.MEMBER_PHYSICIAN), a_series(), a_lecture_series()
    seat(board, person, SeatPart.CHAIR)
    stored(Follow(person_id=person.id, series_id=lectures.id))
    words = ("title", "question", "histology", "comorbidity", "local_plan", "biomarkers")
    case = an_accepted_case(board, submitter=person, **{word: f"CANARY {word}" for word in words})
    an_agenda(a_dated_meeting(board, reason="CANARY", talk_title="CANARY", video_url="https://CANARY"), case)
    a_dated_meeting(lectures, state=MeetingState.CANCELLED, reason="CANARY", talk_abstract="CANARY")

    written = mine(person).body + public().body

    assert b"CANARY" not in written.replace(b"\r\n ", b"")


def test_who_leaves_a_board_finds_its_meetings_gone(app):
    person, board = a_person(), a_series()
    place = seat(board, person, SeatPart.CORE_MEMBER)
    a_dated_meeting(board)
    subscriber = a_subscriber(person)
    before = seen(feed_of(subscriber, home=HOME))

    with transaction():
        db.session.delete(place)
    after = seen(feed_of(subscriber, home=HOME))

    assert (len(before.events), len(after.events)) == (1, 0)
    assert after.changed_at > before.changed_at


def test_followed_series_that_becomes_a_board_leaves_the_feed(app):
    person, series = a_person(), a_lecture_series()
    stored(Follow(person_id=person.id, series_id=series.id))
    a_dated_meeting(series)

    with transaction():
        series.kind = SeriesKind.TUMOR_BOARD

    assert mine(person).events == []


def test_feed_reaches_twelve_weeks_back(app):
    lectures = a_lecture_series()
    a_dated_meeting(lectures, NOW - timedelta(weeks=12, hours=1))
    kept = a_dated_meeting(a_lecture_series(), NOW - timedelta(weeks=12, minutes=59))

    assert public().meetings == [kept.id]


def test_cancelled_meeting_stays_until_it_would_have_ended_then_leaves_and_the_feed_has_changed(app):
    meeting = a_dated_meeting(a_lecture_series(), state=MeetingState.CANCELLED)

    before, after = public(meeting.ends_at - timedelta(seconds=1)), public(meeting.ends_at)

    assert (before.meetings, after.meetings) == ([meeting.id], [])
    assert before.changed_at < after.changed_at == meeting.ends_at


def test_feed_has_changed_when_an_old_meeting_falls_out(app):
    meeting = a_dated_meeting(a_lecture_series())
    before = public(meeting.ends_at + timedelta(weeks=11))

    feed = public(meeting.ends_at + timedelta(weeks=12, days=3))

    assert (len(before.events), len(feed.events)) == (1, 0)
    assert feed.changed_at == meeting.ends_at + timedelta(weeks=12, days=3)


def test_public_feed_does_not_change_with_what_others_do(app):
    a_dated_meeting(a_lecture_series())
    before = public()

    a_dated_meeting(a_series())
    with transaction():
        record("case.edited", subject="case", subject_id="AAA-BBB", now=NOW)

    assert public(NOW + timedelta(hours=1)) == before


def test_agenda_revises_its_event_when_the_event_says_something_else_and_only_then(app):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CHAIR)
    agenda = an_agenda(a_dated_meeting(board), an_accepted_case(board))
    stamps = [mine(person).events[0]["DTSTAMP"][2]]

    for hours, cases in ((2, ()), (1, (an_accepted_case(board),))):
        with transaction():
            agenda.edited_at = NOW - timedelta(hours=hours)
            agenda.items += [
                AgendaItem(position=2, case_id=case.id, minutes=8, placed_by=PlacedBy.COORDINATOR) for case in cases
            ]
        stamps.append(mine(person).events[0]["DTSTAMP"][2])

    assert stamps == ["20261130T150000Z", "20261130T150000Z", "20261201T140000Z"]


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


def test_personal_feed_of_three_meetings_takes_as_many_statements_as_of_one(app, statements):
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    seat(board, person, SeatPart.CHAIR)
    feed = feed_of(a_subscriber(person), home=HOME)
    seen(feed)
    counts = []

    for weeks in ((1,), (2, 3)):
        for week in weeks:
            meeting = a_dated_meeting(board, NOW + timedelta(weeks=week))
            an_agenda(meeting, an_accepted_case(board, submitter=person))
        db.session.expire_all()
        with statements() as counted:
            seen(feed)
        counts.append(counted.count)

    assert counts[0] == counts[1]


def test_poll_of_a_feed_that_did_not_change_is_one_question(app, statements):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CHAIR)
    a_dated_meeting(board)
    with transaction():
        _, secret = make_address("Phone", by=as_actor(person), now=NOW - timedelta(days=1))
    seen(feed_of(subscriber_of(secret, now=NOW), home=HOME))

    with statements() as counted:
        standing = subscriber_of(secret, now=NOW).standing

    assert counted.count == 1
    assert standing.holds(made_by=maker(HOME), now=NOW)
