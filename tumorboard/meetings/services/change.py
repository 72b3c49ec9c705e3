"""Move, cancel and reinstate one meeting, and say who speaks at it."""

from datetime import datetime, timedelta

from tumorboard.accounts.domain import Actor
from tumorboard.audit.services import record
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import (
    MeetingCancelled,
    MeetingInThePast,
    MeetingOver,
    MeetingPlanned,
    MeetingState,
)
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.services.changes import note_changes
from tumorboard.meetings.services.revision import Appearance, appearance_of, revised


def move_meeting(  # noqa: PLR0913 - each is named where it is called
    meeting: Meeting,
    *,
    to_start: datetime,
    to_end: datetime,
    room: str,
    reason: str,
    by: Actor,
    now: datetime,
    video_url: str | None = None,
) -> None:
    """Give the meeting another time, room or link (None: the link stays) and tell the roster.

    Raises MeetingOver, MeetingCancelled or MeetingInThePast.
    """
    _check_open(meeting, now=now)
    if to_start <= now:
        message = "Choose a time to come."
        raise MeetingInThePast(message, fields={"day": [message]})
    before = appearance_of(meeting)
    if to_start != meeting.starts_at:
        first = meeting.moved_from_at or meeting.starts_at
        meeting.moved_from_at = first if first != to_start else None
    meeting.starts_at, meeting.ends_at, meeting.room = to_start, to_end, room
    meeting.video_url = meeting.video_url if video_url is None else video_url
    # A change after the first one says no reason of its own: what was told stays true.
    meeting.reason = reason or meeting.reason
    _fit_capacity(meeting)
    _note(meeting, "meeting.moved", before=before, by=by, now=now)


def cancel_meeting(meeting: Meeting, *, reason: str, by: Actor, now: datetime) -> None:
    """Call the meeting off and tell the roster. Raises MeetingOver or MeetingCancelled."""
    _check_open(meeting, now=now)
    before = appearance_of(meeting)
    meeting.state, meeting.reason = MeetingState.CANCELLED, reason
    _note(meeting, "meeting.cancelled", before=before, by=by, now=now)


def reinstate_meeting(meeting: Meeting, *, by: Actor, now: datetime) -> None:
    """Let a cancelled meeting take place after all and tell the roster. Raises MeetingOver or MeetingPlanned."""
    _check_to_come(meeting, now=now)
    if not meeting.is_cancelled:
        raise MeetingPlanned("This meeting takes place already, so nothing was changed.")
    before = appearance_of(meeting)
    meeting.state, meeting.reason = MeetingState.PLANNED, ""
    _note(meeting, "meeting.reinstated", before=before, by=by, now=now)


def set_talk(
    meeting: Meeting,
    *,
    title: str,
    abstract: str,
    speaker_name: str,
    speaker_affiliation: str,
    by: Actor,
    now: datetime,
) -> None:
    """Say what is taught and by whom; all empty takes the talk back. Calendars show it, so the sequence rises.

    Raises MeetingCancelled, or MeetingOver once it is over: a talk may still be mended while it is given.
    """
    if meeting.ends_at <= now:
        raise MeetingOver("This meeting is over, so its talk stays as it was given.")
    _check_planned(meeting)
    meeting.talk_title, meeting.talk_abstract = title, abstract
    meeting.speaker_name, meeting.speaker_affiliation = speaker_name, speaker_affiliation
    if session().is_modified(meeting):
        meeting.sequence += 1
        meeting.revised_at = now
    record("meeting.talk_set", by=by, subject="meeting", subject_id=meeting.id, now=now)


def _check_open(meeting: Meeting, *, now: datetime) -> None:
    _check_to_come(meeting, now=now)
    _check_planned(meeting)


def _check_to_come(meeting: Meeting, *, now: datetime) -> None:
    if meeting.starts_at <= now:
        raise MeetingOver("This meeting has begun or is over, so nothing was changed.")


def _check_planned(meeting: Meeting) -> None:
    if meeting.is_cancelled:
        raise MeetingCancelled("This meeting was cancelled already. Reinstate it first.")


def _fit_capacity(meeting: Meeting) -> None:
    """A shorter meeting has no more for cases than it lasts; a longer one gives what is more to them."""
    series = meeting.series
    length = (meeting.ends_at - meeting.starts_at) // timedelta(minutes=1)
    longer = max(0, length - series.length_minutes) if series.capacity_minutes else 0
    meeting.capacity_minutes = min(series.capacity_minutes + longer, length)
    meeting.reserve_minutes = min(series.reserve_minutes, meeting.capacity_minutes)


def _note(meeting: Meeting, action: str, *, before: Appearance, by: Actor, now: datetime) -> None:
    meeting.is_edited, meeting.closure_id, meeting.held_back = True, None, None
    note_changes(revised(meeting, before=before, now=now), now=now)
    record(action, by=by, subject="meeting", subject_id=meeting.id, now=now)
