"""A series with its dates, one meeting, and closures over HTTP: who may, what is kept, what is told."""

from datetime import UTC, date, datetime, time

import pytest
import sqlalchemy as sa

from tests.factories import (
    NOW,
    a_meeting,
    a_person,
    a_series,
    an_accepted_case,
    an_institution,
    as_actor,
    form,
    seat,
    sign_in,
)
from tumorboard.accounts.domain import Part
from tumorboard.agendas.services import agenda_for, place_case, publish
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting, MeetingChange
from tumorboard.series.domain import SeatPart, SeriesKind
from tumorboard.series.models import Closure, Series

LINK = "https://video.example.org/thoracic"
MOVE = {
    "day": "2026-12-09",
    "starts": "15:00",
    "length_minutes": "45",
    "room": "Room 2",
    "reason": "No room.",
}
STORM = {
    "name": "Snow storm",
    "institution_id": "0",
    "cause": "weather",
    "effect": "cancel",
    "starts_on": "2026-12-08",
    "ends_on": "2026-12-08",
}


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def a_coordinator_of(series):
    person = a_person()
    seat(series, person, SeatPart.COORDINATOR)
    return person


def an_administrator():
    return a_person(Part.ADMINISTRATOR)


def typed_of(series, **overrides):
    values = {
        "version": series.version,
        "name": series.name,
        "short_name": series.short_name,
        "slug": series.slug,
        "kind": series.kind.value,
        "site": series.site.value,
        "host_id": series.host_id,
        "repeats": "weekly",
        "weekdays": ["TU"],
        "first_on": "2026-01-06",
        "starts": "07:00",
        "length_minutes": 60,
        "time_zone": "America/New_York",
        "holiday_rule": "cancel",
    }
    return {**values, **overrides}


def count_of(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def statements_of(client, path):
    seen = []

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def token_of(client):
    marker = 'name="csrf_token" value="'
    return {"csrf_token": client.get("/series").text.split(marker)[1].split('"')[0]}


def test_series_page_shows_the_link_to_its_roster_only(client):
    series = a_series(video_url=LINK)
    a_meeting(series, video_url=LINK)
    other = client.application.test_client()

    assert LINK not in sign_in(other, an_administrator()).get(f"/series/{series.slug}").text
    assert LINK in sign_in(client, a_coordinator_of(series)).get(f"/series/{series.slug}").text


def test_series_page_asks_as_much_for_three_meetings_as_for_one(client):
    series = a_series()
    a_meeting(series)
    seat(series, a_person(), SeatPart.CHAIR)
    sign_in(client, a_person())
    client.get(f"/series/{series.slug}")
    one = statements_of(client, f"/series/{series.slug}")

    for day in (15, 22):
        a_meeting(series, occurs_on=date(2026, 12, day))
        seat(series, a_person(), SeatPart.CORE_MEMBER)

    assert statements_of(client, f"/series/{series.slug}") == one


def test_administrator_creates_a_series_with_its_meetings(client):
    typed = typed_of(a_series(slug="other"), slug="melanoma", name="Melanoma tumor board")
    sign_in(client, an_administrator())

    answer = client.post("/series", data=form(client, "/series/new", **typed))

    assert (answer.status_code, answer.location) == (303, "/series/melanoma")
    assert count_of(Meeting) == 26


def test_preview_shows_the_dates_and_stores_nothing(client):
    typed = typed_of(a_series(), slug="melanoma", weekdays=["FR"])
    sign_in(client, an_administrator())

    answer = client.post("/series/preview", data=form(client, "/series/new", **typed))

    assert answer.status_code == 200
    assert "Cancelled: Christmas Day" in answer.text
    assert (count_of(Series), count_of(Meeting)) == (1, 0)


def test_refused_series_keeps_what_was_typed(client):
    series = a_series()
    typed = typed_of(series, name="Melanoma board", video_url="http://video.example.org")
    sign_in(client, an_administrator())

    answer = client.post("/series", data=form(client, "/series/new", **typed))

    assert answer.status_code == 422
    assert 'value="Melanoma board"' in answer.text
    assert "Enter an address that begins with https://." in answer.text


def test_address_that_is_taken_is_marked_at_its_field(client):
    series = a_series()
    sign_in(client, an_administrator())

    answer = client.post("/series", data=form(client, "/series/new", **typed_of(series)))

    assert answer.status_code == 422
    assert 'id="slug-error"' in answer.text


def test_coordinator_edits_and_meetings_follow(client):
    series = a_series()
    meeting = a_meeting(series)
    path = f"/series/{series.slug}/edit"
    sign_in(client, a_coordinator_of(series))

    answer = client.post(path, data=form(client, path, **typed_of(series, starts="08:00")))
    db.session.expire_all()

    assert (answer.status_code, answer.location) == (303, f"/series/{series.slug}")
    assert meeting.starts_at == datetime(2026, 12, 8, 13, tzinfo=UTC)


def test_preview_of_an_edit_says_what_becomes_of_planned_meetings(client):
    series = a_series()
    meeting = a_meeting(series)
    path = f"/series/{series.slug}/edit"
    sign_in(client, a_coordinator_of(series))

    answer = client.post(f"{path}/preview", data=form(client, path, **typed_of(series, weekdays=["WE"])))
    db.session.expire_all()

    assert answer.status_code == 200
    assert '<span class="num">1</span> is cancelled' in answer.text
    assert meeting.state is MeetingState.PLANNED


def test_stale_edit_shows_what_changed_and_keeps_what_was_typed(client):
    series = a_series()
    path = f"/series/{series.slug}/edit"
    sign_in(client, a_coordinator_of(series))
    stale = form(client, path, **typed_of(series, name="Mine"))
    with transaction():
        series.room = "Center B"

    answer = client.post(path, data=stale)
    db.session.expire_all()

    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert "<td>Center B</td><td>–</td>" in answer.text
    assert series.name == "Thoracic tumor board"


def test_edit_that_was_shown_the_conflict_is_saved(client):
    series = a_series()
    path = f"/series/{series.slug}/edit"
    sign_in(client, a_coordinator_of(series))
    with transaction():
        series.room = "Center B"
    refused = client.post(path, data=form(client, path, **typed_of(series, version=1, name="Mine")))
    version = refused.text.split('name="version" value="')[1].split('"')[0]

    answer = client.post(path, data=form(client, path, **typed_of(series, version=version, name="Mine")))
    db.session.expire_all()

    assert (answer.status_code, series.name) == (303, "Mine")


@pytest.mark.parametrize("part", [None, Part.MEMBER_PHYSICIAN])
def test_series_and_its_meetings_are_changed_by_none_but_their_own(client, part):
    series = a_series()
    meeting = a_meeting(series)
    stranger = a_person(part) if part else a_coordinator_of(a_series())
    sign_in(client, stranger)
    paths = [f"/series/{series.slug}/edit"]
    paths += [f"/meetings/{meeting.id}/{act}" for act in ("time-and-place", "cancellation", "talk")]

    assert [client.get(path).status_code for path in paths] == [403] * 4
    assert client.get("/series/new").status_code == 403
    assert client.get("/closures").status_code == 403


@pytest.mark.parametrize("act", ["time-and-place", "cancellation", "reinstatement", "talk"])
def test_coordinator_of_another_board_cannot_post_to_a_meeting(client, act):
    meeting = a_meeting(a_series())
    sign_in(client, a_coordinator_of(a_series()))

    answer = client.post(f"/meetings/{meeting.id}/{act}", data={**token_of(client), **MOVE})
    db.session.expire_all()

    assert (answer.status_code, meeting.sequence) == (403, 0)


def test_missing_meeting_is_not_found(client):
    assert sign_in(client, a_person()).get("/meetings/4711").status_code == 404


def test_meeting_is_shown_in_the_zone_of_the_series_and_of_the_reader(client):
    meeting = a_meeting(a_series(time_zone="America/Los_Angeles", starts=time(18)))

    page = sign_in(client, a_person()).get(f"/meetings/{meeting.id}").text

    assert "Tuesday, December 8, 2026, 6:00 PM Pacific" in page
    assert "Your time, Eastern" in page
    assert "Tue, Dec 8, 9:00 PM" in page


def test_reader_in_the_same_zone_sees_one_time(client):
    meeting = a_meeting(a_series())

    assert "Your time" not in sign_in(client, a_person()).get(f"/meetings/{meeting.id}").text


def test_coordinator_moves_a_meeting(client):
    series = a_series()
    meeting = a_meeting(series, video_url=LINK)
    path = f"/meetings/{meeting.id}/time-and-place"
    sign_in(client, a_coordinator_of(series))

    answer = client.post(path, data=form(client, path, **MOVE, video_url=LINK))
    page = client.get(answer.location).text
    db.session.expire_all()

    assert answer.status_code == 303
    assert (meeting.starts_at, meeting.room) == (datetime(2026, 12, 9, 20, tzinfo=UTC), "Room 2")
    assert "Moved: it was Tuesday, December 8, 2026, 7:00 AM" in page
    assert LINK in page
    assert count_of(MeetingChange) == 1


def test_move_into_the_past_is_refused_and_keeps_what_was_typed(client):
    series = a_series()
    meeting = a_meeting(series)
    path = f"/meetings/{meeting.id}/time-and-place"
    sign_in(client, a_coordinator_of(series))

    answer = client.post(path, data=form(client, path, **{**MOVE, "day": "2026-11-30"}))

    assert answer.status_code == 422
    assert "Choose a time to come." in answer.text
    assert 'value="Room 2"' in answer.text


def test_cancelling_asks_why_first(client):
    series = a_series()
    meeting = a_meeting(series)
    path = f"/meetings/{meeting.id}/cancellation"
    sign_in(client, a_coordinator_of(series))

    refused = client.post(path, data=form(client, path, reason=""))
    answer = client.post(path, data=form(client, path, reason="The chair is ill."))
    page = client.get(answer.location).text

    assert (refused.status_code, answer.status_code) == (422, 303)
    assert "The chair is ill." in page
    assert "Reinstate meeting" in page


def test_cancelling_says_first_how_many_published_cases_lose_their_meeting(client):
    series = a_series()
    empty, held = a_meeting(series, weeks=1), a_meeting(series, weeks=2)
    coordinator = a_coordinator_of(series)
    cases, by = (an_accepted_case(series), an_accepted_case(series)), as_actor(coordinator)
    with transaction():
        for case in cases:
            place_case(agenda_for(held, now=NOW), case, by=by, now=NOW)
        publish(agenda_for(held, now=NOW), by=by, now=NOW)
    sign_in(client, coordinator)

    pages = [client.get(f"/meetings/{one.id}/cancellation").text for one in (empty, held)]

    assert "published agenda" not in pages[0]
    assert "2 cases on its published agenda then need another meeting, and their presenters are told." in pages[1]


def test_cancelled_meeting_is_reinstated_and_cannot_be_moved_before(client):
    series = a_series()
    meeting = a_meeting(series, state=MeetingState.CANCELLED)
    sign_in(client, a_coordinator_of(series))

    refused = client.get(f"/meetings/{meeting.id}/time-and-place")
    answer = client.post(f"/meetings/{meeting.id}/reinstatement", data=token_of(client))
    db.session.expire_all()

    assert (refused.status_code, answer.status_code) == (409, 303)
    assert meeting.state is MeetingState.PLANNED


def test_administrator_sets_the_talk_of_a_lecture(client):
    lecture = a_meeting(a_series(kind=SeriesKind.LECTURE))
    path = f"/meetings/{lecture.id}/talk"
    sign_in(client, an_administrator())

    answer = client.post(path, data=form(client, path, title="Sentinel nodes", speaker_name="Dr. Ada Lind"))

    assert answer.status_code == 303
    assert "Sentinel nodes" in client.get(f"/meetings/{lecture.id}").text


def test_closure_shows_what_it_touches_before_it_is_stored(client):
    meeting = a_meeting(a_series())
    sign_in(client, an_administrator())

    preview = client.post("/closures/preview", data=form(client, "/closures", **STORM))
    stored_before = count_of(Closure)
    answer = client.post("/closures", data=form(client, "/closures", **STORM))
    db.session.expire_all()

    assert "1 meeting touched" in preview.text
    assert (stored_before, answer.status_code) == (0, 303)
    assert (meeting.state, meeting.reason) == (MeetingState.CANCELLED, "Snow storm")


def test_refused_closure_keeps_what_was_typed(client):
    an_institution()
    sign_in(client, an_administrator())

    answer = client.post("/closures/preview", data=form(client, "/closures", **{**STORM, "ends_on": "2026-12-07"}))

    assert answer.status_code == 422
    assert 'value="Snow storm"' in answer.text


def test_closure_is_removed_after_its_meetings_were_shown(client):
    meeting = a_meeting(a_series())
    sign_in(client, an_administrator())
    client.post("/closures", data=form(client, "/closures", **STORM))
    closure = db.session.scalars(sa.select(Closure)).one()
    path = f"/closures/{closure.id}/removal"

    shown = client.get(path).text
    answer = client.post(path, data=form(client, path))
    db.session.expire_all()

    assert "1 meeting takes place as before" in shown
    assert (answer.status_code, meeting.state, count_of(Closure)) == (303, MeetingState.PLANNED, 0)


def test_federal_holidays_of_two_years_are_listed(client):
    page = sign_in(client, an_administrator()).get("/closures").text

    assert "Christmas Day" in page
    assert ">2027<" in page


@pytest.mark.parametrize("kind", ["meeting_moved", "meeting_place", "meeting_cancelled", "meeting_reinstated"])
def test_mail_names_board_times_and_the_way_on(app, kind):
    facts = {
        "name": "Lena Brandt, MD",
        "board": "Thoracic tumor board",
        "was": "Tuesday, December 8, 2026, 7:00 AM EST",
        "will_be": "Wednesday, December 9, 2026, 3:00 PM Eastern",
        "more": 2,
        "path": "/meetings/7",
    }

    with app.test_request_context():
        text = app.extensions["deliverer"].render(kind, facts)

    assert "Thoracic tumor board" in text
    assert "2 more meetings" in text
    assert "/meetings/7" in text
    assert "\n\n\n" not in text
