"""The audit trail as the privacy officer searches it."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.factories import NOW, a_meeting, a_person, a_series, as_actor, sign_in
from tumorboard.accounts.domain import Part
from tumorboard.audit.services import record
from tumorboard.kernel.db import transaction


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def officer(client: FlaskClient) -> FlaskClient:
    return sign_in(client, a_person(Part.PRIVACY_OFFICER, given_name="Olga", family_name="Officer"))


def test_audit_trail_is_the_privacy_officers_alone(client: FlaskClient) -> None:
    assert sign_in(client, a_person(Part.ADMINISTRATOR)).get("/audit-trail").status_code == 403


@pytest.mark.parametrize("typed", ["7KQ-4M2", "7kq-4m2", " 7Kq-4m2 "])
def test_case_is_found_by_its_code_however_it_is_typed(officer: FlaskClient, typed: str) -> None:
    with transaction():
        record("case.seen", subject="case", subject_id="7KQ-4M2", now=NOW)

    page = officer.get("/audit-trail", query_string={"subject_id": typed.title() if "Kq" in typed else typed}).text

    assert ("Read the case" in page, "Signed in" in page) == (True, False)


def test_acts_are_found_by_who_did_them(officer: FlaskClient) -> None:
    reader = a_person(given_name="Quentin", family_name="Reader")
    with transaction():
        record("case.seen", by=as_actor(reader), subject="case", subject_id="7KQ-4M2", now=NOW)

    page = officer.get("/audit-trail", query_string={"person": "quentin"}).text

    assert ("Read the case" in page, "Olga Officer" in page.split("<tbody>")[1]) == (True, False)


@pytest.mark.parametrize(
    ("days", "is_found"),
    [
        ({"since": "2026-11-30"}, True),
        ({"since": "2026-12-01"}, False),
        ({"until": "2026-11-30"}, True),
        ({"until": "2026-11-29"}, False),
        ({"since": "2026-11-30", "until": "2026-11-30"}, True),
        ({"since": "no day"}, True),
        ({"until": "9999-12-31"}, True),
    ],
)
def test_acts_are_found_by_the_days_of_the_readers_calendar(
    officer: FlaskClient, days: dict[str, str], is_found: bool
) -> None:
    with transaction():
        record("case.seen", subject="case", subject_id="7KQ-4M2", now=NOW - timedelta(hours=11))  # Nov 30, 11:00 PM

    page = officer.get("/audit-trail", query_string={"subject_id": "7KQ-4M2", **days}).text

    assert ("Read the case" in page) is is_found


def test_entry_says_who_did_what_on_what_and_when_to_the_second(officer: FlaskClient) -> None:
    meeting, person = a_meeting(a_series(name="Thoracic tumor board")), a_person(given_name="Quentin")
    by = as_actor(person)
    with transaction():
        record("agenda.published", by=by, subject="meeting", subject_id=meeting.id, now=NOW + timedelta(seconds=9))
        record("person.edited", by=by, subject="person", subject_id=person.id, now=NOW)

    page = officer.get("/audit-trail").text

    assert "Tue, Dec 1, 2026, 10:00:09 AM" in page
    assert "Published the agenda" in page
    assert "Thoracic tumor board, Tuesday, December 8, 2026" in page
    assert "Edited: person" in page
    assert page.count(person.name) == 3
