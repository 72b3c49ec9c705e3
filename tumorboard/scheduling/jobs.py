"""What the worker calls to plan the boards that need it."""

from datetime import datetime
from functools import partial

import structlog

from tumorboard.accounts.domain import Actor
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import reading, retrying, transaction
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import PlanCause
from tumorboard.scheduling.queries import boards_due
from tumorboard.scheduling.services import Gathered, apply_plan, claim, gather, note_failure

log = structlog.get_logger(__name__)


def plan_boards() -> None:
    """Plan each board that is due; one that fails is noted and never stops the others."""
    with reading():
        due = boards_due(now=utc_now())
    for series_id, cause in due.items():
        plan_board(series_id, cause=cause)


def plan_board(series_id: int, *, cause: PlanCause, by: Actor | None = None) -> bool:
    """Plan one board now; False when another worker is at it or the planning failed."""
    started_at = utc_now()
    if not retrying(partial(_claim, series_id)):
        return False
    try:
        with reading():
            gathered = gather(now=started_at)
        # No transaction is open while the engine works.
        plan = engine.plan(gathered.problem, previous=gathered.present, boards={str(series_id)})
        _refuse_broken(gathered.problem, plan, series_id)
        retrying(partial(_apply, series_id, gathered, plan, cause, by, started_at))
    except Exception as error:
        log.error("plan failed", series_id=series_id, exc_info=error)
        retrying(partial(_fail, series_id, cause, error, started_at))
        return False
    return True


class BrokenPlan(RuntimeError):
    """The independent check found a broken rule in the plan, so it is not applied."""


def _refuse_broken(problem: engine.Problem, plan: engine.Plan, series_id: int) -> None:
    cases = {one.id for one in problem.cases if one.board == str(series_id)}
    meetings = {one.id for one in problem.meetings if one.board == str(series_id)}
    broken = [one for one in engine.check(problem, plan) if one.case in cases or one.meeting in meetings]
    if broken:
        raise BrokenPlan(str(broken[0].code))


def _claim(series_id: int) -> bool:
    with transaction():
        return claim(series_id, now=utc_now())


def _apply(
    series_id: int, gathered: Gathered, plan: engine.Plan, cause: PlanCause, by: Actor | None, started_at: datetime
) -> None:
    with transaction():
        apply_plan(series_id, gathered, plan, cause=cause, by=by, started_at=started_at, now=utc_now())


def _fail(series_id: int, cause: PlanCause, error: Exception, started_at: datetime) -> None:
    with transaction():
        trouble = f"The plan could not be made ({type(error).__name__}). It is tried again; administrators see the log."
        note_failure(series_id, cause=cause, trouble=trouble, started_at=started_at, now=utc_now())
