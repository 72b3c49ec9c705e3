"""What can become of a meeting."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tumorboard.kernel.errors import Conflict, Invalid

HORIZON = timedelta(weeks=26)
NEW_RHYTHM = "The series has a new rhythm."


class MeetingState(StrEnum):
    """Whether the meeting takes place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class ChangeKind(StrEnum):
    """What became of a meeting, as far as calendars show it."""

    MOVED = "moved"
    PLACE = "place"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"

    @property
    def label(self) -> str:
        """The change in words."""
        return _CHANGED[self]


_CHANGED = {
    ChangeKind.MOVED: "Moved",
    ChangeKind.PLACE: "Other place",
    ChangeKind.CANCELLED: "Cancelled",
    ChangeKind.REINSTATED: "Takes place after all",
}


class MeetingOver(Conflict):
    """The meeting has begun or is over, so it is neither moved nor cancelled."""


class MeetingCancelled(Conflict):
    """The meeting was cancelled already."""


class MeetingPlanned(Conflict):
    """The meeting takes place anyway, so there is nothing to reinstate."""


class MeetingInThePast(Invalid):
    """A meeting can be moved only to a time to come."""


@dataclass(frozen=True)
class Reach:
    """How many calendars show a meeting, how many of them know its last change, and how many people were told."""

    calendars: int
    know: int = 0
    told: int = 0
    changed_at: datetime | None = None
    label: str = ""
    waits_until: datetime | None = None

    @property
    def lack(self) -> int:
        """How many calendars show something else still."""
        return self.calendars - self.know


@dataclass(frozen=True)
class OwnCase:
    """A case that the reader presents at a meeting: its code, and the time that was told."""

    code: str
    starts_at: datetime
    minutes: int
