"""Which boards are due for a plan, and what a case may hope for."""

from datetime import timedelta

import pytest

from tests.factories import NOW, a_case, a_meeting, a_series, an_accepted_case, stored
from tumorboard.agendas.models import Agenda
from tumorboard.cases.domain import CaseState
from tumorboard.kernel.db import transaction
from tumorboard.scheduling.domain import DEBOUNCE, GIVE_UP_AFTER_ATTEMPTS, LEASE, MoveKind, PlanCause, RunState
from tumorboard.scheduling.models import PlanMove, PlanRequest, PlanRun
from tumorboard.scheduling.queries import boards_due, dismissed_of
from tumorboard.scheduling.services import claim, request_plan
from tumorboard.series.domain import SeriesKind
from tumorboard.series.models import Series


@pytest.fixture
def board(app) -> Series:
    return a_series()


def _due(now=NOW) -> dict[int, PlanCause]:
    return boards_due(now=now)


def _planned(board: Series, at) -> None:
    run = PlanRun(series_id=board.id, cause=PlanCause.ASKED, state=RunState.APPLIED, started_at=at, finished_at=at)
    stored(run)


def test_board_without_cases_and_meetings_is_never_due(board: Series) -> None:
    assert _due() == {}


def test_queue_that_was_quiet_long_enough_makes_its_board_due(board: Series) -> None:
    an_accepted_case(board, queued_at=NOW)

    assert _due(NOW + DEBOUNCE - timedelta(microseconds=1)) == {}
    assert _due(NOW + DEBOUNCE) == {board.id: PlanCause.QUEUE_CHANGED}


def test_board_planned_since_the_last_change_is_not_due(board: Series) -> None:
    an_accepted_case(board, queued_at=NOW - timedelta(hours=1))
    _planned(board, NOW - timedelta(minutes=30))
    assert _due() == {}

    an_accepted_case(board, queued_at=NOW - timedelta(minutes=10))

    assert _due() == {board.id: PlanCause.QUEUE_CHANGED}


def test_change_while_a_plan_was_computed_asks_for_another(board: Series) -> None:
    began = NOW - timedelta(minutes=5)
    _planned(board, began)
    an_accepted_case(board, queued_at=began + timedelta(seconds=2))

    assert board.id in _due()


def test_submission_that_nobody_accepted_asks_for_no_plan(board: Series) -> None:
    a_case(board, state=CaseState.SUBMITTED, queued_at=NOW - timedelta(hours=1))

    assert _due() == {}


def test_meeting_with_an_agenda_that_was_revised_makes_its_board_due(board: Series) -> None:
    meeting = a_meeting(board, revised_at=NOW - timedelta(minutes=1))
    assert _due() == {}

    stored(Agenda(meeting_id=meeting.id))

    assert _due() == {board.id: PlanCause.QUEUE_CHANGED}


def test_cut_off_that_passed_makes_its_board_due_once(board: Series) -> None:
    a_meeting(board, weeks=1)  # December 8; its cut-off is five days before at 17:00
    cut_off = NOW + timedelta(days=2, hours=7)
    assert _due(cut_off - timedelta(seconds=1)) == {}

    assert _due(cut_off + DEBOUNCE) == {board.id: PlanCause.CUT_OFF}
    _planned(board, cut_off + DEBOUNCE)
    assert _due(cut_off + timedelta(hours=1)) == {}


def test_asked_board_is_due_at_once_and_not_while_a_worker_is_at_it(board: Series) -> None:
    with transaction():
        request_plan(board.id, now=NOW)
    assert _due() == {board.id: PlanCause.ASKED}
    with transaction():
        claim(board.id, now=NOW)

    assert _due() == {}
    assert _due(NOW + LEASE) == {board.id: PlanCause.ASKED}


def test_board_that_failed_too_often_is_left_to_people(board: Series) -> None:
    stored(PlanRequest(series_id=board.id, due_at=NOW, attempts=GIVE_UP_AFTER_ATTEMPTS))

    assert _due(NOW + timedelta(days=1)) == {}


def test_lectures_are_no_boards(app) -> None:
    lectures = a_series(kind=SeriesKind.LECTURE)
    a_meeting(lectures)

    assert _due(NOW + timedelta(days=3)) == {}


def test_dismissed_proposal_is_forgotten_when_its_meetings_are_over(board: Series) -> None:
    meeting, case = a_meeting(board), an_accepted_case(board)
    moves = [PlanMove(case_id=case.id, kind=MoveKind.PLACED, to_meeting_id=meeting.id, why="Stands on Tue, Dec 8.")]
    times = {"cause": PlanCause.ASKED, "started_at": NOW, "finished_at": NOW, "decided_at": NOW}
    run = stored(PlanRun(series_id=board.id, state=RunState.DISMISSED, moves=moves, **times))

    assert dismissed_of(board.id, now=NOW) is run
    assert dismissed_of(board.id, now=meeting.starts_at) is None
