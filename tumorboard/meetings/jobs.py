"""What the worker calls so that there are always meetings to plan for."""

from functools import partial

import structlog
from sqlalchemy import select

from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import reading, retrying, session, transaction
from tumorboard.meetings.services import make_meetings
from tumorboard.series.models import Series

log = structlog.get_logger(__name__)


def make_meetings_out_to_horizon() -> None:
    """Make each series' missing meetings in a transaction of its own, so that a broken one stops no other."""
    with reading():
        ids = session().scalars(select(Series.id).order_by(Series.id)).all()
    for series_id in ids:
        try:
            retrying(partial(_make, series_id))
        except Exception as error:  # whatever breaks one series must not stop the others
            log.error("meetings not made", series_id=series_id, error=type(error).__name__)


def _make(series_id: int) -> None:
    with transaction():
        series = session().get(Series, series_id, populate_existing=True)
        if series is not None:
            make_meetings(series, now=utc_now())
