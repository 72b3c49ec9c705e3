"""Questions about meetings."""

from datetime import datetime

from sqlalchemy import Select, select

from tumorboard.accounts.domain import Actor, Permission
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import NotFound
from tumorboard.meetings.models import Meeting
from tumorboard.series.models import Series


def visible_meetings(actor: Actor) -> Select[tuple[Meeting]]:
    """The meetings a person may know of: that a meeting takes place is no secret within the alliance."""
    return select(Meeting).join(Meeting.series).order_by(Meeting.starts_at, Series.name, Meeting.id)


def meeting_seen_by(actor: Actor, meeting_id: int) -> Meeting:
    """Return the meeting. Raises NotFound."""
    meeting = session().scalars(visible_meetings(actor).where(Meeting.id == meeting_id)).one_or_none()
    if meeting is None:
        raise NotFound("There is no such meeting here.")
    return meeting


def coming_of(series_id: int, *, after: datetime) -> Select[tuple[Meeting]]:
    """The meetings of a series that are not over, in order, cancelled ones too."""
    return (
        select(Meeting)
        .where(Meeting.series_id == series_id, Meeting.ends_at > after)
        .order_by(Meeting.starts_at, Meeting.id)
    )


def may_join(actor: Actor, meeting: Meeting) -> bool:
    """Whether the person is shown the link to the video room."""
    return meeting.series.is_public or actor.may(Permission.AGENDA_SEE, series_id=meeting.series_id)
