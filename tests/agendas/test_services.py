"""Agendas arranged by plans around what people decided, and who is told."""

from collections.abc import Sequence
from datetime import time

import pytest
from sqlalchemy import select

from tests.factories import NOW, a_meeting, a_person, a_series, an_accepted_case, as_actor
from tumorboard.accounts.domain import Actor
from tumorboard.agendas.domain import AgendaChanged, AgendaClosed, AlreadyOnAgenda
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.services import (
    PlannedItem,
    add_break,
    agenda_for,
    arrange,
    move_item,
    move_to_meeting,
    place_case,
    publish,
    remove_item,
    set_minutes,
)
from tumorboard.agendas.services.items import renumber, take_away
from tumorboard.cases.domain import CaseState
from tumorboard.cases.models import Case
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.series.models import Series


@pytest.fixture
def board(app) -> Series:
    return a_series()


@pytest.fixture
def coordinator(app) -> Actor:
    return as_actor(a_person())


def _placed(meeting: Meeting, cases: Sequence[Case], *, by: Actor | None = None) -> None:
    with transaction():
        for case in cases:
            place_case(agenda_for(meeting, now=NOW), case, by=by, now=NOW)


def _agenda(meeting: Meeting) -> Agenda:
    db.session.expire_all()
    return db.session.scalars(select(Agenda).where(Agenda.meeting_id == meeting.id)).one()


def _order(meeting: Meeting) -> list[int | None]:
    agenda = _agenda(meeting)
    assert [item.position for item in agenda.items] == list(range(1, len(agenda.items) + 1))
    return [item.case_id for item in agenda.items]


def _arranged(meeting: Meeting, starts: dict[Case, int]) -> list[int]:
    with transaction():
        agenda = agenda_for(meeting, now=NOW)
        ids = [case.id for case in starts]
        live = db.session.scalars(select(AgendaItem).where(AgendaItem.case_id.in_(ids), AgendaItem.is_live))
        held = {item.case_id: item for item in live}
        planned = [PlannedItem(case, start, f"why {start}") for case, start in starts.items()]
        return [one.case.id for one in arrange(agenda, planned, held, now=NOW)]


def _told(kind: NoticeKind) -> list[int]:
    return list(db.session.scalars(select(Notice.person_id).where(Notice.kind == kind)))


def test_plan_orders_an_agenda_that_nobody_touched(board: Series) -> None:
    meeting, cases = a_meeting(board), [an_accepted_case(board) for _ in range(3)]
    _placed(meeting, cases)

    arrived = _arranged(meeting, {cases[0]: 20, cases[1]: 0, cases[2]: 10})

    assert arrived == []
    assert _order(meeting) == [cases[1].id, cases[2].id, cases[0].id]


def test_order_made_by_hand_stays_and_what_is_new_goes_to_the_end(board: Series, coordinator: Actor) -> None:
    meeting, cases = a_meeting(board), [an_accepted_case(board) for _ in range(3)]
    _placed(meeting, cases[:2])
    with transaction():
        move_item(agenda_for(meeting, now=NOW).items[1], position=1, by=coordinator, now=NOW)

    arrived = _arranged(meeting, {cases[2]: 0, cases[0]: 10, cases[1]: 20})

    assert arrived == [cases[2].id]
    assert _order(meeting) == [cases[1].id, cases[0].id, cases[2].id]


def test_plan_says_why_and_where_a_presenter_cannot_join_earlier_leaves_a_gap(board: Series) -> None:
    meeting, cases = a_meeting(board), [an_accepted_case(board) for _ in range(2)]

    arrived = _arranged(meeting, {cases[0]: 0, cases[1]: 30})

    items = _agenda(meeting).items
    assert arrived == [case.id for case in cases]
    assert [(item.why, item.gap_minutes, item.minutes) for item in items] == [("why 0", 0, 10), ("why 30", 20, 10)]


def test_plan_carries_a_case_over_from_another_agenda(board: Series) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    first, second = an_accepted_case(board), an_accepted_case(board)
    _placed(soon, [first, second])

    assert _arranged(later, {first: 0}) == [first.id]

    assert (_order(soon), _order(later)) == ([second.id], [first.id])
    assert db.session.get_one(Case, first.id).scheduled_for_at == later.starts_at


def test_case_is_moved_to_a_meeting_that_has_cases_already(board: Series, coordinator: Actor) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    moved, left, there = (an_accepted_case(board) for _ in range(3))
    _placed(soon, [moved, left], by=coordinator)
    _placed(later, [there], by=coordinator)
    db.session.expire_all()

    with transaction():
        item = agenda_for(soon, now=NOW).items[0]
        move_to_meeting(item, to=agenda_for(later, now=NOW), by=coordinator, now=NOW)

    assert (_order(soon), _order(later)) == ([left.id], [there.id, moved.id])
    assert db.session.get_one(Case, moved.id).scheduled_for_at == later.starts_at


def test_case_taken_away_tells_a_presenter_who_was_told_and_no_other(board: Series, coordinator: Actor) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    told, untold = an_accepted_case(board), an_accepted_case(board)
    _placed(soon, [told], by=coordinator)
    with transaction():
        publish(agenda_for(soon, now=NOW), by=coordinator, now=NOW)
        place_case(agenda_for(soon, now=NOW), untold, by=coordinator, now=NOW)

    with transaction():
        away = agenda_for(later, now=NOW)
        for item in list(agenda_for(soon, now=NOW).items):
            take_away(item, to=away, now=NOW)

    assert _told(NoticeKind.SLOT_REMOVED) == [told.presenter_id]
    assert {item.told_starts_at for item in _agenda(later).items} == {None}


def test_case_removed_waits_again_and_its_presenter_is_told(board: Series, coordinator: Actor) -> None:
    meeting, case = a_meeting(board), an_accepted_case(board)
    _placed(meeting, [case], by=coordinator)
    with transaction():
        publish(agenda_for(meeting, now=NOW), by=coordinator, now=NOW)

    with transaction():
        remove_item(agenda_for(meeting, now=NOW).items[0], by=coordinator, now=NOW, reason="Slides are late")

    assert _order(meeting) == []
    case = db.session.get_one(Case, case.id)
    assert (case.state, case.scheduled_for_at) == (CaseState.ACCEPTED, None)
    assert _told(NoticeKind.SLOT_REMOVED) == [case.presenter_id]


def test_notice_of_a_slot_holds_nothing_about_the_patient(board: Series, coordinator: Actor) -> None:
    meeting, case = (
        a_meeting(board),
        an_accepted_case(board, title="Canary of a title", question="Canary of a question"),
    )
    _placed(meeting, [case], by=coordinator)

    with transaction():
        publish(agenda_for(meeting, now=NOW), by=coordinator, now=NOW)

    facts = [notice.facts for notice in db.session.scalars(select(Notice))]
    assert facts
    assert "Canary" not in str(facts)


def test_publishing_twice_tells_nobody_twice(board: Series, coordinator: Actor) -> None:
    meeting, cases = a_meeting(board), [an_accepted_case(board) for _ in range(2)]
    _placed(meeting, cases, by=coordinator)

    told = []
    for _ in range(2):
        with transaction():
            told.append(publish(agenda_for(meeting, now=NOW), by=coordinator, now=NOW))

    assert told == [2, 0]
    assert sorted(_told(NoticeKind.SLOT_PUBLISHED)) == sorted(case.presenter_id for case in cases)


def test_published_order_changed_tells_those_whose_time_changed(board: Series, coordinator: Actor) -> None:
    meeting, cases = a_meeting(board), [an_accepted_case(board) for _ in range(3)]
    _placed(meeting, cases, by=coordinator)
    with transaction():
        publish(agenda_for(meeting, now=NOW), by=coordinator, now=NOW)

    with transaction():
        agenda = agenda_for(meeting, now=NOW)
        move_item(agenda.items[2], position=2, by=coordinator, now=NOW)
        publish(agenda, by=coordinator, now=NOW)

    assert sorted(_told(NoticeKind.SLOT_CHANGED)) == sorted(case.presenter_id for case in cases[1:])


@pytest.mark.parametrize(
    ("position", "order"),
    [(1, "CABD"), (2, "ACBD"), (3, "ABCD"), (4, "ABDC"), (99, "ABDC"), (-7, "CABD")],
)
def test_item_moved_keeps_the_numbers_without_gaps(
    board: Series, coordinator: Actor, position: int, order: str
) -> None:
    meeting, cases = a_meeting(board), {name: an_accepted_case(board) for name in "ABCD"}
    _placed(meeting, list(cases.values()), by=coordinator)

    with transaction():
        move_item(agenda_for(meeting, now=NOW).items[2], position=position, by=coordinator, now=NOW)

    assert _order(meeting) == [cases[name].id for name in order]


def test_numbers_are_given_anew_in_any_order(board: Series, coordinator: Actor) -> None:
    meeting, cases = a_meeting(board), [an_accepted_case(board) for _ in range(4)]
    _placed(meeting, cases, by=coordinator)

    with transaction():
        agenda = agenda_for(meeting, now=NOW)
        renumber(agenda, list(reversed(agenda.items)))

    assert _order(meeting) == [case.id for case in reversed(cases)]


def test_break_stands_between_cases(board: Series, coordinator: Actor) -> None:
    meeting, cases = a_meeting(board), [an_accepted_case(board) for _ in range(2)]
    _placed(meeting, cases, by=coordinator)

    with transaction():
        agenda = agenda_for(meeting, now=NOW)
        item = add_break(agenda, minutes=5, by=coordinator, now=NOW)
        db.session.flush()
        move_item(item, position=2, by=coordinator, now=NOW)

    assert _order(meeting) == [cases[0].id, None, cases[1].id]


def test_case_stands_on_one_agenda_at_a_time(board: Series, coordinator: Actor) -> None:
    soon, later, case = a_meeting(board, weeks=1), a_meeting(board, weeks=2), an_accepted_case(board)
    _placed(soon, [case], by=coordinator)

    with pytest.raises(AlreadyOnAgenda, match=f"Case {case.code} stands on an agenda already."):
        _placed(later, [case], by=coordinator)

    assert _order(soon) == [case.id]


def test_case_is_not_moved_to_another_boards_meeting(board: Series, coordinator: Actor) -> None:
    meeting, foreign, case = a_meeting(board), a_meeting(a_series()), an_accepted_case(board)
    _placed(meeting, [case], by=coordinator)

    with pytest.raises(AgendaClosed), transaction():
        item = agenda_for(meeting, now=NOW).items[0]
        move_to_meeting(item, to=agenda_for(foreign, now=NOW), by=coordinator, now=NOW)

    assert _order(meeting) == [case.id]


@pytest.mark.parametrize(
    ("changes", "sentence"), [({"state": MeetingState.CANCELLED}, "cancelled"), ({"weeks": 0}, "begun")]
)
def test_agenda_of_a_meeting_that_is_over_or_cancelled_stands(board: Series, changes: dict, sentence: str) -> None:
    meeting = a_meeting(board, **changes)

    with pytest.raises(AgendaClosed, match=sentence), transaction():
        agenda_for(meeting, now=NOW)


def test_agenda_edited_since_it_was_seen_is_refused(board: Series, coordinator: Actor) -> None:
    meeting = a_meeting(board)
    _placed(meeting, [an_accepted_case(board)], by=coordinator)
    seen = _agenda(meeting).version
    _placed(meeting, [an_accepted_case(board)], by=coordinator)

    with pytest.raises(AgendaChanged), transaction():
        agenda_for(meeting, now=NOW, seen_version=seen)


def _gaps(meeting: Meeting) -> dict[int | None, int]:
    return {item.case_id: item.gap_minutes for item in _agenda(meeting).items}


def test_item_put_where_it_stands_keeps_its_pause(board: Series, coordinator: Actor) -> None:
    meeting, cases = a_meeting(board), [an_accepted_case(board) for _ in range(2)]
    _arranged(meeting, {cases[0]: 0, cases[1]: 30})

    with transaction():
        move_item(agenda_for(meeting, now=NOW).items[1], position=2, by=coordinator, now=NOW)

    assert _gaps(meeting) == {cases[0].id: 0, cases[1].id: 20}


def test_case_moved_by_hand_still_waits_until_its_presenter_can_join(board: Series, coordinator: Actor) -> None:
    meeting, first, last = a_meeting(board), an_accepted_case(board), an_accepted_case(board)
    late = an_accepted_case(board, joins_from=time(7, 30))
    _placed(meeting, [first, late, last], by=coordinator)
    before = _gaps(meeting)

    with transaction():
        move_item(agenda_for(meeting, now=NOW).items[2], position=2, by=coordinator, now=NOW)

    assert before == {first.id: 0, late.id: 20, last.id: 0}
    assert _gaps(meeting) == {first.id: 0, last.id: 0, late.id: 10}


def test_shorter_item_does_not_call_the_next_presenter_too_early(board: Series, coordinator: Actor) -> None:
    meeting, first = a_meeting(board), an_accepted_case(board)
    late = an_accepted_case(board, joins_from=time(7, 30))
    _placed(meeting, [first, late], by=coordinator)

    with transaction():
        set_minutes(agenda_for(meeting, now=NOW).items[0], minutes=5, by=coordinator, now=NOW)

    assert _gaps(meeting) == {first.id: 0, late.id: 25}


def test_presenter_who_joins_after_the_meeting_keeps_nobody_waiting(board: Series, coordinator: Actor) -> None:
    meeting, case = a_meeting(board), an_accepted_case(board, joins_from=time(8, 0))

    _placed(meeting, [case], by=coordinator)

    assert _gaps(meeting) == {case.id: 0}
