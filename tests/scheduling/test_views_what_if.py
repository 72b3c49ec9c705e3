"""Which cases a coordinator may suppose something about."""

import re

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.factories import NOW, a_meeting, a_person, a_series, an_accepted_case, as_actor, seat, sign_in
from tumorboard.agendas.services import agenda_for, place_case
from tumorboard.cases.models import Case
from tumorboard.kernel.db import transaction
from tumorboard.meetings.models import Meeting
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Series


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def board(app) -> Series:
    return a_series(slug="thoracic")


@pytest.fixture
def coordinator(client: FlaskClient, board: Series) -> FlaskClient:
    person = a_person()
    seat(board, person, SeatPart.COORDINATOR)
    return sign_in(client, person)


def _a_case_in(meeting: Meeting) -> Case:
    case, by = an_accepted_case(meeting.series), as_actor(a_person())
    with transaction():
        place_case(agenda_for(meeting, now=NOW), case, by=by, now=NOW)
    return case


def _offered(client: FlaskClient, meeting: Meeting) -> list[tuple[str, list[str]]]:
    """The groups of the first list of cases, with the codes in each."""
    page = client.get(f"/meetings/{meeting.id}/what-if").text
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', page.split("</select>")[0], re.DOTALL)
    return [(label, re.findall(r'<option value="\d+">([^,<]+)', options)) for label, options in groups]


def test_cases_are_grouped_with_those_of_this_meeting_first(coordinator: FlaskClient, board: Series) -> None:
    meeting, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    waiting, moved_up, here = an_accepted_case(board), _a_case_in(later), _a_case_in(meeting)

    groups = _offered(coordinator, meeting)

    assert groups == [
        ("In this meeting", [here.code]),
        ("Waiting for a meeting", [waiting.code]),
        ("In a later meeting", [moved_up.code]),
    ]


def test_case_that_could_not_be_discussed_there_is_not_offered(coordinator: FlaskClient, board: Series) -> None:
    sooner, meeting, later = (a_meeting(board, weeks=weeks) for weeks in (1, 2, 3))
    before, here, after = (_a_case_in(one) for one in (sooner, meeting, later))
    an_accepted_case(board, ready_on=later.starts_at.date())
    _a_case_in(a_meeting(a_series()))

    groups = _offered(coordinator, meeting)

    assert groups == [("In this meeting", [here.code]), ("In a later meeting", [after.code])]
    answer = coordinator.get(f"/meetings/{meeting.id}/what-if?kind=away&case={before.id}")
    assert (answer.status_code, "Choose a case from the list." in answer.text) == (422, True)


def test_list_of_cases_costs_the_same_for_one_and_for_three(
    coordinator: FlaskClient, board: Series, statements
) -> None:
    meeting, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    counts = []
    for _ in range(3):
        for one in (meeting, later):
            _a_case_in(one)
        an_accepted_case(board)
        with statements() as counted:
            _offered(coordinator, meeting)
        counts.append(counted.count)

    assert counts[0] == counts[2]


def test_answer_says_what_was_supposed_and_a_case_is_only_made_more_urgent(
    coordinator: FlaskClient, board: Series
) -> None:
    meeting, _ = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    case = _a_case_in(meeting)
    asked = f"/meetings/{meeting.id}/what-if?case={case.id}"

    urgent = coordinator.get(f"{asked}&kind=urgency&urgency=urgent")
    routine = coordinator.get(f"{asked}&kind=urgency&urgency=routine")
    shorter = coordinator.get(f"{asked}&kind=longer&minutes=-15")

    assert (urgent.status_code, f"Supposed: {case.code} is urgent." in urgent.text) == (200, True)
    assert (routine.status_code, f"{case.code} is {case.urgency} already" in routine.text) == (422, True)
    assert "Supposed: the meeting is 15 minutes shorter." in shorter.text
