"""The secret addresses that open personal feeds, and who asks for them."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tumorboard.feeds.domain.events import Standing
from tumorboard.kernel.errors import Conflict, NotFound

PREFIX = "tbf_"
LIFETIME = timedelta(days=400)
REMINDED_BEFORE = timedelta(days=14)
MOST_TOKENS = 20
# A calendar program asks every few minutes; the page that shows its last visit needs no more than this.
FETCH_NOTED_EVERY = timedelta(minutes=10)

_TOKEN = re.compile(r"tbf_[A-Za-z0-9_-]{32}\Z", re.ASCII)
# The first that matches wins. Old Outlook says Microsoft Office, Apple's background service dataaccessd.
_CLIENTS = (
    ("Google-Calendar", "Google Calendar"),
    ("iOS/", "Apple Calendar"),
    ("macOS/", "Apple Calendar"),
    ("Mac OS X/", "Apple Calendar"),
    ("CalendarAgent", "Apple Calendar"),
    ("dataaccessd", "Apple Calendar"),
    ("Outlook", "Outlook"),
    ("Microsoft Office", "Outlook"),
    ("Exchange", "Outlook"),
    ("Thunderbird", "Thunderbird"),
    ("Nextcloud", "Nextcloud"),
    ("ICSx5", "ICSx5"),
)
ANOTHER_CLIENT = "another program"


class NameTaken(Conflict):
    """Two addresses of one name could not be told apart when one is to be revoked."""


class TooManyFeeds(Conflict):
    """One person keeps a limited number of personal addresses."""


class NoSuchFeed(NotFound):
    """The address opens nothing; why is never told."""


@dataclass(frozen=True)
class Definition:
    """What an address is called and what is wanted in it; what is left out counts for a person's own alone."""

    name: str
    with_presenting: bool = True
    with_cut_offs: bool = False
    left_out: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """Whose address this is, what it opens, when it was last asked for, and what its feed said last."""

    token_id: int
    person_id: int
    zone: str
    series_id: int | None
    institution_id: int | None
    with_presenting: bool
    with_cut_offs: bool
    fetched_at: datetime | None
    standing: Standing | None = None


def new_token() -> str:
    """Return a fresh secret of 192 bits with a prefix that scanners recognise."""
    return PREFIX + secrets.token_urlsafe(24)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def is_token(text: str) -> bool:
    """Whether the text has the form of a token; what has not is never looked up."""
    return _TOKEN.match(text) is not None


def is_fetch_worth_noting(fetched_at: datetime | None, *, changed_at: datetime, now: datetime) -> bool:
    """Whether the last visit on record is old enough to be written again, or saw another feed than this one.

    One far in the future is from a clock that ran ahead.
    """
    return fetched_at is None or abs(now - fetched_at) >= FETCH_NOTED_EVERY or fetched_at < changed_at <= now


def pause_learned(before: timedelta | None, pause: timedelta) -> timedelta:
    """Return how long the program is now thought to stay away: a longer pause counts at once, shorter ones by and by.

    Somebody is told too much rather than nothing: the office machine that was off over the weekend may be off again.
    """
    return pause if before is None else max(pause, before * 0.75 + pause * 0.25)


def client_named(user_agent: str) -> str:
    """Return the kind of calendar program behind a User-Agent; the header itself is never kept."""
    return next((name for mark, name in _CLIENTS if mark in user_agent), ANOTHER_CLIENT)
