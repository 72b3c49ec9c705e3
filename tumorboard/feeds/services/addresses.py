"""Personal addresses are made, replaced and revoked; public series are followed."""

from datetime import datetime

from sqlalchemy import or_, select, update

from tumorboard.accounts.domain import Actor
from tumorboard.accounts.models import Person
from tumorboard.audit.services import record
from tumorboard.feeds.domain import (
    FETCH_NOTED_EVERY,
    LIFETIME,
    MOST_TOKENS,
    NameTaken,
    TooManyFeeds,
    new_token,
    token_hash,
)
from tumorboard.feeds.models import FeedToken, Follow
from tumorboard.feeds.queries import addresses_of
from tumorboard.kernel.db import lock, session
from tumorboard.series.models import Series


def make_address(name: str, *, by: Actor, now: datetime) -> tuple[FeedToken, str]:
    """Return a new address of the actor's own and its secret, never to be had again. Raises NameTaken, TooManyFeeds."""
    # Two at once must not both be the last.
    session().execute(lock(select(Person.id).where(Person.id == by.person_id)))
    held = session().scalars(addresses_of(by.person_id)).all()
    if any(one.name.casefold() == name.casefold() for one in held):
        raise NameTaken(f"You have an address called “{name}” already. Choose another name, or replace that one.")
    if len(held) >= MOST_TOKENS:
        raise TooManyFeeds(f"You have {MOST_TOKENS} addresses. Revoke one that you no longer use first.")
    secret = new_token()
    token = FeedToken(
        person_id=by.person_id,
        name=name,
        token_hash=token_hash(secret),
        created_at=now,
        expires_at=now + LIFETIME,
        client="",
    )
    session().add(token)
    session().flush()
    record("feed.made", by=by, subject="feed", subject_id=token.id, now=now)
    return token, secret


def rotate_address(token: FeedToken, *, by: Actor, now: datetime) -> str:
    """Give the address a new secret and return it; the old one opens nothing from now on."""
    secret = new_token()
    token.token_hash = token_hash(secret)
    token.created_at, token.expires_at = now, now + LIFETIME
    token.fetched_at, token.client = None, ""
    session().flush()
    record("feed.rotated", by=by, subject="feed", subject_id=token.id, now=now)
    return secret


def revoke_address(token: FeedToken, *, by: Actor, now: datetime) -> None:
    """End the address for good."""
    token.revoked_at = now
    record("feed.revoked", by=by, subject="feed", subject_id=token.id, now=now)


def note_fetch(token_id: int, *, client: str, now: datetime) -> None:
    """Remember when and by which kind of program the address was asked for, at most once in ten minutes."""
    stale = or_(FeedToken.fetched_at.is_(None), FeedToken.fetched_at <= now - FETCH_NOTED_EVERY)
    session().execute(update(FeedToken).where(FeedToken.id == token_id, stale).values(fetched_at=now, client=client))


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
