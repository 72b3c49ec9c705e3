"""Make the meetings of a series out to the horizon, and let them follow when its rhythm changes."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from tumorboard.accounts.domain import Actor
from tumorboard.audit.services import record
from tumorboard.kernel.clock import instant_of, local
from tumorboard.kernel.db import lock, session
from tumorboard.meetings.domain import BY_VIDEO, HORIZON, NEW_RHYTHM, MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import days_of, not_begun_of, start_of
from tumorboard.meetings.services.changes import note_changes
from tumorboard.meetings.services.revision import Change, appearance_of, revised
from tumorboard.series.domain import PlannedDay
from tumorboard.series.models import Series


def make_meetings(series: Series, *, now: datetime) -> list[Meeting]:
    """Make the meetings that are missing out to the horizon; run again, it makes none twice and changes none."""
    _hold(series)
    present = set(session().scalars(select(Meeting.occurs_on).where(Meeting.series_id == series.id)))
    last_on = local(now + HORIZON, series.time_zone).date()
    missing = [day for day in days_of(series, now=now).values() if day.occurs_on not in present]
    made = [_made(series, day, now=now) for day in missing if day.occurs_on <= last_on and start_of(series, day) > now]
    if made:
        session().add_all(made)
        session().flush()
        record(
            "series.meetings_made",
            subject="series",
            subject_id=series.id,
            details={"count": len(made)},
            now=now,
        )
    return made


def follow_series(series: Series, *, by: Actor | None = None, now: datetime) -> list[Change]:
    """Bring the meetings to come into line with the series' rhythm, room, link, length and holiday rule.

    Meetings that somebody edited are kept, those that have begun never change, new days are made. The roster is told.
    """
    _hold(series)
    days = days_of(series, now=now)
    meetings = session().scalars(not_begun_of(series.id, after=now)).all()
    changes = [one for meeting in meetings if not meeting.is_edited for one in _settle_in(days, meeting, now=now)]
    session().flush()
    make_meetings(series, now=now)
    note_changes(changes, now=now)
    record(
        "series.followed",
        by=by,
        subject="series",
        subject_id=series.id,
        details={"count": len(changes)},
        now=now,
    )
    return changes


def settle(meeting: Meeting, *, now: datetime) -> list[Change]:
    """Give one unedited meeting what its series says of its day; return what the roster is to be told, if anything."""
    return _settle_in(days_of(meeting.series, now=now), meeting, now=now)


def _settle_in(days: Mapping[date, PlannedDay], meeting: Meeting, *, now: datetime) -> list[Change]:
    before = appearance_of(meeting)
    day = days.get(meeting.occurs_on)
    if day is None:
        _leave_rhythm(meeting)
    elif start_of(meeting.series, day) > now:  # else the new time of this day is past: it stays as people know it
        _follow_day(meeting, day)
    return revised(meeting, before=before, now=now)


def _leave_rhythm(meeting: Meeting) -> None:
    if not meeting.is_cancelled and not meeting.talk_title:
        meeting.state, meeting.reason = MeetingState.CANCELLED, NEW_RHYTHM


def _follow_day(meeting: Meeting, day: PlannedDay) -> None:
    series = meeting.series
    meeting.room, meeting.video_url = series.room, series.video_url
    # A speaker has agreed to the time of a talk, so only the place follows, unless a closure had put the talk off.
    if not meeting.talk_title or meeting.closure_id is not None:
        _take_day(meeting, day)


def _take_day(meeting: Meeting, day: PlannedDay) -> None:
    series = meeting.series
    meeting.starts_at = start_of(series, day)
    meeting.ends_at = meeting.starts_at + series.rhythm.length
    meeting.time_zone = series.time_zone
    meeting.capacity_minutes, meeting.reserve_minutes = series.capacity_minutes, series.reserve_minutes
    meeting.state = MeetingState.PLANNED if day.takes_place else MeetingState.CANCELLED
    if day.is_by_video:
        _meet_by_video(meeting, day)
    meeting.reason, meeting.closure_id = day.reason, day.closure_id
    meeting.moved_from_at = _rhythm_start(series, day.occurs_on) if day.is_moved else None


def _meet_by_video(meeting: Meeting, day: PlannedDay) -> None:
    """The place is closed: without any link the meeting cannot take place."""
    if link := meeting.series.video_url or day.video_url:
        meeting.room, meeting.video_url = BY_VIDEO, link
    else:
        meeting.state = MeetingState.CANCELLED


def _made(series: Series, day: PlannedDay, *, now: datetime) -> Meeting:
    meeting = Meeting(
        series=series,
        occurs_on=day.occurs_on,
        room=series.room,
        video_url=series.video_url,
        uid=f"{uuid.uuid4().hex}@tumorboard",
        created_at=now,
        revised_at=now,
    )
    _take_day(meeting, day)
    return meeting


def _rhythm_start(series: Series, day: date) -> datetime:
    return instant_of(day, series.starts, series.time_zone)


def _hold(series: Series) -> None:
    """Let one worker or coordinator at a time make meetings of the series."""
    session().execute(lock(select(Series.id).where(Series.id == series.id)))
