"""Tell people of a change that their calendar cannot know in time, each of them once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import select

from tumorboard.accounts.models import Person
from tumorboard.feeds.models import ChangeTold
from tumorboard.feeds.queries import changes_to_look_at, left_to_cases_until, unaware, waits_until
from tumorboard.kernel.clock import long_when, zone_name
from tumorboard.kernel.db import lock, session
from tumorboard.meetings.domain import ChangeKind
from tumorboard.meetings.models import MeetingChange
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell

# A batch is one transaction: short enough for those who wait behind it.
PEOPLE_AT_ONCE = 500


def tell_unaware(*, now: datetime) -> bool:
    """Tell a batch of people of the changes of one act; return whether more may be left.

    Nothing that anybody typed is told: a reason or a room is read on the meeting's page.
    """
    due = session().scalars(lock(changes_to_look_at(now=now), of=MeetingChange)).all()
    if not due:
        return False
    _, together = next(groupby(sorted(due, key=_told_together), key=_told_together))
    changes = list(together)
    told, is_more = _people([change for change in changes if _concerns_what_is_to_come(change, now=now)], now=now)
    people = session().scalars(select(Person).where(Person.id.in_(told)).order_by(Person.id))
    for person in people:
        tell(person, _notice(changes[0]), now=now, **_facts(told[person.id]))
        session().add_all(ChangeTold(change_id=change.id, person_id=person.id) for change in told[person.id])
    if not is_more:
        for change in changes:
            change.look_again_at = _next_look(change, now=now)
    session().flush()
    return is_more or len(changes) < len(due)


def _told_together(change: MeetingChange) -> tuple[datetime, str, NoticeKind]:
    return change.changed_at, change.act, _notice(change)


def _people(changes: Sequence[MeetingChange], *, now: datetime) -> tuple[Mapping[int, list[MeetingChange]], bool]:
    """The first of the people concerned, by number, each with the changes that they are to be told of."""
    found = {change.id: session().scalars(unaware(change, now=now).limit(PEOPLE_AT_ONCE)).all() for change in changes}
    full = [ids[-1] for ids in found.values() if len(ids) == PEOPLE_AT_ONCE]
    told: dict[int, list[MeetingChange]] = defaultdict(list)
    for change in changes:
        for person_id in found[change.id]:
            if not full or person_id <= min(full):
                told[person_id].append(change)
    return told, bool(full)


def _concerns_what_is_to_come(change: MeetingChange, *, now: datetime) -> bool:
    """Whether the old or the new time lies ahead: after a night off nobody is told of what is long over."""
    return max(change.was_at or change.will_be_at, change.will_be_at) > now


def _next_look(change: MeetingChange, *, now: datetime) -> datetime | None:
    return min((at for at in (left_to_cases_until(change), waits_until(change)) if at > now), default=None)


def _notice(change: MeetingChange) -> NoticeKind:
    """What became of the meeting for who knows nothing of changes that this one overtook."""
    if change.kind is ChangeKind.CANCELLED:
        return NoticeKind.MEETING_CANCELLED
    if change.was_at is None:
        return NoticeKind.MEETING_REINSTATED
    return NoticeKind.MEETING_PLACE if change.was_at == change.will_be_at else NoticeKind.MEETING_MOVED


def _facts(changes: Sequence[MeetingChange]) -> dict[str, str | int]:
    change = changes[0]
    meeting = change.meeting
    return {
        "board": meeting.series.name,
        "was": _in_words(change.was_at, meeting.time_zone) if change.was_at else "",
        "will_be": _in_words(change.will_be_at, meeting.time_zone),
        "more": len(changes) - 1,
        "path": f"/meetings/{meeting.id}",
    }


def _in_words(at: datetime, zone: str) -> str:
    return f"{long_when(at, zone)} {zone_name(zone)}"
