"""A plan is applied to what is there when it is ready, not to what was there when it began."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOW, a_meeting, a_person, a_series, an_accepted_case, as_actor
from tumorboard.accounts.domain import Actor
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.services import agenda_for, place_case, publish, remove_item
from tumorboard.cases.domain import CaseState
from tumorboard.cases.models import Case
from tumorboard.cases.services import withdraw_case
from tumorboard.kernel.db import db, reading, transaction
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import FIRST_PAUSE, LEASE, MoveKind, PlanCause, RunState
from tumorboard.scheduling.models import PlanMove, PlanRequest, PlanRun
from tumorboard.scheduling.services import Computed, Gathered, apply_plan, claim, gather, note_failure, request_plan
from tumorboard.series.models import Series

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def board(app) -> Series:
    return a_series()


@pytest.fixture
def coordinator(app) -> Actor:
    return as_actor(a_person())


def _planned(board: Series) -> tuple[Gathered, engine.Plan]:
    with reading():
        gathered = gather(board.id, now=NOW)
    return gathered, engine.plan(gathered.frozen, previous=gathered.present, boards={str(board.id)})


def _apply(board: Series, gathered: Gathered, plan: engine.Plan) -> None:
    boards = frozenset({str(board.id)})
    cause = PlanCause.QUEUE_CHANGED
    computed = Computed(plan, gathered.frozen, gathered.present, boards, cause, started_at=NOW, spent_ms=1)
    with transaction():
        apply_plan(board.id, gathered, computed, by=None, now=LATER)


def _where(case: Case) -> int | None:
    db.session.expire_all()
    live = select(Agenda.meeting_id).join(AgendaItem).where(AgendaItem.case_id == case.id, AgendaItem.is_live)
    return db.session.scalars(live).one_or_none()


def _moves() -> dict[int, MoveKind]:
    return {move.case_id: move.kind for move in db.session.scalars(select(PlanMove))}


def test_plan_that_nothing_overtook_is_applied_whole(board: Series) -> None:
    meeting, cases = a_meeting(board), [an_accepted_case(board) for _ in range(2)]

    _apply(board, *_planned(board))

    assert [_where(case) for case in cases] == [meeting.id, meeting.id]
    assert _moves() == {case.id: MoveKind.PLACED for case in cases}
    run = db.session.scalars(select(PlanRun)).one()
    assert (run.state, run.started_at, run.finished_at) == (RunState.APPLIED, NOW, LATER)


def test_plan_holds_no_name_and_no_word_about_a_patient(board: Series) -> None:
    a_meeting(board)
    an_accepted_case(board, title="Canary of a title", question="Canary", submitter=a_person(family_name="Canary"))

    gathered, plan = _planned(board)

    assert "Canary" not in repr(gathered.problem) + repr(plan)


def test_case_withdrawn_meanwhile_is_passed_over(board: Series) -> None:
    meeting, kept, gone = a_meeting(board), an_accepted_case(board), an_accepted_case(board)
    planned = _planned(board)
    with transaction():
        withdraw_case(gone, by=as_actor(gone.submitter), reason="", now=NOW)

    _apply(board, *planned)

    assert (_where(kept), _where(gone)) == (meeting.id, None)
    assert db.session.get_one(Case, gone.id).state is CaseState.WITHDRAWN
    assert set(_moves()) == {kept.id}


def test_case_that_came_meanwhile_waits_for_its_own_plan(board: Series) -> None:
    a_meeting(board)
    an_accepted_case(board)
    planned = _planned(board)
    fresh = an_accepted_case(board)

    _apply(board, *planned)

    assert _where(fresh) is None


def test_case_that_a_coordinator_placed_meanwhile_stays_where_it_was_put(board: Series, coordinator: Actor) -> None:
    soon, later, case = a_meeting(board, weeks=1), a_meeting(board, weeks=2), an_accepted_case(board)
    planned = _planned(board)
    assert {slot.meeting for slot in planned[1].slots} == {str(soon.id)}
    with transaction():
        place_case(agenda_for(later, now=NOW), case, by=coordinator, now=NOW)

    _apply(board, *planned)

    assert _where(case) == later.id
    assert _moves() == {}


def test_case_that_a_coordinator_took_off_meanwhile_is_not_put_back(board: Series, coordinator: Actor) -> None:
    meeting, case = a_meeting(board), an_accepted_case(board)
    with transaction():
        place_case(agenda_for(meeting, now=NOW), case, by=None, now=NOW)
    planned = _planned(board)
    with transaction():
        remove_item(agenda_for(meeting, now=NOW).items[0], by=coordinator, now=NOW)

    _apply(board, *planned)

    assert _where(case) is None


def test_meeting_cancelled_meanwhile_takes_nothing(board: Series) -> None:
    meeting, case = a_meeting(board), an_accepted_case(board)
    planned = _planned(board)
    with transaction():
        db.session.get_one(Meeting, meeting.id).state = MeetingState.CANCELLED

    _apply(board, *planned)

    assert _where(case) is None
    assert _moves() == {}


def test_meeting_that_began_meanwhile_takes_nothing(board: Series) -> None:
    starts_at = NOW + timedelta(seconds=30)
    a_meeting(board, weeks=0, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    case = an_accepted_case(board, accepted_at=NOW - timedelta(days=9), submitted_at=NOW - timedelta(days=10))
    planned = _planned(board)

    _apply(board, *planned)

    assert _where(case) is None


def test_agenda_published_meanwhile_keeps_what_was_told(board: Series, coordinator: Actor) -> None:
    meeting, told, waiting = a_meeting(board), an_accepted_case(board), an_accepted_case(board)
    with transaction():
        place_case(agenda_for(meeting, now=NOW), told, by=None, now=NOW)
    planned = _planned(board)
    with transaction():
        publish(agenda_for(meeting, now=NOW), by=coordinator, now=NOW)
    before = db.session.scalars(select(AgendaItem).where(AgendaItem.case_id == told.id)).one().told_starts_at

    _apply(board, *planned)

    assert _where(told) == meeting.id
    item = db.session.scalars(select(AgendaItem).where(AgendaItem.case_id == told.id)).one()
    assert (item.told_starts_at, item.position) == (before, 1)
    assert waiting.id


def test_same_plan_applied_twice_changes_nothing_the_second_time(board: Series) -> None:
    meeting, case = a_meeting(board), an_accepted_case(board)
    _apply(board, *_planned(board))
    version = db.session.scalars(select(Agenda.version)).one()

    _apply(board, *_planned(board))

    assert _where(case) == meeting.id
    assert db.session.scalars(select(Agenda.version)).one() == version
    assert len(_moves()) == 1


def test_case_of_another_board_is_left_to_its_own_plan(board: Series) -> None:
    other = a_series()
    a_meeting(board)
    a_meeting(other)
    foreign = an_accepted_case(other)

    _apply(board, *_planned(board))

    assert _where(foreign) is None


def test_board_is_claimed_by_one_worker_until_the_lease_runs_out(board: Series) -> None:
    claims = []
    for now in (NOW, NOW, NOW + LEASE - timedelta(seconds=1), NOW + LEASE):
        with transaction():
            claims.append(claim(board.id, now=now))

    assert claims == [True, False, False, True]


def test_plan_applied_settles_what_asked_for_it_but_not_what_asks_anew(board: Series) -> None:
    with transaction():
        request_plan(board.id, now=NOW)
    _apply(board, *_planned(board))
    assert db.session.scalars(select(PlanRequest)).all() == []

    with transaction():
        request_plan(board.id, now=LATER + timedelta(seconds=1))
    _apply(board, *_planned(board))

    assert len(db.session.scalars(select(PlanRequest)).all()) == 1


def test_failed_plan_is_noted_and_tried_again_ever_later(board: Series) -> None:
    pauses = []
    for _ in range(3):
        with transaction():
            claim(board.id, now=NOW)
            note_failure(board.id, cause=PlanCause.ASKED, trouble="It broke.", started_at=NOW, now=NOW)
        pauses.append(db.session.get_one(PlanRequest, board.id).due_at - NOW)

    assert pauses == [FIRST_PAUSE * 2, FIRST_PAUSE * 4, FIRST_PAUSE * 8]
    assert {run.trouble for run in db.session.scalars(select(PlanRun))} == {"It broke."}
