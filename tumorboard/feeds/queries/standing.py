"""What a feed said last, and whether anything changed since."""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, literal_column, select, type_coerce

from tumorboard.feeds.domain import PUBLIC_KINDS, NoSuchFeed, Standing
from tumorboard.feeds.models import CalendarFeed, CalendarMark
from tumorboard.kernel.db import session
from tumorboard.series.models import Series

STANDING = (
    CalendarFeed.etag,
    CalendarFeed.made_by,
    CalendarFeed.changed_at,
    CalendarFeed.turns_at,
    CalendarFeed.is_stale,
    select(CalendarMark.id).exists().label("has_marks"),
)


# Put together once: building a statement takes longer than the database needs to answer it.
# Words of ours in the text itself: a list of parameters would be written anew at every question.
_KINDS: list[ColumnElement[str]] = [literal_column(f"'{kind.value}'") for kind in PUBLIC_KINDS]
STANDING_OF_KEY = select(*STANDING).where(CalendarFeed.key == bindparam("key"))
STANDING_OF_SLUG = (
    select(*STANDING, Series.id)
    .outerjoin_from(Series, CalendarFeed, and_(CalendarFeed.series_id == Series.id, CalendarFeed.token_id.is_(None)))
    .where(Series.slug == bindparam("slug"), type_coerce(Series.kind, String).in_(_KINDS))
)


def standing_of(key: str) -> Standing | None:
    """How the feed stands; None when nobody asked for it yet."""
    return standing_in(session().execute(STANDING_OF_KEY, {"key": key}).one_or_none())


def standing_of_series(slug: str) -> Standing | None:
    """How the feed of a public series stands. Raises NoSuchFeed for a board exactly as for what does not exist."""
    row = session().execute(STANDING_OF_SLUG, {"slug": slug}).one_or_none()
    if row is None:
        raise NoSuchFeed
    return standing_in(row)


def standing_in(row: Any) -> Standing | None:
    """The standing at the beginning of the row; None where there is none yet."""
    return None if row is None or row[0] is None else Standing(*tuple(row)[: len(STANDING)])
