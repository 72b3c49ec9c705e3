"""Which feeds there are, and what stands in them.

Every feed is read from present rights: who left a board finds its meetings gone at the next look.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal_column, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from tumorboard.accounts.domain import InstitutionKind
from tumorboard.accounts.models import Institution, Person
from tumorboard.cases.models import Case
from tumorboard.feeds.domain import PAST, PUBLIC_KINDS, Contents, Feed, NoSuchFeed, Subscriber
from tumorboard.feeds.models import CalendarEntry, FeedToken, LeftOut
from tumorboard.feeds.queries.addresses import followed_by, public_series, seats_of
from tumorboard.feeds.queries.invitations import shown_by_mail
from tumorboard.feeds.queries.meetings import presented_by, presented_from
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.series.models import Seat, Series

IdColumn = InstrumentedAttribute[int]

PUBLIC_KEY = "education"
ORDER = (CalendarEntry.series_id, CalendarEntry.ends_at, CalendarEntry.meeting_id)
PUBLIC_NAME = "Lectures and grand rounds"
PERSONAL_NAME = "My tumor boards"
INSTITUTION_NAME = "{} at tumor boards"


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


def feed_of(subscriber: Subscriber, *, home: str) -> Feed:
    """What the address opens: a person's own feed, that of one board, or that of the institution."""
    series = session().get(Series, subscriber.series_id) if subscriber.series_id else None
    institution = session().get(Institution, subscriber.institution_id) if subscriber.institution_id else None
    of_institution = INSTITUTION_NAME.format(institution.short_name) if institution else PERSONAL_NAME
    return Feed(
        key=f"address/{subscriber.token_id}",
        name=series.name if series else of_institution,
        zone=series.time_zone if series else subscriber.zone,
        site=series.site.value if series else None,
        home=home,
        series_id=subscriber.series_id,
        institution_id=subscriber.institution_id,
        person_id=subscriber.person_id,
        token_id=subscriber.token_id,
        with_presenting=subscriber.with_presenting,
        with_cut_offs=subscriber.with_cut_offs,
    )


def feed_at(token: FeedToken, *, zone: str, home: str) -> Feed:
    """What the address opens, for its owner's own pages."""
    opened = Subscriber(
        token_id=token.id,
        person_id=token.person_id,
        zone=zone,
        series_id=token.series_id,
        institution_id=token.institution_id,
        with_presenting=token.with_presenting,
        with_cut_offs=token.with_cut_offs,
        fetched_at=token.fetched_at,
    )
    return feed_of(opened, home=home)


def coming_in(feed: Feed, *, now: datetime) -> Select[Meeting]:
    """The meetings to come that the feed holds, in order."""
    return (
        select(Meeting)
        .where(belongs(feed, Meeting.series_id, Meeting.id, since=now), Meeting.ends_at > now)
        .order_by(Meeting.starts_at, Meeting.id)
    )


def contents_of(feed: Feed, *, now: datetime) -> Contents:
    """What stands in the feed, put together by the database: ten thousand rows are slower to carry than one text.

    From twelve weeks back on, and a cancelled meeting until it would have ended. There is no upper end: nothing is
    made past the horizon, and what was moved there by hand must not vanish.
    """
    is_over = and_(CalendarEntry.is_cancelled, CalendarEntry.ends_at <= now)
    meeting, cut_off = _in_feed(feed, now=now), _cut_off_in_feed(feed)
    shown = and_(or_(meeting, cut_off), CalendarEntry.ends_at > now - PAST, not_(is_over))
    ordered = select(_text(feed, meeting, cut_off).label("ics")).where(shown).order_by(*ORDER).subquery()
    text = session().scalar(select(func.aggregate_strings(ordered.c.ics, "")))
    last_of = func.min(case((CalendarEntry.is_cancelled, CalendarEntry.ends_at)))
    of_others = func.min(case((not_(CalendarEntry.is_cancelled), CalendarEntry.ends_at)))
    turns: list[datetime] = []
    zones: set[str] = set()
    named = (_chosen(meeting, CalendarEntry.zone), _chosen(cut_off, CalendarEntry.cut_off_zone))
    for zone, cut_off_zone, cancelled, planned in session().execute(
        select(*named, last_of, of_others).where(shown).group_by(*named)
    ):
        zones |= {zone, cut_off_zone}
        turns += [cancelled] if cancelled else []
        turns += [planned + PAST] if planned else []
    return Contents(entries=text or "", zones=tuple(sorted(zones - {""})), turns_at=min(turns, default=None))


def lacks_entries(feed: Feed, *, now: datetime) -> bool:
    """Whether a meeting of the feed was never made into an entry, so that the feed would seem to have lost it."""
    made = select(CalendarEntry.meeting_id)
    missing = select(Meeting.id).where(
        belongs(feed, Meeting.series_id, Meeting.id, since=now - PAST),
        Meeting.ends_at > now - PAST,
        Meeting.id.not_in(made),
    )
    return session().scalar(missing.limit(1)) is not None


def belongs(feed: Feed, series_id: IdColumn, meeting_id: IdColumn, *, since: datetime) -> ColumnElement[bool]:
    """What makes a meeting one of the feed's."""
    if feed.institution_id is not None:
        return _of_institution(feed.institution_id, series_id, meeting_id, since=since)
    if feed.series_id is not None:
        return series_id == feed.series_id
    if feed.person_id is None:
        return series_id.in_(select(Series.id).where(Series.kind.in_(PUBLIC_KINDS)))
    wanted = [
        and_(
            or_(series_id.in_(seats_of(feed.person_id)), series_id.in_(followed_by(feed.person_id))),
            series_id.not_in(_left_out_of(feed)),
        )
    ]
    if feed.with_presenting:
        presented = presented_by(feed.person_id, since=since).subquery()
        wanted.append(meeting_id.in_(select(presented.c.meeting_id)))
    return and_(or_(*wanted), meeting_id.not_in(shown_by_mail(feed.person_id)))


def _in_feed(feed: Feed, *, now: datetime) -> ColumnElement[bool]:
    return belongs(feed, CalendarEntry.series_id, CalendarEntry.meeting_id, since=now - PAST)


def _cut_off_in_feed(feed: Feed) -> ColumnElement[bool]:
    """The ends of submissions to the boards that the person sits on or has sent a case to."""
    if not feed.with_cut_offs or feed.person_id is None:
        return false()
    boards = or_(CalendarEntry.series_id.in_(seats_of(feed.person_id)), CalendarEntry.series_id.in_(_sent_to(feed)))
    return and_(boards, CalendarEntry.cut_off_ics != "", CalendarEntry.series_id.not_in(_left_out_of(feed)))


def _text(feed: Feed, meeting: ColumnElement[bool], cut_off: ColumnElement[bool]) -> ColumnElement[str]:
    """The plain column wherever it is all: a feed of thousands is put together twice as fast."""
    if not feed.with_cut_offs:
        return CalendarEntry.ics.expression
    return _chosen(meeting, CalendarEntry.ics) + _chosen(cut_off, CalendarEntry.cut_off_ics)


def _chosen(wanted: ColumnElement[bool], text: InstrumentedAttribute[str]) -> ColumnElement[str]:
    return case((wanted, text), else_=literal_column("''"))


def _of_institution(
    institution_id: int, series_id: IdColumn, meeting_id: IdColumn, *, since: datetime
) -> ColumnElement[bool]:
    """The boards on which its people sit, and the meetings at which its cases are discussed."""
    seats = select(Seat.series_id).join(Person, Person.id == Seat.person_id)
    discussed = presented_from(institution_id, since=since)
    return or_(
        series_id.in_(seats.where(Person.institution_id == institution_id, Person.active)),
        meeting_id.in_(discussed),
    )


def _left_out_of(feed: Feed) -> Select[int]:
    return select(LeftOut.series_id).where(LeftOut.token_id == feed.token_id)


def _sent_to(feed: Feed) -> Select[int | None]:
    return select(Case.board_id).where(Case.submitter_id == feed.person_id, Case.board_id.is_not(None))
