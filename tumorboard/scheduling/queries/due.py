"""Which boards are due to be planned, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from tumorboard.accounts.models import Person
from tumorboard.agendas.models import Agenda
from tumorboard.cases.domain import WAITING, CaseState
from tumorboard.cases.models import Case
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling.domain import (
    DEBOUNCE,
    GIVE_UP_AFTER_ATTEMPTS,
    PlanCause,
)
from tumorboard.scheduling.models import PlanningPolicy, PlanRequest, PlanRun
from tumorboard.scheduling.queries.board import meeting_cut_off
from tumorboard.series.models import Seat, Series
from tumorboard.series.queries import boards


def boards_due(*, now: datetime) -> dict[int, PlanCause]:
    """The boards to plan now and why: asked for, changed and quiet since, past a cut-off, or failed and due again."""
    runs, changes = _last_runs(), _last_changes(now)
    requests = {row.series_id: row for row in session().scalars(select(PlanRequest))}
    due = {}
    for board_id in session().scalars(boards().with_only_columns(Series.id)):
        cause = _cause(requests.get(board_id), changes.get(board_id), runs.get(board_id), now)
        if cause is not None:
            due[board_id] = cause
    return due


def _cause(
    request: PlanRequest | None, change: "Change | None", planned_at: datetime | None, now: datetime
) -> PlanCause | None:
    if request and request.leased_until_at and request.leased_until_at > now:
        return None
    if request and request.due_at <= now and request.attempts < GIVE_UP_AFTER_ATTEMPTS:
        return PlanCause.ASKED
    if change is None or change.at > now - DEBOUNCE or (planned_at is not None and change.at <= planned_at):
        return None
    return change.cause


def _last_runs() -> dict[int, datetime]:
    found = select(PlanRun.series_id, func.max(PlanRun.started_at)).group_by(PlanRun.series_id)
    return {series_id: at for series_id, at in session().execute(found) if at is not None}


@dataclass(frozen=True)
class Change:
    """The last thing that happened to a board that its plan depends on."""

    at: datetime
    cause: PlanCause


def last_change_of(series_id: int, *, now: datetime) -> Change | None:
    """The last thing that happened to the board that its plan depends on."""
    return _last_changes(now).get(series_id)


def _last_changes(now: datetime) -> dict[int, Change]:
    queued = (
        select(Case.board_id, func.max(Case.queued_at))
        .where(Case.board_id.is_not(None), Case.queued_at.is_not(None), Case.accepted_at.is_not(None))
        .group_by(Case.board_id)
    )
    # A meeting matters to a plan when cases stand on it, or when cases wait that it could take.
    with_agenda = select(Agenda.meeting_id)
    with_queue = select(Case.board_id).where(Case.state == CaseState.ACCEPTED)
    revised = (
        select(Meeting.series_id, func.max(Meeting.revised_at))
        .where(Meeting.starts_at > now, or_(Meeting.id.in_(with_agenda), Meeting.series_id.in_(with_queue)))
        .group_by(Meeting.series_id)
    )
    found = [*session().execute(queued), *session().execute(revised)]
    changes = [(board_id, Change(at, PlanCause.QUEUE_CHANGED)) for board_id, at in found if board_id and at]
    changes += [(board_id, Change(at, PlanCause.PEOPLE_CHANGED)) for board_id, at in _people_changed() if at]
    set_at = select(PlanningPolicy.series_id, func.max(PlanningPolicy.set_at)).group_by(PlanningPolicy.series_id)
    changes += [(board_id, Change(at, PlanCause.POLICY_CHANGED)) for board_id, at in session().execute(set_at)]
    changes += [(board_id, Change(at, PlanCause.CUT_OFF)) for board_id, at in _cut_offs_passed(now)]
    return dict(sorted(changes, key=lambda one: one[1].at))


def _people_changed() -> Iterable[tuple[int, datetime | None]]:
    """When somebody last said when they can join, by board: presenters, backups, and who stands for a specialty."""
    changed = func.max(Person.availability_changed_at)
    speaks = or_(Case.presenter_id == Person.id, Case.backup_id == Person.id)
    presenting = select(Case.board_id, changed).join(Person, speaks).where(Case.state.in_(WAITING))
    standing = select(Seat.series_id, changed).join(Person, Person.id == Seat.person_id)
    queries = (
        presenting.where(Case.board_id.is_not(None)).group_by(Case.board_id),
        standing.where(Seat.specialty.is_not(None)).group_by(Seat.series_id),
    )
    for query in queries:
        yield from ((board_id, at) for board_id, at in session().execute(query) if board_id is not None)


def _cut_offs_passed(now: datetime) -> Iterable[tuple[int, datetime]]:
    soon = select(Meeting).join(Meeting.series).where(Meeting.starts_at > now, Series.kind.in_(("tumor_board", "dmt")))
    near = soon.where(Meeting.starts_at < now + timedelta(days=14)).options(
        joinedload(Meeting.series).selectinload(Series.policies)
    )
    for meeting in session().scalars(near):
        cut_off_at = meeting_cut_off(meeting)
        if cut_off_at <= now - DEBOUNCE:
            yield meeting.series_id, cut_off_at
