"""The only reader of the clock; instants on the wall of a zone; and how days and times are written.

US dates and a 12-hour clock, in the zone that the page names.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Zones as people say them; any other zone is shown by its city.
_SPOKEN = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic",
}


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def local(instant: datetime, zone: str) -> datetime:
    """Return the instant as wall time in the IANA zone."""
    return instant.astimezone(ZoneInfo(zone))


def instant_of(day: date, wall: time, zone: str) -> datetime:
    """Return the UTC instant of a wall time.

    A time inside the spring gap moves forward by the gap; a doubled time in autumn is its first occurrence (PEP 495).
    """
    naive = datetime.combine(day, wall.replace(tzinfo=None))
    return naive.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def is_zone(name: str) -> bool:
    """Whether the name is an IANA time zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def day(value: date) -> str:
    """`Tue, Dec 8`."""
    return f"{value:%a, %b} {value.day}"


def long_day(value: date) -> str:
    """`Tuesday, December 8, 2026`."""
    return f"{value:%A, %B} {value.day}, {value.year}"


def clock(value: time | datetime) -> str:
    """`7:00 AM`, `Noon`."""
    if (value.hour, value.minute) == (12, 0):
        return "Noon"
    return f"{(value.hour + 11) % 12 + 1}:{value.minute:02} {'AM' if value.hour < 12 else 'PM'}"


def when(value: datetime, zone: str) -> str:
    """`Tue, Dec 8, 7:00 AM` on the wall of the zone."""
    wall = local(value, zone)
    return f"{day(wall)}, {clock(wall)}"


def long_when(value: datetime, zone: str) -> str:
    """`Tuesday, December 8, 2026, 7:00 AM` on the wall of the zone."""
    wall = local(value, zone)
    return f"{long_day(wall)}, {clock(wall)}"


def when_there(value: datetime, zone: str) -> str:
    """`Tue, Dec 8, 7:00 AM Eastern`, where nothing else names the zone."""
    return f"{when(value, zone)} {zone_name(zone)}"


def there(value: datetime, zone: str, *, home: str) -> str:
    """`8:00 AM in Phoenix, MST` beside a time told in the home zone; the weekday where it is another day there."""
    wall, abbreviation = local(value, zone), local(value, zone).tzname() or ""
    named = f", {abbreviation}" if abbreviation.isalpha() else ""
    other_day = f"{wall:%a} " if wall.date() != local(value, home).date() else ""
    return f"{other_day}{clock(wall)} in {_city(zone)}{named}"


def keeps_other_time(value: datetime, zone: str, *, home: str) -> bool:
    """Whether the walls of the two zones show different times at the instant."""
    return local(value, zone).utcoffset() != local(value, home).utcoffset()


def stamp(value: datetime, zone: str) -> str:
    """`Tue, Dec 8, 2026, 7:00:09 AM`, where seconds and the year count."""
    wall = local(value, zone)
    return f"{day(wall)}, {wall.year}, {(wall.hour + 11) % 12 + 1}:{wall:%M:%S} {'AM' if wall.hour < 12 else 'PM'}"


def span(starts: datetime, ends: datetime, zone: str) -> str:
    """`7:00–8:00 AM`; both halves are named where they differ."""
    first, last = local(starts, zone), local(ends, zone)
    same_half = (first.hour < 12) == (last.hour < 12) and "Noon" not in (clock(first), clock(last))
    head = clock(first)[:-3] if same_half else clock(first)
    return f"{head}–{clock(last)}"


def zone_name(zone: str) -> str:
    """`Eastern` for America/New_York."""
    return _SPOKEN.get(zone, _city(zone))


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def duration(value: timedelta) -> str:
    """`2 days`, `5 hours`, `20 minutes`: the largest unit that fits, rounded down."""
    seconds = max(int(value.total_seconds()), 0)
    for name, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"


def until(value: datetime, *, now: datetime, zone: str) -> str:
    """`in 20 minutes`, `in 5 hours`, `tomorrow`, `in 2 days`: days as a calendar in the zone counts them."""
    days = (local(value, zone).date() - local(now, zone).date()).days
    if days == 1:
        return "tomorrow"
    return f"in {days} days" if days > 1 else f"in {duration(value - now)}"


def iso(value: datetime, zone: str) -> str:
    """The instant for a `datetime` attribute, with the zone's offset."""
    return local(value, zone).isoformat(timespec="minutes")
