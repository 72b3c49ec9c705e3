"""The second factor: set up, asked for, good once."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.makers import is_in, one_time_code, try_to_sign_in
from tests.factories import NOW, PASSWORD, a_person, a_series, form, seat, sign_in
from tumorboard.accounts.domain import Part
from tumorboard.accounts.models import Person
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db
from tumorboard.series.domain import SeatPart

# The library still gives its choices as WTForms 3.3 takes them; we pin that.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")
SETUP, VALIDATION = "/account/second-factor", "/sign-in/second-factor"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def demanded(app: Flask) -> Iterator[None]:
    app.config["SECOND_FACTOR_REQUIRED"] = True
    yield
    app.config["SECOND_FACTOR_REQUIRED"] = False


def _set_up(client: FlaskClient) -> str:
    """Turn the second factor on as the page leads, and give back the key that it showed."""
    page = client.post(SETUP, data=form(client, SETUP, setup="authenticator")).text
    key = re.search(r"<code>([^<]+)</code>", page)[1]
    action = re.search(r'action="(/account/second-factor[^"]*)"', page)[1]
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(action, data={"csrf_token": token, "code": one_time_code(key, utc_now())})
    assert answer.location == "/account", answer.text
    return key


def _with_password(app: Flask, person: Person) -> FlaskClient:
    browser = app.test_client()
    answer = try_to_sign_in(browser, person.email, PASSWORD)
    assert answer.location.partition("?")[0] == VALIDATION
    return browser


def _enter(browser: FlaskClient, code: str, **more: str):
    return browser.post(VALIDATION, data=form(browser, VALIDATION, code=code, **more))


def test_password_alone_opens_nothing_once_a_second_factor_is_on(client: FlaskClient, app: Flask, clock) -> None:
    person = a_person()
    key = _set_up(sign_in(client, person))
    clock.shift(timedelta(minutes=1))

    browser = _with_password(app, person)
    assert not is_in(browser)
    answer = _enter(browser, one_time_code(key, utc_now()))

    assert answer.status_code == 302
    assert is_in(browser)


def test_key_is_not_stored_readable(client: FlaskClient) -> None:
    person = a_person()
    key = _set_up(sign_in(client, person)).replace(" ", "")

    db.session.expire_all()
    assert key not in db.session.get_one(Person, person.id).tf_totp_secret


def test_wrong_code_while_setting_up_turns_nothing_on(client: FlaskClient, app: Flask) -> None:
    person = a_person()
    sign_in(client, person)
    page = client.post(SETUP, data=form(client, SETUP, setup="authenticator")).text
    action = re.search(r'action="(/account/second-factor[^"]*)"', page)[1]

    client.post(action, data=form(client, SETUP, code="000000"))

    assert is_in(sign_in(app.test_client(), person))


def test_code_is_good_once(client: FlaskClient, app: Flask, clock) -> None:
    person = a_person()
    key = _set_up(sign_in(client, person))
    clock.shift(timedelta(minutes=1))
    code = one_time_code(key, utc_now())
    _enter(_with_password(app, person), code)

    replayed = _with_password(app, person)
    _enter(replayed, code)

    assert not is_in(replayed)


@pytest.mark.parametrize(
    "code", ["000000", "", "12345", "1234567", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666", "9" * 4000]
)
def test_wrong_code_opens_nothing(client: FlaskClient, app: Flask, code: str) -> None:
    person = a_person()
    _set_up(sign_in(client, person))
    browser = _with_password(app, person)

    answer = _enter(browser, code)

    assert answer.status_code in {200, 302, 422}
    assert not is_in(browser)


def test_codes_are_guessed_five_times_and_no_more(client: FlaskClient, app: Flask, clock) -> None:
    person = a_person()
    key = _set_up(sign_in(client, person))
    clock.shift(timedelta(minutes=1))
    browser = _with_password(app, person)
    for number in range(5):
        _enter(browser, "000000", email=f"decoy{number}@example.org")

    answer = _enter(browser, one_time_code(key, utc_now()), email="decoy@example.org")

    assert answer.status_code == 429
    assert not is_in(browser)


def test_second_factor_page_without_a_password_before_leads_to_sign_in(client: FlaskClient) -> None:
    assert client.get(VALIDATION).location == "/sign-in"


def test_recovery_codes_let_in_once_each(client: FlaskClient, app: Flask, clock) -> None:
    person = a_person()
    _set_up(sign_in(client, person))
    path = "/account/recovery-codes"
    page = client.post(path, data=form(client, path, generate_new_codes="1")).text
    codes = re.findall(r"<code>([^<]+)</code>", page)
    assert len(codes) >= 3

    first, replayed, second = (_with_password(app, person) for _ in range(3))
    for browser, code in ((first, codes[0]), (replayed, codes[0]), (second, codes[1])):
        browser.post("/sign-in/recovery-code", data=form(browser, "/sign-in/recovery-code", code=code))

    assert (is_in(first), is_in(replayed), is_in(second)) == (True, False, True)


def test_turning_it_off_asks_for_nothing_but_the_password_again(client: FlaskClient, app: Flask) -> None:
    person = a_person()
    _set_up(sign_in(client, person))

    client.post(SETUP, data=form(client, SETUP, setup="disable"))

    assert is_in(sign_in(app.test_client(), person))


@pytest.mark.usefixtures("demanded")
@pytest.mark.parametrize("path", ["/", "/people", "/account", "/account/recovery-codes"])
def test_administrator_is_led_to_set_up_a_second_factor_first(client: FlaskClient, path: str) -> None:
    sign_in(client, a_person(Part.ADMINISTRATOR))

    assert client.get(path).location == SETUP


@pytest.mark.usefixtures("demanded")
def test_coordinator_is_led_to_set_up_a_second_factor_and_then_let_on(client: FlaskClient) -> None:
    coordinator = a_person()
    seat(a_series(), coordinator, SeatPart.COORDINATOR)
    sign_in(client, coordinator)
    assert client.get("/").location == SETUP

    _set_up(client)

    assert client.get("/").status_code == 200


@pytest.mark.usefixtures("demanded")
def test_coordinator_can_leave_instead(client: FlaskClient) -> None:
    sign_in(client, a_person(Part.ADMINISTRATOR))

    answer = client.post("/sign-out", data=form(client, SETUP))

    assert answer.location == "/sign-in"
    assert not is_in(client)


@pytest.mark.usefixtures("demanded")
@pytest.mark.parametrize("part", [Part.MEMBER_PHYSICIAN, Part.CLINICIAN, Part.PRIVACY_OFFICER])
def test_others_are_free_to_do_without(client: FlaskClient, part: Part) -> None:
    sign_in(client, a_person(part))

    assert client.get("/").status_code == 200


def test_second_factor_leads_back_to_where_one_wanted(client: FlaskClient, app: Flask, clock) -> None:
    person = a_person()
    key = _set_up(sign_in(client, person))
    clock.shift(timedelta(minutes=1))
    browser = app.test_client()
    data = form(browser, "/sign-in", email=person.email, password=PASSWORD)

    asked = browser.post("/sign-in?next=/calendar", data=data)
    code = one_time_code(key, utc_now())
    answer = browser.post(asked.location, data=form(browser, asked.location, code=code))

    assert answer.location == "/calendar"
