"""Refusals stand in the audit trail: who was denied what, or looked for what is not theirs."""

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import NOW, a_case, a_person, a_series, form, sign_in
from tumorboard.accounts.domain import Part
from tumorboard.audit.domain import Outcome
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.queries import faults
from tumorboard.kernel.db import db


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def _refusals() -> list[AuditEntry]:
    db.session.rollback()
    found = select(AuditEntry).where(AuditEntry.action == "request.refused")
    return list(db.session.scalars(found.order_by(AuditEntry.sequence)))


def test_foreign_case_looked_for_is_recorded_with_its_code(client: FlaskClient) -> None:
    case, stranger = a_case(a_series()), a_person(Part.MEMBER_PHYSICIAN)
    sign_in(client, stranger)

    client.get(f"/cases/{case.code}")

    [entry] = _refusals()
    assert (entry.person_id, entry.outcome, entry.subject) == (stranger.id, Outcome.REFUSED, "endpoint")
    assert (entry.subject_id, entry.details) == ("cases.show", {"status": 404, "code": case.code})
    assert list(faults()) == []


def test_case_that_does_not_exist_leaves_the_same_trace(client: FlaskClient) -> None:
    sign_in(client, a_person(Part.MEMBER_PHYSICIAN))

    client.get("/cases/AAB-BCC".replace("A", "2"))

    [entry] = _refusals()
    assert entry.details == {"status": 404, "code": "22B-BCC"}


def test_page_of_another_part_is_recorded(client: FlaskClient) -> None:
    sign_in(client, a_person())

    client.get("/people")
    client.get("/people/17")

    assert [(entry.subject_id, entry.details) for entry in _refusals()] == [
        ("accounts.list_people", {"status": 403}),
        ("accounts.show_person", {"status": 403, "person_id": "17"}),
    ]


def test_act_that_is_refused_is_recorded_and_nothing_of_it_is_stored(client: FlaskClient) -> None:
    sign_in(client, a_person(Part.ADMINISTRATOR, Part.MEMBER_PHYSICIAN))

    client.post("/people/999999/deactivation", data=form(client, "/account"))

    [entry] = _refusals()
    assert entry.details == {"status": 404, "person_id": "999999"}


def test_secret_in_an_address_is_never_recorded(client: FlaskClient) -> None:
    sign_in(client, a_person())

    client.get("/invitations/a-secret-that-somebody-mistyped")
    client.get("/feeds/tbf_a-secret-that-somebody-mistyped.ics")

    assert {str(entry.details) for entry in _refusals()} == {"{'status': 404}"}


@pytest.mark.parametrize("path", ["/no/such/page", "/static/no-such-file.css", "/account", "/cases"])
def test_what_is_no_refusal_leaves_no_trace(client: FlaskClient, path: str) -> None:
    sign_in(client, a_person(Part.MEMBER_PHYSICIAN))

    client.get(path)

    assert _refusals() == []


def test_who_is_not_signed_in_leaves_no_trace(client: FlaskClient, app: Flask) -> None:
    case = a_case(a_series())

    client.get(f"/cases/{case.code}")
    client.get("/invitations/invented")

    assert _refusals() == []
