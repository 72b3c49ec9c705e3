"""Which series a request may see or change."""

from flask import g

from tumorboard.accounts.domain import NotYours, Permission
from tumorboard.series.domain import SeriesClosed
from tumorboard.series.models import Series
from tumorboard.series.queries import series_seen_by


def may_edit(series: Series) -> bool:
    """Whether the signed-in person may change the series: its coordinator, or an administrator."""
    return bool(g.actor.may(Permission.SERIES_EDIT, series_id=series.id))


def series_to_edit(slug: str) -> Series:
    """Return the series. Raises NotFound when there is none, NotYours when somebody else runs it."""
    series = series_seen_by(g.actor, slug)
    if not may_edit(series):
        raise NotYours(f"{series.name} is run by others. Ask its coordinator or an administrator.")
    return series


def board_to_edit(slug: str) -> Series:
    """Return the board, as `series_to_edit`. Raises SeriesClosed for what is taught."""
    series = series_to_edit(slug)
    if not series.kind.is_board:
        raise SeriesClosed("This series takes no cases, so it has neither a policy nor a roster.")
    return series
