"""What somebody decided about each meeting on closed days: is it of what stands now, and can it be done?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tumorboard.kernel.clock import day, local
from tumorboard.meetings.domain import ClosureOutdated, ClosureRefused, Decision
from tumorboard.meetings.queries import Effect
from tumorboard.series.domain import ClosureEffect

Decisions = Mapping[int, Decision]
Refusals = dict[str, dict[str, list[str]]]


def general(effects: Sequence[Effect], video_url: str) -> dict[int, Decision]:
    """What the closure's general effect decides about each meeting."""
    return {
        one.meeting.id: Decision(one.meeting.version, one.effect, one.moves_to, one.own_link or video_url)
        for one in effects
    }


def check_seen(effects: Sequence[Effect], decisions: Decisions) -> None:
    """Raise ClosureOutdated unless the decisions are about these meetings as they stand now."""
    standing = {one.meeting.id: one.meeting.version for one in effects}
    if standing != {meeting_id: one.version for meeting_id, one in decisions.items()}:
        raise ClosureOutdated("Meetings on these days have changed since you looked. Nothing was done yet.")


def check_possible(effects: Sequence[Effect], decisions: Decisions, *, now: datetime) -> None:
    """Raise ClosureRefused with the sentences by meeting and field where something decided cannot be done."""
    if refused := refusals(effects, decisions, now=now):
        raise ClosureRefused("Some meetings need another decision.", fields=refused)


def refusals(effects: Sequence[Effect], decisions: Decisions, *, now: datetime) -> Refusals:
    """Why what was decided cannot be done, by meeting and field."""
    found: Refusals = {}
    for effect in effects:
        decision = decisions[effect.meeting.id]
        if decision.effect is ClosureEffect.VIDEO_ONLY and not (effect.own_link or decision.video_url):
            found[str(effect.meeting.id)] = {"video_url": ["Type a link: this series has none of its own."]}
        if decision.effect is ClosureEffect.NEXT_WORKDAY and (why := _why_not_there(effect, effects, decisions, now)):
            found[str(effect.meeting.id)] = {"day": [why]}
    return found


def _why_not_there(effect: Effect, effects: Sequence[Effect], decisions: Decisions, now: datetime) -> str:
    meeting, to = effect.meeting, decisions[effect.meeting.id].moves_to
    if to is None:
        return "Choose a day."
    if to <= now:
        return "Choose a time to come."
    on = local(to, meeting.time_zone).date()
    if closed_for := effect.openings.closed_for(on):
        return f"The series does not meet on {day(on)}: {closed_for}."
    others = (one for one in effects if one is not effect and one.meeting.series_id == meeting.series_id)
    moved = {decisions[one.meeting.id].moves_to for one in others if _moves(decisions[one.meeting.id])}
    if on in effect.taken or on in {local(at, meeting.time_zone).date() for at in moved if at}:
        return f"Another meeting of the series is on {day(on)}. Choose another day."
    return ""


def _moves(decision: Decision) -> bool:
    return decision.effect is ClosureEffect.NEXT_WORKDAY
