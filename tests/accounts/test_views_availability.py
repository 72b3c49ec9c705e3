"""When people can join: one's own page, and the same page for those who plan."""

from datetime import date, time, timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.factories import (
    NOW,
    a_case,
    a_meeting,
    a_person,
    a_series,
    an_accepted_case,
    an_institution,
    as_actor,
    form,
    seat,
    sign_in,
    stored,
)
from tumorboard.accounts.domain import Hours, Part
from tumorboard.accounts.models import Absence, BusyTime, Person, WeekdayHours
from tumorboard.agendas.services import agenda_for, place_case, publish
from tumorboard.audit.models import AuditEntry
from tumorboard.cases.domain import CaseState
from tumorboard.cases.models import Case
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.series.domain import SeatPart

HERE = "/account/availability"
CALENDAR = """BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:one\r
SUMMARY:Biopsy of Mr. Secret\r
DTSTART:20261208T140000Z\r
DTEND:20261208T150000Z\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:two\r
DTSTART;VALUE=DATE:20261210\r
DTEND;VALUE=DATE:20261212\r
LOCATION:At the lake\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def rows(kind) -> list:
    """What is stored now, in the order it was stored."""
    db.session.rollback()
    return list(db.session.scalars(select(kind).order_by(*inspect(kind).primary_key)))


def upload(client: FlaskClient, content: str | bytes, *, page: str = HERE, to: str = "/account/busy-times", **kept):
    """Send a calendar file by the form of the page."""
    raw = content.encode() if isinstance(content, str) else content
    # Encoded here, as the test client would leave a large body's temporary file open.
    boundary, body = encode_multipart(form(client, page, calendar=FileStorage(BytesIO(raw), "mine.ics")))
    return client.post(to, data=body, content_type=f'multipart/form-data; boundary="{boundary}"', **kept)


def test_days_away_are_noted_and_taken_back(client: FlaskClient) -> None:
    person = a_person()
    sign_in(client, person)

    answer = client.post("/account/absences", data=form(client, HERE, starts_on="2026-12-08", ends_on="2026-12-10"))

    absence = rows(Absence)[0]
    assert answer.location == f"{HERE}#away"
    assert (absence.person_id, absence.starts_on, absence.ends_on) == (person.id, date(2026, 12, 8), date(2026, 12, 10))
    assert "Tue, Dec 8 to Thu, Dec 10" in client.get(HERE).text
    client.post(f"/account/absences/{absence.id}/removal", data=form(client, HERE))
    assert rows(Absence) == []


def _placed(case: Case, meeting: Meeting, *, is_published: bool = True) -> None:
    by = as_actor(a_person())
    with transaction():
        agenda = agenda_for(meeting, now=NOW)
        place_case(agenda, case, by=by, now=NOW)
        if is_published:
            publish(agenda, by=by, now=NOW)


def test_days_away_name_the_published_cases_that_they_fall_on(client: FlaskClient) -> None:
    person = a_person(Part.MEMBER_PHYSICIAN)
    case, later, not_yet = (an_accepted_case(a_series(), submitter=person) for _ in range(3))
    _placed(case, a_meeting(case.board, weeks=1))
    _placed(later, a_meeting(later.board, weeks=2))
    _placed(not_yet, a_meeting(not_yet.board, weeks=1), is_published=False)
    sign_in(client, person)

    client.post("/account/absences", data=form(client, HERE, starts_on="2026-12-08", ends_on="2026-12-10"))

    said = client.get(HERE).text
    assert f"Already published: {case.code} on Tue, Dec 8, 7:00 AM." in said
    assert "planned again" in said
    assert later.code not in said
    assert not_yet.code not in said


def test_days_away_without_an_end_are_noted(client: FlaskClient) -> None:
    sign_in(client, a_person())

    answer = client.post("/account/absences", data=form(client, HERE, starts_on="2026-12-08", ends_on="9999-12-31"))

    assert answer.status_code == 303


def test_days_away_on_no_published_meeting_say_nothing_of_cases(client: FlaskClient) -> None:
    sign_in(client, a_person())

    client.post("/account/absences", data=form(client, HERE, starts_on="2026-12-08", ends_on="2026-12-10"))

    said = client.get(HERE).text
    assert "The days away were noted. Nothing new is planned into them.<" in said


def test_coordinator_reads_only_the_codes_of_their_own_board(client: FlaskClient) -> None:
    board, elsewhere, coordinator, surgeon = a_series(), a_series(), a_person(), a_person(Part.MEMBER_PHYSICIAN)
    seat(board, coordinator, SeatPart.COORDINATOR)
    case, foreign = (an_accepted_case(one, submitter=surgeon) for one in (board, elsewhere))
    for one in (case, foreign):
        _placed(one, a_meeting(one.board))
    sign_in(client, coordinator)
    page = f"/people/{surgeon.id}/availability"

    client.post(f"/people/{surgeon.id}/absences", data=form(client, page, starts_on="2026-12-08", ends_on="2026-12-08"))

    said = client.get(page).text
    assert f"Already published: {case.code} on Tue, Dec 8, 7:00 AM." in said
    assert foreign.code not in said


def test_days_away_that_end_before_they_begin_are_refused_as_typed(client: FlaskClient) -> None:
    sign_in(client, a_person())

    answer = client.post("/account/absences", data=form(client, HERE, starts_on="2026-12-10", ends_on="2026-12-08"))

    assert answer.status_code == 422
    assert "The last day must not come before the first." in answer.text
    assert 'value="2026-12-10"' in answer.text


def test_days_away_of_somebody_else_are_missing(client: FlaskClient) -> None:
    absence = stored(Absence(person_id=a_person().id, starts_on=date(2026, 12, 8), ends_on=date(2026, 12, 8)))
    sign_in(client, a_person())

    answer = client.post(f"/account/absences/{absence.id}/removal", data=form(client, HERE))

    assert answer.status_code == 404
    assert len(rows(Absence)) == 1


def test_weekly_hours_are_saved_and_shown(client: FlaskClient) -> None:
    sign_in(client, a_person(at=an_institution(time_zone="America/Chicago")))

    client.post(
        "/account/hours", data=form(client, HERE, mon_from="08:00", mon_until="09:30", wed_never="1", fri_until="13:00")
    )

    stored_week = {row.weekday: row.hours for row in rows(WeekdayHours)}
    assert stored_week == {
        0: Hours(joins_from=time(8), joins_until=time(9, 30)),
        2: Hours(never=True),
        4: Hours(joins_until=time(13)),
    }
    page = client.get(HERE).text
    assert "All of them are Central time." in page
    assert 'name="mon_until" value="09:30"' in page
    assert page.count(" checked") == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"mon_from": "10:00", "mon_until": "09:00"}, "On Monday, the end must come after the beginning."),
        ({"tue_until": "09:00", "tue_never": "1"}, "On Tuesday, give hours or say never, not both."),
        ({"sun_from": "noonish"}, "Enter a time for Sunday such as 16:30."),
    ],
    ids=["backwards", "hours and never", "no time"],
)
def test_impossible_hours_are_refused_as_typed(client: FlaskClient, typed: dict[str, str], sentence: str) -> None:
    sign_in(client, a_person())

    answer = client.post("/account/hours", data=form(client, HERE, **typed))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert all(value == "1" or f'value="{value}"' in answer.text for value in typed.values())
    assert rows(WeekdayHours) == []


def test_hours_come_as_json_too(client: FlaskClient) -> None:
    sign_in(client, a_person())
    token = form(client, HERE)["csrf_token"]

    answer = client.post(
        "/account/hours", json={"mon_from": "08:00", "tue_never": True}, headers={"X-CSRFToken": token}
    )

    assert answer.status_code == 303
    assert [row.weekday for row in rows(WeekdayHours)] == [0, 1]


def test_calendar_gives_times_and_nothing_else_and_a_new_one_replaces_it(client: FlaskClient) -> None:
    sign_in(client, a_person())

    answer = upload(client, CALENDAR)

    assert answer.location == f"{HERE}#busy"
    assert [row.ends_at - row.starts_at for row in rows(BusyTime)] == [timedelta(hours=1), timedelta(days=2)]
    page = client.get(HERE).text
    assert "2 busy times were taken from the calendar." in page
    assert "2 busy times noted, from Tue, Dec 8 to Fri, Dec 11." in page
    assert "Tue, Dec 8, 9:00–10:00 AM" in page
    assert "Thu, Dec 10 to Fri, Dec 11, all day" in page
    assert "Secret" not in page
    assert "lake" not in page
    assert "Secret" not in str([entry.details for entry in rows(AuditEntry)])

    upload(client, CALENDAR.replace("20261208T150000Z", "20261208T143000Z"))
    assert next(row.ends_at - row.starts_at for row in rows(BusyTime)) == timedelta(minutes=30)
    assert len(rows(BusyTime)) == 2

    client.post("/account/busy-times/removal", data=form(client, HERE))
    assert rows(BusyTime) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("%PDF-1.7", "This file is not a calendar."),
        ("BEGIN:VCALENDAR\r\n" + "X:" + "x" * 1_100_000 + "\r\nEND:VCALENDAR", "This file is larger than 1 MB."),
    ],
    ids=["no calendar", "too large"],
)
def test_refused_file_says_why_and_loses_nothing(client: FlaskClient, content: str, sentence: str) -> None:
    sign_in(client, a_person())
    upload(client, CALENDAR)

    answer = upload(client, content)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Error: " in answer.text
    assert len(rows(BusyTime)) == 2


def test_file_past_what_any_request_may_hold_is_refused_by_the_page_for_that(client: FlaskClient) -> None:
    sign_in(client, a_person())

    answer = upload(client, b"x" * 3_000_000)

    assert answer.status_code == 413
    assert "That is too large" in answer.text


def test_form_without_a_file_asks_for_one(client: FlaskClient) -> None:
    sign_in(client, a_person())
    token = form(client, HERE)["csrf_token"]

    page = client.post("/account/busy-times", data={"csrf_token": token})
    problem = client.post("/account/busy-times", json={}, headers={"X-CSRFToken": token})

    assert (page.status_code, problem.status_code) == (422, 422)
    assert "Choose a calendar file." in page.text
    assert problem.json["errors"] == {"calendar": ["Choose a calendar file."]}


def test_entries_left_out_and_calendars_without_busy_times_are_said(client: FlaskClient) -> None:
    sign_in(client, a_person())

    upload(client, CALENDAR.replace("20261208T140000Z", "soon"))
    said = client.get(HERE).text
    upload(client, "BEGIN:VCALENDAR\r\nEND:VCALENDAR")

    assert "1 busy time was taken from the calendar. 1 of its entries could not be understood" in said
    assert "The calendar has no busy times in the coming 26 weeks." in client.get(HERE).text


def test_coordinator_enters_all_of_it_for_the_roster(client: FlaskClient) -> None:
    board, coordinator, surgeon = a_series(), a_person(), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    seat(board, surgeon, SeatPart.CORE_MEMBER)
    sign_in(client, coordinator)
    page, to = f"/people/{surgeon.id}/availability", f"/people/{surgeon.id}"

    client.post(f"{to}/absences", data=form(client, page, starts_on="2026-12-08", ends_on="2026-12-08"))
    client.post(f"{to}/hours", data=form(client, page, mon_never="1"))
    answer = upload(client, CALENDAR, page=page, to=f"{to}/busy-times")

    assert answer.location == f"{page}#busy"
    assert f"Availability of {surgeon.name}" in client.get(page).text
    assert {row.person_id for kind in (Absence, WeekdayHours, BusyTime) for row in rows(kind)} == {surgeon.id}
    assert [(entry.action, entry.person_id, entry.subject_id) for entry in rows(AuditEntry)][-3:] == [
        (action, coordinator.id, str(surgeon.id)) for action in ("absence.added", "hours.set", "busy_times.set")
    ]
    client.post(f"{to}/absences/{rows(Absence)[0].id}/removal", data=form(client, page))
    client.post(f"{to}/busy-times/removal", data=form(client, page))
    assert rows(Absence) == rows(BusyTime) == []
    assert db.session.get_one(Person, surgeon.id).availability_changed_at == NOW


def test_pages_that_name_people_lead_to_their_availability(client: FlaskClient) -> None:
    board, coordinator, surgeon = a_series(), a_person(Part.ADMINISTRATOR, Part.MEMBER_PHYSICIAN), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    seat(board, surgeon, SeatPart.CORE_MEMBER)
    draft = a_case(board, submitter=coordinator, state=CaseState.DRAFT)
    sign_in(client, coordinator)
    theirs, own = f'href="/people/{surgeon.id}/availability"', f'<p class="row"><a class="btn" href="{HERE}"'

    pages = [client.get(f"/{path}").text for path in (f"series/{board.slug}", f"series/{board.slug}/roster")]
    pages.append(client.get(f"/people/{surgeon.id}").text)
    form_page = client.get(f"/cases/{draft.code}/sections/board-and-presenter").text

    assert [theirs in page for page in pages] == [True, True, True]
    assert own in client.get("/account").text
    assert f'<a href="{HERE}">Days away and weekly hours</a>' in form_page


def test_days_away_of_a_third_person_are_not_removed_through_a_known_one(client: FlaskClient) -> None:
    board, chair, surgeon = a_series(), a_person(), a_person()
    seat(board, chair, SeatPart.CHAIR)
    seat(board, surgeon, SeatPart.CORE_MEMBER)
    absence = stored(Absence(person_id=a_person().id, starts_on=date(2026, 12, 8), ends_on=date(2026, 12, 8)))
    sign_in(client, chair)
    page = f"/people/{surgeon.id}/availability"

    answer = client.post(f"/people/{surgeon.id}/absences/{absence.id}/removal", data=form(client, page))

    assert answer.status_code == 404
    assert rows(Absence) == [absence]


def test_chair_finds_the_presenters_page_from_the_case(client: FlaskClient) -> None:
    board, chair = a_series(), a_person()
    seat(board, chair, SeatPart.CHAIR)
    case = a_case(board)
    sign_in(client, chair)

    page = client.get(f"/cases/{case.code}").text

    assert f'href="/people/{case.presenter_id}/availability"' in page
    assert client.get(f"/people/{case.presenter_id}/availability").status_code == 200


def test_administrator_enters_it_for_anybody_and_a_colleague_for_nobody(client: FlaskClient, app: Flask) -> None:
    somebody, colleague = a_person(), app.test_client()
    sign_in(client, a_person(Part.ADMINISTRATOR))
    sign_in(colleague, a_person(Part.MEMBER_PHYSICIAN))

    answers = [browser.get(f"/people/{somebody.id}/availability") for browser in (client, colleague)]

    assert [answer.status_code for answer in answers] == [200, 403]


def test_draft_gives_its_presenter_away_to_no_coordinator(client: FlaskClient) -> None:
    board, coordinator = a_series(), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    case = a_case(board, state=CaseState.DRAFT, submitted_at=None)
    sign_in(client, coordinator)

    assert client.get(f"/people/{case.presenter_id}/availability").status_code == 404


def test_one_and_many_rows_cost_the_same(client: FlaskClient, statements) -> None:
    person = a_person()
    sign_in(client, person)

    counts = []
    for number in range(3):
        stored(Absence(person_id=person.id, starts_on=date(2026, 12, 8), ends_on=date(2026, 12, 8)))
        starts_at = NOW + timedelta(days=number)
        stored(BusyTime(person_id=person.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)))
        with statements() as counted:
            client.get(HERE)
        counts.append(counted.count)

    assert counts[0] == counts[2]
