"""Close a site or the whole alliance for some days, and open it again; the meetings follow."""

from datetime import datetime

from tumorboard.accounts.domain import Actor
from tumorboard.audit.services import record
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import Effect, effects_of, held_back_by
from tumorboard.meetings.services.changes import note_changes
from tumorboard.meetings.services.make import settle
from tumorboard.meetings.services.revision import Change, appearance_of, revised
from tumorboard.series.models import Closure
from tumorboard.series.services import ClosureDraft, add_closure, remove_closure


def close_days(draft: ClosureDraft, *, by: Actor, now: datetime) -> Closure:
    """Store the closure and apply it to the meetings that it touches."""
    closure = add_closure(draft, by=by, now=now)
    apply_closure(closure, by=by, now=now)
    return closure


def reopen_days(closure: Closure, *, by: Actor, now: datetime) -> None:
    """Remove the closure and undo what it did to meetings that nobody edited since. The rosters are told."""
    held_back = session().scalars(held_back_by(closure.id, after=now)).all()
    remove_closure(closure, by=by, now=now)
    changes = [one for meeting in held_back for one in _release(meeting, now=now)]
    note_changes(changes, now=now)


def apply_closure(closure: Closure, *, by: Actor, now: datetime) -> list[Change]:
    """Cancel or move what takes place on the closed days, edited meetings too. Rosters are told."""
    effects = effects_of(closure.closing, institution_id=closure.institution_id, now=now)
    changes = [one for effect in effects for one in _close(effect, closure, now=now)]
    note_changes(changes, now=now)
    details = {"count": len(changes)}
    record("closure.applied", by=by, subject="closure", subject_id=closure.id, details=details, now=now)
    return changes


def _close(effect: Effect, closure: Closure, *, now: datetime) -> list[Change]:
    meeting = effect.meeting
    before = appearance_of(meeting)
    if effect.moves_to is None:
        meeting.state = MeetingState.CANCELLED
    else:
        length = meeting.ends_at - meeting.starts_at
        meeting.moved_from_at = meeting.starts_at
        meeting.starts_at, meeting.ends_at = effect.moves_to, effect.moves_to + length
    meeting.reason, meeting.closure_id = closure.name, closure.id
    return revised(meeting, before=before, now=now)


def _release(meeting: Meeting, *, now: datetime) -> list[Change]:
    if not meeting.is_edited:
        return settle(meeting, now=now)
    before = appearance_of(meeting)
    if meeting.is_cancelled:
        meeting.state = MeetingState.PLANNED
    elif meeting.moved_from_at is not None and meeting.moved_from_at > now:
        length = meeting.ends_at - meeting.starts_at
        meeting.starts_at, meeting.ends_at = meeting.moved_from_at, meeting.moved_from_at + length
        meeting.moved_from_at = None
    meeting.reason, meeting.closure_id = "", None
    return revised(meeting, before=before, now=now)
