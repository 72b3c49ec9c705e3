"""When a case would be discussed, as far as can be said today."""

from datetime import datetime

from tumorboard.agendas.queries import minutes_used_by_meeting
from tumorboard.cases.domain import Outlook
from tumorboard.cases.models import Case
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling import engine
from tumorboard.scheduling.queries import meeting_cut_off
from tumorboard.scheduling.services.gather import gather


def outlook_of(case: Case, *, now: datetime) -> Outlook | None:
    """Return the first meeting that would take the case if the rest stayed; None where there is none, or no board."""
    if case.board is None:
        return None
    gathered = gather(case.board.id, now=now, extra=case)
    slot = engine.forecast(gathered.frozen, gathered.present, str(case.id))
    if not isinstance(slot, engine.Slot):
        return None
    meeting = session().get_one(Meeting, int(slot.meeting))
    used = minutes_used_by_meeting([meeting.id]).get(meeting.id, 0)
    return Outlook(
        starts_at=meeting.starts_at,
        zone=meeting.time_zone,
        cut_off_at=meeting_cut_off(meeting),
        free_minutes=meeting.capacity_minutes - used,
    )
