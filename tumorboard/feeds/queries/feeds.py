"""Which feeds there are, and what stands in them.

Every feed is read from present rights: who left a board finds its meetings gone at the next look.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from tumorboard.accounts.domain import InstitutionKind
from tumorboard.accounts.models import Institution
from tumorboard.feeds.domain import PAST, PUBLIC_KINDS, Contents, Feed, NoSuchFeed, Subscriber
from tumorboard.feeds.models import CalendarEntry
from tumorboard.feeds.queries.addresses import followed_by, public_series
from tumorboard.feeds.queries.invitations import shown_by_mail
from tumorboard.feeds.queries.meetings import presented_by
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.series.models import Seat, Series

IdColumn = InstrumentedAttribute[int]

PUBLIC_KEY = "education"
ORDER = (CalendarEntry.series_id, CalendarEntry.ends_at, CalendarEntry.meeting_id)
PUBLIC_NAME = "Lectures and grand rounds"
PERSONAL_NAME = "My tumor boards"


def public_feed(*, home: str, source: str) -> Feed:
    """All education of the alliance, for anybody."""
    hubs = select(Institution.time_zone).where(Institution.kind == InstitutionKind.HUB).order_by(Institution.id)
    zone = session().scalars(hubs.limit(1)).first() or "UTC"
    return Feed(key=PUBLIC_KEY, name=PUBLIC_NAME, zone=zone, home=home, source=source)


def series_feed(slug: str, *, home: str, source: str) -> Feed:
    """One public series. Raises NoSuchFeed for a board exactly as for what does not exist."""
    series = session().scalars(public_series().where(Series.slug == slug)).one_or_none()
    if series is None:
        raise NoSuchFeed
    return Feed(
        key=f"series/{series.id}",
        name=series.name,
        zone=series.time_zone,
        site=series.site.value,
        home=home,
        source=source,
        series_id=series.id,
    )


def personal_feed(subscriber: Subscriber, *, home: str) -> Feed:
    """The boards one sits on, the series one follows, and wherever one presents a case."""
    return Feed(
        key=f"person/{subscriber.person_id}",
        name=PERSONAL_NAME,
        zone=subscriber.zone,
        home=home,
        person_id=subscriber.person_id,
    )


def contents_of(feed: Feed, *, now: datetime) -> Contents:
    """What stands in the feed, put together by the database: ten thousand rows are slower to carry than one text.

    From twelve weeks back on, and a cancelled meeting until it would have ended. There is no upper end: nothing is
    made past the horizon, and what was moved there by hand must not vanish.
    """
    is_over = and_(CalendarEntry.is_cancelled, CalendarEntry.ends_at <= now)
    shown = and_(_in_feed(feed, now=now), CalendarEntry.ends_at > now - PAST, not_(is_over))
    ordered = select(CalendarEntry.ics).where(shown).order_by(*ORDER).subquery()
    text = session().scalar(select(func.aggregate_strings(ordered.c.ics, "")))
    last_of = func.min(case((CalendarEntry.is_cancelled, CalendarEntry.ends_at)))
    of_others = func.min(case((not_(CalendarEntry.is_cancelled), CalendarEntry.ends_at)))
    turns: list[datetime] = []
    zones: set[str] = set()
    for zone, cancelled, planned in session().execute(
        select(CalendarEntry.zone, last_of, of_others).where(shown).group_by(CalendarEntry.zone)
    ):
        zones.add(zone)
        turns += [cancelled] if cancelled else []
        turns += [planned + PAST] if planned else []
    return Contents(entries=text or "", zones=tuple(sorted(zones - {""})), turns_at=min(turns, default=None))


def lacks_entries(feed: Feed, *, now: datetime) -> bool:
    """Whether a meeting of the feed was never made into an entry, so that the feed would seem to have lost it."""
    made = select(CalendarEntry.meeting_id)
    missing = select(Meeting.id).where(
        _belongs(feed, Meeting.series_id, Meeting.id, now=now), Meeting.ends_at > now - PAST, Meeting.id.not_in(made)
    )
    return session().scalar(missing.limit(1)) is not None


def _in_feed(feed: Feed, *, now: datetime) -> ColumnElement[bool]:
    return _belongs(feed, CalendarEntry.series_id, CalendarEntry.meeting_id, now=now)


def _belongs(feed: Feed, series_id: IdColumn, meeting_id: IdColumn, *, now: datetime) -> ColumnElement[bool]:
    if feed.series_id is not None:
        return series_id == feed.series_id
    if feed.person_id is None:
        return series_id.in_(select(Series.id).where(Series.kind.in_(PUBLIC_KINDS)))
    presented = presented_by(feed.person_id, since=now - PAST).subquery()
    is_own = or_(
        series_id.in_(select(Seat.series_id).where(Seat.person_id == feed.person_id)),
        series_id.in_(followed_by(feed.person_id)),
        meeting_id.in_(select(presented.c.meeting_id)),
    )
    return and_(is_own, meeting_id.not_in(shown_by_mail(feed.person_id)))
