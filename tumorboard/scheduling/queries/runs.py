"""What earlier plans of a board did, and what is proposed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from tumorboard.agendas.domain import PlanNote, PlanNotes
from tumorboard.cases.models import Case
from tumorboard.kernel.clock import when
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling.domain import MoveKind, RunState
from tumorboard.scheduling.models import PlanMove, PlanRun
from tumorboard.scheduling.queries.due import last_change_of

# Runs of which nothing was done: what is proposed, what was dismissed, what a later proposal replaced.
_ONLY_PROPOSED = (RunState.PROPOSED, RunState.DISMISSED, RunState.REPLACED)


def last_run_of(series_id: int) -> Select[PlanRun]:
    """The board's last run with its moves."""
    return runs_of(series_id).limit(1)


def runs_of(series_id: int) -> Select[PlanRun]:
    """The board's runs with their moves, the latest first."""
    return (
        select(PlanRun)
        .where(PlanRun.series_id == series_id)
        .options(selectinload(PlanRun.moves).options(*_move_parts()))
        .options(joinedload(PlanRun.asked_by), joinedload(PlanRun.decided_by))
        .order_by(PlanRun.finished_at.desc(), PlanRun.id.desc())
    )


def notes_of(meeting: Meeting, *, now: datetime) -> PlanNotes:
    """What the agenda page says of the last plan of the meeting's board."""
    run = session().scalars(runs_of(meeting.series_id).where(PlanRun.state.not_in(_ONLY_PROPOSED)).limit(1)).first()
    proposal = proposal_of(meeting.series_id)
    proposed = len(proposal.moves) if proposal else 0
    change = last_change_of(meeting.series_id, now=now)
    is_waiting = change is not None and (run is None or change.at > run.started_at)
    if run is None:
        return PlanNotes(None, "", "", (), is_waiting, proposed)
    notes = tuple(_note(move) for move in run.moves)
    return PlanNotes(run.finished_at, run.cause.label, run.trouble, notes, is_waiting, proposed)


def whys_of(cases: Iterable[Case]) -> dict[int, str]:
    """What the last plan said of these cases, by case; those it said nothing of are left out.

    Where a case would stand if a proposal were done is no reason for where it is.
    """
    ids = [case.id for case in cases]
    done = select(PlanRun.id).where(PlanRun.state.not_in(_ONLY_PROPOSED))
    is_so = or_(PlanMove.run_id.in_(done), PlanMove.to_meeting_id.is_(None))
    last = select(func.max(PlanMove.id)).where(PlanMove.case_id.in_(ids), is_so).group_by(PlanMove.case_id)
    found = select(PlanMove.case_id, PlanMove.why).where(PlanMove.id.in_(last))
    return {row.case_id: row.why for row in session().execute(found)}


def why_waiting(case: Case) -> str:
    """What the last plan said of a case that has no meeting; nothing where no plan knew of it."""
    return whys_of([case]).get(case.id, "")


def proposal_of(series_id: int) -> PlanRun | None:
    """What is proposed for the board and nobody has decided yet."""
    return session().scalars(runs_of(series_id).where(PlanRun.state == RunState.PROPOSED).limit(1)).first()


def dismissed_of(series_id: int, *, now: datetime) -> PlanRun | None:
    """What somebody dismissed last, while a meeting that it would have touched is ahead."""
    touches = or_(PlanMove.to_meeting_id == Meeting.id, PlanMove.from_meeting_id == Meeting.id)
    ahead = select(PlanMove.run_id).join(Meeting, touches).where(Meeting.starts_at > now)
    found = runs_of(series_id).where(PlanRun.state == RunState.DISMISSED, PlanRun.id.in_(ahead))
    return session().scalars(found.limit(1)).first()


def undecided(series_ids: Iterable[int]) -> Select[PlanRun]:
    """What is proposed for these boards and nobody has decided yet, the oldest first, with the board."""
    found = select(PlanRun).where(PlanRun.series_id.in_(list(series_ids)), PlanRun.state == RunState.PROPOSED)
    parts = (joinedload(PlanRun.series), selectinload(PlanRun.moves))
    return found.options(*parts).order_by(PlanRun.finished_at, PlanRun.id)


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
