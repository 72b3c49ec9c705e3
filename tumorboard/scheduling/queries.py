"""What the planner is to know, which boards are due, and what earlier plans did."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from tumorboard.accounts.models import Person
from tumorboard.agendas.domain import PlanNote, PlanNotes
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.domain import WAITING, CaseState
from tumorboard.cases.models import Case
from tumorboard.kernel.clock import when
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import cut_off_of, local_day_of
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import (
    DEBOUNCE,
    GIVE_UP_AFTER_ATTEMPTS,
    MoveKind,
    PlanCause,
    PlanSettings,
    RunState,
)
from tumorboard.scheduling.models import PlanMove, PlanningPolicy, PlanRequest, PlanRun
from tumorboard.series.models import Seat, Series
from tumorboard.series.queries import boards, policy_in_force


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


def settings_of(series_id: int) -> PlanSettings:
    """How the board wants to be planned now."""
    policy = session().scalars(policies_of(series_id).limit(1)).first()
    return PlanSettings.of(policy.settings if policy else None)


def policies_of(series_id: int) -> Select[PlanningPolicy]:
    """The board's planning policies, the one in force first."""
    found = select(PlanningPolicy).where(PlanningPolicy.series_id == series_id)
    return found.order_by(PlanningPolicy.set_at.desc(), PlanningPolicy.id.desc())


def proposal_of(series_id: int) -> PlanRun | None:
    """What is proposed for the board and nobody has decided yet."""
    return session().scalars(runs_of(series_id).where(PlanRun.state == RunState.PROPOSED).limit(1)).first()


def past_delays_of(series_id: int, *, weeks: int, now: datetime) -> tuple[engine.PastDelay, ...]:
    """How many of the board's meetings each institution's cases waited in the last weeks; none for no weeks."""
    if not weeks:
        return ()
    since = now - timedelta(weeks=weeks)
    held = list(session().scalars(_held_since(series_id, since=since - timedelta(weeks=8), now=now)))
    found = (
        select(Case.institution_id, Case.submitted_at, Meeting.starts_at)
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .join(Agenda, Agenda.id == AgendaItem.agenda_id)
        .join(Meeting, Meeting.id == Agenda.meeting_id)
        .where(Meeting.series_id == series_id, Meeting.starts_at >= since, Meeting.starts_at < now)
    )
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for institution_id, submitted_at, discussed_at in session().execute(found):
        passed = sum(submitted_at is not None and submitted_at < at < discussed_at for at in held)
        totals[institution_id][0] += passed
        totals[institution_id][1] += 1
    return tuple(
        engine.PastDelay(str(series_id), str(institution), delay=delay, cases=cases)
        for institution, (delay, cases) in sorted(totals.items())
    )


def _held_since(series_id: int, *, since: datetime, now: datetime) -> Select[datetime]:
    return (
        select(Meeting.starts_at)
        .where(Meeting.series_id == series_id, Meeting.starts_at > since, Meeting.starts_at < now)
        .where(Meeting.state != MeetingState.CANCELLED)
        .order_by(Meeting.starts_at)
    )


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
