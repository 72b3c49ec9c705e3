"""What touches a published agenda is proposed, decided by people, and told once."""

import os
import signal
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import NOW, a_meeting, a_person, a_series, an_accepted_case, as_actor, seat, stored
from tumorboard.accounts.domain import Actor, Specialty
from tumorboard.accounts.models import Absence, Person
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.services import agenda_for, place_case, publish
from tumorboard.cases.domain import CaseState, Urgency
from tumorboard.cases.models import Case, SpecialtyNeeded
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import PlanCause, PlanMode, PlanSettings, ProposalGone, RunState
from tumorboard.scheduling.jobs import Planner, decide, plan_board, plan_boards, planner
from tumorboard.scheduling.models import PlanningPolicy, PlanRun
from tumorboard.scheduling.queries import proposal_of
from tumorboard.scheduling.services import Computed, gather, propose, set_settings
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
def coordinator(app) -> Actor:
    return as_actor(a_person())


def _where(case: Case) -> int | None:
    db.session.expire_all()
    found = select(Agenda.meeting_id).join(AgendaItem).where(AgendaItem.case_id == case.id, AgendaItem.is_live)
    return db.session.scalars(found).one_or_none()


def _published(meeting: Meeting, *cases: Case, by: Actor) -> None:
    with transaction():
        agenda = agenda_for(meeting, now=NOW)
        for case in cases:
            place_case(agenda, case, by=by, now=NOW).is_locked = False
        publish(agenda, by=by, now=NOW)


def _emergent(board: Series) -> Case:
    return an_accepted_case(board, urgency=Urgency.EMERGENT, deadline_on=NOW.date() + timedelta(days=2))


def _plan(board: Series) -> bool:
    return plan_board(board.id, cause=PlanCause.ASKED)


def _told(case: Case) -> list[NoticeKind]:
    found = select(Notice.kind).where(Notice.person_id == case.presenter_id).order_by(Notice.id)
    return [kind for kind in db.session.scalars(found) if kind.startswith("slot_")]


def _away(person_id: int | None, meeting: Meeting) -> None:
    day = meeting.starts_at.date()
    stored(Absence(person_id=person_id, starts_on=day, ends_on=day))


def test_emergent_case_is_proposed_for_the_published_agenda_with_room(board: Series, coordinator: Actor) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    told, emergent = an_accepted_case(board), _emergent(board)
    _published(soon, told, by=coordinator)

    _plan(board)

    assert (_where(told), _where(emergent)) == (soon.id, later.id)
    proposal = proposal_of(board.id)
    moves = [(move.case_id, move.from_meeting_id, move.to_meeting_id) for move in proposal.moves]
    assert (emergent.id, later.id, soon.id) in moves


def test_proposal_names_everybody_whose_published_time_it_changes(board: Series, coordinator: Actor) -> None:
    """The emergent case comes first, so that the other one is heard later in the same meeting."""
    soon, _ = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    told, emergent = an_accepted_case(board), _emergent(board)
    _published(soon, told, by=coordinator)
    _plan(board)
    proposal = proposal_of(board.id)
    named = {move.case_id for move in proposal.moves}

    decide(board.id, proposal.id, accept=True, by=coordinator)

    changed = {case.id for case in (told, emergent) if _told(case)[-1:] != [] and len(_told(case)) > (case is told)}
    assert named == changed == {told.id, emergent.id}


def test_accepted_proposal_is_done_and_its_presenter_told_once(board: Series, coordinator: Actor) -> None:
    soon, _ = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    told, emergent = an_accepted_case(board), _emergent(board)
    _published(soon, told, by=coordinator)
    _plan(board)

    decide(board.id, proposal_of(board.id).id, accept=True, by=coordinator)

    assert _where(emergent) == soon.id
    assert _told(emergent) == [NoticeKind.SLOT_PUBLISHED]
    assert proposal_of(board.id) is None
    run = db.session.scalars(select(PlanRun).where(PlanRun.decided_by_id == coordinator.person_id)).one()
    assert run.state is RunState.APPLIED


def test_surgeon_who_goes_away_moves_between_published_agendas_and_is_told_once(
    board: Series, coordinator: Actor
) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    case, other = an_accepted_case(board), an_accepted_case(board)
    _published(soon, case, by=coordinator)
    _published(later, other, by=coordinator)
    _away(case.presenter_id, soon)

    _plan(board)
    assert _where(case) == soon.id
    decide(board.id, proposal_of(board.id).id, accept=True, by=coordinator)

    assert _where(case) == later.id
    assert _told(case) == [NoticeKind.SLOT_PUBLISHED, NoticeKind.SLOT_CHANGED]


def test_dismissed_proposal_is_not_made_again(board: Series, coordinator: Actor) -> None:
    soon, _ = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    told, emergent = an_accepted_case(board), _emergent(board)
    _published(soon, told, by=coordinator)
    _plan(board)

    decide(board.id, proposal_of(board.id).id, accept=False, by=coordinator)
    _plan(board)

    assert proposal_of(board.id) is None
    assert _where(emergent) != soon.id


def test_proposal_that_no_longer_fits_is_made_again_and_not_done(board: Series, coordinator: Actor) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    told, emergent = an_accepted_case(board), _emergent(board)
    _published(soon, told, by=coordinator)
    _plan(board)
    proposal = proposal_of(board.id).id
    _away(emergent.presenter_id, soon)

    with pytest.raises(ProposalGone):
        decide(board.id, proposal, accept=True, by=coordinator)

    assert _where(emergent) == later.id


def test_proposal_is_decided_once(board: Series, coordinator: Actor) -> None:
    soon, _ = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    told, _ = an_accepted_case(board), _emergent(board)
    _published(soon, told, by=coordinator)
    _plan(board)
    proposal = proposal_of(board.id).id
    decide(board.id, proposal, accept=True, by=coordinator)

    with pytest.raises(ProposalGone):
        decide(board.id, proposal, accept=True, by=coordinator)


def test_board_that_wants_proposals_only_is_left_as_it_is(board: Series, coordinator: Actor) -> None:
    meeting, case = a_meeting(board, weeks=1), an_accepted_case(board)
    with transaction():
        set_settings(board, PlanSettings(mode=PlanMode.PROPOSE), by=coordinator, now=NOW)

    _plan(board)
    before = _where(case)
    decide(board.id, proposal_of(board.id).id, accept=True, by=coordinator)

    assert (before, _where(case)) == (None, meeting.id)


def test_board_that_wants_proposals_only_is_planned_once_after_a_change(board: Series, coordinator: Actor) -> None:
    a_meeting(board, weeks=1)
    an_accepted_case(board, queued_at=NOW - timedelta(hours=1))
    with transaction():
        set_settings(board, PlanSettings(mode=PlanMode.PROPOSE), by=coordinator, now=NOW - timedelta(hours=1))

    plan_boards()
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        plan_boards()

    assert len(db.session.scalars(select(PlanRun)).all()) == 1


def test_absence_that_somebody_notes_makes_the_board_planned(board: Series) -> None:
    soon, later, case = a_meeting(board, weeks=1), a_meeting(board, weeks=2), an_accepted_case(board)
    plan_boards()
    before = _where(case)
    _away(case.presenter_id, soon)
    with transaction():
        db.session.get_one(Person, case.presenter_id).availability_changed_at = NOW + timedelta(seconds=1)

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        plan_boards()

    assert (before, _where(case)) == (soon.id, later.id)
    assert {run.cause for run in db.session.scalars(select(PlanRun))} >= {PlanCause.PEOPLE_CHANGED}


def test_backup_presents_where_the_presenter_is_away(board: Series) -> None:
    soon, backup = a_meeting(board, weeks=1), a_person()
    case = an_accepted_case(board, backup_id=backup.id)
    _away(case.presenter_id, soon)

    _plan(board)

    assert _where(case) == soon.id


def test_specialist_away_moves_the_cases_that_need_them(board: Series) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    surgeon = a_person()
    seat(board, surgeon, SeatPart.CORE_MEMBER, specialty=Specialty.SURGERY)
    case = an_accepted_case(board)
    case.specialties = [SpecialtyNeeded(specialty=Specialty.SURGERY)]
    db.session.commit()
    _away(surgeon.id, soon)

    _plan(board)

    assert _where(case) == later.id


def test_board_with_other_classes_of_urgency_is_planned_by_them(board: Series, coordinator: Actor) -> None:
    a_meeting(board, weeks=1)
    case = an_accepted_case(board, urgency=Urgency.ROUTINE, deadline_on=NOW.date() + timedelta(days=28))
    with transaction():
        set_settings(board, PlanSettings(routine_days=10), by=coordinator, now=NOW)

    problem = gather(board.id, now=NOW).problem

    assert {one.id: one.deadline for one in problem.cases}[str(case.id)] == NOW.date() + timedelta(days=10)


def test_planner_that_was_killed_is_started_again(board: Series) -> None:
    meeting, case = a_meeting(board, weeks=1), an_accepted_case(board)
    _plan(board)
    os.kill(planner.child_id, signal.SIGKILL)

    second = an_accepted_case(board)
    assert _plan(board)

    assert (_where(case), _where(second)) == (meeting.id, meeting.id)


def test_solver_that_hangs_is_ended_and_stood_in_for(board: Series) -> None:
    a_meeting(board, weeks=1)
    case = an_accepted_case(board)
    impatient = Planner(patience_seconds=0.001)
    gathered = gather(board.id, now=NOW)

    plan = impatient.plan(gathered.problem, previous=gathered.present, boards={str(board.id)})

    assert (plan.status, [slot.case for slot in plan.slots]) == ("fallback", [str(case.id)])
    assert plan.trouble == "The optimiser ended before it answered; the plan was made without it."
    assert impatient.child_id is None


def test_poisoned_board_is_shown_and_the_others_are_planned(board: Series) -> None:
    healthy = a_series()
    meeting, case = a_meeting(healthy, weeks=1), an_accepted_case(healthy)
    a_meeting(board, weeks=1)
    poisoned = an_accepted_case(board)
    stored(PlanningPolicy(series_id=board.id, set_at=NOW - timedelta(days=1), settings={"mode": "nonsense"}))

    plan_boards()

    assert _where(case) == meeting.id
    failed = db.session.scalars(select(PlanRun).where(PlanRun.series_id == board.id)).one()
    assert (failed.state, bool(failed.trouble)) == (RunState.FAILED, True)
    assert db.session.get_one(Case, poisoned.id).state is CaseState.ACCEPTED


def _computed(board: Series) -> Computed:
    gathered = gather(board.id, now=NOW)
    boards, cause = frozenset({str(board.id)}), PlanCause.ASKED
    return Computed(gathered.present, gathered.problem, gathered.present, boards, cause, started_at=NOW, spent_ms=1)


def test_dismissed_proposal_is_not_made_again_after_another_was_dismissed(board: Series, coordinator: Actor) -> None:
    case, meeting = an_accepted_case(board), a_meeting(board)
    first, other, earlier = ([engine.Move(str(case.id), None, None, str(meeting.id), start)] for start in (0, 10, 20))

    def is_shown(moves: list[engine.Move]) -> bool:
        with transaction():
            propose(board.id, moves, _computed(board), by=None, now=NOW)
        return proposal_of(board.id) is not None

    def dismissed() -> None:
        decide(board.id, proposal_of(board.id).id, accept=False, by=coordinator)

    for moves in (first, other):
        assert is_shown(moves)
        dismissed()

    assert [is_shown(moves) for moves in (first, other, first + other, earlier)] == [False, False, True, True]
