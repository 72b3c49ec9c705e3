"""What a feed holds: meetings as calendars show them, and how a feed stands."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from tumorboard.series.domain import SeriesKind

PUBLIC_KINDS = tuple(kind for kind in SeriesKind if not kind.is_board)
# Raised whenever the program writes the same event otherwise than before.
FORMAT = 2
# Long enough to look up what was decided last quarter, short enough that no feed grows for ever.
PAST = timedelta(weeks=12)


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
    cuts_off_at: datetime | None = None
    cut_off_sequence: int = 0


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a subscription is; what it holds is read when somebody asks.

    `home` is the service's own address. `source` is the feed's, and None where that is a secret.
    An institution's, a series', a person's own, or, with none of them, all that is public; whoever the reader is
    (`person_id`) finds the own cases named in it.
    """

    key: str
    name: str
    zone: str
    home: str
    source: str | None = None
    site: str | None = None
    series_id: int | None = None
    institution_id: int | None = None
    person_id: int | None = None
    token_id: int | None = None
    with_presenting: bool = True
    with_cut_offs: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event as text, and the time zone that the text names (none: UTC). `trouble` is why it may not be served.

    Of a board's meeting the end of submissions comes along as an event of its own.
    """

    ics: str
    zone: str = ""
    cut_off_ics: str = ""
    cut_off_zone: str = ""
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


@cache
def maker(home: str) -> str:
    """Return the mark of the program and the address that entries are made with; another one makes them anew."""
    return _digest(f"{FORMAT} {home}")


def content_of(event: FeedEvent) -> str:
    """Return the digest of everything that the event says, but for the moment of its revision."""
    return _digest(repr(replace(event, revised_at=event.created_at, cut_off_sequence=0)))


def changed_after(last: datetime | None, *, now: datetime) -> datetime:
    """Return the moment of a change, a whole second, later than the last: dates in HTTP know nothing smaller."""
    whole = now.replace(microsecond=0)
    return whole if last is None else max(whole, last + timedelta(seconds=1))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
