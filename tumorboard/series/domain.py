"""Rhythms, policies and the words of a series."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from dateutil.rrule import rrulestr

from tumorboard.accounts.domain import Part
from tumorboard.kernel.errors import Conflict, Invalid


class SeriesKind(StrEnum):
    """What kind of thing meets."""

    TUMOR_BOARD = "tumor_board"
    DMT = "dmt"
    LECTURE = "lecture"
    GRAND_ROUNDS = "grand_rounds"
    SYMPOSIUM = "symposium"

    @property
    def label(self) -> str:
        """The kind as it is shown."""
        if self is SeriesKind.DMT:
            return "Disease management team"
        return "Lecture series" if self is SeriesKind.LECTURE else self.value.replace("_", " ").capitalize()

    @property
    def is_board(self) -> bool:
        """Whether it takes cases."""
        return self in {SeriesKind.TUMOR_BOARD, SeriesKind.DMT}


class Site(StrEnum):
    """The disease site of a board; `education` colours what is taught."""

    BREAST = "breast"
    THORACIC = "thoracic"
    GI = "gi"
    COLORECTAL = "colorectal"
    GU = "gu"
    GYN = "gyn"
    HEAD_NECK = "head-neck"
    CNS = "cns"
    MELANOMA = "melanoma"
    SARCOMA = "sarcoma"
    LYMPHOMA = "lymphoma"
    BMT = "bmt"
    EDUCATION = "education"

    @property
    def label(self) -> str:
        """The site as it is shown."""
        return _SITE_LABELS.get(self, self.value.capitalize())


_SITE_LABELS = {
    Site.GI: "Gastrointestinal",
    Site.GU: "Genitourinary",
    Site.GYN: "Gynecologic",
    Site.HEAD_NECK: "Head and neck",
    Site.CNS: "Central nervous system",
    Site.BMT: "Bone marrow transplant",
}


class SeatPart(StrEnum):
    """What a person is on a board's roster."""

    CHAIR = "chair"
    COORDINATOR = "coordinator"
    CORE_MEMBER = "core_member"
    EXTENDED_MEMBER = "extended_member"
    OBSERVER = "observer"

    @property
    def label(self) -> str:
        """The seat as it is shown."""
        return self.value.replace("_", " ").capitalize()

    @property
    def part(self) -> Part:
        """The part whose permissions the seat gives."""
        return _PART_OF_SEAT[self]


_PART_OF_SEAT = {
    SeatPart.CHAIR: Part.CHAIR,
    SeatPart.COORDINATOR: Part.COORDINATOR,
    SeatPart.CORE_MEMBER: Part.BOARD_MEMBER,
    SeatPart.EXTENDED_MEMBER: Part.BOARD_MEMBER,
    SeatPart.OBSERVER: Part.OBSERVER,
}


class HolidayRule(StrEnum):
    """What a series does on a federal holiday."""

    CANCEL = "cancel"
    NEXT_WORKDAY = "next_workday"
    MEET = "meet"


class ClosureCause(StrEnum):
    """Why a site is closed."""

    WEATHER = "weather"
    HOLIDAY = "holiday"
    OTHER = "other"


class ClosureEffect(StrEnum):
    """What a closure does to the meetings it touches."""

    CANCEL = "cancel"
    NEXT_WORKDAY = "next_workday"


@dataclass(frozen=True)
class Rhythm:
    """A rule in local wall time: which days, at what time, in which zone, for how long."""

    rule: str
    starts: time
    zone: str
    length: timedelta
    first_on: date
    last_on: date | None = None

    def days(self, *, after: date, until: date) -> Iterator[date]:
        """The days of the rhythm in `[after, until]`, in order, never before the first or past the last."""
        end = min(until, self.last_on) if self.last_on else until
        rule = rrulestr(self.rule, dtstart=datetime.combine(self.first_on, time(0)))
        window = rule.between(datetime.combine(after, time(0)), datetime.combine(end, time(0)), inc=True)
        yield from (moment.date() for moment in window)

    def next_days(self, count: int, *, after: date) -> list[date]:
        """The next days of the rhythm from `after` on, at most so many."""
        return list(islice(self.days(after=after, until=after + timedelta(days=366 * 4)), count))


@dataclass(frozen=True)
class CutOff:
    """The last moment to submit: so many days before the meeting, at a local time."""

    days_before: int
    at: time


class SeriesClosed(Conflict):
    """The series has ended or never took cases."""


class SlugTaken(Invalid):
    """Another series has this address already."""


class RhythmUnreadable(Invalid):
    """The rule is none that calendars understand, or it never comes round."""


def check_rule(rule: str, *, first_on: date) -> None:
    """Raise RhythmUnreadable unless the RRULE is one every calendar client reads (RFC 5545, no COUNT or UNTIL)."""
    names = [part.partition("=")[0] for part in rule.split(";")]
    if set(names) - {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"} or "FREQ" not in names:
        raise RhythmUnreadable("The rule may use FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH and BYSETPOS.")
    try:
        days = Rhythm(rule, time(0), "UTC", timedelta(hours=1), first_on).next_days(1, after=first_on)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RhythmUnreadable("This rule cannot be read.") from error
    if not days:
        raise RhythmUnreadable("This rule never comes round.")
