"""One's own account: browsers signed in."""

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.makers import is_in
from tests.factories import NOW, a_person, form, sign_in
from tumorboard.accounts.models import SignIn
from tumorboard.kernel.db import db


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def _sign_ins(person) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(SignIn.id).where(SignIn.person_id == person.id).order_by(SignIn.id)))


def test_browsers_are_listed_by_name_and_this_one_is_marked(client: FlaskClient) -> None:
    client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    sign_in(client, a_person())

    page = client.get("/account").text

    assert "Firefox on Windows" in page
    assert page.count("This browser") == 1


def test_one_browser_is_signed_out_from_another(client: FlaskClient, app: Flask) -> None:
    person, lost = a_person(), app.test_client()
    sign_in(lost, person)
    sign_in(client, person)

    answer = client.post(f"/account/sign-ins/{_sign_ins(person)[0]}/end", data=form(client, "/account"))

    assert answer.location == "/account#sessions"
    assert (is_in(client), is_in(lost)) == (True, False)


def test_all_other_browsers_are_signed_out_at_once(client: FlaskClient, app: Flask) -> None:
    person, others = a_person(), [app.test_client() for _ in range(2)]
    for browser in (*others, client):
        sign_in(browser, person)

    client.post("/account/sign-ins/end-others", data=form(client, "/account"))

    assert [is_in(browser) for browser in (*others, client)] == [False, False, True]


def test_session_of_somebody_else_is_missing(client: FlaskClient, app: Flask) -> None:
    person, other = a_person(), app.test_client()
    sign_in(other, person)
    sign_in(client, a_person())
    data = form(client, "/account")

    foreign = client.post(f"/account/sign-ins/{_sign_ins(person)[0]}/end", data=data)
    missing = client.post("/account/sign-ins/999999/end", data=data)

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert is_in(other)
