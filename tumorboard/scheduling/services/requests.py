"""Asking for a plan, and claiming a board so that no second worker plans it at once."""

from datetime import datetime

from sqlalchemy import select

from tumorboard.kernel.db import lock, session
from tumorboard.scheduling.domain import LEASE
from tumorboard.scheduling.models import PlanRequest
from tumorboard.series.models import Series


def request_plan(series_id: int, *, now: datetime) -> None:
    """Have the board planned at the worker's next tick."""
    request = _request(series_id, now)
    request.due_at, request.attempts = now, 0


def claim(series_id: int, *, now: datetime) -> bool:
    """Lease the board for one run; False when another worker holds it."""
    request = _request(series_id, now)
    if request.leased_until_at is not None and request.leased_until_at > now:
        return False
    request.leased_until_at = now + LEASE
    return True


def release(series_id: int, *, now: datetime) -> None:
    """Give the board free after a run; what was asked for before it is answered."""
    request = session().get(PlanRequest, series_id)
    if request is not None and request.due_at <= now:
        session().delete(request)
    elif request is not None:
        request.leased_until_at = None


def _request(series_id: int, now: datetime) -> PlanRequest:
    # The series' own row is locked first, so that two first requests cannot collide.
    session().scalars(lock(select(Series.id).where(Series.id == series_id))).one()
    request = session().scalars(lock(select(PlanRequest).where(PlanRequest.series_id == series_id))).one_or_none()
    if request is None:
        request = PlanRequest(series_id=series_id, due_at=now, attempts=0)
        session().add(request)
        session().flush()
    return request
