"""The page on which an invited person chooses a password."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.makers import link_to, try_to_sign_in
from tests.factories import NOW, an_institution, form
from tumorboard.accounts.models import Person
from tumorboard.accounts.services import deactivate, invite
from tumorboard.accounts.services.people import PersonDraft
from tumorboard.kernel.db import db, transaction

GOOD = "lanterns over quiet harbours"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def invited(app: Flask) -> Person:
    draft = PersonDraft(
        email="robin@example.org", given_name="Robin", family_name="Example", institution_id=an_institution().id
    )
    with transaction():
        return invite(draft, by=None, now=NOW)


def _joined(person: Person) -> bool:
    db.session.expire_all()
    return db.session.get_one(Person, person.id).joined_at is not None


def test_opening_the_link_changes_nothing(client: FlaskClient, invited: Person) -> None:
    for _ in range(2):
        page = client.get(link_to(invited))
        assert page.status_code == 200
        assert "Welcome, Robin" in page.text

    assert not _joined(invited)


def test_invited_person_chooses_a_password_and_signs_in_with_it(client: FlaskClient, invited: Person) -> None:
    link = link_to(invited)

    answer = client.post(link, data=form(client, link, password=GOOD))

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert _joined(invited)
    assert try_to_sign_in(client, "robin@example.org", GOOD).status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Choose a password."),
        ("harbour", "Use at least 15 characters."),
        ("passwordpassword", "only slightly harder to guess"),
        ("robin@example.org", "This password is easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("ab" * 600, "Use at most 1000 characters."),
    ],
)
def test_weak_password_is_refused_with_a_sentence(
    client: FlaskClient, invited: Person, typed: str, sentence: str
) -> None:
    link = link_to(invited)

    answer = client.post(link, data=form(client, link, password=typed))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not _joined(invited)


def test_refused_password_is_never_sent_back(client: FlaskClient, invited: Person) -> None:
    link = link_to(invited)

    answer = client.post(link, data=form(client, link, password="harbour-17"))

    assert "harbour-17" not in answer.text


def test_password_is_taken_to_the_letter(client: FlaskClient, app: Flask, invited: Person) -> None:
    odd = "  lanterns “over” quiet hârbours 🚢  "
    link = link_to(invited)

    client.post(link, data=form(client, link, password=odd))

    assert try_to_sign_in(app.test_client(), "robin@example.org", odd.strip()).status_code == 200
    assert try_to_sign_in(app.test_client(), "robin@example.org", odd).status_code == 302


@pytest.mark.parametrize("length", [64, 72, 73, 200, 1000])
def test_long_password_is_taken_whole(client: FlaskClient, app: Flask, invited: Person, length: int) -> None:
    long = (GOOD + ", and nobody at the ferry knew why; ") * 20
    link = link_to(invited)

    client.post(link, data=form(client, link, password=long[:length]))

    assert try_to_sign_in(app.test_client(), "robin@example.org", long[: length - 1]).status_code == 200
    assert try_to_sign_in(app.test_client(), "robin@example.org", long[:length]).status_code == 302


def test_used_link_says_so(client: FlaskClient, invited: Person) -> None:
    link = link_to(invited)
    data = form(client, link, password=GOOD)
    client.post(link, data=data)

    again = client.post(link, data={**data, "password": "another long and quiet sentence"})

    assert (client.get(link).status_code, again.status_code) == (409, 409)
    assert "This invitation was used or has expired." in again.text
    assert try_to_sign_in(client, "robin@example.org", GOOD).status_code == 302


def test_expired_link_says_so(client: FlaskClient, invited: Person, clock) -> None:
    clock.shift(timedelta(days=14))

    assert client.get(link_to(invited)).status_code == 409


def test_link_of_somebody_deactivated_opens_nothing(client: FlaskClient, invited: Person) -> None:
    with transaction():
        deactivate(invited, by=None, now=NOW)

    assert client.get(link_to(invited)).status_code == 404


@pytest.mark.parametrize("token", ["invented", "a" * 3000, "%00", "%F0%9F%9A%A2", "..%2F..", "'--"])
def test_invented_link_is_missing(client: FlaskClient, token: str) -> None:
    assert client.get(f"/invitations/{token}").status_code == 404
