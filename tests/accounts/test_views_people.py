"""People and institutions, as administrators see and change them."""

from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.makers import link_to, notices_to
from tests.factories import NOW, a_person, an_institution, form, sign_in
from tumorboard.accounts.domain import InstitutionKind, Part, Specialty
from tumorboard.accounts.models import Institution, Person
from tumorboard.audit.models import AuditEntry
from tumorboard.kernel.db import db

HOSTILE = ["Robert'); DROP TABLE person;--", "<script>alert(1)</script>", "O’Brien “Bo” & Søn", "100%", "a_b", "🚢 李"]


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(app: Flask) -> Person:
    return a_person(Part.ADMINISTRATOR, given_name="Ada", family_name="Zuse", email="admin@example.org")


def _typed(**overrides) -> dict:
    values = {"email": "robin@example.org", "given_name": "Robin", "family_name": "Example", "credentials": "MD"}
    values |= {"parts": ["member_physician"], "specialties": ["surgery", "urology"]}
    return {**values, **overrides}


def _person(email: str) -> Person | None:
    db.session.expire_all()
    return db.session.scalars(select(Person).where(Person.email == email)).one_or_none()


def _shown(client: FlaskClient, **query) -> list[str]:
    page = unescape(client.get("/people", query_string=query).text)
    return [person.family_name for person in db.session.scalars(select(Person).order_by(Person.family_name))
            if f">{person.display_name}</a>" in page]  # fmt: skip


PAGES = [
    "/people",
    "/people/new",
    "/people/1",
    "/institutions",
    "/institutions/new",
    "/institutions/1",
    "/outbox",
    "/outbox/1",
]
ACTS = ["/people", "/people/1", "/people/1/invitation", "/people/1/deactivation", "/people/1/reactivation",
        "/institutions", "/institutions/1", "/outbox/1/repetition"]  # fmt: skip


@pytest.mark.parametrize("part", [None, Part.MEMBER_PHYSICIAN, Part.CLINICIAN, Part.PRIVACY_OFFICER])
def test_nobody_but_administrators_comes_here(client: FlaskClient, part: Part | None) -> None:
    sign_in(client, a_person(*([part] if part else [])))
    data = form(client, "/account")

    answers = [client.get(path).status_code for path in PAGES] + [
        client.post(path, data=data).status_code for path in ACTS
    ]

    assert set(answers) == {403}


def test_list_names_everybody_with_parts_and_state(client: FlaskClient, admin: Person) -> None:
    a_person(Part.MEMBER_PHYSICIAN, family_name="Joined", specialties=[Specialty.SURGERY])
    a_person(family_name="Invited", joined_at=None)
    a_person(family_name="Left", active=False)
    sign_in(client, admin)

    page = client.get("/people").text

    assert _shown(client) == ["Invited", "Joined", "Left", "Zuse"]
    assert all(word in page for word in ("Member physician", "Surgery", "Deactivated", "Active"))


def test_list_asks_as_often_for_three_as_for_one(client: FlaskClient, admin: Person, statements) -> None:
    sign_in(client, admin)
    with statements() as few:
        client.get("/people")
    for _ in range(3):
        a_person(Part.MEMBER_PHYSICIAN, specialties=[Specialty.SURGERY])
    with statements() as many:
        client.get("/people")

    assert many.count == few.count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("brien", ["O'Brien"]), ("O'B", ["O'Brien"]), ("%", ["100%"]), ("_", ["Under_score"]), ("\\", ["Back\\slash"]),
        ("robin under", ["Under_score"]), ("ADMIN@EXAMPLE", ["Zuse"]), ("'; --", []), ("nobody", []),
    ],
)  # fmt: skip
def test_search_takes_signs_as_they_are(client: FlaskClient, admin: Person, text: str, found: list[str]) -> None:
    for name in ("O'Brien", "100%", "Under_score", "Back\\slash"):
        a_person(family_name=name, email=f"{abs(hash(name))}@example.org")
    sign_in(client, admin)

    assert _shown(client, text=text) == found


def test_list_is_narrowed_to_an_institution(client: FlaskClient, admin: Person) -> None:
    there = an_institution()
    a_person(family_name="There", at=there)
    a_person(family_name="Elsewhere")
    sign_in(client, admin)

    assert _shown(client, institution=there.id) == ["There"]


def test_person_is_invited_with_parts_and_specialties(client: FlaskClient, admin: Person) -> None:
    sign_in(client, admin)
    there = an_institution()

    answer = client.post("/people", data=form(client, "/people/new", institution_id=there.id, **_typed()))

    person = _person("robin@example.org")
    assert answer.location == f"/people/{person.id}"
    assert ([row.part for row in person.parts], person.institution_id) == ([Part.MEMBER_PHYSICIAN], there.id)
    assert {row.specialty for row in person.specialties} == {Specialty.SURGERY, Specialty.UROLOGY}
    assert link_to(person).startswith("/invitations/")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "person.invited")).one()
    assert (entry.person_id, entry.subject_id) == (admin.id, str(person.id))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": ""}, "Enter an e-mail address."),
        ({"email": "robin at example"}, "Enter an address such as a@clinic.org."),
        ({"email": "admin@example.org"}, "Somebody has this address already."),
        ({"email": "ADMIN@EXAMPLE.ORG"}, "Somebody has this address already."),
        ({"family_name": ""}, "Enter a family name."),
        ({"given_name": "x" * 61}, "at most 60 characters"),
        ({"institution_id": "999999"}, "Choose"),
        ({"parts": ["chair"]}, "Choose"),
        ({"parts": ["emperor"]}, "Choose"),
    ],
)
def test_refused_invitation_keeps_what_was_typed(
    client: FlaskClient, admin: Person, wrong: dict, sentence: str
) -> None:
    sign_in(client, admin)
    typed = {"institution_id": an_institution().id, **_typed(credentials="MD, ”PhD”"), **wrong}

    answer = client.post("/people", data=form(client, "/people/new", **typed))

    page = unescape(answer.text)
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="MD, ”PhD”"' in page
    assert _person("robin@example.org") is None


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_is_stored_as_typed_and_shown_as_text(client: FlaskClient, admin: Person, name: str) -> None:
    sign_in(client, admin)
    data = form(client, "/people/new", institution_id=an_institution().id, **_typed(family_name=name))

    client.post("/people", data=data)

    assert _person("robin@example.org").family_name == name
    page = client.get("/people").text
    assert name in unescape(page)
    assert "<script>alert" not in page


def test_address_that_no_mail_can_reach_is_refused_before_it_is_stored(client: FlaskClient, admin: Person) -> None:
    sign_in(client, admin)
    typed = {"institution_id": an_institution().id, **_typed(email="röbin@example.org")}

    answer = client.post("/people", data=form(client, "/people/new", **typed))

    assert answer.status_code == 422
    assert _person("röbin@example.org") is None


def test_person_is_edited(client: FlaskClient, admin: Person) -> None:
    person, there = a_person(Part.CLINICIAN), an_institution()
    sign_in(client, admin)
    path = f"/people/{person.id}"

    answer = client.post(path, data=form(client, path, institution_id=there.id, **_typed(parts=["administrator"])))

    assert answer.location == path
    changed = _person("robin@example.org")
    assert (changed.id, changed.institution_id) == (person.id, there.id)
    assert [row.part for row in changed.parts] == [Part.ADMINISTRATOR]


def test_edit_to_a_taken_address_is_refused_and_nothing_changes(client: FlaskClient, admin: Person) -> None:
    person = a_person(email="kim@example.org", family_name="Before")
    sign_in(client, admin)
    path = f"/people/{person.id}"
    typed = _typed(email="Admin@example.org", family_name="After")

    answer = client.post(path, data=form(client, path, institution_id=person.institution_id, **typed))

    assert answer.status_code == 422
    assert "Somebody has this address already." in answer.text
    assert 'value="After"' in answer.text
    assert _person("kim@example.org").family_name == "Before"


def test_new_part_counts_at_the_next_request(client: FlaskClient, app: Flask, admin: Person) -> None:
    person, browser = a_person(email="robin@example.org"), app.test_client()
    sign_in(browser, person)
    assert browser.get("/people").status_code == 403
    sign_in(client, admin)
    path = f"/people/{person.id}"

    client.post(path, data=form(client, path, institution_id=person.institution_id, **_typed(parts=["administrator"])))

    assert browser.get("/people").status_code == 200


def test_person_is_deactivated_and_let_in_again(client: FlaskClient, admin: Person) -> None:
    person = a_person()
    sign_in(client, admin)
    path = f"/people/{person.id}"

    client.post(f"{path}/deactivation", data=form(client, path))
    db.session.expire_all()
    assert not db.session.get_one(Person, person.id).active
    client.post(f"{path}/reactivation", data=form(client, path))

    db.session.expire_all()
    assert db.session.get_one(Person, person.id).active


def test_own_deactivation_is_refused_with_a_sentence(client: FlaskClient, admin: Person) -> None:
    sign_in(client, admin)
    path = f"/people/{admin.id}"

    answer = client.post(f"{path}/deactivation", data=form(client, path))

    assert answer.status_code == 422
    assert "Ask another administrator to deactivate your own account." in answer.text
    assert client.get("/people").status_code == 200


def test_invitation_is_sent_again_and_the_old_link_ends(client: FlaskClient, app: Flask, admin: Person) -> None:
    sign_in(client, admin)
    client.post("/people", data=form(client, "/people/new", institution_id=an_institution().id, **_typed()))
    person = _person("robin@example.org")
    old = link_to(person)

    client.post(f"/people/{person.id}/invitation", data=form(client, f"/people/{person.id}"))

    assert len(notices_to(person)) == 2
    stranger = app.test_client()
    assert (stranger.get(old).status_code, stranger.get(link_to(person)).status_code) == (404, 200)


@pytest.mark.parametrize("path", ["/people/999999", "/institutions/999999", "/outbox/999999"])
def test_missing_thing_is_missing(client: FlaskClient, admin: Person, path: str) -> None:
    sign_in(client, admin)

    assert client.get(path).status_code == 404


PLACE = {"name": "Bergen Clinic", "short_name": "Bergen", "slug": "bergen", "kind": "member", "city": "Bergen",
         "state": "New Jersey", "time_zone": "America/New_York"}  # fmt: skip


def test_institution_is_added_and_edited(client: FlaskClient, admin: Person) -> None:
    sign_in(client, admin)

    client.post("/institutions", data=form(client, "/institutions/new", **PLACE))
    db.session.expire_all()
    place = db.session.scalars(select(Institution).where(Institution.slug == "bergen")).one()
    path = f"/institutions/{place.id}"
    client.post(path, data=form(client, path, **{**PLACE, "name": "Bergen Cancer Center", "kind": "hub"}))

    db.session.expire_all()
    place = db.session.get_one(Institution, place.id)
    assert (place.name, place.kind) == ("Bergen Cancer Center", InstitutionKind.HUB)
    assert "Bergen Cancer Center" in client.get("/institutions").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"slug": "taken"}, "Another institution has this address already."),
        ({"slug": "Not A Slug"}, "Use small letters, digits and dashes."),
        ({"time_zone": "Mars/Olympus"}, "Choose a time zone of the list."),
        ({"kind": "planet"}, "Choose hub or member."),
        ({"city": ""}, "Enter a city."),
    ],
)
def test_refused_institution_keeps_what_was_typed(
    client: FlaskClient, admin: Person, wrong: dict, sentence: str
) -> None:
    an_institution(slug="taken")
    sign_in(client, admin)

    answer = client.post("/institutions", data=form(client, "/institutions/new", **{**PLACE, **wrong}))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Bergen Clinic"' in answer.text
