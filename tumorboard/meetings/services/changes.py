"""Write down what became of meetings; whoever's calendar cannot know it in time is told from there."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from tumorboard.kernel.db import session
from tumorboard.meetings.models import MeetingChange
from tumorboard.meetings.services.revision import Change


def note_changes(changes: Sequence[Change], *, now: datetime) -> None:
    """Keep the changes as one act: whoever is told of several is told once."""
    act = uuid.uuid4().hex
    known = _settle_earlier([change.meeting.id for change in changes])
    session().add_all(
        MeetingChange(
            meeting=change.meeting,
            act=act,
            kind=change.kind,
            was_at=known.get(change.meeting.id, change.was_at),
            will_be_at=change.meeting.starts_at,
            changed_at=now,
            look_again_at=now,
        )
        for change in changes
    )
    session().flush()


def _settle_earlier(meeting_ids: Sequence[int]) -> dict[int, datetime | None]:
    """Nobody is told what was overtaken; return what those who were still to be told of it take the meetings for."""
    open_ones = select(MeetingChange).where(
        MeetingChange.meeting_id.in_(meeting_ids), MeetingChange.look_again_at.is_not(None)
    )
    known: dict[int, datetime | None] = {}
    for change in session().scalars(open_ones.order_by(MeetingChange.id)):
        change.look_again_at = None
        if change.was_at != change.meeting.starts_at:
            known.setdefault(change.meeting_id, change.was_at)
    return known
