"""What a feed said last, and whether anything changed since."""

from sqlalchemy import select

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


def standing_of(key: str) -> Standing | None:
    """How the feed stands; None when nobody asked for it yet."""
    row = session().execute(select(*STANDING).where(CalendarFeed.key == key)).one_or_none()
    return None if row is None else Standing(*row)


def standing_of_series(slug: str) -> Standing | None:
    """How the feed of a public series stands. Raises NoSuchFeed for a board exactly as for what does not exist."""
    found = (
        select(Series.id, *STANDING)
        .outerjoin(CalendarFeed, CalendarFeed.series_id == Series.id)
        .where(Series.slug == slug, Series.kind.in_(PUBLIC_KINDS))
    )
    row = session().execute(found).one_or_none()
    if row is None:
        raise NoSuchFeed
    return None if row.etag is None else Standing(*row[1:])
