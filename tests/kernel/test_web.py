"""What every request meets: who may, how errors look, what the browser is told."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import a_person, a_series, form, seat, sign_in
from tumorboard.accounts.domain import Part
from tumorboard.cases.models import Case
from tumorboard.kernel.db import db
from tumorboard.kernel.errors import UnsafeConfiguration
from tumorboard.kernel.web import check_every_route_names_its_permission
from tumorboard.series.domain import SeatPart


def test_every_answer_carries_the_policy_and_pages_are_never_stored(client: FlaskClient) -> None:
    answer = client.get("/sign-in")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_page_needs_a_sign_in_and_comes_back_after_it(client: FlaskClient) -> None:
    answer = client.get("/cases?state=draft")

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/cases?state%3Ddraft")


def test_json_client_is_told_by_problem_details(client: FlaskClient) -> None:
    answer = client.get("/cases", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.json["status"] == 401


def test_missing_page_is_told_in_the_products_own_shell(client: FlaskClient) -> None:
    sign_in(client, a_person())

    answer = client.get("/no/such/page")

    assert answer.status_code == 404
    assert 'href="#main"' in answer.text
    assert "We could not find that" in answer.text


@pytest.mark.parametrize("path", ["/people/0", f"/people/{10**18}", "/cases/AAA-AAA", "/cases/abc-def", "/people/-1"])
def test_impossible_id_is_missing_and_never_an_error(client: FlaskClient, path: str) -> None:
    sign_in(client, a_person(Part.ADMINISTRATOR, Part.MEMBER_PHYSICIAN))

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", str(10**18), "two"])
def test_impossible_page_number_shows_a_page(client: FlaskClient, page: str) -> None:
    sign_in(client, a_person(Part.ADMINISTRATOR))

    assert client.get(f"/people?page={page}").status_code == 200


def test_form_without_its_token_is_refused_and_nothing_is_stored(client: FlaskClient) -> None:
    sign_in(client, a_person(Part.MEMBER_PHYSICIAN))

    answer = client.post("/cases", data={"key": "one"})

    assert answer.status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Origin", "https://evil.example", 403),
        ("Origin", "http://127.0.0.1:8000.evil.example", 403),
        ("Origin", "null", 403),
        ("Origin", "http://127.0.0.1:8000", 303),
        ("Origin", "http://localhost", 303),
    ],
)
def test_form_from_another_site_is_refused(client: FlaskClient, header: str, value: str, status: int) -> None:
    sign_in(client, a_person(Part.MEMBER_PHYSICIAN))

    answer = client.post("/cases", data=form(client, "/cases"), headers={header: value})

    assert answer.status_code == status


def test_request_for_another_host_is_refused(client: FlaskClient) -> None:
    answer = client.get("/sign-in", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_body_too_large_is_refused_by_its_own_page(client: FlaskClient) -> None:
    sign_in(client, a_person(Part.MEMBER_PHYSICIAN))
    data = form(client, "/cases", key="x" * (3 * 1024 * 1024))

    answer = client.post("/cases", data=data)

    assert answer.status_code == 413
    assert "That is too large" in answer.text


def test_address_that_takes_no_such_method_says_which_it_takes(client: FlaskClient) -> None:
    sign_in(client, a_person())

    answer = client.delete("/calendar", headers={"Accept": "application/json"})

    assert answer.status_code in {400, 405}


def test_address_that_only_takes_a_form_is_no_page_to_load_again(client: FlaskClient) -> None:
    sign_in(client, a_person())

    answer = client.get("/subscriptions/addresses")
    refused = client.post("/calendar", data=form(client, "/account"))

    assert answer.status_code == 405
    assert "Load the page again" not in answer.text
    assert "repeat the last step" not in answer.text
    assert "Go to Today" in answer.text
    assert 'href="?">Load the page again' in refused.text


def test_permission_held_nowhere_is_refused(client: FlaskClient) -> None:
    sign_in(client, a_person(Part.CLINICIAN))

    answer = client.get("/people")

    assert answer.status_code == 403
    assert "You may not do this" in answer.text


def test_part_on_a_board_ends_with_its_seat(client: FlaskClient) -> None:
    board, person = a_series(), a_person()
    place = seat(board, person, SeatPart.COORDINATOR)
    sign_in(client, person)
    before = client.get("/triage").status_code

    db.session.delete(place)
    db.session.commit()

    assert (before, client.get("/triage").status_code) == (200, 403)


def test_application_with_a_route_without_permission_refuses_to_start() -> None:
    app = Flask("half-finished")
    app.add_url_rule("/open-door", "open_door", lambda: "come in")

    with pytest.raises(UnsafeConfiguration, match="/open-door"):
        check_every_route_names_its_permission(app, of_libraries={"static": "anyone"})


def test_static_files_are_kept_for_a_year_under_their_version(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    path = page.split('rel="stylesheet" href="')[1].split('"')[0]

    with client.get(path) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
