"""Make the entries of what was marked, and mark the feeds stale that show it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, or_, select, true, update

from tumorboard.accounts.domain import Part
from tumorboard.accounts.models import Person, PersonPart
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.models import Case
from tumorboard.feeds.domain import PAST, Entry, FeedEvent, changed_after, content_of
from tumorboard.feeds.models import CalendarEntry, CalendarFeed, CalendarMark, Follow
from tumorboard.feeds.queries import PUBLIC_KEY, events_of
from tumorboard.kernel.db import lock, session
from tumorboard.meetings.models import Meeting
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell
from tumorboard.series.models import Seat

Render = Callable[[FeedEvent], Entry]
# A batch is one transaction: short enough for those who wait behind it.
MARKS_AT_ONCE = 100


def make_entries(render: Render, *, made_by: str, now: datetime) -> bool:
    """Make a batch of marked entries; return whether more may be left.

    Whoever changes a meeting meanwhile sets a mark of the change's own, so only marks seen here are removed.
    """
    marks = session().scalars(lock(select(CalendarMark).order_by(CalendarMark.id).limit(MARKS_AT_ONCE))).all()
    if not marks:
        return False
    meetings = {mark.meeting_id for mark in marks if mark.meeting_id}
    whole = {mark.series_id for mark in marks if mark.series_id and not mark.meeting_id}
    people = {mark.person_id for mark in marks if mark.person_id}
    if whole:
        _spread(whole, now=now)
    changed = _make(meetings, render, made_by=made_by, now=now)
    session().execute(delete(CalendarMark).where(CalendarMark.id.in_([mark.id for mark in marks])))
    is_any = any(not (mark.series_id or mark.person_id) for mark in marks)
    shows = true() if is_any else _shows(changed, whole, people)
    session().execute(update(CalendarFeed).where(shows).values(is_stale=True))
    return bool(whole) or len(marks) == MARKS_AT_ONCE


def mark_outdated(*, made_by: str) -> None:
    """Mark the series whose entries another program or another address made."""
    others = select(CalendarEntry.series_id).where(CalendarEntry.made_by != made_by).distinct()
    rows = [{"series_id": series_id} for series_id in session().scalars(others)]
    if rows:
        session().execute(insert(CalendarMark), rows)


def _spread(series: Collection[int], *, now: datetime) -> None:
    """Turn the mark of a series into marks of its meetings, so that no batch grows with it."""
    meetings = select(Meeting.series_id, Meeting.id).where(Meeting.series_id.in_(series), Meeting.ends_at > now - PAST)
    session().execute(
        insert(CalendarMark).from_select(["series_id", "meeting_id"], meetings.order_by(Meeting.starts_at))
    )


def _make(meetings: Collection[int], render: Render, *, made_by: str, now: datetime) -> list[CalendarEntry]:
    """The entries that say something new."""
    found = select(CalendarEntry).where(CalendarEntry.meeting_id.in_(meetings))
    known = {entry.meeting_id: entry for entry in session().scalars(found.execution_options(populate_existing=True))}
    events = [event for event in events_of(meetings, with_cut_offs=True) if event.ends_at > now - PAST]
    changed = []
    for event in events:
        entry = known.get(event.meeting_id)
        if entry is None or (entry.made_from, entry.made_by) != (content_of(event), made_by):
            changed.append(_made(event, entry, render, made_by=made_by, now=now))
    _tell_of_trouble([entry for entry in changed if entry.trouble], now=now)
    session().flush()
    return changed


def _made(
    event: FeedEvent, entry: CalendarEntry | None, render: Render, *, made_by: str, now: datetime
) -> CalendarEntry:
    content = content_of(event)
    revised_at = _revised_at(event, entry, content=content, now=now)
    cut_off_sequence = _cut_off_sequence(event, entry)
    written = render(replace(event, revised_at=revised_at, cut_off_sequence=cut_off_sequence))
    if entry is None:
        entry = CalendarEntry(meeting_id=event.meeting_id, ics="")
        _take(entry, event)
        session().add(entry)
    entry.made_from, entry.made_by, entry.made_at, entry.trouble = content, made_by, now, written.trouble[:200]
    if not written.trouble:  # else the last good text stays, with the times that it says
        _take(entry, event)
        entry.ics, entry.zone = written.ics, written.zone
        entry.cut_off_ics, entry.cut_off_zone = written.cut_off_ics, written.cut_off_zone
        entry.cuts_off_at, entry.cut_off_sequence = event.cuts_off_at, cut_off_sequence
    entry.revised_at = revised_at
    return entry


def _take(entry: CalendarEntry, event: FeedEvent) -> None:
    entry.series_id, entry.uid, entry.is_cancelled = event.series_id, event.uid, event.is_cancelled
    entry.starts_at, entry.ends_at = event.starts_at, event.ends_at


def _revised_at(event: FeedEvent, entry: CalendarEntry | None, *, content: str, now: datetime) -> datetime:
    """Every change moves it forward, also one that leaves no time in the meeting's row, as a new name of the series."""
    if entry is None or event.revised_at > entry.revised_at:
        return event.revised_at
    return entry.revised_at if entry.made_from == content else changed_after(entry.revised_at, now=now)


def _cut_off_sequence(event: FeedEvent, entry: CalendarEntry | None) -> int:
    """It rises when the end of submissions moves or its meeting is called off (RFC 5546 2.1.4)."""
    if entry is None:
        return 0
    is_moved = (entry.cuts_off_at, entry.is_cancelled) != (event.cuts_off_at, event.is_cancelled)
    return entry.cut_off_sequence + is_moved


def _shows(changed: Sequence[CalendarEntry], whole: Collection[int], people: Collection[int]) -> ColumnElement[bool]:
    """The feeds in which something is new."""
    series = {entry.series_id for entry in changed} | set(whole)
    presenting = (
        select(Case.presenter_id, Case.backup_id, Case.institution_id)
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .join(Agenda, Agenda.id == AgendaItem.agenda_id)
        .where(Agenda.meeting_id.in_([entry.meeting_id for entry in changed]))
        .subquery()
    )
    seated = select(Seat.person_id).where(Seat.series_id.in_(series))
    at_home = select(Person.institution_id).where(or_(Person.id.in_(people), Person.id.in_(seated)))
    return or_(
        CalendarFeed.person_id.in_(people),
        CalendarFeed.person_id.in_(seated),
        CalendarFeed.person_id.in_(select(Follow.person_id).where(Follow.series_id.in_(series))),
        CalendarFeed.person_id.in_(select(Case.submitter_id).where(Case.board_id.in_(series))),
        CalendarFeed.person_id.in_(select(presenting.c.presenter_id)),
        CalendarFeed.person_id.in_(select(presenting.c.backup_id)),
        CalendarFeed.institution_id.in_(select(presenting.c.institution_id)),
        CalendarFeed.institution_id.in_(at_home),
        CalendarFeed.series_id.in_(series),
        *([CalendarFeed.key == PUBLIC_KEY] if series else []),
    )


def _tell_of_trouble(spoiled: Sequence[CalendarEntry], *, now: datetime) -> None:
    """One notice an administrator until all is well again: a fault of ours rarely spoils one entry alone."""
    numbers = [entry.meeting_id for entry in spoiled]
    earlier = select(CalendarEntry.meeting_id).where(
        CalendarEntry.trouble != "", CalendarEntry.meeting_id.not_in(numbers)
    )
    if not spoiled or session().scalar(earlier.limit(1)) is not None:
        return
    admins = select(Person).join(PersonPart).where(PersonPart.part == Part.ADMINISTRATOR, Person.active)
    for person in session().scalars(admins.order_by(Person.id)):
        tell(
            person,
            NoticeKind.FEED_TROUBLE,
            now=now,
            trouble=spoiled[0].trouble,
            more=len(spoiled) - 1,
            path=f"/meetings/{numbers[0]}",
        )
