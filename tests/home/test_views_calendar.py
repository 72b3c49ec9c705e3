"""The calendar page: three layouts, filters, and addresses that nobody typed right."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from tests.factories import NOW, a_person, a_series, an_accepted_case, seat, sign_in
from tests.feeds.makers import a_dated_meeting, an_agenda
from tumorboard.accounts.domain import Part
from tumorboard.kernel.db import db
from tumorboard.meetings.domain import MeetingState
from tumorboard.series.domain import SeatPart, SeriesKind, Site


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def a_lecture(**overrides):
    series = a_series(kind=SeriesKind.LECTURE, site=Site.EDUCATION, short_name="Lecture", name="Lectures")
    return a_dated_meeting(series, **overrides)


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_calendar_is_for_those_who_are_signed_in(client):
    assert client.get("/calendar").status_code == 303


def test_month_is_a_table_with_a_head_for_each_weekday(client):
    sign_in(client, a_person())

    page = client.get("/calendar")

    assert page.text.count('<th scope="col"') == 7
    assert "<h1>December 2026</h1>" in page.text
    assert page.text.count("Times are Eastern.") == 1
    assert 'aria-current="date"' in page.text


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_entry_has_time_name_and_minutes_free_for_a_member_of_the_board(client, view):
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    meeting = a_dated_meeting(board)
    an_agenda(meeting, an_accepted_case(board, submitter=person), minutes=38)
    sign_in(client, person)

    page = client.get(f"/calendar?view={view}&day=2026-12-08")

    assert "10:00" in words(page)
    assert "Thoracic" in words(page)
    assert "22 of 60 min free" in words(page)
    assert f'href="/meetings/{meeting.id}"' in page.text
    assert "s-thoracic" in page.text


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_cancelled_and_moved_meetings_and_holidays_are_named_in_words(client, view):
    a_dated_meeting(a_series(), NOW + timedelta(days=22), state=MeetingState.CANCELLED)
    a_lecture(
        starts_at=NOW + timedelta(days=23), talk_title="Proton or photon?", moved_from_at=NOW + timedelta(days=21)
    )
    sign_in(client, a_person())

    page = words(client.get(f"/calendar?view={view}&day=2026-12-23"))

    assert "Cancelled" in page
    assert "Lecture: Proton or photon?" in page
    assert "Moved from Tue, Dec 22, 10:00 AM" in page
    assert "Christmas Day" in page


@pytest.mark.parametrize(
    "query",
    [
        "day=garbage",
        "day=9999-12-31",
        "view=year",
        "kind=x",
        "whose=x",
        "day=",
        "day=2026-12-01&day=x",
        "view[]=week",
        "day=%00",
    ],
)
def test_address_that_cannot_be_read_shows_this_month(client, query):
    sign_in(client, a_person())

    page = client.get(f"/calendar?{query}")

    assert page.status_code == 200
    assert "<h1>December 2026</h1>" in page.text


@pytest.mark.parametrize(
    "query", ["day=2000-01-01", "day=2100-12-31", "view=week&day=2000-01-01", "view=week&day=2100-12-31"]
)
def test_ends_of_the_calendar_are_pages_like_any_other(client, query):
    sign_in(client, a_person())

    assert client.get(f"/calendar?{query}").status_code == 200


def test_way_on_keeps_what_was_chosen(client):
    sign_in(client, a_person())

    page = client.get("/calendar?view=week&day=2026-12-08&whose=mine&kind=lecture").text

    assert 'href="/calendar?view=week&amp;day=2026-11-29&amp;whose=mine&amp;kind=lecture"' in page
    assert 'href="/calendar?view=week&amp;day=2026-12-13&amp;whose=mine&amp;kind=lecture"' in page
    assert 'href="/calendar?view=week&amp;whose=mine&amp;kind=lecture"' in page


def test_kinds_are_counted_and_narrowed(client):
    a_dated_meeting(a_series())
    a_lecture(talk_title="Proton or photon?")
    sign_in(client, a_person())

    page = words(client.get("/calendar?kind=tumor_board"))

    assert "All kinds 2 Tumor board 1 Lecture series 1" in page
    assert "Proton" not in page


def test_empty_month_says_so_and_shows_the_way_on(client):
    a_lecture()
    sign_in(client, a_person())

    empty, narrowed = (client.get(f"/calendar?{query}") for query in ("day=2027-08-01", "whose=mine"))

    assert "Nothing meets in August 2027." in words(empty)
    assert "<table" not in empty.text
    assert "Nothing of what you chose meets in December 2026." in words(narrowed)
    assert "Show all meetings" in words(narrowed)


@pytest.mark.parametrize("query", ["", "whose=mine"])
def test_three_meetings_take_as_many_statements_as_one(client, query):
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    sign_in(client, person)
    client.get("/calendar")
    counts = []

    for weeks in ((1,), (2, 3)):
        for week in weeks:
            meeting = a_dated_meeting(board, NOW + timedelta(weeks=week))
            an_agenda(meeting, an_accepted_case(board, submitter=person))
        db.session.remove()
        counts.append(_statements(lambda: client.get(f"/calendar?{query}")))

    assert counts[0] == counts[1]


def _statements(work):
    seen = []

    def note(*args):
        seen.append(args[2])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
