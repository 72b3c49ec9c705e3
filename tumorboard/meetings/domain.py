"""What can become of a meeting."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tumorboard.kernel.errors import Conflict, Invalid
from tumorboard.series.domain import ClosureEffect

HORIZON = timedelta(weeks=26)
EARLIER = "answered the earlier time"
NEW_RHYTHM = "The series has a new rhythm."
# What stands where else a room does, on pages and in calendars.
BY_VIDEO = "By video only"


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


class ReplyKind(StrEnum):
    """What a person invited by mail answered."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    NONE = "not answered"


@dataclass(frozen=True)
class Reply:
    """The answer of one person who was invited by mail; an earlier one was to another time of the meeting."""

    name: str
    kind: ReplyKind
    is_earlier: bool = False

    @property
    def in_words(self) -> str:
        """`accepted`, `answered the earlier time: accepted`."""
        return f"{EARLIER}: {self.kind.value}" if self.is_earlier else self.kind.value


def in_numbers(replies: Iterable[Reply]) -> str:
    """`3 accepted, 1 declined, 1 answered the earlier time, 2 not answered`."""
    counts = Counter(EARLIER if one.is_earlier else one.kind.value for one in replies)
    words = [ReplyKind.ACCEPTED, ReplyKind.TENTATIVE, ReplyKind.DECLINED, EARLIER, ReplyKind.NONE]
    return ", ".join(f"{counts[word]} {word}" for word in words if counts[word])
