"""What calendars show of a meeting, and what follows when it changes: a new sequence number, and people to tell."""

from dataclasses import dataclass
from datetime import datetime

from tumorboard.meetings.domain import ChangeKind, MeetingState
from tumorboard.meetings.models import Meeting


@dataclass(frozen=True)
class Appearance:
    """Everything that makes a calendar's entry stale when it changes (RFC 5545 3.8.7.4, and room and link)."""

    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    room: str
    video_url: str


@dataclass(frozen=True)
class Change:
    """What became of one meeting, and when it had been to take place (None: it had not)."""

    meeting: Meeting
    kind: ChangeKind
    was_at: datetime | None


def appearance_of(meeting: Meeting) -> Appearance:
    """What calendars show of the meeting now."""
    return Appearance(meeting.starts_at, meeting.ends_at, meeting.state, meeting.room, meeting.video_url)


def revised(meeting: Meeting, *, before: Appearance, now: datetime) -> list[Change]:
    """Raise the sequence when the meeting looks other than before; return what is to be told of it."""
    if appearance_of(meeting) == before:
        return []
    meeting.sequence += 1
    meeting.revised_at = now
    was_planned = before.state is MeetingState.PLANNED
    if meeting.is_cancelled and not was_planned:
        return []
    return [Change(meeting, _kind(meeting, before), before.starts_at if was_planned else None)]


def _kind(meeting: Meeting, before: Appearance) -> ChangeKind:
    if meeting.is_cancelled:
        return ChangeKind.CANCELLED
    if before.state is MeetingState.CANCELLED:
        return ChangeKind.REINSTATED
    is_moved = (meeting.starts_at, meeting.ends_at) != (before.starts_at, before.ends_at)
    return ChangeKind.MOVED if is_moved else ChangeKind.PLACE
