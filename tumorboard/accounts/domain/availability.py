"""When a person can join a meeting: days away, weekly hours and busy times, turned into free spans of instants."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tumorboard.kernel.errors import Invalid

Span = tuple[datetime, datetime]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Hours:
    """From when until when somebody can join on one day of the week, on the wall; an open end is None."""

    joins_from: time | None = None
    joins_until: time | None = None
    never: bool = False


@dataclass(frozen=True, kw_only=True)
class Availability:
    """What keeps a person from joining. Days and weekly hours are read on the wall of the person's own zone.

    `away` holds first and last days, both included; `weekly` has no entry for a weekday (Monday is 0) on which any
    time will do; `busy` holds instants, in order, none overlapping another.
    """

    zone: str
    away: tuple[tuple[date, date], ...] = ()
    weekly: Mapping[int, Hours] = field(default_factory=dict)
    busy: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Presented:
    """A case that somebody presents, and the time that was published."""

    code: str
    starts_at: datetime
    zone: str


class CalendarRefused(Invalid):
    """The file is no calendar, or one that is too large to read."""


def free_spans(availability: Availability, starts_at: datetime, ends_at: datetime) -> tuple[Span, ...]:
    """Return the parts of the span in which the person can join: UTC instants, in order, none touching another.

    An hour that the clock shows twice in autumn is free twice or not at all; one that it skips in spring is neither.
    """
    zone, found = ZoneInfo(availability.zone), list[Span]()
    for first, last, offset in _even_stretches(starts_at.astimezone(UTC), ends_at.astimezone(UTC), zone):
        found += [(a - offset, b - offset) for a, b in _open_on_wall(availability, first + offset, last + offset)]
    return tuple(_without(merged(found), availability.busy))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans in order, as one where they touch or overlap, without empty ones."""
    whole: list[Span] = []
    for starts_at, ends_at in sorted(span for span in spans if span[0] < span[1]):
        if whole and starts_at <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], ends_at))
        else:
            whole.append((starts_at, ends_at))
    return tuple(whole)


def _even_stretches(first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut the span wherever the clock is changed; each stretch comes with what its wall is ahead of UTC."""
    while first < last:
        offset, until = _offset(first, zone), min(last, first + _DAY)
        if _offset(until, zone) != offset:
            until = _change_between(first, until, zone)
        yield first, until, offset
        first = until


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant with the later offset: halved until it is exact."""
    old = _offset(before, zone)
    while after - before > timedelta.resolution:
        middle = before + (after - before) // 2
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _open_on_wall(availability: Availability, opens: datetime, closes: datetime) -> Iterator[Span]:
    """The hours of each day between two wall times; wall times pass here as if they were UTC."""
    for number in range((closes.date() - opens.date()).days + 1):
        day = opens.date() + number * _DAY
        hours = availability.weekly.get(day.weekday(), Hours())
        if hours.never or any(first <= day <= last for first, last in availability.away):
            continue
        midnight = datetime.combine(day, time.min, UTC)
        begins = datetime.combine(day, hours.joins_from, UTC) if hours.joins_from else midnight
        ends = datetime.combine(day, hours.joins_until, UTC) if hours.joins_until else midnight + _DAY
        if max(begins, opens) < min(ends, closes):
            yield max(begins, opens), min(ends, closes)


def _without(spans: Iterable[Span], busy: tuple[Span, ...]) -> Iterator[Span]:
    for opens, closes in spans:
        free_from = opens
        for starts_at, ends_at in busy[bisect_right(busy, opens, key=lambda span: span[1]) :]:
            if starts_at >= closes:
                break
            if free_from < starts_at:
                yield free_from, starts_at
            free_from = ends_at
        if free_from < closes:
            yield free_from, closes
