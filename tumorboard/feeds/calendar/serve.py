"""From what changed to bytes that can be sent: entries, then feeds, each only when something is new."""

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import select

from tumorboard.feeds.calendar.bodies import Bodies, Body
from tumorboard.feeds.calendar.entry import entry_of
from tumorboard.feeds.calendar.feed import feed_bytes
from tumorboard.feeds.calendar.lint import Fault, lint
from tumorboard.feeds.domain import Feed, FeedEvent, Standing, maker
from tumorboard.feeds.models import CalendarEntry
from tumorboard.feeds.queries import contents_of, events_of, lacks_entries, own_cases
from tumorboard.feeds.queries.meetings import Own
from tumorboard.feeds.services import begin_feed, make_entries, mark_outdated, note_body
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import retrying, session, transaction
from tumorboard.kernel.errors import Unavailable

log = structlog.get_logger(__name__)
# So much one poll does for everybody; the worker does what is left.
BATCHES_IN_A_POLL = 4
PLAIN_NAME = "Tumorboard"
_bodies = Bodies()


def catch_up(home: str, *, batches: int) -> bool:
    """Make marked entries, a batch a transaction; return whether all are made."""
    return not all(retrying(partial(_make, home)) for _ in range(batches))


def refreshed(feed: Feed, standing: Standing | None) -> Standing:
    """Bring the feed up to what is known now, and return how it stands.

    Raises Unavailable while meetings of the feed have no entry at all: a program would take them for deleted.
    """
    made_by = maker(feed.home)
    if standing is not None and standing.made_by not in {"", made_by}:
        retrying(partial(_mark_outdated, made_by))
    if not catch_up(feed.home, batches=BATCHES_IN_A_POLL) and lacks_entries(feed, now=utc_now()):
        raise Unavailable("This calendar is being put together. Ask again in a moment.")
    if standing is None:
        retrying(partial(_begin, feed))
    return retrying(partial(_note, feed, made_by))


def body_of(feed: Feed, etag: str) -> tuple[str, Body]:
    """Return the feed's bytes and their tag, which is another one when something changed this very moment."""
    kept = _bodies.get(etag)
    if kept is not None:
        return etag, kept
    etag, body, _ = _read(feed, utc_now())
    return etag, body


def kept_body(etag: str) -> Body | None:
    """The body of the tag, if it was sent lately."""
    return _bodies.get(etag)


def as_it_stands(feed: Feed, standing: Standing | None) -> Standing:
    """How the feed stands, found out without writing anything: a full disk must not keep anybody from reading."""
    now = utc_now()
    etag, _, turns_at = _read(feed, now)
    changed_at = standing.changed_at if standing and standing.etag == etag else now
    return Standing(etag, maker(feed.home), changed_at, turns_at, is_stale=True, has_marks=False)


def _make(home: str) -> bool:
    with transaction():
        return make_entries(partial(entry_of, home=home), made_by=maker(home), now=utc_now())


def _mark_outdated(made_by: str) -> None:
    with transaction():
        mark_outdated(made_by=made_by)


def _begin(feed: Feed) -> None:
    with transaction():
        begin_feed(feed, now=utc_now())


def _note(feed: Feed, made_by: str) -> Standing:
    now = utc_now()
    with transaction():
        return note_body(feed, lambda: _read(feed, now)[::2], made_by=made_by, now=now)


def _read(feed: Feed, now: datetime) -> tuple[str, Body, datetime | None]:
    contents = contents_of(feed, now=now)
    entries = _with_own(feed, contents.entries, now=now)
    plain = feed_bytes(_sound(feed, contents.zones), entries=entries, zones=contents.zones)
    etag = hashlib.sha256(plain).hexdigest()[:32]
    body = _bodies.get(etag) or Body(plain)
    _bodies.keep(etag, body)
    return etag, body, contents.turns_at


def _sound(feed: Feed, zones: tuple[str, ...]) -> Feed:
    """The feed, under a plain name where its own would break the file."""
    try:
        lint(feed_bytes(feed, entries="", zones=zones))
    except Fault as fault:
        log.error("calendar head not taken", key=feed.key, trouble=str(fault))
        return replace(feed, name=PLAIN_NAME)
    return feed


def _with_own(feed: Feed, entries: str, *, now: datetime) -> str:
    """The entries, with what the reader presents written into the few that it concerns."""
    own = own_cases(feed.person_id, now=now) if feed.person_id else {}
    if not own:
        return entries
    found = session().execute(
        select(CalendarEntry.meeting_id, CalendarEntry.ics, CalendarEntry.revised_at).where(
            CalendarEntry.meeting_id.in_(own), CalendarEntry.trouble == ""
        )
    )
    stored = {meeting_id: (ics, revised_at) for meeting_id, ics, revised_at in found}
    for event in events_of(stored):
        ics, revised_at = stored[event.meeting_id]
        mine = entry_of(_presented(event, own[event.meeting_id], revised_at), feed.home)
        if event.case_count is not None and not mine.trouble:
            entries = entries.replace(ics, mine.ics, 1)
    return entries


def _presented(event: FeedEvent, own: Own, revised_at: datetime) -> FeedEvent:
    told = [own.told_at] if own.told_at else []
    return replace(event, own_cases=own.cases, revised_at=max([event.revised_at, revised_at, *told]))
