"""What the planner is to know, which boards are due, and what earlier plans did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from tumorboard.agendas.domain import PlanNote, PlanNotes
from tumorboard.agendas.models import Agenda
from tumorboard.agendas.queries import minutes_used_by_meeting
from tumorboard.cases.domain import CaseState, Outlook
from tumorboard.cases.models import Case
from tumorboard.kernel.clock import when
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import coming_of, cut_off_of, local_day_of
from tumorboard.scheduling.domain import DEBOUNCE, GIVE_UP_AFTER_ATTEMPTS, MoveKind, PlanCause
from tumorboard.scheduling.models import PlanMove, PlanRequest, PlanRun
from tumorboard.series.models import Series
from tumorboard.series.queries import boards, policy_in_force

MEETINGS_LOOKED_AT = 12


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


def last_run_of(series_id: int) -> Select[PlanRun]:
    """The board's last run with its moves."""
    return runs_of(series_id).limit(1)


def runs_of(series_id: int) -> Select[PlanRun]:
    """The board's runs with their moves, the latest first."""
    return (
        select(PlanRun)
        .where(PlanRun.series_id == series_id)
        .options(selectinload(PlanRun.moves).options(*_move_parts()))
        .order_by(PlanRun.finished_at.desc(), PlanRun.id.desc())
    )


def notes_of(meeting: Meeting, *, now: datetime) -> PlanNotes:
    """What the agenda page says of the last plan of the meeting's board."""
    run = session().scalars(last_run_of(meeting.series_id)).first()
    change = _last_changes(now).get(meeting.series_id)
    is_waiting = change is not None and (run is None or change.at > run.started_at)
    if run is None:
        return PlanNotes(None, "", "", (), is_waiting)
    notes = tuple(_note(move) for move in run.moves)
    return PlanNotes(run.finished_at, run.cause.label, run.trouble, notes, is_waiting)


def outlook_of(case: Case, *, now: datetime) -> Outlook | None:
    """The board's next meeting that is open to the case: before its cut-off, with minutes to spare."""
    if case.board is None:
        return None
    wanted = case.minutes or case.board.case_minutes
    coming = coming_of(case.board.id, after=now).limit(MEETINGS_LOOKED_AT)
    meetings = [one for one in session().scalars(coming) if not one.is_cancelled]
    used = minutes_used_by_meeting(one.id for one in meetings)
    for meeting in meetings:
        free = meeting.capacity_minutes - used.get(meeting.id, 0)
        cut_off_at = meeting_cut_off(meeting)
        if cut_off_at > now and free >= wanted:
            zone = meeting.time_zone
            return Outlook(starts_at=meeting.starts_at, zone=zone, cut_off_at=cut_off_at, free_minutes=free)
    return None


def meeting_cut_off(meeting: Meeting) -> datetime:
    """The meeting's cut-off under the policy in force on its day."""
    return cut_off_of(meeting, policy_in_force(meeting.series, on=local_day_of(meeting)))


def _last_runs() -> dict[int, datetime]:
    found = select(PlanRun.series_id, func.max(PlanRun.started_at)).group_by(PlanRun.series_id)
    return {series_id: at for series_id, at in session().execute(found) if at is not None}


@dataclass(frozen=True)
class Change:
    """The last thing that happened to a board that its plan depends on."""

    at: datetime
    cause: PlanCause


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
    changes += [(board_id, Change(at, PlanCause.CUT_OFF)) for board_id, at in _cut_offs_passed(now)]
    return dict(sorted(changes, key=lambda one: one[1].at))


def _cut_offs_passed(now: datetime) -> Iterable[tuple[int, datetime]]:
    soon = select(Meeting).join(Meeting.series).where(Meeting.starts_at > now, Series.kind.in_(("tumor_board", "dmt")))
    near = soon.where(Meeting.starts_at < now + timedelta(days=14)).options(
        joinedload(Meeting.series).selectinload(Series.policies)
    )
    for meeting in session().scalars(near):
        cut_off_at = meeting_cut_off(meeting)
        if cut_off_at <= now - DEBOUNCE:
            yield meeting.series_id, cut_off_at


_HEADLINES = {
    MoveKind.PLACED: ("Placed {code} on {to}", "plus"),
    MoveKind.MOVED: ("Moved {code} to {to}", "arrow-right"),
    MoveKind.LEFT_OUT: ("{code} waits", "hourglass"),
    MoveKind.PASSED_OVER: ("{code} was changed meanwhile", "corner-down-right"),
}


def _note(move: PlanMove) -> PlanNote:
    headline, icon = _HEADLINES[move.kind]
    to = when(move.to_meeting.starts_at, move.to_meeting.time_zone) if move.to_meeting else ""
    return PlanNote(move.case.code, headline.format(code=move.case.code, to=to), move.why, icon)


def _move_parts() -> tuple[_AbstractLoad, ...]:
    return joinedload(PlanMove.case), joinedload(PlanMove.from_meeting), joinedload(PlanMove.to_meeting)
