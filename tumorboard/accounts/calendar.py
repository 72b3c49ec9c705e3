"""A person's own calendar, read for its busy times: from when until when, and nothing else that stands in it.

A file comes from anywhere, so that it is bounded thrice: by its size; by a first pass over its lines that keeps only
the few properties that say when; and by the processor time that the libraries may take for what is left.
"""

import re
import sys
import time
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import uuid4

import recurring_ical_events
from icalendar import Calendar, vDDDTypes
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from tumorboard.accounts.domain import CalendarRefused, Span, merged
from tumorboard.kernel.clock import instant_of, is_zone, local

HORIZON = timedelta(weeks=26)
LARGEST_BYTES = 1024 * 1024
MOST_ENTRIES = MOST_TIMES = 4_000
PROCESSOR_SECONDS = 0.7
_CALLS_BETWEEN_LOOKS = 200

_NO_CALENDAR = "This file is not a calendar. Export an .ics file from your calendar program and choose that."
_TOO_LARGE = "This file is larger than 1 MB. Export only the coming months."
_TOO_MANY = "This calendar has too many entries to read. Export only the coming months."
_TOO_SLOW = "This calendar repeats its entries in ways that take too long to work out. Export only the coming months."

_LINE = re.compile(r'([A-Za-z-]+)((?:;[A-Za-z-]+=(?:"[^"]*"|[^";:]*))*):(.*)')
_PARAMETER = re.compile(r';([A-Za-z-]+)=(?:"([^"]*)"|([^";:]*))')
_TIMES = {"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"}
_KEPT = _TIMES | {"UID", "SEQUENCE", "RRULE", "DURATION", "STATUS", "TRANSP", "FREEBUSY"}
_LENGTHS = {"DTSTART", "DTEND", "DURATION"}
_REPEATS = {"RRULE", "RDATE", "RECURRENCE-ID"}
_RULES = re.compile(r"(?:.*;)?FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;.*)?", re.IGNORECASE)
_OF_MONTH = re.compile(r"(?:^|;)(BYMONTH|BYMONTHDAY)=([\d,]+)(?=;|$)", re.IGNORECASE)

_Line = tuple[str, dict[str, str], str]  # name, parameters, value


@dataclass(frozen=True)
class Reading:
    """What was taken from a calendar: its busy times, and how many entries could not be understood."""

    spans: tuple[Span, ...]
    left_out: int


class _TooSlow(BaseException):
    """Not an Exception, so that no library takes it for one of its own."""


def busy_times(raw: bytes, *, zone: str, now: datetime) -> Reading:
    """Return when the calendar says busy, from today on for 26 weeks.

    Days without a time are whole days in the zone, as are times that name no zone of their own. Raises CalendarRefused.
    """
    if len(raw) > LARGEST_BYTES:
        raise refusal(_TOO_LARGE)
    today = local(now, zone).date()
    reader = _Reader(zone, instant_of(today, datetime.min.time(), zone), now + HORIZON)
    try:
        with _bounded():
            return reader.read(_unfolded(raw))
    except _TooSlow as error:
        raise refusal(_TOO_SLOW) from error


def refusal(sentence: str) -> CalendarRefused:
    """The sentence, at the field where the file was chosen."""
    return CalendarRefused(sentence, fields={"calendar": [sentence]})


@dataclass
class _Reader:
    zone: str
    since: datetime
    until: datetime
    left_out: int = 0

    def read(self, lines: list[str]) -> Reading:
        series, found = defaultdict[str, list[list[_Line]]](list), list[Span]()
        for number, (kind, entry) in enumerate(self._near(_entries(lines))):
            if number >= MOST_ENTRIES:
                raise refusal(_TOO_MANY)
            if kind == "VFREEBUSY":
                found += self._busy_periods(entry)
            elif _names(entry) & _REPEATS:
                series[next((value for name, _, value in entry if name == "UID"), "") or str(uuid4())].append(entry)
            else:
                found += self._single(entry)
        for entries in series.values():
            found += self._occurrences(entries)
        if len(found) > MOST_TIMES:
            raise refusal(_TOO_MANY)
        return Reading(merged(map(self._inside, found)), self.left_out)

    def _near(self, entries: Iterable[tuple[str, list[_Line]]]) -> Iterator[tuple[str, list[_Line]]]:
        """Pass over single events that are clearly past or too far off: most of what an old calendar holds."""
        first, last = (f"{day - slack:%Y%m%d}" for day, slack in ((self.since, _WEEK), (self.until, -_WEEK)))
        for kind, entry in entries:
            if kind == "VEVENT" and not _names(entry) & _REPEATS:
                values = {name: value for name, _, value in entry}
                starts = values.get("DTSTART", "")
                ends = values.get("DTEND", last if "DURATION" in values else starts)
                if starts[:8].isdigit() and (ends[:8] < first or starts[:8] > last):
                    continue
            yield kind, entry

    def _single(self, entry: list[_Line]) -> list[Span]:
        """The time of an event that does not repeat, read without the machinery for those that do."""
        if not _is_busy({name: value for name, _, value in entry}):
            return []
        try:
            when = {name: self._when(about, value) for name, about, value in entry if name in _LENGTHS}
            starts = when["DTSTART"]
            ends = when.get("DTEND") or starts + when.get("DURATION", timedelta(days=not isinstance(starts, datetime)))
            return [(self._instant(starts), self._instant(ends))]
        # Hostile text makes the libraries raise whatever Python has; the file is still good for its other entries.
        except Exception:
            self.left_out += 1
            return []

    def _occurrences(self, entries: list[list[_Line]]) -> list[Span]:
        """The times of one event: of all its repetitions, and of those that were moved or cancelled."""
        try:
            lines = [text for entry in entries for text in ("BEGIN:VEVENT", *map(self._text, entry), "END:VEVENT")]
            calendar = Calendar.from_ical("\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""]))
            found = recurring_ical_events.of(calendar).between(self.since, self.until)
            return [self._span(one) for one in islice(found, MOST_TIMES + 1) if _is_busy(one)]
        except Exception:  # as above
            self.left_out += len(entries)
            return []

    def _busy_periods(self, entry: list[_Line]) -> Iterator[Span]:
        for name, about, value in entry:
            if name != "FREEBUSY" or about.get("FBTYPE", "BUSY").upper() == "FREE":
                continue
            for period in value.split(","):
                try:
                    starts, ends = (self._when({}, part) for part in period.split("/"))
                    yield self._instant(starts), self._instant(starts + ends if isinstance(ends, timedelta) else ends)
                except Exception:  # as above
                    self.left_out += 1

    def _text(self, line: _Line) -> str:
        """The line for the library, in a zone that it knows: a zone of the file's own would outlive this file there."""
        name, about, value = line
        if name == "RRULE" and not _RULES.fullmatch(value):
            raise ValueError("A rule repeats more than daily.")
        if name == "RRULE" and _never_comes(value):
            return ""  # the libraries would look for such a day until the year 9999
        if name not in _TIMES:
            return f"{name}:{value}"
        kept = "".join(f";{key}={about[key].upper()}" for key in ("VALUE", "RANGE") if key in about)
        zone = self._zone_of(about, value)
        return f"{name}{kept}{';TZID=' + zone if zone else ''}:{value.upper()}"

    def _when(self, about: dict[str, str], value: str) -> Any:
        """The library's date, datetime or timedelta."""
        return vDDDTypes.from_ical(value.upper(), timezone=self._zone_of(about, value))  # type: ignore[no-untyped-call]  # so in icalendar

    def _zone_of(self, about: dict[str, str], value: str) -> str | None:
        """The zone in which a time is read: none for a day or an instant in UTC."""
        if "T" not in value.upper() or value.upper().startswith("P") or value.upper().endswith("Z"):
            return None
        return _known_zone(about.get("TZID", "")) or self.zone

    def _span(self, event: Any) -> Span:
        return self._instant(event["DTSTART"].dt), self._instant(event["DTEND"].dt)

    def _instant(self, value: date) -> datetime:
        return value.astimezone(UTC) if isinstance(value, datetime) else instant_of(value, _MIDNIGHT, self.zone)

    def _inside(self, span: Span) -> Span:
        return max(span[0], self.since), min(span[1], self.until)


def _never_comes(rule: str) -> bool:
    """Whether the rule wants only days that none of its months has in any year, as February 30."""
    parts = {name.upper(): {int(each) for each in value.split(",") if each} for name, value in _OF_MONTH.findall(rule)}
    months, days = parts.get("BYMONTH", set()), parts.get("BYMONTHDAY", set())
    if not days or not months or not months <= set(range(1, 13)):
        return False
    return min(days) > max(monthrange(_LEAP_YEAR, month)[1] for month in months)


_LEAP_YEAR = 2028
_WEEK = timedelta(weeks=1)
_MIDNIGHT = datetime.min.time()


def _unfolded(raw: bytes) -> list[str]:
    """The lines of a whole calendar, long ones joined again (RFC 5545 3.1). Raises CalendarRefused for other files."""
    text = re.sub(r"\r?\n[ \t]", "", raw.decode("utf-8-sig", "replace"))
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines or lines[0].upper() != "BEGIN:VCALENDAR" or lines[-1].upper() != "END:VCALENDAR":
        raise refusal(_NO_CALENDAR)
    return lines


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, list[_Line]]]:
    """The events and free-busy entries, each as the lines that say when; what nests in them is passed over."""
    kind, kept, depth = "", list[_Line](), 0
    for line in lines:
        word, _, value = line.partition(":")
        match word.upper():
            case "BEGIN" if kind:
                depth += 1
            case "BEGIN" if value.upper() in {"VEVENT", "VFREEBUSY"}:
                kind, kept = value.upper(), []
            case "END" if kind and depth:
                depth -= 1
            case "END" if kind:
                yield kind, kept
                kind = ""
            case _ if kind and not depth and (found := _LINE.fullmatch(line)) and found[1].upper() in _KEPT:
                kept.append((found[1].upper(), _parameters(found[2]), found[3]))


def _names(entry: list[_Line]) -> set[str]:
    return {name for name, _, _ in entry}


def _parameters(text: str) -> dict[str, str]:
    return {key.upper(): quoted or plain for key, quoted, plain in _PARAMETER.findall(text)}


def _known_zone(name: str) -> str | None:
    """The IANA name of a zone: itself, behind a maker's prefix, or by the name that Windows gives it."""
    parts = name.strip("/").split("/")
    tails = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((zone for tail in tails if is_zone(zone := WINDOWS_TO_OLSON.get(tail, tail))), None)


def _is_busy(event: Any) -> bool:
    return str(event.get("TRANSP")).upper() != "TRANSPARENT" and str(event.get("STATUS")).upper() != "CANCELLED"


@contextmanager
def _bounded() -> Iterator[None]:
    """Stop this thread's work after its processor time.

    A rule that never comes true sends the library searching to the year 9999, and no argument of it forbids that. A
    profiling function is called at every call of Python, in this thread alone, and may raise.
    """
    ends, calls = time.thread_time() + PROCESSOR_SECONDS, 0

    def look(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls % _CALLS_BETWEEN_LOOKS == 0 and time.thread_time() > ends:
            raise _TooSlow

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)
