"""What can become of a meeting."""

from datetime import timedelta
from enum import StrEnum

from tumorboard.kernel.errors import Conflict, Invalid

HORIZON = timedelta(weeks=26)


class MeetingState(StrEnum):
    """Whether the meeting takes place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class MeetingOver(Conflict):
    """The meeting has begun or is over, so it is neither moved nor cancelled."""


class MeetingCancelled(Conflict):
    """The meeting was cancelled already."""


class MeetingInThePast(Invalid):
    """A meeting can be moved only to a time to come."""
