"""The pages of a case as a physician and a coordinator use them."""

from datetime import time

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import (
    ANSWERS,
    NOW,
    a_case,
    a_meeting,
    a_person,
    a_series,
    form,
    seat,
    sign_in,
)
from tumorboard.accounts.domain import Part
from tumorboard.audit.models import AuditEntry
from tumorboard.cases.domain import SECTIONS, CaseState, Urgency
from tumorboard.cases.models import Case
from tumorboard.kernel.db import db
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.series.domain import SeatPart

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def _begin(client: FlaskClient, key: str = "one") -> str:
    answer = client.post("/cases", data=form(client, "/cases", key=key))
    return answer.location.split("/")[2]


def _fill(client: FlaskClient, code: str, board_id: int) -> None:
    answers = {**ANSWERS, "board_id": board_id, "presenter_id": _case(code).presenter_id}
    for section in SECTIONS:
        path = f"/cases/{code}/sections/{section.slug}"
        typed = {name: answers[name] for name in section.fields if name in answers}
        answer = client.post(path, data=form(client, path, version=_case(code).version, **typed))
        assert answer.status_code == 303, answer.text


def _case(code: str) -> Case:
    db.session.expire_all()
    return db.session.scalars(select(Case).where(Case.code == code)).one()


def test_case_filled_section_by_section_is_submitted_and_both_sides_are_told(client: FlaskClient) -> None:
    board, physician, coordinator = a_series(), a_person(Part.MEMBER_PHYSICIAN), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    sign_in(client, physician)
    code = _begin(client)

    _fill(client, code, board.id)
    answer = client.post(f"/cases/{code}/submission", data=form(client, f"/cases/{code}/check"))

    assert answer.status_code == 303
    assert _case(code).state is CaseState.SUBMITTED
    told = {(notice.person_id, notice.kind) for notice in db.session.scalars(select(Notice))}
    assert told == {(physician.id, NoticeKind.CASE_SUBMITTED), (coordinator.id, NoticeKind.CASE_ARRIVED)}


def test_emergent_case_calls_the_coordinator_and_the_chair_at_once(client: FlaskClient) -> None:
    board, physician, coordinator, chair = a_series(), a_person(Part.MEMBER_PHYSICIAN), a_person(), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    seat(board, chair, SeatPart.CHAIR)
    case = a_case(board, submitter=physician, state=CaseState.DRAFT, submitted_at=None, urgency=Urgency.EMERGENT)
    sign_in(client, physician)

    client.post(f"/cases/{case.code}/submission", data=form(client, f"/cases/{case.code}/check"))

    told = select(Notice.person_id).where(Notice.kind == NoticeKind.CASE_EMERGENT).order_by(Notice.person_id)
    assert db.session.scalars(told).all() == sorted([coordinator.id, chair.id])


def test_double_click_begins_one_draft(client: FlaskClient) -> None:
    sign_in(client, a_person(Part.MEMBER_PHYSICIAN))

    first, second = _begin(client, "same"), _begin(client, "same")

    assert first == second
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_case_submitted_twice_arrives_once(client: FlaskClient) -> None:
    board, physician, coordinator = a_series(), a_person(Part.MEMBER_PHYSICIAN), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    case = a_case(board, submitter=physician, state=CaseState.DRAFT, submitted_at=None)
    sign_in(client, physician)
    data = form(client, f"/cases/{case.code}/check")

    answers = [client.post(f"/cases/{case.code}/submission", data=data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    arrived = select(func.count()).select_from(Notice).where(Notice.kind == NoticeKind.CASE_ARRIVED)
    assert db.session.scalar(arrived) == 1


def test_incomplete_case_is_refused_and_every_gap_is_named(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT, question=None, ecog=None)
    sign_in(client, physician)

    answer = client.post(f"/cases/{case.code}/submission", data=form(client, f"/cases/{case.code}/check"))

    assert answer.status_code == 422
    assert "2 answers still missing" in answer.text
    assert "The one question is missing" in answer.text
    assert _case(case.code).state is CaseState.DRAFT


def test_refused_section_shows_what_was_typed_beside_its_sentence(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/patient"

    answer = client.post(path, data=form(client, path, age_years="one hundred", patient_knows="All of it"))

    assert answer.status_code == 422
    assert "Enter a whole number from 0 to 90." in answer.text
    assert 'value="one hundred"' in answer.text
    assert "All of it" in answer.text


def test_text_that_is_too_long_is_kept_whole_and_never_cut(client: FlaskClient) -> None:
    physician, long = a_person(Part.MEMBER_PHYSICIAN), "x" * 1900
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/patient"

    page = client.get(path).text
    answer = client.post(path, data=form(client, path, version=case.version, comorbidity=long))

    assert "maxlength" not in page
    assert 'data-most="600"' in page
    assert answer.status_code == 422
    assert "Use at most 600 characters. This has 1,900." in answer.text
    assert long in answer.text


def test_autosave_keeps_the_valid_fields_and_names_the_others(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/patient"
    typed = form(client, path, version=case.version, age_years="200", patient_knows="Everything")

    answer = client.post(path, data=typed, headers={"X-Autosave": "1"})

    assert {name: answer.json[name] for name in ("saved", "version", "errors")} == {
        "saved": "10:00 AM",
        "version": 2,
        "errors": {"age_years": "Enter a whole number from 0 to 90."},
    }
    assert (_case(case.code).patient_knows, _case(case.code).age_years) == ("Everything", 61)


def test_autosave_names_the_very_field_of_a_row(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/imaging-and-pathology"
    typed = form(client, path, version=case.version, **{"study-1-kind": "imaging", "study-1-day": "-3"})

    answer = client.post(path, data=typed, headers={"X-Autosave": "1"})

    assert answer.json["errors"] == {"study-1-what": "Say what was done, or empty the row."}


def test_autosave_answers_with_where_the_case_is_going_now(client: FlaskClient) -> None:
    board, physician = a_series(name="Breast tumor board"), a_person(Part.MEMBER_PHYSICIAN)
    a_meeting(board)
    case = a_case(board, submitter=physician, state=CaseState.DRAFT, board_id=None)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/board-and-presenter"
    typed = {"board_id": board.id, "presenter_id": physician.id, "urgency": "routine"}

    answer = client.post(path, data=form(client, path, version=case.version, **typed), headers={"X-Autosave": "1"})

    assert "Breast tumor board, next with room" in answer.json["aside"]
    assert "Tue, Dec 8, 7:00 AM Eastern" in answer.json["aside"]


@pytest.mark.parametrize(
    ("hours", "is_warned"),
    [
        ({"joins_from": time(12, 0)}, True),
        ({"joins_until": time(7, 5)}, True),
        ({"joins_from": time(7, 30), "joins_until": time(8, 0)}, False),
        ({}, False),
    ],
)
def test_meeting_outside_the_presenters_hours_is_not_proposed_without_a_word(
    client: FlaskClient, hours: dict, is_warned: bool
) -> None:
    board, physician = a_series(), a_person(Part.MEMBER_PHYSICIAN)
    a_meeting(board)
    case = a_case(board, submitter=physician, state=CaseState.DRAFT, **hours)
    sign_in(client, physician)

    page = client.get(f"/cases/{case.code}/sections/board-and-presenter").text

    assert ("It lies outside the hours of the presenter" in page) is is_warned


@pytest.mark.parametrize(("state", "word"), [(CaseState.DRAFT, "Draft saved at"), (CaseState.ACCEPTED, "Saved at")])
def test_only_a_draft_is_called_a_draft(client: FlaskClient, state: CaseState, word: str) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=state)
    sign_in(client, physician)

    page = client.get(f"/cases/{case.code}/sections/patient").text

    assert f"<span>{word} 10:00 AM</span>" in page
    assert f'data-saved="{word}"' in page


def test_section_saved_elsewhere_meanwhile_is_kept_and_both_are_shown(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/patient"
    first = form(client, path, version=case.version, patient_knows="Said in this tab")
    client.post(path, data={**first, "patient_knows": "Said elsewhere"})

    answer = client.post(path, data=first)

    assert answer.status_code == 409
    assert "Said in this tab" in answer.text
    assert "Said elsewhere" in answer.text
    assert _case(case.code).patient_knows == "Said elsewhere"


@pytest.mark.parametrize("state", [CaseState.DRAFT, CaseState.SUBMITTED])
def test_foreign_case_is_as_missing_as_one_that_never_was(client: FlaskClient, state: CaseState) -> None:
    case = a_case(a_series(), state=state)
    sign_in(client, a_person(Part.MEMBER_PHYSICIAN))

    foreign, missing = client.get(f"/cases/{case.code}"), client.get("/cases/ZZZ-ZZ9")

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert case.code not in foreign.text


def test_looking_at_a_case_is_noted_in_the_audit_trail(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician)
    sign_in(client, physician)

    client.get(f"/cases/{case.code}")

    seen = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.seen")).one()
    assert (seen.subject_id, seen.person_id) == (case.code, physician.id)


def test_withdrawal_needs_its_reason_and_ends_the_case(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician)
    sign_in(client, physician)
    path = f"/cases/{case.code}/withdrawal"

    refused = client.post(path, data=form(client, path))
    done = client.post(path, data=form(client, path, reason="Treated elsewhere"))

    assert (refused.status_code, done.status_code) == (422, 303)
    assert _case(case.code).state is CaseState.WITHDRAWN


def test_list_shows_one_or_three_cases_with_the_same_number_of_statements(client: FlaskClient, statements) -> None:
    board, physician = a_series(), a_person(Part.MEMBER_PHYSICIAN)
    a_case(board, submitter=physician)
    sign_in(client, physician)
    client.get("/cases")

    with statements() as one:
        client.get("/cases")
    for _ in range(2):
        a_case(board, submitter=physician)
    with statements() as three:
        client.get("/cases")

    assert one.count == three.count


def test_imaging_rows_are_stored_and_a_row_without_a_name_is_refused(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/imaging-and-pathology"
    row = {"study-0-kind": "imaging", "study-0-what": "CT chest", "study-0-day": "-12", "study-0-transfer": "requested"}

    stored = client.post(path, data=form(client, path, version=case.version, **row))
    nameless = client.post(path, data=form(client, path, version=2, **{**row, "study-1-day": "-3"}))

    assert (stored.status_code, nameless.status_code) == (303, 422)
    assert [(study.what, study.day) for study in _case(case.code).studies] == [("CT chest", -12)]
    assert "Say what was done, or empty the row." in nameless.text


def test_submitted_case_keeps_every_answer_that_is_needed(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/question-for-the-board"

    answer = client.post(path, data=form(client, path, version=case.version, title="Another title"))

    assert answer.status_code == 422
    assert "Answer this: the case was submitted." in answer.text
    assert "Another title" in answer.text
    assert _case(case.code).question == ANSWERS["question"]


def test_draft_withdrawn_stays_its_authors_alone(client: FlaskClient) -> None:
    board, physician, coordinator = a_series(), a_person(Part.MEMBER_PHYSICIAN), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    case = a_case(board, submitter=physician, state=CaseState.DRAFT, submitted_at=None)
    sign_in(client, physician)
    path = f"/cases/{case.code}/withdrawal"

    client.post(path, data=form(client, path, reason="Never mind"))

    assert client.get(f"/cases/{case.code}").status_code == 200
    assert sign_in(client.application.test_client(), coordinator).get(f"/cases/{case.code}").status_code == 404


def test_returned_case_cannot_be_carried_to_another_board_by_its_author(client: FlaskClient) -> None:
    board, other, physician = a_series(), a_series(slug="other"), a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(board, submitter=physician, state=CaseState.RETURNED)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/board-and-presenter"
    typed = {"board_id": other.id, "presenter_id": physician.id, "urgency": "routine"}

    client.post(path, data=form(client, path, version=case.version, **typed))

    assert _case(case.code).board_id == board.id


@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_section_sent_without_its_version_overwrites_nothing(client: FlaskClient, version: str) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/patient"

    answer = client.post(path, data=form(client, path, version=version, patient_knows="Other words"))

    assert answer.status_code == 409
    assert _case(case.code).patient_knows == ANSWERS["patient_knows"]


@pytest.mark.parametrize("name", ["study-²-what", "study-" + "9" * 5000 + "-what", "study--what", "study-1e3-what"])
def test_row_that_no_page_offers_is_ignored(client: FlaskClient, name: str) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/imaging-and-pathology"

    answer = client.post(path, data=form(client, path, version=case.version, **{name: "CT"}))

    assert answer.status_code == 303
    assert _case(case.code).studies == []


@pytest.mark.parametrize("body", ['{"studies": []}', "[" * 50_000, "1"])
def test_section_sent_as_json_is_refused_and_changes_nothing(client: FlaskClient, body: str) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/imaging-and-pathology"
    token = form(client, path)["csrf_token"]

    answer = client.post(path, data=body, content_type="application/json", headers={"X-CSRFToken": token})

    assert answer.status_code == 422
    assert _case(case.code).version == 1


def test_form_sent_after_the_session_ended_is_told_one_thing(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/patient"
    typed = form(client, path, version=case.version, patient_knows="Other words")
    signed_out = client.application.test_client()

    page, quiet = signed_out.post(path, data=typed), signed_out.post(path, data=typed, headers={"X-Autosave": "1"})

    assert (page.status_code, quiet.status_code) == (401, 401)
    assert "What you sent just now was not stored; what was saved before is." in page.text
    assert "is kept" not in page.text


def test_returned_case_asks_its_question_on_its_page_and_in_the_form(client: FlaskClient) -> None:
    board, physician, coordinator = a_series(), a_person(Part.MEMBER_PHYSICIAN), a_person(given_name="Kim")
    seat(board, coordinator, SeatPart.COORDINATOR)
    case = a_case(board, submitter=physician)
    triage = sign_in(client.application.test_client(), coordinator)
    page = f"/cases/{case.code}/triage"
    triage.post(f"/cases/{case.code}/return", data=form(triage, page, reason="Which creatinine clearance?"))
    sign_in(client, physician)

    pages = [client.get(f"/cases/{case.code}{end}").text for end in ("", "/sections/patient", "/check")]

    # Nothing to scroll to: it stands before the answers.
    assert [
        page.index("Which creatinine clearance?") < page.index("<dl" if "<dl" in page else "<label") for page in pages
    ] == [True, True, True]
    assert all(f"{coordinator.name} needs more information" in page for page in pages)


def test_hours_are_told_with_their_zone_and_minutes_with_who_gave_them(client: FlaskClient) -> None:
    physician, colleague = a_person(Part.MEMBER_PHYSICIAN), a_person(Part.MEMBER_PHYSICIAN)
    hours = {"joins_from": time(7, 30), "joins_until": time(8, 0)}
    own = a_case(a_series(), submitter=physician, **hours)
    given = a_case(
        a_series(), submitter=physician, presenter_id=colleague.id, state=CaseState.ACCEPTED, accepted_at=NOW, **hours
    )
    sign_in(client, physician)

    mine, theirs = client.get(f"/cases/{own.code}").text, client.get(f"/cases/{given.code}").text

    assert "<dt>You can join</dt><dd>from 7:30 AM until 8:00 AM Eastern</dd>" in mine
    assert "<dt>The presenter can join</dt><dd>from 7:30 AM until 8:00 AM Eastern</dd>" in theirs
    assert ("Minutes asked" in mine, "Minutes asked" in theirs, "Minutes given" in theirs) == (True, False, True)


@pytest.mark.parametrize("filled", [0, 2, 4])
def test_more_rows_are_added_however_many_are_filled(client: FlaskClient, filled: int) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/imaging-and-pathology"
    before = client.get(path).text.count("<legend>Row")
    typed = {f"study-{number}-what": "CT" if number < filled else "" for number in range(before)}

    answer = client.post(path, data=form(client, path, version=case.version, go="row", **typed))
    after = client.get(answer.location).text.count("<legend>Row")

    assert after == before + 2


@pytest.mark.parametrize(
    ("section", "typed", "sentence"),
    [
        (
            "imaging-and-pathology",
            {"study-0-what": "CT", "study-0-day": "-3", "study-1-what": "MR", "study-1-day": "3"},
            "Row 2, Day: Enter 0 for today, or the days back as a negative number: -7 is a week ago.",
        ),
        ("diagnosis-and-stage", {"diagnosed_year": "2099"}, "Year of diagnosis: Enter a year from 1950 to this year."),
        ("patient", {"age_years": "412"}, "Age in years: Enter a whole number from 0 to 90."),
    ],
)
def test_summary_of_a_refused_section_names_row_and_question(
    client: FlaskClient, section: str, typed: dict, sentence: str
) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT)
    sign_in(client, physician)
    path = f"/cases/{case.code}/sections/{section}"

    answer = client.post(path, data=form(client, path, version=case.version, **typed))

    assert answer.status_code == 422
    assert f">{sentence}</a></li>" in answer.text


def test_reason_that_is_mostly_needed_is_not_called_optional(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT, stage_group=None)
    sign_in(client, physician)

    page = client.get(f"/cases/{case.code}/sections/board-and-presenter").text
    check = client.get(f"/cases/{case.code}/check").text

    assert "Why this soon</label>" in page
    assert "Stage group is missing" in check


def test_address_of_a_refused_submission_opens_the_page_to_check(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician, state=CaseState.DRAFT, question=None)
    sign_in(client, physician)
    path = f"/cases/{case.code}/submission"

    refused, opened = client.post(path, data=form(client, f"/cases/{case.code}/check")), client.get(path)

    assert '<a href="/cases" aria-current="page">My cases</a>' in " ".join(refused.text.split())
    assert opened.status_code == 200
    assert "The one question is missing" in opened.text


def test_whoever_withdraws_a_case_writes_to_the_board(client: FlaskClient) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(a_series(), submitter=physician)

    page = sign_in(client, physician).get(f"/cases/{case.code}/withdrawal").text

    assert "The coordinators of the board read this on the case page." in page
