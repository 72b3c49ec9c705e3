"""When a case would be discussed, as far as can be said today."""

from dataclasses import replace
from datetime import datetime

from tumorboard.agendas.queries import minutes_used_by_meeting
from tumorboard.cases.domain import Outlook
from tumorboard.cases.models import Case
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling import engine
from tumorboard.scheduling.queries import meeting_cut_off
from tumorboard.scheduling.services.gather import Gathered, gather


def outlook_of(case: Case, *, now: datetime) -> Outlook | None:
    """Return the first meeting that would take the case if the rest stayed; None where there is none, or no board.

    It may lie outside the hours that the form names, where no meeting lies within them.
    """
    if case.board is None:
        return None
    gathered = gather(case.board.id, now=now, extra=case)
    slot = _forecast(gathered, gathered.frozen, case) or _forecast(gathered, _at_any_hour(gathered.frozen, case), case)
    if slot is None:
        return None
    meeting = session().get_one(Meeting, int(slot.meeting))
    used = minutes_used_by_meeting([meeting.id]).get(meeting.id, 0)
    return Outlook(
        starts_at=meeting.starts_at,
        zone=meeting.time_zone,
        cut_off_at=meeting_cut_off(meeting),
        free_minutes=meeting.capacity_minutes - used,
        why=" ".join(one.sentence for one in (slot.why, slot.earlier) if one is not None and slot.skipped),
    )


def _forecast(gathered: Gathered, problem: engine.Problem, case: Case) -> engine.Slot | None:
    answer = engine.forecast(problem, gathered.present, str(case.id))
    return answer if isinstance(answer, engine.Slot) else None


def _at_any_hour(problem: engine.Problem, case: Case) -> engine.Problem:
    """Where no meeting lies within the hours that the form names, the page shows the one that would otherwise do."""
    cases = (replace(one, busy=()) if one.id == str(case.id) else one for one in problem.cases)
    return replace(problem, cases=tuple(cases))
