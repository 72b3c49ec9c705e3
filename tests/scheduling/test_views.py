"""Planning on request, and the plans of a board."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import NOW, a_meeting, a_person, a_series, an_accepted_case, form, seat, sign_in
from tumorboard.accounts.domain import Part
from tumorboard.kernel.db import db
from tumorboard.scheduling.models import PlanRun
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Series


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def board(app) -> Series:
    return a_series(slug="thoracic")


def _signed_in(client: FlaskClient, board: Series, part: SeatPart) -> FlaskClient:
    person = a_person()
    seat(board, person, part)
    return sign_in(client, person)


def test_plan_now_places_what_waits_and_shows_why(client: FlaskClient, board: Series) -> None:
    meeting, case = a_meeting(board), an_accepted_case(board)
    coordinator = _signed_in(client, board, SeatPart.COORDINATOR)
    page = f"/meetings/{meeting.id}/agenda"

    answer = coordinator.post("/series/thoracic/plans", data=form(coordinator, page, meeting=meeting.id))

    assert (answer.status_code, answer.location) == (303, page)
    shown = coordinator.get(page).text
    assert "Planned: 1 change." in shown
    assert f"Placed {case.code} on Tue, Dec 8, 7:00 AM" in shown


def test_case_that_goes_on_waiting_is_no_change(client: FlaskClient, board: Series) -> None:
    meeting = a_meeting(board)
    an_accepted_case(board, ready_on=meeting.starts_at.date() + timedelta(days=365))
    coordinator = _signed_in(client, board, SeatPart.COORDINATOR)
    page = f"/meetings/{meeting.id}/agenda"

    coordinator.post("/series/thoracic/plans", data=form(coordinator, page, meeting=meeting.id))

    assert "Planned. Nothing had to change." in coordinator.get(page).text


def test_plans_of_a_board_are_listed_with_what_each_changed(client: FlaskClient, board: Series) -> None:
    a_meeting(board)
    case = an_accepted_case(board)
    coordinator = _signed_in(client, board, SeatPart.COORDINATOR)
    empty = coordinator.get("/series/thoracic/plans").text
    coordinator.post("/series/thoracic/plans", data=form(coordinator, "/series/thoracic/plans"))

    page = coordinator.get("/series/thoracic/plans").text

    assert "This board was not planned yet." in empty
    assert case.code in page


@pytest.mark.parametrize("part", [SeatPart.CORE_MEMBER, SeatPart.OBSERVER])
def test_who_does_not_lead_the_board_may_not_plan_it(client: FlaskClient, board: Series, part: SeatPart) -> None:
    a_meeting(board)
    an_accepted_case(board)
    member = _signed_in(client, board, part)

    answer = member.post("/series/thoracic/plans", data=form(member, "/account"))

    assert answer.status_code == 403
    assert db.session.scalar(select(func.count()).select_from(PlanRun)) == 0


def test_coordinator_of_another_board_may_not_plan_this_one(client: FlaskClient, board: Series) -> None:
    stranger = a_person(Part.MEMBER_PHYSICIAN)
    seat(a_series(slug="other"), stranger, SeatPart.COORDINATOR)
    sign_in(client, stranger)

    assert client.post("/series/thoracic/plans", data=form(client, "/account")).status_code == 403
    assert client.get("/series/thoracic/plans").status_code == 403
