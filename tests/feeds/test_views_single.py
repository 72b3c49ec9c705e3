"""`Add to calendar`: one meeting as a file, for whoever may see its page."""

import pytest
import time_machine

from tests.factories import NOW, a_person, a_series, an_accepted_case, as_actor, seat, sign_in
from tests.feeds.makers import a_dated_meeting, an_agenda, unescaped
from tumorboard.feeds.calendar.lint import lint, lint_file
from tumorboard.feeds.services import make_address
from tumorboard.kernel.db import transaction
from tumorboard.meetings.domain import BY_VIDEO, MeetingState
from tumorboard.series.domain import SeatPart

LINK = "https://video.example.org/chest"


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def test_file_is_an_attachment_with_a_plain_name_that_nobody_keeps(client):
    meeting = a_dated_meeting(a_series(slug="chest"))
    sign_in(client, a_person())

    answer = client.get(f"/meetings/{meeting.id}.ics")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="chest-2026-12-08.ics"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_file_has_the_identity_that_the_personal_feed_has(client):
    person, board = a_person(), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    meeting = a_dated_meeting(board, sequence=4)
    with transaction():
        _, secret = make_address("Phone", by=as_actor(person), now=NOW)
    sign_in(client, person)

    [in_feed] = lint(client.get(f"/feeds/{secret}.ics").data).values()
    alone = lint_file(client.get(f"/meetings/{meeting.id}.ics").data)

    assert alone == in_feed
    assert (alone["UID"][2], alone["SEQUENCE"][2]) == (meeting.uid, "4")


def test_file_says_nothing_of_a_patient_nor_where_a_board_meets_by_video(client):
    board = a_series(video_url=LINK)
    meeting = a_dated_meeting(board, video_url=LINK, reason="Mrs. Example is ill")
    case = an_accepted_case(board, title="A lady of 61 with a cough")
    an_agenda(meeting, case)
    sign_in(client, a_person())

    text = unescaped(client.get(f"/meetings/{meeting.id}.ics").text.replace("\r\n ", ""))

    assert "1 case on the agenda." in text
    assert [said for said in (case.title, case.code, "Mrs. Example", LINK) if said in text] == []


def test_meeting_by_video_and_a_cancelled_one_say_so(client):
    remote = a_dated_meeting(a_series(), room=BY_VIDEO)
    off = a_dated_meeting(a_series(), state=MeetingState.CANCELLED)
    sign_in(client, a_person())

    events = [lint_file(client.get(f"/meetings/{one.id}.ics").data) for one in (remote, off)]

    assert events[0]["LOCATION"][2] == "By video only"
    assert events[1]["STATUS"][2] == "CANCELLED"


def test_stranger_is_sent_to_the_sign_in(client):
    meeting = a_dated_meeting(a_series())

    assert client.get(f"/meetings/{meeting.id}.ics").status_code == 303


@pytest.mark.parametrize(("state", "offered"), [(MeetingState.PLANNED, True), (MeetingState.CANCELLED, False)])
def test_page_of_a_meeting_and_the_list_offer_the_file_while_it_is_of_use(client, state, offered):
    meeting = a_dated_meeting(a_series(), state=state)
    sign_in(client, a_person())

    pages = [client.get(path).text for path in (f"/meetings/{meeting.id}", "/calendar?view=list&day=2026-12-08")]

    assert [f'href="/meetings/{meeting.id}.ics"' in page for page in pages] == [offered, offered]
