"""Personal addresses are made, replaced and revoked; public series are followed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update

from tumorboard.accounts.domain import Actor
from tumorboard.accounts.models import Person
from tumorboard.audit.services import record
from tumorboard.feeds.domain import (
    LIFETIME,
    MOST_TOKENS,
    REMINDED_BEFORE,
    Definition,
    NameTaken,
    NoSuchFeed,
    TooManyFeeds,
    expected_by,
    is_fetch_worth_noting,
    new_token,
    pause_learned,
    token_hash,
)
from tumorboard.feeds.models import CalendarFeed, FeedToken, Follow, LeftOut
from tumorboard.feeds.queries import IS_LIVE, addresses_of, seats_of
from tumorboard.kernel.clock import local, long_day
from tumorboard.kernel.db import lock, session
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell
from tumorboard.series.models import Series


def make_address(
    name: str, *, by: Actor, now: datetime, board_id: int | None = None, institution_id: int | None = None
) -> tuple[FeedToken, str]:
    """Return a new address of the actor's and its secret, never to be had again.

    With a board it opens that board's feed, with the institution its feed, with neither the actor's own.
    Raises NameTaken, TooManyFeeds, or NoSuchFeed where the actor has no right to what it would open.
    """
    # Two at once must not both be the last.
    session().execute(lock(select(Person.id).where(Person.id == by.person_id)))
    _check_right(by, board_id=board_id, institution_id=institution_id)
    held = session().scalars(addresses_of(by.person_id)).all()
    _check_name(name, held)
    if len(held) >= MOST_TOKENS:
        raise TooManyFeeds(f"You have {MOST_TOKENS} addresses. Revoke one that you no longer use first.")
    secret = new_token()
    token = FeedToken(
        person_id=by.person_id,
        name=name,
        series_id=board_id,
        institution_id=institution_id,
        token_hash=token_hash(secret),
        created_at=now,
        expires_at=now + LIFETIME,
        client="",
    )
    session().add(token)
    session().flush()
    record("feed.made", by=by, subject="feed", subject_id=token.id, now=now)
    return token, secret


def define_address(token: FeedToken, definition: Definition, *, by: Actor, now: datetime) -> None:
    """Call the address something and say what is wanted in it; its feed says so at the next visit. Raises NameTaken."""
    others = session().scalars(addresses_of(by.person_id).where(FeedToken.id != token.id)).all()
    _check_name(definition.name, others)
    token.name = definition.name
    token.with_presenting, token.with_cut_offs = definition.with_presenting, definition.with_cut_offs
    token.left_out = [LeftOut(series_id=series_id) for series_id in sorted(definition.left_out)]
    session().execute(update(CalendarFeed).where(CalendarFeed.token_id == token.id).values(is_stale=True))
    session().flush()
    record("feed.defined", by=by, subject="feed", subject_id=token.id, now=now)


def rotate_address(token: FeedToken, *, by: Actor, now: datetime) -> str:
    """Give the address a new secret and return it; the old one opens nothing from now on."""
    secret = new_token()
    token.token_hash = token_hash(secret)
    token.created_at, token.expires_at, token.reminded_at = now, now + LIFETIME, None
    token.fetched_at, token.expected_by_at, token.client, token.polls_every_seconds = None, None, "", None
    session().flush()
    record("feed.rotated", by=by, subject="feed", subject_id=token.id, now=now)
    return secret


def revoke_address(token: FeedToken, *, by: Actor, now: datetime) -> None:
    """End the address for good."""
    token.revoked_at = now
    record("feed.revoked", by=by, subject="feed", subject_id=token.id, now=now)


def remind_of_expiry(*, now: datetime) -> None:
    """Tell owners, once, of addresses that are still in use and expire within two weeks."""
    expiring = (
        select(FeedToken)
        .join(Person, Person.id == FeedToken.person_id)
        .where(IS_LIVE, FeedToken.reminded_at.is_(None), FeedToken.fetched_at > now - REMINDED_BEFORE)
        .where(FeedToken.expires_at <= now + REMINDED_BEFORE)
        .order_by(FeedToken.id)
        .params(now=now)
    )
    for token in session().scalars(lock(expiring, of=FeedToken)).all():
        token.reminded_at = now
        day = long_day(local(token.expires_at, token.person.institution.time_zone))
        path = f"/subscriptions/addresses/{token.id}"
        tell(token.person, NoticeKind.FEED_EXPIRES, now=now, calendar=token.name, day=day, path=path)


def note_fetch(token_id: int, *, client: str, changed_at: datetime, now: datetime) -> None:
    """Remember when and by which kind of program the address was asked for, and how often it comes.

    `now` is when the visit began: what changed later it may not have seen. Once in ten minutes is enough, but the
    first visit after a change (`changed_at`) is always noted.
    """
    token = session().scalars(lock(select(FeedToken).where(FeedToken.id == token_id))).one_or_none()
    if token is None or not is_fetch_worth_noting(token.fetched_at, changed_at=changed_at, now=now):
        return
    pause = None
    if token.fetched_at is not None and token.fetched_at < now:
        before = timedelta(seconds=token.polls_every_seconds) if token.polls_every_seconds else None
        pause = pause_learned(before, now - token.fetched_at)
        token.polls_every_seconds = int(pause.total_seconds())
    token.fetched_at, token.expected_by_at, token.client = now, expected_by(now, pause), client


def _check_right(by: Actor, *, board_id: int | None, institution_id: int | None) -> None:
    has_seat = board_id is None or board_id in session().scalars(seats_of(by.person_id)).all()
    if not has_seat or institution_id not in (None, by.institution_id):
        raise NoSuchFeed("This is no calendar of yours.")


def _check_name(name: str, others: Iterable[FeedToken]) -> None:
    if any(one.name.casefold() == name.casefold() for one in others):
        raise NameTaken(f"You have an address called “{name}” already. Choose another name, or replace that one.")


def follow_series(series: Series, *, by: Actor, now: datetime) -> None:
    """Put a public series into the actor's own calendar; doing so twice changes nothing."""
    if session().get(Follow, (by.person_id, series.id)) is None:
        session().add(Follow(person_id=by.person_id, series_id=series.id))
        session().flush()
        record("series.followed", by=by, subject="follow", subject_id=series.id, now=now)


def unfollow_series(series: Series, *, by: Actor, now: datetime) -> None:
    """Take it out again; doing so twice changes nothing."""
    followed = session().get(Follow, (by.person_id, series.id))
    if followed is not None:
        session().delete(followed)
        record("series.unfollowed", by=by, subject="follow", subject_id=series.id, now=now)
