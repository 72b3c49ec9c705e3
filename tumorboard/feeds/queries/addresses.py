"""Whom a secret belongs to, and what a person subscribed to."""

from datetime import datetime

from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import joinedload

from tumorboard.accounts.models import Institution, Person
from tumorboard.feeds.domain import PUBLIC_KINDS, NoSuchFeed, Subscriber, is_token, token_hash
from tumorboard.feeds.models import CalendarFeed, FeedToken, Follow
from tumorboard.feeds.queries.standing import STANDING, standing_in
from tumorboard.kernel.db import UTCDateTime, session
from tumorboard.kernel.errors import NotFound
from tumorboard.series.models import Seat, Series

_HAS_SEAT = exists().where(Seat.series_id == FeedToken.series_id, Seat.person_id == FeedToken.person_id)
# The one place that says which addresses open anything: those of people who still have the right.
IS_LIVE = and_(
    FeedToken.revoked_at.is_(None),
    FeedToken.expires_at > bindparam("now", type_=UTCDateTime()),
    Person.active,
    or_(Person.left_at.is_(None), Person.left_at < FeedToken.created_at),
    or_(FeedToken.series_id.is_(None), _HAS_SEAT),
    or_(FeedToken.institution_id.is_(None), FeedToken.institution_id == Person.institution_id),
)
HOLDER = (
    select(
        *STANDING, FeedToken.id, FeedToken.person_id, FeedToken.series_id, FeedToken.institution_id,
        FeedToken.with_presenting, FeedToken.with_cut_offs, Institution.time_zone, FeedToken.fetched_at,
    )
    .join_from(FeedToken, Person, Person.id == FeedToken.person_id)
    .join(Institution, Institution.id == Person.institution_id)
    .outerjoin(CalendarFeed, CalendarFeed.token_id == FeedToken.id)
    .where(FeedToken.token_hash == bindparam("token_hash"), IS_LIVE)
)  # fmt: skip


def subscriber_of(token: str, *, now: datetime) -> Subscriber:
    """Return whom the secret belongs to and how the feed stands, in one look.

    Raises NoSuchFeed for one that is malformed, unknown, revoked or expired, or whose person has left the service, the
    board or the institution since.
    """
    if not is_token(token):
        raise NoSuchFeed
    row = session().execute(HOLDER, {"token_hash": token_hash(token), "now": now}).one_or_none()
    if row is None:
        raise NoSuchFeed
    return Subscriber(
        token_id=row.id,
        person_id=row.person_id,
        zone=row.time_zone,
        series_id=row.series_id,
        institution_id=row.institution_id,
        with_presenting=row.with_presenting,
        with_cut_offs=row.with_cut_offs,
        fetched_at=row.fetched_at,
        standing=standing_in(row),
    )


def public_series() -> Select[Series]:
    """The series that anybody may subscribe to, by name."""
    return select(Series).where(Series.kind.in_(PUBLIC_KINDS)).order_by(Series.name, Series.id)


def public_series_called(slug: str) -> Series:
    """Return a series that may be followed. Raises NotFound, for boards too."""
    series = session().scalars(public_series().where(Series.slug == slug)).one_or_none()
    if series is None:
        raise NotFound("There is no such series to follow.")
    return series


def boards_sat_on(person_id: int) -> Select[Series]:
    """The boards whose roster has the person, by name."""
    return select(Series).where(Series.id.in_(seats_of(person_id))).order_by(Series.name, Series.id)


def seats_of(person_id: int) -> Select[int]:
    """The numbers of the boards whose roster has the person."""
    return select(Seat.series_id).where(Seat.person_id == person_id)


def offered_to(person_id: int) -> Select[Series]:
    """What a person's own calendar may hold: the boards sat on and the series followed, by name."""
    wanted = or_(Series.id.in_(seats_of(person_id)), Series.id.in_(followed_by(person_id)))
    return select(Series).where(wanted).order_by(Series.name, Series.id)


def followed_by(person_id: int) -> Select[int]:
    """The numbers of the series that the person follows, as far as they are public."""
    return (
        select(Follow.series_id)
        .join(Series, Series.id == Follow.series_id)
        .where(Follow.person_id == person_id, Series.kind.in_(PUBLIC_KINDS))
    )


def addresses_of(person_id: int) -> Select[FeedToken]:
    """A person's addresses that were not revoked, the oldest first, each with what it opens; expired ones too."""
    return (
        select(FeedToken)
        .options(joinedload(FeedToken.series), joinedload(FeedToken.institution))
        .where(FeedToken.person_id == person_id, FeedToken.revoked_at.is_(None))
        .order_by(FeedToken.created_at, FeedToken.id)
    )


def address_of(person_id: int, token_id: int) -> FeedToken:
    """Return one's own address. Raises NotFound when missing, foreign or revoked: the three look alike."""
    token = session().scalars(addresses_of(person_id).where(FeedToken.id == token_id)).one_or_none()
    if token is None:
        raise NotFound("There is no such address of yours.")
    return token
