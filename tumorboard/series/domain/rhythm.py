"""Rhythms: a rule in local wall time, and the dates it gives."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from dateutil.rrule import rrulestr

from tumorboard.series.domain.words import RhythmUnreadable

_PARTS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_LONGEST_INTERVAL = 366
_CYCLE_YEARS = 400


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


def check_rule(rule: str, *, first_on: date) -> None:
    """Raise RhythmUnreadable unless the RRULE is one every calendar client reads (RFC 5545, no COUNT or UNTIL)."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    is_plain = re.fullmatch(r"[A-Z]+=[A-Z0-9,+-]+(?:;[A-Z]+=[A-Z0-9,+-]+)*", rule)
    if not is_plain or set(parts) - _PARTS or parts.get("FREQ") not in _FREQUENCIES:
        raise RhythmUnreadable(
            "Use FREQ (DAILY, WEEKLY, MONTHLY or YEARLY), INTERVAL, BYDAY, BYMONTHDAY, BYMONTH and BYSETPOS."
        )
    interval = parts.get("INTERVAL", "1")
    if not (interval.isascii() and interval.isdigit() and 1 <= int(interval) <= _LONGEST_INTERVAL):
        raise RhythmUnreadable(f"Use an interval between 1 and {_LONGEST_INTERVAL}.")
    try:
        comes_round = next(_occurrences(rule, first_on), None) is not None
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RhythmUnreadable("This rule cannot be read. Write it as FREQ=WEEKLY;BYDAY=TU.") from error
    if not comes_round:
        raise RhythmUnreadable("This rule never comes round. Change it so that it names days that exist.")


def _occurrences(rule: str, first_on: date) -> Iterator[datetime]:
    # dateutil looks for a day that never comes up to the year 9999. The calendar repeats every 400 years, so the
    # search begins in the last of these cycles: the same answer within milliseconds.
    cycles = (9999 - first_on.year) // _CYCLE_YEARS
    late = first_on.replace(year=first_on.year + cycles * _CYCLE_YEARS)
    return iter(rrulestr(rule, dtstart=datetime.combine(late, time(0))))
