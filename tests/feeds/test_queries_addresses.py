"""What the addresses of a board and of an institution open, and for how long."""

from datetime import datetime, timedelta

import pytest

from tests.factories import NOW, a_person, a_series, an_accepted_case, an_institution, as_actor, seat, stored
from tests.feeds.makers import a_dated_meeting, an_agenda, seen
from tumorboard.accounts.domain import Part
from tumorboard.feeds.domain import Definition, NoSuchFeed
from tumorboard.feeds.models import Follow
from tumorboard.feeds.queries import feed_of, subscriber_of
from tumorboard.feeds.services import define_address, make_address
from tumorboard.kernel.clock import instant_of
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.services import cancel_meeting
from tumorboard.series.domain import SeatPart, SeriesKind, Site
from tumorboard.series.models import Policy

HOME = "https://tb.example.org"


def opened(secret, now=NOW):
    return seen(feed_of(subscriber_of(secret, now=now), home=HOME), now)


def made(person, **values):
    with transaction():
        return make_address("Phone", by=as_actor(person), now=NOW - timedelta(days=40), **values)


def defined(person, **values):
    token, secret = made(person)
    with transaction():
        define_address(token, Definition("Phone", **values), by=as_actor(person), now=NOW)
    return secret


def test_board_feed_has_that_board_alone_and_names_the_readers_cases(app):
    person, board, other = a_person(), a_series(name="GI board"), a_series()
    for one in (board, other):
        seat(one, person, SeatPart.CORE_MEMBER)
        a_dated_meeting(one)
    meeting = a_dated_meeting(board, NOW + timedelta(days=14))
    case = an_accepted_case(board, submitter=person)
    an_agenda(meeting, case)

    feed = opened(made(person, board_id=board.id)[1])

    assert len(feed.events) == 2
    assert meeting.id in feed.meetings
    assert b"NAME:GI board" in feed.body
    assert case.code.encode() in feed.body


def test_board_feed_is_for_its_roster(app):
    with pytest.raises(NoSuchFeed, match="no calendar of yours"):
        made(a_person(), board_id=a_series().id)


def test_address_of_a_board_dies_with_the_last_seat_and_stays_dead_when_one_comes_back(app):
    person, board = a_person(), a_series()
    places = [seat(board, person, part) for part in (SeatPart.CORE_MEMBER, SeatPart.CHAIR)]
    secret = made(person, board_id=board.id)[1]

    with transaction():
        db.session.delete(places[0])
    assert subscriber_of(secret, now=NOW).series_id == board.id

    with transaction():
        db.session.delete(places[1])
    seat(board, person, SeatPart.CHAIR)

    with pytest.raises(NoSuchFeed):
        subscriber_of(secret, now=NOW)


def test_institution_feed_has_the_boards_of_its_people_and_the_meetings_that_discuss_its_cases(app):
    home = an_institution()
    reader, colleague = a_person(at=home), a_person(Part.MEMBER_PHYSICIAN, at=home)
    sat_on, discussing, foreign = a_series(), a_series(), a_series()
    seat(sat_on, colleague, SeatPart.CORE_MEMBER)
    expected = [a_dated_meeting(sat_on), a_dated_meeting(discussing)]
    a_dated_meeting(discussing, NOW + timedelta(days=14))
    a_dated_meeting(foreign)
    case = an_accepted_case(discussing, submitter=colleague, institution_id=home.id)
    an_agenda(expected[1], case)

    feed = opened(made(reader, institution_id=home.id)[1])

    assert sorted(feed.meetings) == sorted(meeting.id for meeting in expected)
    assert b"1 case on the agenda." in feed.body.replace(b"\r\n ", b"")
    assert case.code.encode() not in feed.body


def test_institution_feed_is_for_its_own_people_as_long_as_they_are(app):
    person, elsewhere = a_person(), an_institution()
    with pytest.raises(NoSuchFeed):
        made(person, institution_id=elsewhere.id)
    secret = made(person, institution_id=person.institution_id)[1]

    with transaction():
        person.institution_id = elsewhere.id

    with pytest.raises(NoSuchFeed):
        subscriber_of(secret, now=NOW)


def test_what_is_left_out_is_not_in_it_and_a_board_joined_later_comes_by_itself(app):
    person, left_out, later = a_person(), a_series(), a_series()
    lectures = a_series(kind=SeriesKind.LECTURE, site=Site.EDUCATION)
    seat(left_out, person, SeatPart.CORE_MEMBER)
    stored(Follow(person_id=person.id, series_id=lectures.id))
    meetings = [a_dated_meeting(series) for series in (left_out, lectures, later)]
    secret = defined(person, left_out=frozenset({left_out.id, lectures.id}))
    before = opened(secret).meetings

    seat(later, person, SeatPart.CORE_MEMBER)

    assert (before, opened(secret).meetings) == ([], [meetings[2].id])


def test_meetings_one_presents_at_can_be_left_out(app):
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    an_agenda(a_dated_meeting(board), an_accepted_case(board, submitter=person))

    assert opened(defined(person, with_presenting=False)).events == []


def test_ends_of_submissions_are_entries_of_their_own_for_the_boards_one_sends_cases_to(app):
    person, board, foreign = a_person(Part.MEMBER_PHYSICIAN), a_series(), a_series()
    meeting = a_dated_meeting(board, NOW + timedelta(days=14))
    a_dated_meeting(foreign)
    an_accepted_case(board, submitter=person)

    [event] = opened(defined(person, with_cut_offs=True)).events

    day = (meeting.starts_at - timedelta(days=5)).date()
    until = instant_of(day, board.policies[0].cut_off_at, "America/New_York")
    local_end = datetime.strptime(event["DTEND"][2], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - as calendars write it
    assert event["UID"][2] == f"cut-off-{meeting.uid}"
    assert event["SUMMARY"][2] == "Submissions close: Thoracic tumor board"
    assert (local_end.date(), local_end.hour) == (day, 17)
    assert until.hour == 22


def test_end_of_submissions_moves_with_the_policy_and_is_called_off_with_its_meeting(app):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    meeting = a_dated_meeting(board, NOW + timedelta(days=14))
    secret = defined(person, with_cut_offs=True)

    def cut_off(now=NOW):
        event = next(one for one in opened(secret, now).events if one["UID"][2].startswith("cut-off-"))
        return event["DTEND"][2], event["SEQUENCE"][2], event["STATUS"][2]

    first = cut_off()
    with transaction():
        policy = db.session.get(Policy, board.policies[0].id)
        policy.cut_off_days = 3
    moved = cut_off()
    with transaction():
        cancel_meeting(meeting, reason="", by=as_actor(person), now=NOW)
    cancelled = cut_off()

    assert first == ("20261210T170000", "0", "CONFIRMED")
    assert moved == ("20261212T170000", "1", "CONFIRMED")
    assert cancelled == ("20261212T170000", "2", "CANCELLED")
