"""What a feed holds, and the secret addresses that open the personal ones."""

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from tumorboard.kernel.errors import Conflict, NotFound
from tumorboard.series.domain import SeriesKind

PUBLIC_KINDS = tuple(kind for kind in SeriesKind if not kind.is_board)
# Raised whenever the program writes the same event otherwise than before.
FORMAT = 1
PREFIX = "tbf_"
LIFETIME = timedelta(days=400)
MOST_TOKENS = 20
# Long enough to look up what was decided last quarter, short enough that no feed grows for ever.
PAST = timedelta(weeks=12)
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


@dataclass(frozen=True, kw_only=True)
class FeedEvent:
    """One meeting as a calendar shows it; the words are raw, `calendar` makes them safe."""

    meeting_id: int
    series_id: int
    uid: str
    sequence: int
    created_at: datetime
    revised_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    series: str
    short_name: str
    kind: str
    site: str
    is_board: bool
    is_cancelled: bool
    room: str = ""
    video_url: str = ""
    talk_title: str = ""
    speaker: str = ""
    case_count: int | None = None
    own_cases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a subscription is; what it holds is read when somebody asks.

    `home` is the service's own address. `source` is the feed's, and None where that is a secret.
    """

    key: str
    name: str
    zone: str
    home: str
    source: str | None = None
    site: str | None = None
    series_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event as text, and the time zone that the text names (none: UTC). `trouble` is why it may not be served."""

    ics: str
    zone: str = ""
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What stands in a feed now: the entries one behind the other, their zones, and when the next one leaves."""

    entries: str
    zones: tuple[str, ...]
    turns_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """What is known of a feed before anything of it is read."""

    etag: str
    made_by: str
    changed_at: datetime
    turns_at: datetime | None
    is_stale: bool
    has_marks: bool

    def holds(self, *, made_by: str, now: datetime) -> bool:
        """Whether the feed still says what it said last."""
        has_turned = self.turns_at is not None and self.turns_at <= now
        return not (self.is_stale or self.has_marks or has_turned) and self.made_by == made_by


@dataclass(frozen=True)
class Subscriber:
    """Whose personal address this is, when it was last asked for, and what its feed said last."""

    token_id: int
    person_id: int
    zone: str
    fetched_at: datetime | None
    standing: Standing | None = None


@cache
def maker(home: str) -> str:
    """Return the mark of the program and the address that entries are made with; another one makes them anew."""
    return _digest(f"{FORMAT} {home}")


def content_of(event: FeedEvent) -> str:
    """Return the digest of everything that the event says, but for the moment of its revision."""
    return _digest(repr(replace(event, revised_at=event.created_at)))


def changed_after(last: datetime | None, *, now: datetime) -> datetime:
    """Return the moment of a change, a whole second, later than the last: dates in HTTP know nothing smaller."""
    whole = now.replace(microsecond=0)
    return whole if last is None else max(whole, last + timedelta(seconds=1))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


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
