"""How a meeting's state is shown."""

from dataclasses import dataclass

from flask import g

from tumorboard.kernel.web.formats import when
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import may_join


@dataclass(frozen=True)
class Status:
    """A word with its tone and icon."""

    label: str
    tone: str
    icon: str


CANCELLED = Status("Cancelled", "stop", "ban")
MOVED = Status("Moved", "warn", "arrow-left-right")
VIDEO_ONLY = Status("By video only", "warn", "video")
PLANNED = Status("Planned", "good", "calendar-check")


@dataclass(frozen=True)
class Row:
    """A meeting in a list."""

    meeting: Meeting
    status: Status
    about: str
    video_url: str


def row_of(meeting: Meeting, *, presents: bool = False) -> Row:
    """The meeting as a list shows it to the signed-in person; the link only to who may join or presents there."""
    joins = (presents or may_join(g.actor, meeting)) and not meeting.is_cancelled
    return Row(meeting, status_of(meeting), about(meeting), meeting.video_url if joins else "")


def status_of(meeting: Meeting) -> Status:
    """Whether it takes place, at its usual time, and in a room."""
    if meeting.is_cancelled:
        return CANCELLED
    if meeting.moved_from_at:
        return MOVED
    return VIDEO_ONLY if meeting.is_by_video else PLANNED


def about(meeting: Meeting) -> str:
    """The reason of a change, and when the meeting had been to take place."""
    was = f"was {when(meeting.moved_from_at, meeting.time_zone)}" if meeting.moved_from_at else ""
    return " · ".join(part for part in (meeting.reason, was if not meeting.is_cancelled else "") if part)
