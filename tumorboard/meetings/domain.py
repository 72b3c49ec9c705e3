"""What can become of a meeting."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tumorboard.kernel.errors import Conflict, Invalid
from tumorboard.series.domain import ClosureEffect

HORIZON = timedelta(weeks=26)
NEW_RHYTHM = "The series has a new rhythm."
# What stands where else a room does, on pages and in calendars.
BY_VIDEO = "By video only"


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


class ClosureOutdated(Conflict):
    """Meetings have changed since it was shown what closed days would do to them."""


class ClosureRefused(Invalid):
    """A meeting on closed days cannot be moved there, or has no link; `fields` says by meeting which and why."""


@dataclass(frozen=True)
class Decision:
    """What becomes of one meeting on closed days, and the version of it that was looked at.

    `moves_to` counts for a move, `video_url` for a meeting by video that has no link of its own.
    """

    version: int
    effect: ClosureEffect
    moves_to: datetime | None = None
    video_url: str = ""


@dataclass(frozen=True)
class OwnCase:
    """A case that the reader presents at a meeting: its code, and the time that was told."""

    code: str
    starts_at: datetime
    minutes: int
