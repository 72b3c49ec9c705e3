"""Who sees which case in which state, against a table written by hand."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOW, a_case, a_person, a_series, as_actor, seat
from tumorboard.accounts.domain import Actor, Part
from tumorboard.accounts.models import Person
from tumorboard.cases.domain import CaseState, Urgency
from tumorboard.cases.models import Case
from tumorboard.cases.queries import (
    case_seen_by,
    counts_by_state,
    drafts_of,
    own_cases,
    people_planned_by,
    queue_of,
    visible_cases,
    waiting_for_triage,
)
from tumorboard.kernel.db import db
from tumorboard.kernel.errors import NotFound
from tumorboard.series.domain import SeatPart

pytestmark = pytest.mark.usefixtures("app")
BEFORE, DURING, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1), NOW + timedelta(days=7, hours=2)
MEETING_ENDS = NOW + timedelta(days=7)

EVERY = " ".join(CaseState)
SENT = EVERY.replace("draft ", "")
LISTED = "scheduled presented noted recommended followed_up"
# Who: the states in which the case is seen. Observers only once the agenda is out, until the meeting is over.
TABLE = {
    "submitter": EVERY,
    "presenter from elsewhere": EVERY,
    "colleague of the same institution": SENT,
    "clinician of the same institution": "",
    "physician of another institution": "",
    "coordinator": SENT,
    "chair": SENT,
    "board member": LISTED,
    "observer": "scheduled",
    "coordinator of another board": "",
    "administrator": "",
    "privacy officer": "",
}


@dataclass
class Scene:
    """Everybody who might look at a case of this board, by what they are to it."""

    cases: dict[CaseState, Case]
    people: dict[str, Actor]


@pytest.fixture
def scene(app) -> Scene:
    board, other = a_series(), a_series()
    submitter = a_person(Part.MEMBER_PHYSICIAN)
    presenter = a_person(Part.MEMBER_PHYSICIAN)
    home = submitter.institution
    people = {
        "submitter": submitter,
        "presenter from elsewhere": presenter,
        "colleague of the same institution": a_person(Part.MEMBER_PHYSICIAN, at=home),
        "clinician of the same institution": a_person(Part.CLINICIAN, at=home),
        "physician of another institution": a_person(Part.MEMBER_PHYSICIAN),
        "administrator": a_person(Part.ADMINISTRATOR),
        "privacy officer": a_person(Part.PRIVACY_OFFICER),
    }
    seats = {"coordinator": SeatPart.COORDINATOR, "chair": SeatPart.CHAIR, "observer": SeatPart.OBSERVER}
    seats["board member"] = SeatPart.CORE_MEMBER
    for who, part in seats.items():
        people[who] = a_person()
        seat(board, people[who], part)
    people["coordinator of another board"] = a_person()
    seat(other, people["coordinator of another board"], SeatPart.COORDINATOR)
    released = {"released_at": NOW, "released_until_at": MEETING_ENDS}
    cases = {
        state: a_case(board, submitter=submitter, presenter_id=presenter.id, state=state, **released)
        for state in CaseState
    }
    return Scene(cases, {who: as_actor(person) for who, person in people.items()})


def _seen(actor: Actor, now) -> set[CaseState]:
    return {case.state for case in db.session.scalars(visible_cases(actor, now=now))}


def test_everybody_sees_what_the_table_says_and_no_more(scene: Scene) -> None:
    found = {who: _seen(actor, DURING) for who, actor in scene.people.items()}

    assert found == {who: {CaseState(state) for state in states.split()} for who, states in TABLE.items()}


@pytest.mark.parametrize(("now", "states"), [(BEFORE, set()), (DURING, {CaseState.SCHEDULED}), (AFTER, set())])
def test_observer_sees_a_listed_case_from_release_to_the_end_of_the_meeting(scene: Scene, now, states: set) -> None:
    assert _seen(scene.people["observer"], now) == states


def test_observer_sees_nothing_of_an_agenda_that_was_not_released(app) -> None:
    board, observer = a_series(), a_person()
    seat(board, observer, SeatPart.OBSERVER)
    a_case(board, state=CaseState.SCHEDULED)

    assert _seen(as_actor(observer), DURING) == set()


def test_foreign_case_is_as_missing_as_one_that_never_was(scene: Scene) -> None:
    stranger, case = scene.people["physician of another institution"], scene.cases[CaseState.SCHEDULED]
    said = []
    for code in (case.code, "222-222"):
        with pytest.raises(NotFound) as error:
            case_seen_by(stranger, code, now=DURING)
        said.append(error.value.message)

    assert said[0] == said[1]
    assert case_seen_by(scene.people["chair"], case.code, now=DURING).id == case.id


def test_case_is_seen_once_by_somebody_with_many_reasons_to(app) -> None:
    board, physician = a_series(), a_person(Part.MEMBER_PHYSICIAN)
    for part in (SeatPart.COORDINATOR, SeatPart.CHAIR):
        seat(board, physician, part)
    case = a_case(board, submitter=physician)

    assert [row.id for row in db.session.scalars(visible_cases(as_actor(physician), now=NOW))] == [case.id]


def test_own_cases_are_those_of_the_institution_and_those_one_presents(scene: Scene) -> None:
    colleague, chair = scene.people["colleague of the same institution"], scene.people["chair"]

    assert {case.state for case in db.session.scalars(own_cases(colleague, now=DURING))} == set(CaseState) - {
        CaseState.DRAFT
    }
    assert db.session.scalars(own_cases(chair, now=DURING)).all() == []


def test_drafts_are_their_authors_alone(scene: Scene) -> None:
    drafts = {who: {case.state for case in db.session.scalars(drafts_of(actor))} for who, actor in scene.people.items()}

    assert {who for who, found in drafts.items() if found} == {"submitter"}
    assert drafts["submitter"] == {CaseState.DRAFT, CaseState.RETURNED}


def test_triage_lists_the_most_urgent_first_then_the_oldest(app) -> None:
    board, coordinator = a_series(), a_person()
    seat(board, coordinator, SeatPart.COORDINATOR)
    old = a_case(board, urgency=Urgency.ROUTINE, submitted_at=NOW - timedelta(days=9))
    new = a_case(board, urgency=Urgency.ROUTINE, submitted_at=NOW)
    urgent = a_case(board, urgency=Urgency.EMERGENT, submitted_at=NOW)
    a_case(a_series(), urgency=Urgency.EMERGENT)
    a_case(board, state=CaseState.ACCEPTED)

    found = [case.id for case in db.session.scalars(waiting_for_triage(as_actor(coordinator)))]

    assert found == [urgent.id, old.id, new.id]


def test_queue_holds_what_waits_for_a_meeting(scene: Scene) -> None:
    board_id = scene.cases[CaseState.ACCEPTED].board_id

    assert {case.state for case in db.session.scalars(queue_of(board_id))} == {CaseState.ACCEPTED, CaseState.SCHEDULED}


def test_counts_are_of_the_cases_one_sees(scene: Scene) -> None:
    statement = visible_cases(scene.people["board member"], now=DURING)

    counts = dict(db.session.execute(counts_by_state(statement)).all())

    assert counts == {CaseState(state): 1 for state in LISTED.split()}


@pytest.mark.parametrize("make", [visible_cases, own_cases])
def test_list_asks_as_often_for_three_as_for_one(make, statements) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    actor, board = as_actor(physician), a_series()

    def look() -> int:
        db.session.expire_all()
        with statements() as counted:
            for case in db.session.scalars(make(actor, now=NOW).order_by(Case.id)):
                assert case.code
        return counted.count

    a_case(board, submitter=physician)
    few = look()
    for _ in range(2):
        a_case(board, submitter=physician)

    assert look() == few
    assert len(db.session.scalars(select(Case)).all()) == 3


def planned_by(actor: Actor) -> set[int]:
    """Whose availability the actor may enter."""
    return set(db.session.scalars(people_planned_by(actor).with_only_columns(Person.id)))


def test_those_who_lead_a_board_enter_the_availability_of_its_roster_and_presenters() -> None:
    board, other = a_series(), a_series()
    lead, member, backup, stranger = (a_person() for _ in range(4))
    seat(board, lead, SeatPart.CHAIR)
    seat(board, member, SeatPart.CORE_MEMBER)
    seat(other, stranger, SeatPart.CORE_MEMBER)
    sent = a_case(board, backup_id=backup.id)
    a_case(board, state=CaseState.DRAFT, submitted_at=None)
    a_case(board, state=CaseState.WITHDRAWN, submitted_at=None)
    a_case(other)

    assert planned_by(as_actor(lead)) == {lead.id, member.id, sent.presenter_id, backup.id}
    assert planned_by(as_actor(member)) == set()


def test_administrator_enters_the_availability_of_anybody() -> None:
    admin, somebody = a_person(Part.ADMINISTRATOR), a_person()

    assert planned_by(as_actor(admin)) == {admin.id, somebody.id}
