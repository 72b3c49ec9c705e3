"""Planning as the worker does it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import NOW, a_meeting, a_person, a_series, an_accepted_case, as_actor, seat, stored
from tumorboard.accounts.domain import Part, Specialty
from tumorboard.accounts.models import Absence
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.services import agenda_for, place_case, publish
from tumorboard.cases.domain import CaseState, Urgency
from tumorboard.cases.models import Case, SpecialtyNeeded
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.services import move_meeting
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.scheduling.domain import MoveKind, PlanCause
from tumorboard.scheduling.jobs import plan_board, plan_boards
from tumorboard.scheduling.models import PlanMove, PlanRun
from tumorboard.scheduling.services import claim
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Series


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def board(app) -> Series:
    return a_series()


def _where(case: Case) -> int | None:
    db.session.expire_all()
    found = select(Agenda.meeting_id).join(AgendaItem).where(AgendaItem.case_id == case.id, AgendaItem.is_live)
    return db.session.scalars(found).one_or_none()


def _runs() -> list[PlanRun]:
    return list(db.session.scalars(select(PlanRun).order_by(PlanRun.id)))


def test_accepted_case_is_slotted_into_the_next_meeting_and_told_why(board: Series) -> None:
    meeting, case = a_meeting(board, weeks=1), an_accepted_case(board)

    plan_boards()

    assert _where(case) == meeting.id
    case = db.session.get_one(Case, case.id)
    assert (case.state, case.scheduled_for_at) == (CaseState.SCHEDULED, meeting.starts_at)
    move = db.session.scalars(select(PlanMove)).one()
    assert (move.kind, move.to_meeting_id, bool(move.why)) == (MoveKind.PLACED, meeting.id, True)


def test_board_that_was_planned_is_left_alone_until_its_queue_changes(board: Series) -> None:
    a_meeting(board, weeks=1)
    an_accepted_case(board)

    plan_boards()
    plan_boards()

    assert len(_runs()) == 1


def test_queue_still_changing_waits_for_a_quiet_moment(board: Series) -> None:
    a_meeting(board, weeks=1)
    an_accepted_case(board, queued_at=NOW - timedelta(seconds=3))

    plan_boards()

    assert _runs() == []


def test_urgent_case_takes_the_earlier_meeting(board: Series) -> None:
    soon, later = a_meeting(board, weeks=1, capacity_minutes=10), a_meeting(board, weeks=2)
    routine = an_accepted_case(board, urgency=Urgency.ROUTINE)
    urgent = an_accepted_case(board, urgency=Urgency.URGENT, deadline_on=NOW.date() + timedelta(days=7))

    plan_boards()

    assert (_where(urgent), _where(routine)) == (soon.id, later.id)


def test_presenter_who_is_away_is_not_planned_into_those_days(board: Series) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    case = an_accepted_case(board)
    day = soon.starts_at.date()
    stored(Absence(person_id=case.presenter_id, starts_on=day, ends_on=day))

    plan_boards()

    assert _where(case) == later.id


def test_case_waits_for_the_meeting_at_which_its_pathologist_is_there(board: Series) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    pathologist = a_person()
    seat(board, pathologist, SeatPart.CORE_MEMBER, Specialty.PATHOLOGY)
    stored(Absence(person_id=pathologist.id, starts_on=soon.starts_at.date(), ends_on=soon.starts_at.date()))
    case = an_accepted_case(board)
    with transaction():
        case.specialties = [SpecialtyNeeded(specialty=Specialty.PATHOLOGY)]

    plan_boards()

    assert _where(case) == later.id


def test_published_agenda_keeps_its_cases_and_takes_no_new_one(board: Series) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    told, fresh = an_accepted_case(board, urgency=Urgency.ROUTINE), an_accepted_case(board, urgency=Urgency.URGENT)
    coordinator = as_actor(a_person())
    with transaction():
        agenda = agenda_for(soon, now=NOW)
        place_case(agenda, told, by=coordinator, now=NOW)
        publish(agenda, by=coordinator, now=NOW)

    plan_board(board.id, cause=PlanCause.ASKED)

    assert (_where(told), _where(fresh)) == (soon.id, later.id)


def test_case_of_a_cancelled_meeting_moves_to_the_next_one(board: Series) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    case = an_accepted_case(board)
    plan_boards()
    with transaction():
        meeting = db.session.get_one(Meeting, soon.id)
        meeting.state, meeting.revised_at = MeetingState.CANCELLED, NOW + timedelta(seconds=1)

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        plan_boards()

    assert _where(case) == later.id


def test_pinned_case_stays_where_the_coordinator_put_it(board: Series) -> None:
    a_meeting(board, weeks=1)
    later, case, coordinator = a_meeting(board, weeks=2), an_accepted_case(board), as_actor(a_person())
    with transaction():
        place_case(agenda_for(later, now=NOW), case, by=coordinator, now=NOW)

    plan_board(board.id, cause=PlanCause.ASKED)

    assert _where(case) == later.id


def test_nobody_presents_in_two_boards_at_once(board: Series) -> None:
    other = a_series(slug="other", name="Sarcoma tumor board")
    presenter = a_person(Part.MEMBER_PHYSICIAN)
    for series in (board, other):
        a_meeting(series, weeks=1, capacity_minutes=20)
        a_meeting(series, weeks=2, capacity_minutes=20)
    cases = [an_accepted_case(one, submitter=presenter, minutes=20) for one in (board, other)]

    plan_boards()

    starts = [db.session.get_one(Case, case.id).scheduled_for_at for case in cases]
    assert len(set(starts)) == 2


def test_board_that_another_worker_plans_is_passed_over(board: Series) -> None:
    a_meeting(board, weeks=1)
    case = an_accepted_case(board)
    with transaction():
        claim(board.id, now=NOW)

    plan_boards()

    assert _where(case) is None


def test_board_is_planned_again_when_a_cut_off_has_passed(board: Series) -> None:
    a_meeting(board, weeks=1)
    an_accepted_case(board)
    plan_boards()

    # The cut-off of the meeting on December 8 is on December 3 at 5 PM.
    with time_machine.travel(NOW + timedelta(days=2, hours=8), tick=False):
        plan_boards()
        plan_boards()

    assert [run.cause for run in _runs()] == [PlanCause.QUEUE_CHANGED, PlanCause.CUT_OFF]


def test_presenters_of_a_published_agenda_are_told_when_its_meeting_moves(board: Series) -> None:
    meeting, case, coordinator = a_meeting(board, weeks=1), an_accepted_case(board), as_actor(a_person())
    with transaction():
        agenda = agenda_for(meeting, now=NOW)
        place_case(agenda, case, by=coordinator, now=NOW)
        publish(agenda, by=coordinator, now=NOW)
    later = timedelta(hours=3)
    with transaction():
        moved = db.session.get_one(Meeting, meeting.id)
        move_meeting(
            moved,
            to_start=moved.starts_at + later,
            to_end=moved.ends_at + later,
            room="",
            reason="Fire drill",
            by=coordinator,
            now=NOW,
        )

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        plan_boards()

    told = select(Notice.person_id).where(Notice.kind == NoticeKind.SLOT_CHANGED)
    assert db.session.scalars(told).all() == [case.presenter_id]
    db.session.expire_all()
    assert db.session.get_one(Case, case.id).scheduled_for_at == db.session.get_one(Meeting, meeting.id).starts_at


def test_case_that_found_no_room_is_planned_when_a_new_meeting_appears(board: Series) -> None:
    case = an_accepted_case(board)
    plan_boards()
    before = _where(case)
    meeting = a_meeting(board, weeks=1, revised_at=NOW + timedelta(minutes=1))

    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        plan_boards()

    assert (before, _where(case)) == (None, meeting.id)


def test_case_without_any_possible_meeting_leaves_its_agenda_and_the_others_stay(board: Series) -> None:
    meeting = a_meeting(board, weeks=1)
    gone, kept = an_accepted_case(board), an_accepted_case(board)
    plan_boards()
    stored(Absence(person_id=gone.presenter_id, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(weeks=20)))

    planned = plan_board(board.id, cause=PlanCause.ASKED)

    assert (planned, _where(gone), _where(kept)) == (True, None, meeting.id)
