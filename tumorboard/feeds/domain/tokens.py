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
class Subscriber:
    """Whose personal address this is, when it was last asked for, and what its feed said last."""

    token_id: int
    person_id: int
    zone: str
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


def is_fetch_worth_noting(fetched_at: datetime | None, *, now: datetime) -> bool:
    """Whether the last visit on record is old enough to be written again."""
    return fetched_at is None or fetched_at <= now - FETCH_NOTED_EVERY


def client_named(user_agent: str) -> str:
    """Return the kind of calendar program behind a User-Agent; the header itself is never kept."""
    return next((name for mark, name in _CLIENTS if mark in user_agent), ANOTHER_CLIENT)
