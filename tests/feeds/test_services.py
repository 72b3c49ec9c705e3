"""Addresses are made, replaced and revoked; series are followed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOW, a_person, a_series, as_actor
from tumorboard.accounts.domain import Part
from tumorboard.accounts.services import deactivate, reactivate
from tumorboard.audit.models import AuditEntry
from tumorboard.feeds.domain import MOST_TOKENS, NameTaken, NoSuchFeed, TooManyFeeds, token_hash
from tumorboard.feeds.models import FeedToken, Follow
from tumorboard.feeds.queries import subscriber_of
from tumorboard.feeds.services import (
    follow_series,
    make_address,
    note_fetch,
    remind_of_expiry,
    revoke_address,
    rotate_address,
    unfollow_series,
)
from tumorboard.kernel.db import db, transaction
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.series.domain import SeriesKind


def an_address(person, name="Phone"):
    with transaction():
        return make_address(name, by=as_actor(person), now=NOW)


def acts():
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)))


def test_address_keeps_the_hash_of_its_secret_for_400_days(app):
    token, secret = an_address(a_person())

    assert token.token_hash == token_hash(secret)
    assert token.expires_at == NOW + timedelta(days=400)
    assert acts() == ["feed.made"]


def test_rotated_address_opens_by_its_new_secret_alone(app):
    person = a_person()
    token, old = an_address(person)

    with transaction():
        new = rotate_address(token, by=as_actor(person), now=NOW + timedelta(days=1))

    assert subscriber_of(new, now=NOW).token_id == token.id
    with pytest.raises(NoSuchFeed):
        subscriber_of(old, now=NOW)
    assert (token.expires_at, token.fetched_at) == (NOW + timedelta(days=401), None)
    assert acts() == ["feed.made", "feed.rotated"]


def test_revoked_address_is_audited_and_kept_for_the_record(app):
    person = a_person()
    token, _ = an_address(person)

    with transaction():
        revoke_address(token, by=as_actor(person), now=NOW)

    assert db.session.get(FeedToken, token.id).revoked_at == NOW
    assert acts() == ["feed.made", "feed.revoked"]


def test_one_person_keeps_a_limited_number_of_addresses(app):
    person = a_person()
    tokens = [an_address(person, str(number))[0] for number in range(MOST_TOKENS)]

    with pytest.raises(TooManyFeeds):
        an_address(person)
    an_address(a_person())
    with transaction():
        revoke_address(tokens[0], by=as_actor(person), now=NOW)

    assert an_address(person)[0].name == "Phone"


def test_fetch_is_noted_at_most_once_in_ten_minutes(app):
    token, _ = an_address(a_person())

    for minutes, client in ((0, "Outlook"), (9, "Thunderbird"), (10, "Apple Calendar")):
        with transaction():
            note_fetch(
                token.id, client=client, changed_at=NOW - timedelta(days=1), now=NOW + timedelta(minutes=minutes)
            )
        db.session.refresh(token)
        expected = "Outlook" if minutes < 10 else "Apple Calendar"
        assert token.client == expected


def test_following_twice_is_following_once(app):
    person, series = a_person(), a_series(kind=SeriesKind.LECTURE)

    for act in (follow_series, follow_series, unfollow_series, unfollow_series):
        with transaction():
            act(series, by=as_actor(person), now=NOW)

    assert db.session.scalars(select(Follow)).all() == []
    assert acts() == ["series.followed", "series.unfollowed"]


def test_address_stays_dead_when_its_person_comes_back(app):
    person, admin = a_person(), as_actor(a_person(Part.ADMINISTRATOR))
    _token, secret = an_address(person)
    with transaction():
        deactivate(person, by=admin, now=NOW + timedelta(hours=1))
    with transaction():
        reactivate(person, by=admin, now=NOW + timedelta(hours=2))

    with pytest.raises(NoSuchFeed):
        subscriber_of(secret, now=NOW + timedelta(hours=3))


def test_second_address_of_the_same_name_is_refused(app):
    actor = as_actor(a_person())
    with transaction():
        make_address("Phone", by=actor, now=NOW)

    with pytest.raises(NameTaken, match="You have an address called “phone” already"), transaction():
        make_address("phone", by=actor, now=NOW)


def test_owner_is_reminded_once_of_an_address_in_use_that_expires_within_two_weeks(app):
    person = a_person()
    used, unused = an_address(person), an_address(person, "Old phone")
    with transaction():
        used[0].fetched_at = NOW + timedelta(days=385)

    for days in (380, 387, 388):
        with transaction():
            remind_of_expiry(now=NOW + timedelta(days=days))

    [notice] = db.session.scalars(select(Notice))
    assert (notice.kind, notice.person_id) == (NoticeKind.FEED_EXPIRES, person.id)
    assert notice.facts["path"] == f"/subscriptions/addresses/{used[0].id}"
    assert notice.facts["day"] == "Wednesday, January 5, 2028"
    assert unused[0].reminded_at is None
