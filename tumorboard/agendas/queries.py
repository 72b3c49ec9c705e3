"""Agendas as pages, plans and calendars read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from tumorboard.accounts.domain import Actor, Presented, free_spans
from tumorboard.accounts.queries import availability_of
from tumorboard.agendas.domain import ItemKind
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.domain import Slot
from tumorboard.cases.models import Case
from tumorboard.cases.queries import hours_of, visible_cases
from tumorboard.kernel.clock import local
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import NotFound
from tumorboard.meetings.domain import MeetingState, OwnCase
from tumorboard.meetings.models import Meeting


@dataclass(frozen=True)
class Row:
    """One line of an agenda with its time; `is_missed` where the case's presenter cannot join then."""

    item: AgendaItem
    starts_at: datetime
    ends_at: datetime
    is_over: bool
    is_missed: bool

    @property
    def is_late(self) -> bool:
        """Whether the case is heard after the day by which it was due."""
        case, meeting = self.item.case, self.item.agenda.meeting
        due = case.deadline_on if case is not None else None
        return due is not None and local(meeting.starts_at, meeting.time_zone).date() > due


@dataclass(frozen=True)
class Spell:
    """One item as minutes: the pause before it, and how long it lasts."""

    gap_minutes: int
    minutes: int


def agenda_of(meeting: Meeting) -> Agenda | None:
    """Return the meeting's agenda with all that its page shows, or None where nobody has begun one."""
    found = (
        select(Agenda)
        .where(Agenda.meeting_id == meeting.id)
        .options(
            selectinload(Agenda.items).joinedload(AgendaItem.case).options(*_case_parts(), selectinload(Case.studies))
        )
    )
    return session().scalars(found).one_or_none()


def rows_of(agenda: Agenda | None) -> list[Row]:
    """The items in order, each with the time that follows from those before it."""
    if agenda is None:
        return []
    rows, at = [], agenda.meeting.starts_at
    end = at + timedelta(minutes=agenda.meeting.capacity_minutes)
    for item in agenda.items:
        starts = at + timedelta(minutes=item.gap_minutes)
        at = starts + timedelta(minutes=item.minutes)
        is_missed = item.case is not None and not hours_of(item.case, around=starts).hold(starts, at)
        rows.append(Row(item, starts, at, at > end, is_missed))
    return rows


def unable_at(rows: list[Row]) -> set[int]:
    """The items whose presenter said that they cannot join then, and no backup can: days away, hours, busy times."""
    cases = {row.item.id: row.item.case for row in rows if row.item.case is not None}
    people = {one for case in cases.values() for one in (case.presenter_id, case.backup_id) if one is not None}
    if not people:
        return set()
    known = availability_of(people, since=rows[0].starts_at, until=rows[-1].ends_at)

    def can_join(person_id: int | None, row: Row) -> bool:
        span = (row.starts_at, row.ends_at)
        return person_id in known and free_spans(known[person_id], *span) == (span,)

    speaks = [(row, cases[row.item.id]) for row in rows if row.item.id in cases]
    return {
        row.item.id
        for row, case in speaks
        if case.presenter_id is not None and not can_join(case.presenter_id, row) and not can_join(case.backup_id, row)
    }


def minutes_used(agenda: Agenda | None) -> int:
    """How many minutes of the meeting its items take; the pauses between them are free."""
    return sum(item.minutes for item in agenda.items) if agenda else 0


def minutes_over(agenda: Agenda | None) -> int:
    """How many minutes the last item ends after the time for cases, pauses counted; 0 where all fits."""
    if agenda is None:
        return 0
    run = sum(item.minutes + item.gap_minutes for item in agenda.items)
    return max(0, run - agenda.meeting.capacity_minutes)


def minutes_used_by_meeting(meeting_ids: Iterable[int]) -> dict[int, int]:
    """How many minutes the items take, by meeting."""
    total = func.sum(AgendaItem.minutes)
    found = (
        select(Agenda.meeting_id, total)
        .join(AgendaItem, AgendaItem.agenda_id == Agenda.id)
        .where(Agenda.meeting_id.in_(list(meeting_ids)))
        .group_by(Agenda.meeting_id)
    )
    return {meeting_id: int(minutes) for meeting_id, minutes in session().execute(found)}


def spells_by_meeting(meeting_ids: Iterable[int]) -> dict[int, list[Spell]]:
    """How the items follow one another, by meeting: what a ruler draws, and nothing of the cases."""
    found = (
        select(Agenda.meeting_id, AgendaItem.gap_minutes, AgendaItem.minutes)
        .join(AgendaItem, AgendaItem.agenda_id == Agenda.id)
        .where(Agenda.meeting_id.in_(list(meeting_ids)))
        .order_by(Agenda.meeting_id, AgendaItem.position)
    )
    spells: dict[int, list[Spell]] = {}
    for meeting_id, gap_minutes, minutes in session().execute(found):
        spells.setdefault(meeting_id, []).append(Spell(gap_minutes, minutes))
    return spells


def cases_held(meeting_ids: Iterable[int]) -> dict[int, int]:
    """How many cases stand on published agendas, by meeting."""
    found = (
        select(Agenda.meeting_id, func.count(AgendaItem.case_id).label("cases"))
        .join(AgendaItem, AgendaItem.agenda_id == Agenda.id)
        .where(Agenda.meeting_id.in_(list(meeting_ids)), Agenda.published_at.is_not(None))
        .group_by(Agenda.meeting_id)
    )
    return {row.meeting_id: row.cases for row in session().execute(found)}


def item_of(agenda: Agenda, item_id: int) -> AgendaItem:
    """Return the item of this very agenda. Raises NotFound."""
    item = next((item for item in agenda.items if item.id == item_id), None)
    if item is None:
        raise NotFound("This agenda has no such item any more.")
    return item


def agendas_of(meeting_ids: Iterable[int]) -> Select[Agenda]:
    """The agendas of these meetings with their items and cases."""
    return (
        select(Agenda)
        .where(Agenda.meeting_id.in_(list(meeting_ids)))
        .options(selectinload(Agenda.items).joinedload(AgendaItem.case).options(*_case_parts()))
        .order_by(Agenda.meeting_id)
    )


def live_item_of(case_id: int) -> Select[AgendaItem]:
    """The one slot that the case holds now."""
    return (
        select(AgendaItem)
        .where(AgendaItem.case_id == case_id, AgendaItem.is_live)
        .options(joinedload(AgendaItem.agenda).selectinload(Agenda.items))
    )


def slot_of(case: Case) -> Slot | None:
    """The meeting that the case stands in, and its own time once that was told."""
    item = session().scalars(live_item_of(case.id)).one_or_none()
    if item is None:
        return None
    meeting = item.agenda.meeting
    return Slot(
        meeting_id=meeting.id,
        meeting_starts_at=meeting.starts_at,
        zone=meeting.time_zone,
        is_published=item.agenda.published_at is not None,
        told_starts_at=item.told_starts_at,
        minutes=item.minutes,
    )


def untold_changes(agenda: Agenda) -> list[Row]:
    """The cases of a published agenda whose presenters were told another time, or none yet."""
    if agenda.published_at is None:
        return []
    cases = (row for row in rows_of(agenda) if row.item.kind is ItemKind.DISCUSS)
    return [row for row in cases if row.item.told_starts_at != row.starts_at]


def own_cases_at(meeting: Meeting, person_id: int) -> list[OwnCase]:
    """The cases that the person presents there, or stands in for, with the times that were told."""
    found = (
        select(Case.code, AgendaItem.told_starts_at, AgendaItem.minutes)
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .join(Agenda, Agenda.id == AgendaItem.agenda_id)
        .where(Agenda.meeting_id == meeting.id, Agenda.published_at.is_not(None))
        .where(or_(Case.presenter_id == person_id, Case.backup_id == person_id))
        .where(AgendaItem.told_starts_at.is_not(None))
        .order_by(AgendaItem.position)
    )
    rows = session().execute(found)
    return [OwnCase(code, starts_at, minutes) for code, starts_at, minutes in rows if starts_at]


def _case_parts() -> tuple[_AbstractLoad, ...]:
    return joinedload(Case.presenter), joinedload(Case.institution), joinedload(Case.board)


def unpublished_agendas(series_ids: Iterable[int], *, after: datetime, before: datetime) -> Select[Agenda]:
    """Agendas with items of these boards' coming meetings that were not published yet."""
    return (
        select(Agenda)
        .join(Agenda.meeting)
        .where(Meeting.series_id.in_(list(series_ids)), Meeting.starts_at > after, Meeting.starts_at < before)
        .where(Agenda.published_at.is_(None), Meeting.state == MeetingState.PLANNED, Agenda.items.any())
        .options(selectinload(Agenda.items))
        .order_by(Meeting.starts_at, Agenda.id)
    )


def published_cases_of(person_id: int, *, after: datetime) -> dict[int, list[tuple[str, datetime]]]:
    """The cases that the person presents in coming meetings with published agendas: code and time, by meeting."""
    found = (
        select(AgendaItem)
        .join(AgendaItem.case)
        .join(AgendaItem.agenda)
        .join(Agenda.meeting)
        .where(Case.presenter_id == person_id, AgendaItem.told_starts_at > after, Agenda.published_at.is_not(None))
        .options(joinedload(AgendaItem.case), joinedload(AgendaItem.agenda))
        .order_by(AgendaItem.told_starts_at)
    )
    presented: dict[int, list[tuple[str, datetime]]] = {}
    for item in session().scalars(found):
        if item.case is not None and item.told_starts_at is not None:
            presented.setdefault(item.agenda.meeting_id, []).append((item.case.code, item.told_starts_at))
    return presented


def presented_by(person_id: int, *, seen_by: Actor, now: datetime) -> list[Presented]:
    """The cases that the person presents in coming meetings with published agendas, as far as the actor sees them."""
    seen = visible_cases(seen_by, now=now).with_only_columns(Case.id)
    found = (
        select(Case.code, AgendaItem.told_starts_at, Meeting.time_zone)
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .join(AgendaItem.agenda)
        .join(Agenda.meeting)
        .where(Case.presenter_id == person_id, Case.id.in_(seen), AgendaItem.is_live)
        .where(Agenda.published_at.is_not(None), Meeting.state != MeetingState.CANCELLED)
        .where(AgendaItem.told_starts_at > now)
        .order_by(AgendaItem.told_starts_at, Case.code)
    )
    return [Presented(code, at, zone) for code, at, zone in session().execute(found) if at is not None]
