"""Close a site or the whole alliance for some days, and open it again; the meetings follow."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, true

from tumorboard.accounts.domain import Actor
from tumorboard.audit.services import record
from tumorboard.kernel.db import lock, session
from tumorboard.meetings.domain import BY_VIDEO, Decision, MeetingState
from tumorboard.meetings.models import HeldBack, Meeting
from tumorboard.meetings.queries import Effect, effects_of, held_back_by, local_day_of, start_of
from tumorboard.meetings.services.changes import note_changes
from tumorboard.meetings.services.decisions import Decisions, check_possible, check_seen, general
from tumorboard.meetings.services.make import settle
from tumorboard.meetings.services.revision import Change, appearance_of, revised
from tumorboard.series.domain import Closing, ClosureEffect
from tumorboard.series.models import Closure, Series
from tumorboard.series.queries import closures
from tumorboard.series.services import ClosureDraft, add_closure, remove_closure


def close_days(draft: ClosureDraft, *, by: Actor, now: datetime, decisions: Decisions | None = None) -> Closure:
    """Store the closure, and do with each meeting on its days what was decided, else the closure's general effect.

    Raises ClosureOutdated where the decisions are about other meetings than stand there now, ClosureRefused where a
    meeting cannot be moved to its new day or has no link; then nothing is done.
    """
    effects = _held(draft.closing, draft.institution_id, now=now)
    if decisions is not None:
        check_seen(effects, decisions)
        check_possible(effects, decisions, now=now)
    closure = add_closure(draft, by=by, now=now)
    _apply(closure, effects, decisions or general(effects, closure.video_url), by=by, now=now)
    return closure


def reopen_days(closure: Closure, *, by: Actor, now: datetime) -> None:
    """Remove the closure and undo what it did to meetings of which nobody decided otherwise since. Rosters are told."""
    held_back = session().scalars(held_back_by(closure.id, after=now)).all()
    remove_closure(closure, by=by, now=now)
    changes = [one for meeting in held_back for one in _release(meeting, now=now)]
    note_changes(changes, now=now)
    for other in session().scalars(closures(since=closure.starts_on)).all():  # their days may lie in another one still
        apply_closure(other, to=[meeting.id for meeting in held_back], by=by, now=now)


def apply_closure(closure: Closure, *, to: Collection[int], by: Actor, now: datetime) -> list[Change]:
    """Give those of the meetings that take place on its days the general effect, edited ones too. Rosters are told."""
    effects = _held(closure.closing, closure.institution_id, now=now)
    fresh = [one for one in effects if one.meeting.id in to and one.meeting.closure_id != closure.id]
    return _apply(closure, fresh, general(fresh, closure.video_url), by=by, now=now) if fresh else []


def _held(closing: Closing, institution_id: int | None, *, now: datetime) -> list[Effect]:
    """The effects, on rows that nobody else can change and beside which no meeting is made till this is done."""
    hosted = true() if institution_id is None else Series.host_id == institution_id
    session().execute(lock(select(Series.id).where(hosted).order_by(Series.id)))
    touched = [one.meeting.id for one in effects_of(closing, institution_id=institution_id, now=now)]
    session().scalars(lock(select(Meeting).where(Meeting.id.in_(touched)).order_by(Meeting.id))).all()
    return effects_of(closing, institution_id=institution_id, now=now)


def _apply(
    closure: Closure, effects: Sequence[Effect], decisions: Decisions, *, by: Actor, now: datetime
) -> list[Change]:
    changes = [one for effect in effects for one in _close(effect, decisions[effect.meeting.id], closure, now=now)]
    session().flush()
    note_changes(changes, now=now)
    counts = Counter(decisions[effect.meeting.id].effect.value for effect in effects)
    details = {"count": len(changes), **counts}
    record("closure.applied", by=by, subject="closure", subject_id=closure.id, details=details, now=now)
    return changes


def _close(effect: Effect, decision: Decision, closure: Closure, *, now: datetime) -> list[Change]:
    meeting = effect.meeting
    before = appearance_of(meeting)
    _remember(meeting, comes_of_itself=_comes_of_itself(effect, decision, closure))
    match decision.effect:
        case ClosureEffect.CANCEL:
            meeting.state = MeetingState.CANCELLED
        case ClosureEffect.VIDEO_ONLY:
            meeting.room, meeting.video_url = BY_VIDEO, effect.own_link or decision.video_url
        case ClosureEffect.NEXT_WORKDAY:
            assert decision.moves_to is not None
            length = meeting.ends_at - meeting.starts_at
            meeting.moved_from_at = meeting.starts_at
            meeting.starts_at, meeting.ends_at = decision.moves_to, decision.moves_to + length
    meeting.reason, meeting.closure_id = closure.name, closure.id
    return revised(meeting, before=before, now=now)


def _comes_of_itself(effect: Effect, decision: Decision, closure: Closure) -> bool:
    """Whether the series would come to the same by its rhythm and the closure's general effect."""
    meeting, series = effect.meeting, effect.meeting.series
    fate = effect.openings.fate_of(meeting.occurs_on)
    if decision.effect is not closure.effect or local_day_of(meeting) != meeting.occurs_on:
        return False
    match decision.effect:
        case ClosureEffect.CANCEL:
            return not fate.takes_place
        case ClosureEffect.VIDEO_ONLY:
            return (effect.own_link or decision.video_url) == (series.video_url or closure.video_url)
        case ClosureEffect.NEXT_WORKDAY:
            return fate.is_moved and decision.moves_to == start_of(series, fate)


def _remember(meeting: Meeting, *, comes_of_itself: bool) -> None:
    """Keep what opening again cannot find in the series; what was kept at an earlier closure stays the first."""
    if comes_of_itself and not meeting.is_edited:
        return
    meeting.held_back = meeting.held_back or HeldBack(
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        moved_from_at=meeting.moved_from_at,
        room=meeting.room,
        video_url=meeting.video_url,
        reason=meeting.reason,
        is_edited=meeting.is_edited,
    )
    meeting.is_edited = True


def _release(meeting: Meeting, *, now: datetime) -> list[Change]:
    kept = meeting.held_back
    if kept is None or not kept.is_edited:
        meeting.is_edited, meeting.held_back = meeting.is_edited and kept is None, None
    if not meeting.is_edited:
        return settle(meeting, now=now)
    before = appearance_of(meeting)
    meeting.state, meeting.reason, meeting.closure_id, meeting.held_back = MeetingState.PLANNED, "", None, None
    if kept is not None:
        _restore(meeting, kept, now=now)
    elif meeting.moved_from_at is not None and meeting.moved_from_at > now:  # held back before this was kept
        length = meeting.ends_at - meeting.starts_at
        meeting.starts_at, meeting.ends_at = meeting.moved_from_at, meeting.moved_from_at + length
        meeting.moved_from_at = None
    return revised(meeting, before=before, now=now)


def _restore(meeting: Meeting, kept: HeldBack, *, now: datetime) -> None:
    meeting.room, meeting.video_url, meeting.reason = kept.room, kept.video_url, kept.reason
    if kept.starts_at > now:  # else the old time is past: it stays as people know it
        meeting.starts_at, meeting.ends_at, meeting.moved_from_at = kept.starts_at, kept.ends_at, kept.moved_from_at
