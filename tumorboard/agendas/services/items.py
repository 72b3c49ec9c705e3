"""Items of an agenda: placed, moved, removed. Every edit raises the agenda's version."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from tumorboard.accounts.domain import Actor
from tumorboard.agendas.domain import AgendaChanged, AgendaClosed, AlreadyOnAgenda, ItemKind, PlacedBy
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.audit.services import record
from tumorboard.cases.models import Case
from tumorboard.cases.queries import hours_of
from tumorboard.cases.services import defer_case, schedule_case
from tumorboard.kernel.clock import when_there
from tumorboard.kernel.db import lock, session
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import cut_off_of, local_day_of
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell
from tumorboard.series.queries import policy_in_force


def agenda_for(meeting: Meeting, *, now: datetime, seen_version: int | None = None) -> Agenda:
    """Return the meeting's agenda, begun if there is none yet, locked until the transaction ends.

    Raises AgendaClosed once the meeting has begun or was cancelled, and AgendaChanged when somebody edited the agenda
    since `seen_version`.
    """
    held = session().scalars(lock(select(Meeting).where(Meeting.id == meeting.id))).one()
    if held.state is MeetingState.CANCELLED:
        raise AgendaClosed("This meeting was cancelled, so its agenda cannot be changed.")
    if held.starts_at <= now:
        raise AgendaClosed("This meeting has begun, so its agenda stands.")
    agenda = session().scalars(lock(select(Agenda).where(Agenda.meeting_id == meeting.id))).one_or_none()
    if seen_version is not None and seen_version != (agenda.version if agenda else 0):
        told = "Somebody else edited this agenda. It is shown as it stands now; nothing of yours was stored."
        raise AgendaChanged(told)
    if agenda is None:
        agenda = Agenda(meeting=held, items=[], edited_at=None, published_at=None)
        session().add(agenda)
        session().flush()
    return agenda


def place_case(
    agenda: Agenda, case: Case, *, by: Actor | None, now: datetime, minutes: int | None = None, why: str = ""
) -> AgendaItem:
    """Put a case at the end of the agenda. Raises AlreadyOnAgenda when it stands on one."""
    item = AgendaItem(
        position=len(agenda.items) + 1,
        kind=ItemKind.DISCUSS,
        case=case,
        minutes=minutes or case.minutes or agenda.meeting.series.case_minutes,
        gap_minutes=0,
        is_live=True,
        is_locked=by is not None,
        placed_by=PlacedBy.PLANNER if by is None else PlacedBy.COORDINATOR,
        why=why[:300],
    )
    code = case.code  # a failed flush leaves no row to read it from
    agenda.items.append(item)
    try:
        item.gap_minutes = 0 if by is None else _wait_before(item)
        session().flush()
    except IntegrityError as error:
        raise AlreadyOnAgenda(f"Case {code} stands on an agenda already.") from error
    tell_case(agenda, case, by=by, now=now, why=why)
    touch(agenda, by=by, now=now, action="agenda.placed", code=case.code)
    return item


def add_break(agenda: Agenda, *, minutes: int, by: Actor, now: datetime) -> AgendaItem:
    """Put a break at the end of the agenda."""
    item = AgendaItem(
        position=len(agenda.items) + 1,
        kind=ItemKind.BREAK,
        title="Break",
        minutes=minutes,
        gap_minutes=0,
        is_live=True,
        is_locked=True,
        placed_by=PlacedBy.COORDINATOR,
    )
    agenda.items.append(item)
    touch(agenda, by=by, now=now, action="agenda.break_added")
    return item


def move_item(item: AgendaItem, *, position: int, by: Actor, now: datetime) -> None:
    """Put the item at a position of its agenda, counted from 1; past the end is the end."""
    others = [other for other in item.agenda.items if other is not item]
    place = max(0, min(position - 1, len(others)))
    with _pauses_kept(item.agenda):
        renumber(item.agenda, [*others[:place], item, *others[place:]])
    touch(item.agenda, by=by, now=now, action="agenda.moved", code=_code(item))


def move_to_meeting(item: AgendaItem, *, to: Agenda, by: Actor, now: datetime, reason: str = "") -> None:
    """Put a case onto the end of another meeting's agenda of the same board; there it is pinned."""
    if item.case is None or to.meeting.series_id != item.agenda.meeting.series_id or to is item.agenda:
        raise AgendaClosed("Choose another meeting of the same board.")
    take_away(item, to=to, now=now)
    item.is_locked, item.placed_by, item.why = True, PlacedBy.COORDINATOR, ""
    tell_case(to, item.case, by=by, now=now, why=reason)
    touch(to, by=by, now=now, action="agenda.placed", code=item.case.code)


def remove_item(item: AgendaItem, *, by: Actor | None, now: datetime, reason: str = "") -> None:
    """Take an item off; a case goes back to the queue, and a presenter who was told a time is told so."""
    agenda, case = item.agenda, item.case
    _tell_removed(item, now=now)
    with _pauses_kept(agenda):
        agenda.items.remove(item)
        session().flush()
        renumber(agenda, list(agenda.items))
    if case is not None and case.scheduled_for_at is not None:
        defer_case(case, by=by, now=now, reason=reason)
    touch(agenda, by=by, now=now, action="agenda.removed", code=case.code if case else "")


def set_minutes(item: AgendaItem, *, minutes: int, by: Actor, now: datetime) -> None:
    """Give the item so many minutes."""
    with _pauses_kept(item.agenda):
        item.minutes = minutes
    if item.case is not None:
        item.case.minutes = min(minutes, 120)
    touch(item.agenda, by=by, now=now, action="agenda.minutes_set", code=_code(item))


def lock_item(item: AgendaItem, *, is_locked: bool, by: Actor, now: datetime) -> None:
    """Pin the item to its meeting, so that no plan moves it, or let it go."""
    item.is_locked = is_locked
    touch(item.agenda, by=by, now=now, action="agenda.pinned" if is_locked else "agenda.unpinned", code=_code(item))


def take_away(item: AgendaItem, *, to: Agenda, now: datetime) -> None:
    """Carry the item over to another agenda, telling a presenter who knew the old time.

    Where the other agenda is published too, the presenter is told once, with the new time, when that is published.
    """
    old = item.agenda
    if to.published_at is None:
        _tell_removed(item, now=now)
        item.told_at = item.told_starts_at = None
    item.position, item.gap_minutes = 10_000 + item.id, 0
    # Reading the other list between the two would flush an item that no agenda owns: an orphan, deleted.
    with session().no_autoflush, _pauses_kept(old), _pauses_kept(to):
        old.items.remove(item)
        to.items.append(item)
    session().flush()
    renumber(old, list(old.items))
    renumber(to, list(to.items))
    flag_modified(old, "edited_at")


def renumber(agenda: Agenda, order: Sequence[AgendaItem]) -> None:
    """Give the items their positions in two steps, since no two may share one at any moment."""
    wanted = {item: place for place, item in enumerate(order, start=1)}
    moved = [item for item in order if item.position != wanted[item]]
    for item in moved:
        item.position = -wanted[item]
    session().flush()
    for item in moved:
        item.position = wanted[item]
    session().flush()
    agenda.items.sort(key=lambda item: item.position)


@contextmanager
def _pauses_kept(agenda: Agenda) -> Iterator[None]:
    """Keep the pause before each item that still follows the same one, and lengthen it where its presenter would be
    called before he can join; whatever follows another item now waits for its own presenter only.
    """
    followed = dict(zip(agenda.items, [None, *agenda.items], strict=False))
    yield
    for previous, item in zip([None, *agenda.items], agenda.items, strict=False):
        is_same = item in followed and followed[item] is previous
        pause, item.gap_minutes = item.gap_minutes if is_same else 0, 0
        item.gap_minutes = max(pause, _wait_before(item))


def _wait_before(item: AgendaItem) -> int:
    """How many minutes the room would have to wait until the presenter can join; 0 where that is after the end."""
    meeting = item.agenda.meeting
    before = item.agenda.items[: item.agenda.items.index(item)]
    at = meeting.starts_at + timedelta(minutes=sum(one.gap_minutes + one.minutes for one in before))
    opens_at = hours_of(item.case, around=at).opens_at if item.case else None
    if opens_at is None or opens_at >= meeting.ends_at:
        return 0
    return max(0, -(-(opens_at - at) // timedelta(minutes=1)))


def touch(agenda: Agenda, *, by: Actor | None, now: datetime, action: str, code: str = "") -> None:
    """Raise the version, so that another coordinator's page knows it is stale; a plan leaves no name."""
    if by is not None:
        agenda.edited_at, agenda.edited_by_id = now, by.person_id
    flag_modified(agenda, "edited_at")
    session().flush()
    details = {"case": code} if code else {}
    record(action, by=by, subject="meeting", subject_id=agenda.meeting_id, details=details, now=now)


def tell_case(agenda: Agenda, case: Case, *, by: Actor | None, now: datetime, why: str = "") -> None:
    """Let the case know the meeting it stands in."""
    meeting = agenda.meeting
    policy = policy_in_force(meeting.series, on=local_day_of(meeting))
    edit_until = cut_off_of(meeting, policy)
    schedule_case(case, for_=meeting.starts_at, edit_until=edit_until, by=by, now=now, reason=why)


def _tell_removed(item: AgendaItem, *, now: datetime) -> None:
    case, meeting = item.case, item.agenda.meeting
    if case is None or case.presenter is None or item.told_starts_at is None:
        return
    tell(
        case.presenter,
        NoticeKind.SLOT_REMOVED,
        now=now,
        code=case.code,
        board=meeting.series.name,
        when=when_there(item.told_starts_at, meeting.time_zone),
        path=f"/cases/{case.code}",
    )


def _code(item: AgendaItem) -> str:
    return item.case.code if item.case else ""
