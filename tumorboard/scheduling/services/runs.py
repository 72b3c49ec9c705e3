"""Keeping what was planned: runs with what they were computed from, proposals, and what became of them."""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from tumorboard.accounts.domain import Actor
from tumorboard.audit.services import record
from tumorboard.kernel.db import lock, session
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import RUNS_KEPT_WHOLE, MoveKind, PlanCause, PlanSettings, ProposalGone, RunState
from tumorboard.scheduling.models import PlanMove, PlanningPolicy, PlanRun
from tumorboard.scheduling.services.requests import release
from tumorboard.series.models import Series


@dataclass(frozen=True)
class Computed:
    """A plan with the question it answers and what computing it took; `boards` are those that were planned."""

    plan: engine.Plan
    problem: engine.Problem
    previous: engine.Plan
    boards: frozenset[str]
    cause: PlanCause
    started_at: datetime
    spent_ms: int
    trouble: str = ""

    @property
    def question(self) -> bytes:
        """What was asked, so that it can be asked again."""
        asked = {
            "problem": self.problem.to_json(),
            "previous": self.previous.to_json(),
            "boards": sorted(self.boards),
        }
        return zlib.compress(json.dumps(asked, separators=(",", ":")).encode())


def question_of(run: PlanRun) -> dict[str, Any] | None:
    """Return what the run was computed from, or None where that is no longer kept."""
    if run.question is None:
        return None
    asked: dict[str, Any] = json.loads(zlib.decompress(run.question))
    return asked


def new_run(series_id: int, computed: Computed, state: RunState, *, by: Actor | None, now: datetime) -> PlanRun:
    """Record a computed plan; older runs of the board keep their result only."""
    plan = computed.plan
    run = PlanRun(
        series_id=series_id,
        cause=computed.cause,
        asked_by_id=by.person_id if by else None,
        state=state,
        started_at=computed.started_at,
        finished_at=now,
        engine=plan.engine,
        version=plan.version,
        digest=plan.digest,
        status=str(plan.status),
        levels=dict(zip(engine.LEVEL_NAMES, plan.levels or (), strict=False)),
        bounds=dict(zip(engine.LEVEL_NAMES, plan.bounds or (), strict=False)),
        spent_ms=computed.spent_ms,
        question=computed.question,
        trouble=(computed.trouble or plan.trouble)[:300],
    )
    session().add(run)
    session().flush()
    whole = select(PlanRun.id).where(PlanRun.series_id == series_id).order_by(PlanRun.id.desc()).limit(RUNS_KEPT_WHOLE)
    kept = list(session().scalars(whole))
    session().execute(
        update(PlanRun).where(PlanRun.series_id == series_id, PlanRun.id < min(kept)).values(question=None)
    )
    return run


def propose(
    series_id: int, moves: list[engine.Move], computed: Computed, *, by: Actor | None, now: datetime
) -> PlanRun | None:
    """Put the moves before the coordinators in place of what was proposed before; None where nothing would move.

    The same moves again leave the proposal as it stands, and what was dismissed is not proposed again.
    """
    wanted = [_move(one) for one in moves]
    standing = _latest(series_id, RunState.PROPOSED)
    if standing is not None and wanted and _facts(standing.moves) == _facts(wanted):
        return standing
    withdraw_proposal(series_id, now=now)
    if not wanted or _was_dismissed(series_id, wanted):
        return None
    run = new_run(series_id, computed, RunState.PROPOSED, by=by, now=now)
    run.moves = wanted
    record("plan.proposed", by=by, subject="series", subject_id=series_id, details={"moves": len(wanted)}, now=now)
    return run


def withdraw_proposal(series_id: int, *, now: datetime) -> None:
    """Take back what was proposed: it would change nothing for the better any more."""
    standing = _latest(series_id, RunState.PROPOSED)
    if standing is not None:
        standing.state, standing.decided_at = RunState.REPLACED, now
        session().flush()


def claim_proposal(series_id: int, run_id: int) -> PlanRun:
    """Return the open proposal, locked. Raises ProposalGone when it was decided or replaced meanwhile."""
    standing = _latest(series_id, RunState.PROPOSED)
    if standing is None or standing.id != run_id:
        raise ProposalGone("This proposal was replaced or decided meanwhile. What stands now is shown.")
    return standing


def settle(series_id: int, computed: Computed, *, by: Actor | None, now: datetime) -> None:
    """Note that the board was planned and nothing was applied, so that it is not planned again before a change."""
    standing = _latest(series_id, RunState.PROPOSED)
    if standing is None:
        new_run(series_id, computed, RunState.APPLIED, by=by, now=now)
    else:
        standing.started_at = max(standing.started_at, computed.started_at)
    release(series_id, now=now)


def dismiss(run: PlanRun, *, by: Actor, now: datetime) -> None:
    """Leave everything as it is; the same proposal is not made again until something about it differs."""
    run.state, run.decided_at, run.decided_by_id = RunState.DISMISSED, now, by.person_id
    record("plan.dismissed", by=by, subject="series", subject_id=run.series_id, details={"run": run.id}, now=now)


def set_settings(series: Series, settings: PlanSettings, *, by: Actor, now: datetime) -> PlanningPolicy:
    """Plan the board this way from now on; how it was planned before stays on record."""
    policy = PlanningPolicy(series_id=series.id, set_at=now, set_by_id=by.person_id, settings=settings.stored())
    session().add(policy)
    session().flush()
    record("planning_policy.set", by=by, subject="series", subject_id=series.id, now=now)
    return policy


def same_moves(run: PlanRun, moves: list[engine.Move]) -> bool:
    """Whether a proposal says just this."""
    return _facts(run.moves) == _facts([_move(one) for one in moves])


def _latest(series_id: int, state: RunState) -> PlanRun | None:
    session().scalars(lock(select(Series.id).where(Series.id == series_id))).one()
    found = select(PlanRun).where(PlanRun.series_id == series_id, PlanRun.state == state)
    return session().scalars(found.order_by(PlanRun.id.desc()).limit(1)).first()


def _was_dismissed(series_id: int, moves: list[PlanMove]) -> bool:
    """Whether somebody dismissed just this before, however long ago and whatever was proposed since."""
    alike = select(PlanMove.run_id).where(PlanMove.case_id == moves[0].case_id)
    found = select(PlanRun).where(PlanRun.series_id == series_id, PlanRun.state == RunState.DISMISSED)
    found = found.where(PlanRun.id.in_(alike)).options(selectinload(PlanRun.moves)).order_by(PlanRun.id)
    return any(_facts(run.moves) == _facts(moves) for run in session().scalars(found))


def _facts(moves: list[PlanMove]) -> set[tuple[int, int | None, int | None, int | None]]:
    return {(one.case_id, one.from_meeting_id, one.to_meeting_id, one.starts_minute) for one in moves}


def _move(move: engine.Move) -> PlanMove:
    kind = MoveKind.LEFT_OUT if move.to_meeting is None else MoveKind.MOVED if move.from_meeting else MoveKind.PLACED
    return PlanMove(
        case_id=int(move.case),
        kind=kind,
        from_meeting_id=int(move.from_meeting) if move.from_meeting else None,
        to_meeting_id=int(move.to_meeting) if move.to_meeting else None,
        starts_minute=move.to_start,
        why=(move.why.sentence if move.why else "")[:500],
    )
