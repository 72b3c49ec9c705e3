"""Time zones as Outlook, Exchange and ical.js all read them: one yearly rule each way, never a list of dates.

The library's own VTIMEZONEs put the change at the wrong hour and list dates up to 2038, so these are written
by hand and checked against the zone data in tests.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class _Change:
    """The yearly change of the clock: its first onset in the wall time left behind, month and weekday."""

    onset: datetime
    month: int
    weekday: str


@dataclass(frozen=True)
class _Zone:
    """Offset and name in winter and, where the clock changes, the name and the changes of summer."""

    offset: timedelta
    name: str
    summer_name: str = ""
    to_summer: _Change | None = None
    to_winter: _Change | None = None


_SINCE_EVER = datetime(1970, 1, 1)  # noqa: DTZ001 - RFC 5545 wants the wall time of the zone itself
_US_SPRING = _Change(datetime(2007, 3, 11, 2), 3, "2SU")  # noqa: DTZ001 - Energy Policy Act of 2005, wall time
_US_AUTUMN = _Change(datetime(2007, 11, 4, 2), 11, "1SU")  # noqa: DTZ001 - the same


def _fixed(hours: int, name: str) -> _Zone:
    return _Zone(timedelta(hours=hours), name)


def _american(hours: int, letter: str) -> _Zone:
    return _Zone(timedelta(hours=hours), f"{letter}ST", f"{letter}DT", _US_SPRING, _US_AUTUMN)


def _european(hours: int, name: str, summer_name: str) -> _Zone:
    """All of the European Union and Britain change at 01:00 UTC (directive 2000/84/EC)."""
    spring = _Change(datetime(1996, 3, 31, 1 + hours), 3, "-1SU")  # noqa: DTZ001 - wall time
    autumn = _Change(datetime(1996, 10, 27, 2 + hours), 10, "-1SU")  # noqa: DTZ001 - wall time
    return _Zone(timedelta(hours=hours), name, summer_name, spring, autumn)


_EASTERN, _CENTRAL, _MOUNTAIN = _american(-5, "E"), _american(-6, "C"), _american(-7, "M")
_MIDDLE_EUROPEAN = _european(1, "CET", "CEST")
_ZONES = {
    "America/New_York": _EASTERN,
    "America/Detroit": _EASTERN,
    "America/Indiana/Indianapolis": _EASTERN,
    "America/Kentucky/Louisville": _EASTERN,
    "America/Chicago": _CENTRAL,
    "America/Denver": _MOUNTAIN,
    "America/Boise": _MOUNTAIN,
    "America/Phoenix": _fixed(-7, "MST"),
    "America/Los_Angeles": _american(-8, "P"),
    "America/Anchorage": _american(-9, "AK"),
    "Pacific/Honolulu": _fixed(-10, "HST"),
    "America/Puerto_Rico": _fixed(-4, "AST"),
    "Pacific/Guam": _fixed(10, "ChST"),
    "Europe/London": _european(0, "GMT", "BST"),
    "Europe/Dublin": _european(0, "GMT", "IST"),
    "Europe/Berlin": _MIDDLE_EUROPEAN,
    "Europe/Paris": _MIDDLE_EUROPEAN,
    "Europe/Madrid": _MIDDLE_EUROPEAN,
    "Europe/Rome": _MIDDLE_EUROPEAN,
    "Europe/Amsterdam": _MIDDLE_EUROPEAN,
    "Europe/Vienna": _MIDDLE_EUROPEAN,
    "Europe/Zurich": _MIDDLE_EUROPEAN,
    "UTC": _fixed(0, "UTC"),
}


def served_zones() -> frozenset[str]:
    """The zones that an entry may name."""
    return frozenset(_ZONES)


def served_zone(name: str) -> str:
    """Return the zone itself where its rules are known here, and UTC where they are not."""
    return name if name in _ZONES else "UTC"


@cache
def timezone_component(name: str) -> Timezone:
    """Return the VTIMEZONE of a served zone; shared, so never to be changed."""
    zone = _ZONES[name]
    component = Timezone()
    component.add("tzid", name)
    if zone.to_summer is None or zone.to_winter is None:
        component.add_component(_phase(TimezoneStandard(), zone.name, zone.offset, zone.offset, None))
        return component
    summer = zone.offset + HOUR
    component.add_component(_phase(TimezoneStandard(), zone.name, summer, zone.offset, zone.to_winter))
    component.add_component(_phase(TimezoneDaylight(), zone.summer_name, zone.offset, summer, zone.to_summer))
    return component


def _phase(
    phase: TimezoneStandard | TimezoneDaylight,
    name: str,
    before: timedelta,
    after: timedelta,
    change: _Change | None,
) -> TimezoneStandard | TimezoneDaylight:
    phase.add("dtstart", change.onset if change else _SINCE_EVER)
    phase.add("tzname", name)
    phase.add("tzoffsetfrom", before)
    phase.add("tzoffsetto", after)
    if change:
        phase.add("rrule", vRecur({"FREQ": ["YEARLY"], "BYMONTH": [change.month], "BYDAY": [change.weekday]}))
    return phase
