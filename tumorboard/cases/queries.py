"""Who sees which case, and the lists that pages show."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from tumorboard.accounts.domain import Actor, Part, Permission
from tumorboard.accounts.models import Person
from tumorboard.cases.domain import WAITING, CaseState, Urgency
from tumorboard.cases.models import Case, CaseEvent
from tumorboard.kernel.clock import clock, instant_of, local, zone_name
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import NotFound
from tumorboard.series.models import Seat

_LISTED = (CaseState.SCHEDULED, CaseState.PRESENTED, CaseState.NOTED, CaseState.RECOMMENDED, CaseState.FOLLOWED_UP)


@dataclass(frozen=True)
class Hours:
    """Between which instants of one day a case's presenter can join; None is any time."""

    opens_at: datetime | None
    closes_at: datetime | None

    def hold(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the whole time lies within them."""
        is_early = self.opens_at is not None and starts_at < self.opens_at
        return not is_early and (self.closes_at is None or ends_at <= self.closes_at)


def hours_of(case: Case, *, around: datetime) -> Hours:
    """The presenter's hours on the day of the instant, on the wall of the case's institution."""
    zone = case.institution.time_zone
    day = local(around, zone).date()

    def on_that_day(wall: time | None) -> datetime | None:
        return instant_of(day, wall, zone) if wall else None

    return Hours(on_that_day(case.joins_from), on_that_day(case.joins_until))


def can_present_between(case: Case, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the presenter's hours leave room for the case in a meeting that lasts so long."""
    assert case.board is not None
    hours = hours_of(case, around=starts_at)
    first, last = max(starts_at, hours.opens_at or starts_at), min(ends_at, hours.closes_at or ends_at)
    return last - first >= timedelta(minutes=case.minutes or case.board.case_minutes)


def hours_in_words(case: Case) -> str:
    """`from 7:30 AM until 8:00 AM Eastern`; empty where the presenter can join at any time."""
    ends = (("from", case.joins_from), ("until", case.joins_until))
    told = " ".join(f"{word} {clock(wall)}" for word, wall in ends if wall)
    return f"{told} {zone_name(case.institution.time_zone)}" if told else ""


def visible_cases(actor: Actor, *, now: datetime) -> Select[Case]:
    """The cases a person may know of: own institution's, and what the part on a board allows.

    Coordinators and chairs see what was submitted to their board, members what is listed on it, observers a listed
    case only from the release of the agenda to the end of the meeting. What was never submitted, withdrawn or not, is
    its author's and presenter's alone.
    """
    own = or_(Case.submitter_id == actor.person_id, Case.presenter_id == actor.person_id)
    was_submitted = and_(Case.state != CaseState.DRAFT, Case.submitted_at.is_not(None))
    return select(Case).where(or_(own, and_(was_submitted, _by_part(actor, now))))


def case_seen_by(actor: Actor, code: str, *, now: datetime) -> Case:
    """Return the case with what its page shows. Raises NotFound when missing or foreign: the two look alike."""
    found = visible_cases(actor, now=now).where(Case.code == code).options(*_whole())
    case = session().scalars(found).one_or_none()
    if case is None:
        raise NotFound("There is no such case here.")
    return case


def own_cases(actor: Actor, *, now: datetime) -> Select[Case]:
    """The cases of the actor's own institution, the latest change first."""
    own = or_(Case.institution_id == actor.institution_id, Case.presenter_id == actor.person_id)
    return (
        visible_cases(actor, now=now)
        .where(own)
        .options(joinedload(Case.board), joinedload(Case.presenter))
        .order_by(Case.edited_at.desc(), Case.id.desc())
    )


def drafts_of(actor: Actor) -> Select[Case]:
    """The actor's own drafts and returned cases, the latest first."""
    return (
        select(Case)
        .where(Case.submitter_id == actor.person_id, Case.state.in_((CaseState.DRAFT, CaseState.RETURNED)))
        .options(joinedload(Case.board))
        .order_by(Case.edited_at.desc(), Case.id.desc())
    )


def waiting_for_triage(actor: Actor) -> Select[Case]:
    """Submissions to the boards the actor coordinates, the most urgent first, then the oldest."""
    boards = actor.boards.get(Part.COORDINATOR, frozenset()) | actor.boards.get(Part.CHAIR, frozenset())
    return (
        select(Case)
        .where(Case.board_id.in_(boards), Case.state == CaseState.SUBMITTED)
        .options(joinedload(Case.board), joinedload(Case.presenter), joinedload(Case.institution))
        .options(selectinload(Case.studies))
        .order_by(urgency_rank(), Case.submitted_at, Case.id)
    )


def queue_of(board_id: int) -> Select[Case]:
    """The accepted cases of a board, on an agenda or not, as the planner takes them in."""
    return (
        select(Case)
        .where(Case.board_id == board_id, Case.state.in_(WAITING))
        .options(joinedload(Case.presenter), joinedload(Case.institution), selectinload(Case.specialties))
        .order_by(urgency_rank(), Case.deadline_on, Case.submitted_at, Case.id)
    )


def people_planned_by(actor: Actor) -> Select[Person]:
    """Whose availability the actor may enter: on the actor's boards, the roster and those who present; or everybody's.

    Who presents a draft is its author's alone to know.
    """
    if actor.everywhere(Permission.AVAILABILITY_EDIT):
        return select(Person)
    board_ids = actor.boards_where(Permission.AVAILABILITY_EDIT)
    seated = select(Seat.person_id).where(Seat.series_id.in_(board_ids))
    sent = and_(Case.board_id.in_(board_ids), Case.state != CaseState.DRAFT, Case.submitted_at.is_not(None))
    presents = select(Case.presenter_id).where(sent, Case.presenter_id.is_not(None))
    stands_in = select(Case.backup_id).where(sent, Case.backup_id.is_not(None))
    return select(Person).where(or_(*(Person.id.in_(some) for some in (seated, presents, stands_in))))


def urgency_rank() -> ColumnElement[int]:
    """The urgency as a number to sort by; the most urgent is 0."""
    ranks = {urgency.value: rank for rank, urgency in enumerate(Urgency)}
    return sql_case(ranks, value=Case.urgency, else_=len(ranks))


def counts_by_state(statement: Select[Case]) -> Select[CaseState, int]:
    """How many cases of the statement stand in each state."""
    inner = statement.with_only_columns(Case.state).order_by(None).subquery()
    return select(inner.c.state, func.count()).group_by(inner.c.state)


def _by_part(actor: Actor, now: datetime) -> ColumnElement[bool]:
    leads = actor.boards.get(Part.COORDINATOR, frozenset()) | actor.boards.get(Part.CHAIR, frozenset())
    members = actor.boards.get(Part.BOARD_MEMBER, frozenset())
    observers = actor.boards.get(Part.OBSERVER, frozenset())
    at_home = Case.institution_id == actor.institution_id if Part.MEMBER_PHYSICIAN in actor.parts else false()
    released = and_(Case.released_at <= now, Case.released_until_at >= now)
    return or_(
        at_home,
        Case.board_id.in_(leads),
        and_(Case.board_id.in_(members), Case.state.in_(_LISTED)),
        and_(Case.board_id.in_(observers), Case.state == CaseState.SCHEDULED, released),
    )


def _whole() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Case.board),
        joinedload(Case.submitter),
        joinedload(Case.presenter),
        joinedload(Case.backup),
        joinedload(Case.responsible),
        joinedload(Case.institution),
        selectinload(Case.studies),
        selectinload(Case.specialties),
        selectinload(Case.history).options(joinedload(CaseEvent.person), joinedload(CaseEvent.board)),
    )
