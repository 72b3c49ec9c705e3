"""Change a series and its meetings in one act."""

from datetime import datetime

from tumorboard.accounts.domain import Actor
from tumorboard.meetings.services.make import follow_series, make_meetings
from tumorboard.meetings.services.revision import Change
from tumorboard.series.models import Series
from tumorboard.series.services import SeriesDraft, create_series, edit_series


def start_series(draft: SeriesDraft, *, by: Actor | None, now: datetime) -> Series:
    """Create the series and make its meetings out to the horizon. Raises SlugTaken."""
    series = create_series(draft, by=by, now=now)
    make_meetings(series, now=now)
    return series


def change_series(series: Series, draft: SeriesDraft, *, version: int, by: Actor, now: datetime) -> list[Change]:
    """Edit the series and let its meetings follow. Raises SeriesChanged or SlugTaken."""
    edit_series(series, draft, version=version, by=by, now=now)
    return follow_series(series, by=by, now=now)
