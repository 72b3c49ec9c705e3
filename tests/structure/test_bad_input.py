"""Whatever is typed into a field: a sentence or a success, never an error of ours, and nothing typed is lost."""

from html import escape
from io import BytesIO

import pytest
import time_machine
from flask.testing import FlaskClient
from marshmallow import fields

from tests.factories import NOW, a_case, a_person, a_series, form, seat, sign_in
from tumorboard.accounts.domain import Part
from tumorboard.cases.domain import SECTIONS, CaseState
from tumorboard.cases.schemas import CaseDraftSchema
from tumorboard.series.domain import SeatPart

HOSTILE = (
    "x" * 20_000,
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "nul \x00 bell \x07 escape \x1b",
    "turned \u202e around",
    "line\r\nBcc: evil@example.org",
    "=?utf-8?q?hello=0ABcc=3A_evil=40example.org?=",
    "=HYPERLINK(1)",
    "{{ 7 * 7 }} {% raw %}",
    "%00%0d%0a ../../etc/passwd",
    "9" * 40,
    "-1",
    "1e309",
    "NaN",
    "٣",
    "🧪" * 50,
    "\ud7ff\ue000",
    "' OR 1=1 --",
    "",
    "   ",
)


MAY_BE_BLANK = {"/account/hours"}


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("section", [one for one in SECTIONS if "studies" not in one.fields], ids=lambda one: one.slug)
def test_every_field_of_the_case_form_takes_or_refuses_anything(client: FlaskClient, section) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/{section.slug}"
    token = form(client, path)
    version = case.version

    for raw in HOSTILE:
        typed = {**token, **dict.fromkeys(section.fields, raw), "version": version}
        answer = client.post(path, data=typed, headers={"X-Autosave": "1"})

        # An autosave stores each field that is valid by itself, so that both databases meet every value.
        assert answer.status_code == 200, (raw[:40], answer.text[:200])
        version = answer.json["version"]
        assert all(said.endswith(".") for said in answer.json["errors"].values()), answer.json

    shown = client.post(path, data={**token, **dict.fromkeys(section.fields, HOSTILE[1]), "version": version})
    assert "<script>alert" not in shown.text


def test_what_was_typed_is_shown_again_escaped(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/diagnosis-and-stage"
    typed = '"><b>bold</b>' + "y" * 200

    answer = client.post(path, data=form(client, path, histology=typed, diagnosed_year="soon"))

    assert answer.status_code == 422
    assert str(escape(typed)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in answer.text
    assert 'value="soon"' in answer.text


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("/people/new", "/people"),
        ("/institutions/new", "/institutions"),
        ("/account/availability", "/account/absences"),
        ("/account/availability", "/account/hours"),
        ("/invitations", "/invitations"),
    ],
)
def test_every_field_of_the_other_forms_takes_or_refuses_anything(client: FlaskClient, page: str, target: str) -> None:
    sign_in(client, a_person(Part.ADMINISTRATOR))
    html = client.get(page).text.split(f'action="{target}"')[1].split("</form>")[0]
    names = {part.split('"')[0] for part in html.split(' name="')[1:]} - {"csrf_token"}
    token = form(client, page)

    for raw in HOSTILE:
        answer = client.post(target, data={**dict.fromkeys(names, raw), **token})

        is_free_to_be_blank = target in MAY_BE_BLANK and not raw.strip()
        assert answer.status_code == (303 if is_free_to_be_blank else 422), (raw[:40], answer.status_code)


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_file_that_is_no_calendar_is_refused_with_a_sentence(client: FlaskClient, raw: str) -> None:
    sign_in(client, a_person())
    data = form(client, "/account/availability", calendar=(BytesIO(raw.encode()), raw[:20] or "empty.ics"))

    answer = client.post("/account/busy-times", data=data)

    assert answer.status_code == 422
    assert "This file is not a calendar." in answer.text or "Choose a calendar file." in answer.text


FILTERS = {
    "people": ("text", "institution", "page"),
    "triage": ("urgency", "board"),
    "cases": ("state", "page"),
    "audit-trail": ("subject_id", "page"),
    "calendar": ("day", "view", "whose", "kind", "series"),
    "closures": ("name", "institution_id", "cause", "effect", "starts_on", "ends_on", "video_url"),
    "outbox": ("state",),
}


@pytest.mark.parametrize(("page", "names"), FILTERS.items(), ids=FILTERS)
def test_every_filter_takes_anything(client: FlaskClient, page: str, names: tuple[str, ...]) -> None:
    board, person = a_series(), a_person(*(part for part in Part if part not in {Part.SIGNED_IN}))
    seat(board, person, SeatPart.COORDINATOR)
    sign_in(client, person)

    for raw in HOSTILE[1:]:
        answer = client.get(f"/{page}", query_string=dict.fromkeys(names, raw))

        assert answer.status_code in {200, 422}, (page, raw[:40], answer.status_code)


@pytest.mark.parametrize(
    "body", ["[" * 100_000 + "]" * 100_000, '{"starts_on":' * 100_000 + "1" + "}" * 100_000], ids=["lists", "objects"]
)
def test_json_nested_past_all_sense_is_refused(client: FlaskClient, body: str) -> None:
    sign_in(client, a_person())
    token = form(client, "/account/availability")["csrf_token"]

    answer = client.post(
        "/account/absences", data=body, content_type="application/json", headers={"X-CSRFToken": token}
    )

    assert answer.status_code == 422
    assert answer.json["detail"] == "This JSON is nested too deeply."


def test_unknown_field_is_refused_by_name_and_nothing_is_stored(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/patient"

    answer = client.post(path, data=form(client, path, version=1, state="closed", submitter_id="1"))

    assert answer.status_code == 422


def test_every_text_of_the_case_has_a_limit() -> None:
    unlimited = [
        name
        for name, field in CaseDraftSchema().fields.items()
        if isinstance(field, fields.String) and not any(getattr(rule, "max", None) for rule in field.validators)
    ]

    assert unlimited == []
