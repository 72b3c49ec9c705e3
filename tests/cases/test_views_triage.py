"""Triage as a coordinator does it."""

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import NOW, a_case, a_person, a_series, form, seat, sign_in
from tumorboard.accounts.domain import Part, Specialty
from tumorboard.cases.domain import Act, CaseState, Urgency
from tumorboard.cases.models import Case
from tumorboard.kernel.db import db
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Series


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def board(app) -> Series:
    return a_series()


@pytest.fixture
def coordinator(client: FlaskClient, board: Series) -> FlaskClient:
    person = a_person()
    seat(board, person, SeatPart.COORDINATOR)
    return sign_in(client, person)


def _fresh(case: Case) -> Case:
    db.session.expire_all()
    return db.session.get_one(Case, case.id)


def _decide(client: FlaskClient, case: Case, act: str, **fields: object) -> int:
    page = f"/cases/{case.code}/triage"
    return client.post(f"/cases/{case.code}/{act}", data=form(client, page, **fields)).status_code


def test_accepted_case_waits_in_the_queue_with_what_was_decided(coordinator: FlaskClient, board: Series) -> None:
    case = a_case(board)

    status = _decide(
        coordinator, case, "acceptance", urgency="urgent", minutes="12", specialties=["pathology", "surgery"]
    )

    case = _fresh(case)
    assert status == 303
    assert (case.state, case.urgency, case.minutes) == (CaseState.ACCEPTED, Urgency.URGENT, 12)
    assert {row.specialty for row in case.specialties} == {Specialty.PATHOLOGY, Specialty.SURGERY}
    assert case.deadline_on is not None
    assert (case.deadline_on - NOW.date()).days == Urgency.URGENT.days


@pytest.mark.parametrize(
    ("act", "state", "kind"),
    [
        ("return", CaseState.RETURNED, NoticeKind.CASE_RETURNED),
        ("decline", CaseState.DECLINED, NoticeKind.CASE_DECLINED),
    ],
)
def test_physician_finds_the_reason_in_the_history_and_is_told_by_mail(
    coordinator: FlaskClient, board: Series, act: str, state: CaseState, kind: NoticeKind
) -> None:
    case = a_case(board)

    _decide(coordinator, case, act, reason="Please add the FISH result")

    case = _fresh(case)
    assert (case.state, case.history[-1].reason) == (state, "Please add the FISH result")
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.kind, notice.person_id) == (kind, case.submitter_id)
    assert "FISH" not in str(notice.facts)


def test_redirected_case_leaves_one_inbox_and_enters_the_other(coordinator: FlaskClient, board: Series) -> None:
    case, other = a_case(board), a_series(name="Sarcoma tumor board", slug="sarcoma")

    status = _decide(coordinator, case, "redirection", board_id=other.id, reason="A sarcoma")

    case = _fresh(case)
    assert (status, case.state, case.board_id) == (303, CaseState.SUBMITTED, other.id)
    assert case.history[-1].act is Act.REDIRECT
    assert coordinator.get(f"/cases/{case.code}").status_code == 404


@pytest.mark.parametrize("act", ["return", "decline", "redirection"])
def test_decision_without_a_reason_is_refused(coordinator: FlaskClient, board: Series, act: str) -> None:
    case = a_case(board)

    assert _decide(coordinator, case, act, reason=" ") == 422
    assert _fresh(case).state is CaseState.SUBMITTED


def test_second_coordinator_is_told_that_the_case_was_decided(coordinator: FlaskClient, board: Series) -> None:
    case = a_case(board)
    fields = form(coordinator, f"/cases/{case.code}/triage", urgency="soon", minutes="8")
    coordinator.post(f"/cases/{case.code}/decline", data={**fields, "reason": "x"} | {"urgency": ""})
    coordinator.post(f"/cases/{case.code}/decline", data=form(coordinator, f"/cases/{case.code}/triage", reason="No"))

    late = coordinator.post(f"/cases/{case.code}/acceptance", data=fields)

    assert late.status_code == 409


def test_several_cases_are_accepted_at_once(coordinator: FlaskClient, board: Series) -> None:
    cases = [a_case(board) for _ in range(3)]

    answer = coordinator.post(
        "/triage/acceptance", data=form(coordinator, "/triage", case=[one.code for one in cases[:2]])
    )

    assert answer.status_code == 303
    assert [_fresh(case).state for case in cases] == [CaseState.ACCEPTED, CaseState.ACCEPTED, CaseState.SUBMITTED]


def test_coordinator_of_another_board_finds_no_such_case(client: FlaskClient, board: Series) -> None:
    case, stranger = a_case(board), a_person()
    seat(a_series(slug="other"), stranger, SeatPart.COORDINATOR)
    sign_in(client, stranger)
    token = form(client, "/account")

    answer = client.post(f"/cases/{case.code}/acceptance", data={**token, "urgency": "soon", "minutes": "8"})

    assert answer.status_code == 404
    assert _fresh(case).state is CaseState.SUBMITTED


def test_physician_may_not_triage_the_own_case(client: FlaskClient, board: Series) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = a_case(board, submitter=physician)
    sign_in(client, physician)
    token = form(client, "/account")

    answer = client.post(f"/cases/{case.code}/acceptance", data={**token, "urgency": "soon", "minutes": "8"})

    assert answer.status_code == 403


def test_bulk_with_a_foreign_case_stores_nothing_at_all(coordinator: FlaskClient, board: Series) -> None:
    own, foreign = a_case(board), a_case(a_series(slug="elsewhere"))

    answer = coordinator.post("/triage/acceptance", data=form(coordinator, "/triage", case=[own.code, foreign.code]))

    assert answer.status_code == 404
    assert _fresh(own).state is CaseState.SUBMITTED
