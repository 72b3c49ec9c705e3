"""The calendar page: three layouts, filters, and addresses that nobody typed right."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from tests.factories import NOW, a_person, a_series, an_accepted_case, as_actor, seat, sign_in
from tests.feeds.makers import a_dated_meeting, an_agenda
from tumorboard.accounts.domain import Part
from tumorboard.feeds.services import make_address
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.services import cancel_meeting
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


def a_teaching_month():
    """Three boards and a lecture in December, two of the boards on the same day."""
    chest, gut, skin = (
        a_series(slug=slug, short_name=slug.capitalize(), site=site)
        for slug, site in (("chest", Site.THORACIC), ("gut", Site.GI), ("skin", Site.MELANOMA))
    )
    for board, days in ((chest, (7, 14)), (gut, (7,)), (skin, (8,))):
        for day in days:
            a_dated_meeting(board, NOW + timedelta(days=day))
    a_lecture(talk_title="Proton or photon?")


def test_series_are_chosen_several_at_once_and_counted(client):
    a_teaching_month()
    sign_in(client, a_person())

    page = client.get("/calendar?series=chest&series=gut")

    assert "Chest 2 meetings Gut 1 meeting Skin 1 meeting" in words(page).replace("  ", " ")
    assert "Series, 2 chosen" in words(page)
    assert "All kinds 3 Tumor board 3" in words(page)
    shown = re.findall(r'<span class="what">([^<]*)', page.text)
    assert sorted(shown) == ["Chest", "Chest", "Gut"]


def test_counts_of_series_are_those_of_the_chosen_kind(client):
    a_teaching_month()
    sign_in(client, a_person())

    page = words(client.get("/calendar?kind=lecture"))

    assert "Chest 0 meetings" in page
    assert "Lecture 1 meeting " in page


def test_chosen_series_are_kept_on_every_way_on_and_left_out_one_by_one(client):
    a_teaching_month()
    sign_in(client, a_person())

    page = client.get("/calendar?view=week&day=2026-12-08&whose=mine&series=gut&series=chest").text

    chosen = "series=chest&amp;series=gut"
    for way in ("view=week&amp;day=2026-11-29", "view=week&amp;day=2026-12-13", "view=week", "day=2026-12-08"):
        assert f'href="/calendar?{way}&amp;whose=mine&amp;{chosen}"' in page
    assert 'href="/calendar?view=week&amp;day=2026-12-08&amp;whose=mine&amp;series=gut"' in page
    assert 'href="/calendar?view=week&amp;day=2026-12-08&amp;whose=mine&amp;series=chest"' in page
    assert 'href="/calendar?view=week&amp;day=2026-12-08&amp;whose=mine"' in page


def test_form_of_the_series_carries_what_else_was_chosen(client):
    a_teaching_month()
    sign_in(client, a_person())

    form = client.get("/calendar?view=list&day=2026-12-08&kind=lecture&series=gut").text.split('class="pick"')[1]

    for name, value in {"view": "list", "day": "2026-12-08", "kind": "lecture"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert '<input type="hidden" name="series"' not in form
    assert 'value="gut" checked' in form


def test_series_that_there_is_not_is_not_chosen(client):
    a_teaching_month()
    sign_in(client, a_person())

    page = words(client.get("/calendar?series=no-such-series"))

    assert "chosen" not in page
    assert "All kinds 5" in page


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_meeting_on_another_wall_names_its_own_time_and_place(client, view):
    a_dated_meeting(a_series(time_zone="America/Phoenix"))
    a_dated_meeting(a_series(time_zone="America/Detroit", short_name="Lakes"), NOW + timedelta(days=8))
    sign_in(client, a_person())

    page = words(client.get(f"/calendar?view={view}&day=2026-12-08"))

    assert page.count(" in Phoenix, MST") == 1
    assert "8:00 AM in Phoenix, MST" in page
    assert "Detroit" not in page


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_ruler_has_one_segment_a_case_and_pauses_between(client, view):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    agenda = an_agenda(a_dated_meeting(board), *(an_accepted_case(board) for _ in range(3)), minutes=12)
    agenda.items[2].gap_minutes = 6
    db.session.commit()
    sign_in(client, person)

    page = client.get(f"/calendar?view={view}&day=2026-12-08").text

    segments = re.findall(r'<rect class="r-seg s-thoracic(?: alt)?" x="([0-9.]+)%" width="([0-9.]+)%"', page)
    assert segments == [("0.000", "20.000"), ("20.000", "20.000"), ("50.000", "20.000")]


def test_overfull_meeting_has_its_end_marked(client):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    an_agenda(a_dated_meeting(board), an_accepted_case(board), an_accepted_case(board), minutes=40)
    sign_in(client, person)

    page = client.get("/calendar?day=2026-12-08").text

    assert page.count('class="r-end"') == 1
    assert page.count('class="r-over"') == 1


def test_what_is_read_aloud_of_an_entry_is_complete(client):
    a_lecture(talk_title="Proton or photon?", room="Auditorium")
    sign_in(client, a_person())

    page = words(client.get("/calendar?day=2026-12-08"))

    assert "10:00 AM to 11:00 AM Lecture: Proton or photon? , Lecture series, Auditorium." in page
    assert "Holiday or closure: Christmas Day" in page


def test_calendar_says_which_of_the_readers_calendars_missed_a_change(client):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    meeting = a_dated_meeting(board)
    with transaction():
        token, _ = make_address("Outlook at work", by=as_actor(person), now=NOW - timedelta(days=9))
        token.fetched_at, token.client = NOW - timedelta(hours=2), "Outlook"
    sign_in(client, person)
    before = client.get("/calendar").text
    with transaction():
        cancel_meeting(meeting, reason="", by=as_actor(person), now=NOW - timedelta(hours=1))

    page = client.get("/calendar").text

    assert "last fetched" not in before
    assert (
        "“Outlook at work” last fetched Tue, Dec 1, 8:00 AM; 1 meeting has changed since. This page shows it." in page
    )
