"""The start page, by the parts that a person plays."""

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.factories import NOW, a_case, a_meeting, a_person, a_series, as_actor, seat, sign_in, stored
from tumorboard.accounts.domain import Part
from tumorboard.agendas.services import agenda_for, place_case, publish
from tumorboard.cases.domain import CaseState
from tumorboard.feeds.models import Follow
from tumorboard.kernel.db import transaction
from tumorboard.notices.domain import NoticeKind, NoticeState
from tumorboard.notices.models import Notice
from tumorboard.scheduling.domain import MoveKind, PlanCause, RunState
from tumorboard.scheduling.models import PlanMove, PlanRun
from tumorboard.series.domain import SeatPart


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def test_nothing_needs_a_newcomer_who_is_shown_the_next_step(client: FlaskClient) -> None:
    page = sign_in(client, a_person(Part.CLINICIAN)).get("/").text

    assert "Nothing needs you today." in page
    assert "Follow a series" in page
    assert "Submit a case" not in page


def test_physician_finds_drafts_and_what_was_asked_for(client: FlaskClient) -> None:
    board, physician = a_series(), a_person(Part.MEMBER_PHYSICIAN)
    draft = a_case(board, submitter=physician, state=CaseState.DRAFT)
    returned = a_case(board, submitter=physician, state=CaseState.RETURNED)

    page = sign_in(client, physician).get("/").text

    assert f"Finish your draft {draft.code}" in page
    assert f"Add information to {returned.code}" in page
    assert "Submit a case" in page


def test_coordinator_finds_submissions_and_agendas_to_publish(client: FlaskClient) -> None:
    board, coordinator = a_series(), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    a_case(board), a_case(board)
    waiting, meeting = a_case(board, state=CaseState.ACCEPTED), a_meeting(board)
    by = as_actor(coordinator)
    with transaction():
        place_case(agenda_for(meeting, now=NOW), waiting, by=by, now=NOW)

    page = sign_in(client, coordinator).get("/").text

    assert "Decide on 2 submissions" in page
    assert "Publish the Thoracic agenda of Tue, Dec 8, 7:00 AM" in page


def test_coordinator_finds_what_is_proposed_until_it_is_decided(client: FlaskClient) -> None:
    board, elsewhere, coordinator = a_series(), a_series(), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    times = {"cause": PlanCause.PEOPLE_CHANGED, "started_at": NOW, "finished_at": NOW}
    moves = [PlanMove(case_id=a_case(board).id, kind=MoveKind.LEFT_OUT, why="")]
    run = stored(PlanRun(series_id=board.id, state=RunState.PROPOSED, moves=moves, **times))
    stored(PlanRun(series_id=elsewhere.id, state=RunState.PROPOSED, **times))
    sign_in(client, coordinator)

    page = client.get("/").text
    with transaction():
        run.state = RunState.DISMISSED
    after = client.get("/").text

    assert page.count("proposed for") == 2  # once to see, once to hear
    assert f"Decide on 1 change proposed for {board.short_name}" in page
    assert f'href="/series/{board.slug}/plan"' in page
    assert "proposed for" not in after


def test_presenter_sees_the_time_of_the_own_case_once_it_is_published(client: FlaskClient) -> None:
    board, physician, by = a_series(), a_person(Part.MEMBER_PHYSICIAN), as_actor(a_person())
    case, meeting = a_case(board, submitter=physician, state=CaseState.ACCEPTED), a_meeting(board)
    with transaction():
        place_case(agenda_for(meeting, now=NOW), case, by=by, now=NOW)
    before = sign_in(client, physician).get("/").text
    with transaction():
        publish(agenda_for(meeting, now=NOW), by=by, now=NOW)

    after = client.get("/").text

    assert f"You present {case.code}" not in before
    assert f"You present {case.code} at 7:00 AM." in after


def test_follower_sees_the_next_lecture(client: FlaskClient) -> None:
    lectures, nurse = a_series(kind="lecture", name="Nursing Grand Rounds", slug="nursing"), a_person(Part.CLINICIAN)
    a_meeting(lectures)
    stored(Follow(person_id=nurse.id, series_id=lectures.id))

    page = sign_in(client, nurse).get("/").text

    assert "Nursing Grand Rounds" in page
    assert "in 7 days" in page


def test_administrator_is_told_of_mail_that_could_not_be_delivered(client: FlaskClient) -> None:
    person = a_person(Part.ADMINISTRATOR)
    stored(
        Notice(
            kind=NoticeKind.RECOVERY,
            person_id=person.id,
            address=person.email,
            name=person.name,
            facts={},
            message_id="one",
            state=NoticeState.DEAD,
            created_at=NOW,
            due_at=NOW,
        )
    )

    page = sign_in(client, person).get("/").text

    assert "1 message could not be delivered" in page
