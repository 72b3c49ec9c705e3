"""Planning the boards that need it, one by one."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from tumorboard.accounts.domain import Actor
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import reading, retrying, transaction
from tumorboard.kernel.errors import Conflict
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import PlanCause, PlanMode, ProposalGone
from tumorboard.scheduling.jobs.planner import planner
from tumorboard.scheduling.queries import boards_due, settings_of
from tumorboard.scheduling.services import (
    Computed,
    Gathered,
    Question,
    apply_plan,
    apply_proposal,
    claim,
    claim_proposal,
    dismiss,
    gather,
    note_failure,
    propose,
    refuse,
    same_moves,
    settle,
    supposed,
    withdraw_proposal,
)

log = structlog.get_logger(__name__)


# What a page may ask of the solver while somebody waits: enough to prove lateness, too little for a long search.
QUICK = engine.Budget(board=2.0)


class BrokenPlan(RuntimeError):
    """The independent check found a broken rule in the plan, so it is not applied."""


@dataclass(frozen=True)
class _Run:
    """One planning of one board."""

    series_id: int
    cause: PlanCause
    by: Actor | None
    started_at: datetime


def plan_boards() -> None:
    """Plan each board that is due; one that fails is noted and never stops the others."""
    with reading():
        due = boards_due(now=utc_now())
    for series_id, cause in due.items():
        plan_board(series_id, cause=cause)


def plan_board(series_id: int, *, cause: PlanCause, by: Actor | None = None) -> bool:
    """Plan one board now; False when another worker is at it or the planning failed.

    What touches no published agenda is applied, if the board wishes so; everything else is proposed.
    """
    run = _Run(series_id, cause, by, utc_now())
    if not retrying(partial(_claim, series_id)):
        return False
    try:
        with reading():
            gathered, mode = gather(series_id, now=run.started_at), settings_of(series_id).mode
        if mode is PlanMode.APPLY:
            retrying(partial(_apply, run, gathered, _computed(run, gathered.frozen, gathered.present)))
            with reading():
                gathered = gather(series_id, now=run.started_at)
        _propose_the_rest(run, gathered, mode)
    except Exception as error:
        log.error("plan failed", series_id=series_id, exc_info=error)
        retrying(partial(_fail, run, error))
        return False
    return True


def decide(series_id: int, run_id: int, *, accept: bool, by: Actor) -> None:
    """Do what was proposed, or leave everything as it is. Raises ProposalGone when it no longer fits.

    The plan is computed again from what stands now, and done only where it says the same.
    """
    now = utc_now()
    if not accept:
        retrying(partial(_dismiss, series_id, run_id, by))
        return
    run = _Run(series_id, PlanCause.ASKED, by, now)
    with reading():
        gathered = gather(series_id, now=now)
    computed = _computed(run, gathered.problem, gathered.present)
    retrying(partial(_accept, run, run_id, gathered, computed))


@dataclass(frozen=True)
class Difference:
    """What a supposition would change against the best plan without it."""

    moves: tuple[engine.Move, ...]
    late_before: int
    late_after: int
    waiting_before: int
    waiting_after: int
    warnings: tuple[str, ...] = ()


def suppose(series_id: int, question: Question) -> Difference:
    """Return what would move if it were so; nothing is stored. Raises Invalid for a question about nothing."""
    now = utc_now()
    with reading():
        gathered, settings = gather(series_id, now=now), settings_of(series_id)
    boards = {str(series_id)}
    changed = supposed(gathered.problem, question, settings)
    before, after = (
        planner.plan(one, previous=gathered.present, boards=boards, budget=QUICK, waits=False)
        for one in (gathered.problem, changed)
    )
    if before.trouble or after.trouble:
        raise Conflict("The optimiser ended before it answered, so nothing can be compared. Try again in a moment.")
    moves = [one for one in engine.diff(before, after) if one.from_meeting != one.to_meeting]
    asked = after.places.get(str(question.case_id))
    return Difference(
        moves=tuple(moves),
        late_before=(before.levels or (0,))[0],
        late_after=(after.levels or (0,))[0],
        waiting_before=len(before.waiting),
        waiting_after=len(after.waiting),
        warnings=tuple(one.sentence for one in asked.warnings) if asked else (),
    )


def _computed(run: _Run, problem: engine.Problem, previous: engine.Plan) -> Computed:
    """Ask the engine while no transaction is open, and check what it says."""
    began, boards = time.monotonic(), frozenset({str(run.series_id)})
    plan = planner.plan(problem, previous=previous, boards=boards)
    spent_ms = round((time.monotonic() - began) * 1000)
    _refuse_broken(problem, plan, run.series_id)
    return Computed(plan, problem, previous, boards, run.cause, run.started_at, spent_ms)


def _refuse_broken(problem: engine.Problem, plan: engine.Plan, series_id: int) -> None:
    cases = {one.id for one in problem.cases if one.board == str(series_id)}
    meetings = {one.id for one in problem.meetings if one.board == str(series_id)}
    broken = [one for one in engine.check(problem, plan) if one.case in cases or one.meeting in meetings]
    if broken:
        raise BrokenPlan(str(broken[0].code))


def _propose_the_rest(run: _Run, gathered: Gathered, mode: PlanMode) -> None:
    if not gathered.published and mode is PlanMode.APPLY:
        retrying(partial(_propose_nothing, run))
        return
    computed = _computed(run, gathered.problem, gathered.present)
    moves = _moves(run, gathered, computed.plan) if _is_worth_it(gathered, computed.plan, mode) else []
    retrying(partial(_propose, run, moves, computed, mode))


def _is_worth_it(gathered: Gathered, plan: engine.Plan, mode: PlanMode) -> bool:
    """Whether the plan is better than what stands, or what stands can stand no longer.

    Published agendas are touched for lateness and for cases without a place, not for less.
    """
    if any(one.code is not engine.ViolationCode.MISSING for one in engine.check(gathered.problem, gathered.present)):
        return True
    levels = 2 if mode is PlanMode.APPLY else len(engine.LEVEL_NAMES)
    assert plan.levels is not None
    return plan.levels[:levels] < engine.measure(gathered.problem, gathered.present)[:levels]


def _moves(run: _Run, gathered: Gathered, plan: engine.Plan) -> list[engine.Move]:
    """Return what would stand in another meeting than today, and whose published time would be another one."""
    own = {one.id for one in gathered.problem.cases if one.board == str(run.series_id)}
    place = {one.id: at for at, one in enumerate(gathered.problem.meetings)}
    changed = engine.diff(gathered.present, plan)
    published = {str(meeting) for meeting in gathered.published}
    moves = [
        one
        for one in changed
        if one.case in own and (one.from_meeting != one.to_meeting or one.to_meeting in published)
    ]
    return sorted(moves, key=lambda one: (place.get(one.to_meeting or "", len(place)), one.case))


def _claim(series_id: int) -> bool:
    with transaction():
        return claim(series_id, now=utc_now())


def _apply(run: _Run, gathered: Gathered, computed: Computed) -> None:
    with transaction():
        apply_plan(run.series_id, gathered, computed, by=run.by, now=utc_now())


def _propose(run: _Run, moves: list[engine.Move], computed: Computed, mode: PlanMode) -> None:
    with transaction():
        propose(run.series_id, moves, computed, by=run.by, now=utc_now())
        if mode is PlanMode.PROPOSE:
            settle(run.series_id, computed, by=run.by, now=utc_now())


def _propose_nothing(run: _Run) -> None:
    with transaction():
        withdraw_proposal(run.series_id, now=utc_now())


def _accept(run: _Run, run_id: int, gathered: Gathered, computed: Computed) -> None:
    assert run.by is not None
    with transaction():
        proposal = claim_proposal(run.series_id, run_id)
        moves = _moves(run, gathered, computed.plan)
        fits = same_moves(proposal, moves)
        if fits:
            apply_proposal(proposal, gathered, computed.plan, by=run.by, now=utc_now())
        else:
            propose(run.series_id, moves, computed, by=run.by, now=utc_now())
    if not fits:
        raise ProposalGone("Something changed since this was proposed. It was made again: look at it once more.")


def _dismiss(series_id: int, run_id: int, by: Actor) -> None:
    with transaction():
        dismiss(claim_proposal(series_id, run_id), by=by, now=utc_now())


def _fail(run: _Run, error: Exception) -> None:
    with transaction():
        if isinstance(error, BrokenPlan):
            refuse(run.series_id, rule=str(error), now=utc_now())
        trouble = f"The plan could not be made ({type(error).__name__}). It is tried again; administrators see the log."
        note_failure(run.series_id, cause=run.cause, trouble=trouble, started_at=run.started_at, now=utc_now())
