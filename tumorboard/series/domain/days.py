"""What becomes of a rhythm's days on federal holidays and while a site is closed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import holidays

from tumorboard.series.domain.rhythm import Rhythm
from tumorboard.series.domain.words import ClosureEffect, HolidayRule

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
LONGEST_DELAY = timedelta(days=31)


@dataclass(frozen=True)
class Closing:
    """Days on which a series' host is closed, both included; `closure_id` is None while it is only thought of."""

    name: str
    starts_on: date
    ends_on: date
    effect: ClosureEffect
    closure_id: int | None = None
    video_url: str = ""

    def covers(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class PlannedDay:
    """What becomes of one day of a rhythm: held, cancelled, moved to another day, or by video; and for whose sake.

    `video_url` is the closure's own link, for series without one.
    """

    occurs_on: date
    meets_on: date
    takes_place: bool = True
    reason: str = ""
    closure_id: int | None = None
    is_by_video: bool = False
    video_url: str = ""

    @property
    def is_moved(self) -> bool:
        """Whether it is held on another day than the rhythm's."""
        return self.meets_on != self.occurs_on


@dataclass(frozen=True)
class Openings:
    """When a series can meet: what it does on holidays, and when its host is closed."""

    holiday_rule: HolidayRule
    closings: Sequence[Closing] = ()

    def fate_of(self, day: date) -> PlannedDay:
        """Return what becomes of a day of the rhythm. A closure speaks before a holiday."""
        closing = next((one for one in self.closings if one.covers(day)), None)
        if closing is not None:
            return self._while_closed(day, closing)
        holiday = federal_holidays(day.year).get(day)
        if holiday is None or self.holiday_rule is HolidayRule.MEET:
            return PlannedDay(day, day)
        return self._put_off(day, holiday, moves=self.holiday_rule is HolidayRule.NEXT_WORKDAY)

    def next_workday(self, after: date, *, taken: Collection[date] = ()) -> date | None:
        """Return the first later weekday that is neither a holiday nor closed nor taken, or None within a month."""
        day = after + _ONE_DAY
        while day <= after + LONGEST_DELAY:
            if self._is_open(day) and day not in taken:
                return day
            day += _ONE_DAY
        return None

    def closed_for(self, day: date) -> str:
        """The name of what keeps the series from meeting on the day, empty where nothing does."""
        closing = next((one.name for one in self.closings if one.covers(day)), "")
        rests = self.holiday_rule is not HolidayRule.MEET
        return closing or (federal_holidays(day.year).get(day, "") if rests else "")

    def _while_closed(self, day: date, closing: Closing) -> PlannedDay:
        if closing.effect is ClosureEffect.VIDEO_ONLY:
            held = PlannedDay(day, day, reason=closing.name, closure_id=closing.closure_id)
            return replace(held, is_by_video=True, video_url=closing.video_url)
        moves = closing.effect is ClosureEffect.NEXT_WORKDAY
        return self._put_off(day, closing.name, moves=moves, closure_id=closing.closure_id)

    def _put_off(self, day: date, reason: str, *, moves: bool, closure_id: int | None = None) -> PlannedDay:
        later = self.next_workday(day) if moves else None
        return PlannedDay(day, later or day, takes_place=later is not None, reason=reason, closure_id=closure_id)

    def _is_open(self, day: date) -> bool:
        is_holiday = day in federal_holidays(day.year)
        return day.weekday() < _SATURDAY and not is_holiday and not any(one.covers(day) for one in self.closings)


def planned_days(rhythm: Rhythm, openings: Openings, *, after: date, until: date) -> Iterator[PlannedDay]:
    """What becomes of each day of the rhythm in `[after, until]`, in the rhythm's order."""
    return (openings.fate_of(day) for day in rhythm.days(after=after, until=until))


def doubled_days(days: Iterable[PlannedDay]) -> frozenset[date]:
    """The days on which two meetings of one series would fall, one of them moved there."""
    held = [day.meets_on for day in days if day.takes_place]
    return frozenset(day for day in held if held.count(day) > 1)


@cache
def federal_holidays(year: int) -> Mapping[date, str]:
    """The federal holidays of a year in the United States, in order, observed ones too."""
    found = holidays.country_holidays("US", years=year)
    return {day: name for day, name in sorted(found.items()) if day.year == year}
