"""Remember what a feed says, so that most polls need not read it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from tumorboard.feeds.domain import Feed, Standing, changed_after
from tumorboard.feeds.models import CalendarFeed
from tumorboard.kernel.db import lock, session


def begin_feed(feed: Feed, *, now: datetime) -> None:
    """Make the row of a feed that nobody asked for yet, stale.

    In a transaction before the first `note_body`: what is not committed, no change could make stale meanwhile.
    """
    _make_row(feed, now=now)


def note_body(feed: Feed, read: Callable[[], tuple[str, datetime | None]], *, made_by: str, now: datetime) -> Standing:
    """Read the feed's tag and when it turns, and remember both; a new tag is a change.

    The row is held before anything is read: a change that comes in between then finds it, and makes it stale again.
    """
    row = _held(feed, now=now)
    etag, turns_at = read()
    if etag != row.etag:
        row.changed_at = changed_after(row.changed_at if row.etag else None, now=now)
    row.etag, row.turns_at, row.made_by, row.is_stale = etag, turns_at, made_by, False
    session().flush()
    return Standing(etag, made_by, row.changed_at, turns_at, is_stale=False, has_marks=False)


def _held(feed: Feed, *, now: datetime) -> CalendarFeed:
    _make_row(feed, now=now)
    row: CalendarFeed = session().scalars(lock(select(CalendarFeed).where(CalendarFeed.key == feed.key))).one()
    return row


def _make_row(feed: Feed, *, now: datetime) -> None:
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    whose = {"series_id": feed.series_id, "person_id": feed.person_id, "institution_id": feed.institution_id}
    fresh = {"key": feed.key, "token_id": feed.token_id, **whose, "changed_at": now}
    blank = {"etag": "", "made_by": "", "is_stale": True}
    session().execute(insert(CalendarFeed).values(**fresh, **blank).on_conflict_do_nothing())
