"""Coming in, staying in, and being shut out."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.accounts.makers import is_in, link_to, notices_to, try_to_sign_in
from tests.factories import NOW, PASSWORD, a_person, form, sign_in
from tumorboard.accounts.domain import Part
from tumorboard.accounts.models import SignIn
from tumorboard.audit.models import AuditEntry
from tumorboard.kernel.db import db
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice

WRONG = "sunrise-at-noon-oclock"
NEW = "lanterns over quiet harbours"
IDLE, ABSOLUTE = timedelta(hours=4), timedelta(hours=12)  # what the embedded default sets


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def _without_token(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


def _done(action: str) -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action))


def _sessions() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(SignIn))


def test_person_comes_in_and_goes_out(client: FlaskClient) -> None:
    sign_in(client, a_person())
    assert is_in(client)

    answer = client.post("/sign-out", data=form(client, "/account"))

    assert answer.location == "/sign-in"
    assert not is_in(client)
    assert _sessions() == 0


def test_sign_in_is_written_into_the_audit_trail(client: FlaskClient) -> None:
    person = a_person()

    sign_in(client, person)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_in.done")).one()
    assert (entry.person_id, entry.institution_id) == (person.id, person.institution_id)


def test_address_in_another_case_signs_in(client: FlaskClient) -> None:
    a_person(email="robin@example.org")

    assert try_to_sign_in(client, "Robin@Example.ORG", PASSWORD).status_code == 302


def test_wrong_password_and_unknown_account_look_alike_and_both_count(app: Flask) -> None:
    person = a_person(email="robin@example.org")

    known = try_to_sign_in(app.test_client(), person.email, WRONG)
    unknown = try_to_sign_in(app.test_client(), "nobody@example.org", WRONG)

    assert known.status_code == unknown.status_code
    shown = _without_token(known.text).replace(person.email, "nobody@example.org")
    assert shown == _without_token(unknown.text)
    assert "This e-mail address and password do not fit together." in known.text
    assert _done("sign_in.failed") == 2


@pytest.mark.parametrize("changes", [{"active": False}, {"password": None, "joined_at": None}])
def test_who_left_or_never_came_in_looks_like_a_wrong_password(app: Flask, changes: dict) -> None:
    person = a_person(email="robin@example.org", **changes)

    refused = try_to_sign_in(app.test_client(), person.email, PASSWORD)
    unknown = try_to_sign_in(app.test_client(), "nobody@example.org", PASSWORD)

    shown = _without_token(refused.text).replace(person.email, "nobody@example.org")
    assert shown == _without_token(unknown.text)


def test_fifth_failure_closes_sign_in_for_a_quarter_of_an_hour(client: FlaskClient, clock) -> None:
    person = a_person()
    for _ in range(5):
        assert try_to_sign_in(client, person.email, WRONG).status_code == 200

    refused = try_to_sign_in(client, person.email, PASSWORD)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "901")
    clock.shift(timedelta(minutes=15))
    assert try_to_sign_in(client, person.email, PASSWORD).status_code == 302


@pytest.mark.parametrize(
    "written", ["ROBIN@example.org", " robin@example.org", "robin@ｅxample.org", "robin@EXAMPLE.org "]
)
def test_address_written_otherwise_gives_no_further_tries(client: FlaskClient, written: str) -> None:
    a_person(email="robin@example.org")
    for _ in range(5):
        try_to_sign_in(client, written, WRONG)

    assert try_to_sign_in(client, "robin@example.org", PASSWORD).status_code == 429


@pytest.mark.parametrize("body", ['{"email": "robin@example.org", "password": "x"}', "[1]", '"x"', "[" * 50_000])
def test_sign_in_is_by_form_alone(client: FlaskClient, body: str) -> None:
    token = form(client, "/sign-in")["csrf_token"]

    answer = client.post("/sign-in", data=body, content_type="application/json", headers={"X-CSRFToken": token})

    assert answer.status_code == 422
    assert not is_in(client)


def test_forged_network_address_gives_no_further_tries(client: FlaskClient) -> None:
    person = a_person()
    for number in range(5):
        try_to_sign_in(client, person.email, WRONG, headers={"X-Forwarded-For": f"10.{number}.0.1"})

    assert try_to_sign_in(client, person.email, PASSWORD).status_code == 429


def test_sign_in_gives_the_browser_a_new_session(client: FlaskClient) -> None:
    client.get("/sign-in")
    before = client.get_cookie("tumorboard").value

    sign_in(client, a_person())

    cookie = client.get_cookie("tumorboard")
    assert cookie.value != before
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_session_planted_before_sign_in_opens_nothing_after_it(client: FlaskClient, app: Flask) -> None:
    client.get("/sign-in")
    planted = client.get_cookie("tumorboard").value
    sign_in(client, a_person())

    thief = app.test_client()
    thief.set_cookie("tumorboard", planted)

    assert not is_in(thief)


@pytest.mark.parametrize("cookie", ["row.", "row.invented", "cookie.invented", "nonsense", "row." + "a" * 4000, "\x7f"])
def test_invented_session_is_nobody(client: FlaskClient, cookie: str) -> None:
    a_person()
    client.set_cookie("tumorboard", cookie)

    assert client.get("/account").status_code == 303


def test_stolen_copy_of_the_database_opens_nothing(client: FlaskClient) -> None:
    sign_in(client, a_person())

    token = client.get_cookie("tumorboard").value.removeprefix("row.")
    db.session.rollback()
    assert token.encode() not in db.session.scalars(select(SignIn.token_hash)).one()


def test_session_ends_when_nobody_used_it(client: FlaskClient, clock) -> None:
    sign_in(client, a_person())
    clock.shift(IDLE - timedelta(seconds=1))
    assert is_in(client)

    clock.shift(IDLE)

    assert not is_in(client)


def test_session_ends_twelve_hours_after_sign_in_however_busy(client: FlaskClient, clock) -> None:
    sign_in(client, a_person())
    for _ in range(3):
        clock.shift(IDLE - timedelta(seconds=1))
        assert is_in(client)

    clock.shift(timedelta(seconds=3))

    assert not is_in(client)


def test_session_is_not_written_at_every_request(client: FlaskClient, clock) -> None:
    sign_in(client, a_person())
    clock.shift(timedelta(seconds=30))
    client.get("/account")
    db.session.rollback()
    assert db.session.scalars(select(SignIn.seen_at)).one() == NOW

    clock.shift(timedelta(minutes=1))
    client.get("/account")

    db.session.rollback()
    assert db.session.scalars(select(SignIn.seen_at)).one() == NOW + timedelta(seconds=90)


def test_password_change_ends_the_other_sessions_and_keeps_this_one(client: FlaskClient, app: Flask) -> None:
    person, elsewhere = a_person(), app.test_client()
    sign_in(client, person)
    sign_in(elsewhere, person)
    typed = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}

    answer = client.post("/account/password", data=form(client, "/account/password", **typed))

    assert answer.location == "/account"
    assert (is_in(client), is_in(elsewhere)) == (True, False)
    assert [notice.kind for notice in notices_to(person)] == [NoticeKind.PASSWORD_CHANGED]
    assert _done("password.changed") == 1
    assert try_to_sign_in(app.test_client(), person.email, PASSWORD).status_code == 200
    assert try_to_sign_in(app.test_client(), person.email, NEW).status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"password": WRONG, "new_password": NEW, "new_password_confirm": NEW}, "This is not your present password."),
        ({"password": PASSWORD, "new_password": "short", "new_password_confirm": "short"}, "at least 15 characters"),
        (
            {"password": PASSWORD, "new_password": NEW, "new_password_confirm": WRONG},
            "Both new passwords have to be the same.",
        ),
    ],
)
def test_password_change_refused_says_why_and_changes_nothing(client: FlaskClient, typed: dict, sentence: str) -> None:
    person = a_person()
    sign_in(client, person)

    answer = client.post("/account/password", data=form(client, "/account/password", **typed))

    assert sentence in answer.text
    assert is_in(client)
    assert notices_to(person) == []


def test_deactivation_ends_the_session_at_the_next_request(client: FlaskClient, app: Flask) -> None:
    person, admin = a_person(), app.test_client()
    sign_in(client, person)
    sign_in(admin, a_person(Part.ADMINISTRATOR))

    admin.post(f"/people/{person.id}/deactivation", data=form(admin, f"/people/{person.id}"))

    assert client.get("/account").location == "/sign-in?next=/account"
    assert not is_in(client)


def test_nobody_stays_in_beside_the_session(client: FlaskClient, app: Flask) -> None:
    """The library can hand out tokens that know no idle time and cannot be ended: none of them opens anything."""
    person = a_person()
    token = form(client, "/sign-in")["csrf_token"]
    body = {"email": person.email, "password": PASSWORD}
    answer = client.post("/sign-in?include_auth_token", json=body, headers={"X-CSRFToken": token})
    own = person.get_auth_token()
    given = (answer.json or {}).get("response", {}).get("user", {}).get("authentication_token", own)

    stranger = app.test_client()

    assert stranger.get("/account", headers={"Authentication-Token": given}).status_code == 303
    assert stranger.get(f"/account?auth_token={given}").status_code == 303
    assert stranger.get("/account", json={"auth_token": given}).status_code in {303, 401}


def test_nobody_is_remembered_beyond_the_session(client: FlaskClient, clock) -> None:
    person = a_person()
    client.post("/sign-in", data=form(client, "/sign-in", email=person.email, password=PASSWORD, remember="y"))
    assert is_in(client)

    clock.shift(IDLE)

    assert client.get_cookie("remember_token") is None
    assert not is_in(client)


def test_password_asked_for_once_more_is_guessed_five_times_and_no_more(client: FlaskClient) -> None:
    sign_in(client, a_person())
    path = "/account/verification"
    for _ in range(5):
        client.post(path, data=form(client, path, password=WRONG))

    assert client.post(path, data=form(client, path, password=PASSWORD)).status_code == 429


@pytest.mark.parametrize("typed", ["robin@example.org", "nobody@example.org", "gone@example.org"])
def test_recovery_answers_everybody_alike(app: Flask, typed: str) -> None:
    a_person(email="robin@example.org")
    a_person(email="gone@example.org", active=False)
    browser = app.test_client()

    answer = browser.post("/password-recovery", data=form(browser, "/password-recovery", email=typed))
    other = app.test_client()
    same = other.post("/password-recovery", data=form(other, "/password-recovery", email="other@example.org"))

    assert (answer.status_code, answer.location) == (same.status_code, same.location)
    assert _without_token(answer.text).replace(typed, "other@example.org") == _without_token(same.text)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Notice)) == (typed == "robin@example.org")


def _asked_for_recovery(client: FlaskClient, **headers) -> str:
    person = a_person(email="robin@example.org")
    client.post(
        "/password-recovery", data=form(client, "/password-recovery", email="robin@example.org"), headers=headers
    )
    return link_to(person)


def test_recovery_mail_holds_a_path_and_no_host_of_the_request(client: FlaskClient) -> None:
    link = _asked_for_recovery(client, **{"X-Forwarded-Host": "evil.example"})

    assert re.fullmatch(r"/password-recovery/[A-Za-z0-9._-]+", link)


def test_recovery_for_a_foreign_host_is_refused(client: FlaskClient) -> None:
    a_person(email="robin@example.org")
    data = form(client, "/password-recovery", email="robin@example.org")

    answer = client.post("/password-recovery", data=data, headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_recovery_link_sets_a_password_once_and_ends_all_sessions(client: FlaskClient, app: Flask) -> None:
    link = _asked_for_recovery(client)
    elsewhere = app.test_client()
    try_to_sign_in(elsewhere, "robin@example.org", PASSWORD)
    typed = {"password": NEW, "password_confirm": NEW}

    answer = client.post(link, data=form(client, link, **typed))

    assert answer.status_code == 302
    assert not is_in(elsewhere)
    assert try_to_sign_in(app.test_client(), "robin@example.org", NEW).status_code == 302
    again = client.get(link)
    assert (again.status_code, again.location) == (302, "/password-recovery")


def test_recovery_link_expires_after_thirty_minutes(client: FlaskClient, clock) -> None:
    link = _asked_for_recovery(client)
    clock.shift(timedelta(minutes=29, seconds=59))
    assert client.get(link).status_code == 200

    clock.shift(timedelta(seconds=2))

    assert client.get(link).location == "/password-recovery"


def test_recovery_does_not_shorten_the_way_of_the_invited(client: FlaskClient) -> None:
    person = a_person(email="robin@example.org", password=None, joined_at=None)

    client.post("/password-recovery", data=form(client, "/password-recovery", email="robin@example.org"))

    assert notices_to(person) == []


@pytest.mark.parametrize(
    "foreign",
    ["//evil.example", "https://evil.example", "\\\\evil.example", "/\\evil.example", "https:evil.example",
     "\t//evil.example", "/\t/evil.example", "javascript:alert(1)", "http:///evil.example", "//evil.example/../account"],
)  # fmt: skip
def test_next_never_leads_to_a_foreign_place(client: FlaskClient, foreign: str) -> None:
    person = a_person()
    data = form(client, "/sign-in", email=person.email, password=PASSWORD, next=foreign)

    answer = client.post("/sign-in", query_string={"next": foreign}, data=data)

    target = urlsplit(urljoin("http://localhost/sign-in", answer.location))
    assert (target.scheme, target.netloc) == ("http", "localhost"), answer.location


def test_next_leads_back_to_where_one_wanted(client: FlaskClient) -> None:
    person = a_person()
    data = form(client, "/sign-in", email=person.email, password=PASSWORD)

    answer = client.post("/sign-in", query_string={"next": "/calendar?view=week"}, data=data)

    assert answer.location == "/calendar?view=week"
