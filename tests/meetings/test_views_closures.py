"""Closing days over HTTP: what is shown of each meeting, what is refused, and what is shown again."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import NOW, a_meeting, a_person, a_series, an_accepted_case, form, sign_in
from tests.feeds.makers import an_agenda
from tumorboard.accounts.domain import Part
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import BY_VIDEO, MeetingState
from tumorboard.series.models import Closure

LINK = "https://video.example.org/chest"
STORM = {
    "name": "Snow storm",
    "institution_id": "0",
    "cause": "weather",
    "effect": "cancel",
    "starts_on": "2026-12-08",
    "ends_on": "2026-12-08",
}
CHECK, CLOSE = "/closures/preview", "/closures"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def admin(client):
    return sign_in(client, a_person(Part.ADMINISTRATOR))


def previewed(admin, **storm):
    return admin.post(CHECK, data=form(admin, "/closures", **{**STORM, **storm}))


def fields_of(page):
    """What the form of the preview would send as it stands, without script."""
    inputs = [
        dict(re.findall(r'(\w+)="([^"]*)"', tag)) | {"tag": tag} for tag in re.findall(r"<input[^>]*>", page.text)
    ]
    sent = [one for one in inputs if one.get("type") != "radio" or " checked" in one["tag"]]
    return {one["name"]: one.get("value", "") for one in sent if "name" in one}


def decided(page, meeting, **answers):
    return {**fields_of(page), **{f"meeting-{meeting.id}-{name}": value for name, value in answers.items()}}


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_preview_says_of_each_meeting_what_it_holds_and_offers_three_ways(admin):
    board = a_series(video_url=LINK, room="Center B")
    meeting = a_meeting(board, room="Center B")
    an_agenda(meeting, an_accepted_case(board), an_accepted_case(board))

    page = previewed(admin)

    assert "1 meeting touched" in words(page)
    assert "Tue, Dec 8, 7:00 AM Eastern" in words(page)
    assert "Agenda published: 2 cases" in words(page)
    assert "Cancel Move By video only" in words(page)
    assert "Wed, Dec 9, 7:00 AM is the next free workday." in words(page)
    assert LINK not in page.text


def test_agenda_that_is_not_published_is_not_spoken_of(admin):
    board = a_series()
    an_agenda(a_meeting(board), an_accepted_case(board), is_published=False)

    assert "Agenda published" not in previewed(admin).text


@pytest.mark.parametrize("effect", ["cancel", "next_workday", "video_only"])
def test_general_effect_is_the_default_of_each_meeting(admin, effect):
    meeting = a_meeting(a_series(video_url=LINK))

    sent = fields_of(previewed(admin, effect=effect))

    assert sent[f"meeting-{meeting.id}-effect"] == effect
    assert (sent[f"meeting-{meeting.id}-day"], sent[f"meeting-{meeting.id}-starts"]) == ("2026-12-09", "07:00")


def test_what_was_decided_is_done_in_one_act_and_said(admin):
    off, later, remote = (a_meeting(a_series(video_url=LINK)) for _ in range(3))
    page = previewed(admin)
    sent = decided(page, later, effect="next_workday", day="2026-12-10", starts="15:30")
    sent |= {f"meeting-{remote.id}-effect": "video_only"}

    admin.post(CLOSE, data=sent)
    answer = admin.get(CLOSE)
    db.session.expire_all()

    assert [one.state for one in (off, later, remote)] == [MeetingState.CANCELLED, *2 * [MeetingState.PLANNED]]
    assert later.starts_at == datetime(2026, 12, 10, 20, 30, tzinfo=UTC)
    assert remote.room == BY_VIDEO
    assert (
        "Snow storm was stored. Meetings: 1 cancelled, 1 by video only, 1 moved. Whoever’s calendar cannot know in time is told."
        in words(answer)
    )


def test_move_that_lands_on_another_meeting_is_said_and_keeps_what_was_typed(admin):
    meeting = a_meeting(a_series())
    a_meeting(meeting.series, weeks=2)
    sent = decided(previewed(admin), meeting, effect="next_workday", day="2026-12-15", starts="09:15")

    checked, refused = (admin.post(path, data=sent) for path in (CHECK, CLOSE))

    for page in (checked, refused):
        assert page.status_code == 422
        assert "Thoracic, To the day: Another meeting of the series is on Tue, Dec 15." in words(page)
        assert 'value="2026-12-15"' in page.text
        assert 'value="09:15"' in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Closure)) == 0


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"effect": "next_workday", "day": ""}, "Choose a day."),
        ({"effect": "next_workday", "day": "soon"}, "Enter a date such as 2026-12-08."),
        ({"effect": "next_workday", "starts": ""}, "Enter when it starts."),
        ({"effect": "next_workday", "day": "2027-03-14", "starts": "02:30"}, "The clock leaves this time out"),
        ({"effect": "video_only"}, "Type a link: this series has none of its own."),
        ({"effect": "video_only", "video_url": "ftp://x"}, "Enter an address that begins with https://."),
        ({"effect": "dance"}, "Must be one of"),
        ({"version": "1e309"}, "Not a valid integer."),
    ],
)
def test_answer_that_cannot_be_taken_is_said_at_its_meeting(admin, answers, sentence):
    meeting = a_meeting(a_series())

    page = admin.post(CLOSE, data=decided(previewed(admin), meeting, **answers))

    assert page.status_code == 422
    assert sentence in words(page)
    assert "<title>Error: " in page.text


def test_what_is_typed_for_another_choice_is_not_looked_at(admin):
    meeting = a_meeting(a_series())

    answer = admin.post(CLOSE, data=decided(previewed(admin), meeting, effect="cancel", day="never", video_url="x"))

    assert answer.status_code == 303


def test_meetings_that_changed_since_are_shown_again_and_then_done(admin):
    moved, gone, still = (a_meeting(a_series(name=name)) for name in ("Moved board", "Gone board", "Still board"))
    sent = fields_of(previewed(admin))
    with transaction():
        for meeting, later in ((moved, timedelta(hours=3)), (gone, timedelta(days=2))):
            meeting.starts_at, meeting.ends_at = meeting.starts_at + later, meeting.ends_at + later
    new = a_meeting(a_series(name="New board"))

    again = admin.post(CLOSE, data=sent)
    db.session.expire_all()
    stood = [one.state for one in (moved, gone, still, new)]
    answer = admin.post(CLOSE, data=fields_of(again))
    db.session.expire_all()

    assert again.status_code == 409
    assert "Meetings on these days have changed since you looked. Nothing was done yet." in words(again)
    assert "Changed since you looked: it is planned for Tue, Dec 8, 10:00 AM Eastern" in words(again)
    assert "Gone board It is planned for Thu, Dec 10, 7:00 AM Eastern" in words(again)
    assert words(again).count("New on these days since you looked") == 1
    assert stood == 4 * [MeetingState.PLANNED]
    assert answer.status_code == 303
    assert [one.is_cancelled for one in (moved, gone, still, new)] == [True, False, True, True]


def test_days_on_which_nothing_meets_are_closed_too(admin):
    page = previewed(admin, effect="video_only", video_url=LINK)

    admin.post(CLOSE, data=fields_of(page))
    answer = admin.get(CLOSE)

    assert "No meeting that is planned already falls on these days." in words(page)
    assert "No meeting was planned on these days." in words(answer)
    assert db.session.scalars(sa.select(Closure)).one().video_url == LINK


def test_way_back_to_the_days_keeps_what_was_typed(admin):
    page = previewed(admin, name="Ice & sleet")

    back = admin.get(re.search(r'href="(/closures\?[^"]*)"', page.text)[1].replace("&amp;", "&"))

    assert 'value="Ice &amp; sleet"' in back.text
    assert 'value="2026-12-08"' in back.text


def test_removal_names_what_each_meeting_is_now_and_when_it_will_be(admin):
    meeting = a_meeting(a_series(video_url=LINK))
    admin.post(CLOSE, data=decided(previewed(admin), meeting, effect="video_only"))
    closure = db.session.scalars(sa.select(Closure)).one()

    page = admin.get(f"/closures/{closure.id}/removal")

    assert "Thoracic tumor board, Tue, Dec 8, 7:00 AM Eastern By video only" in words(page)


def test_meeting_by_video_says_so_on_its_page_and_in_its_series(client):
    meeting = a_meeting(a_series(), room=BY_VIDEO, reason="Snow storm", occurs_on=date(2026, 12, 8))
    sign_in(client, a_person())

    page, listed = client.get(f"/meetings/{meeting.id}"), client.get(f"/series/{meeting.series.slug}")

    assert "By video only Snow storm" in words(page)
    assert "By video only" in words(listed)


def test_list_says_what_each_closure_did(admin):
    remote, _off = (a_meeting(a_series(video_url=LINK)) for _ in range(2))
    admin.post(CLOSE, data=decided(previewed(admin), remote, effect="video_only"))
    admin.post(CLOSE, data=fields_of(previewed(admin, name="Quiet", starts_on="2026-12-12", ends_on="2026-12-12")))

    page = words(admin.get(CLOSE))

    assert "Meetings are cancelled, unless decided otherwise: 1 by video only, 1 cancelled" in page
    assert "Weather Meetings are cancelled Remove Quiet" in page
