"""What can become of a meeting."""

from datetime import datetime, timedelta
from enum import StrEnum

from tumorboard.kernel.errors import Conflict, Invalid

HORIZON = timedelta(weeks=26)
NEW_RHYTHM = "The series has a new rhythm."


class MeetingState(StrEnum):
    """Whether the meeting takes place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class MeetingOver(Conflict):
    """The meeting has begun or is over, so it is neither moved nor cancelled."""


class MeetingCancelled(Conflict):
    """The meeting was cancelled already."""


class MeetingPlanned(Conflict):
    """The meeting takes place anyway, so there is nothing to reinstate."""


class MeetingInThePast(Invalid):
    """A meeting can be moved only to a time to come."""


def in_words(wall: datetime) -> str:
    """`Tuesday, December 8, 2026, 7:00 AM EST`, for mail; takes wall time that knows its zone."""
    return f"{wall:%A, %B} {wall.day}, {wall.year}, {(wall.hour + 11) % 12 + 1}:{wall:%M %p %Z}"
