"""The only reader of the clock, and the conversions between instants and local time."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


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
