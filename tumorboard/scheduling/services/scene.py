"""What stands in the tables about one board that its plan depends on, read once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tumorboard.accounts.domain import Availability
from tumorboard.accounts.queries import availability_of
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.queries import rows_of
from tumorboard.cases.domain import WAITING
from tumorboard.cases.models import Case
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling.domain import HORIZON, PlanSettings
from tumorboard.scheduling.queries import settings_of
from tumorboard.series.models import Series


@dataclass(frozen=True)
class Held:
    """The live slot of a case when the problem was gathered; `told_start` counts minutes as the presenter knows it."""

    item_id: int
    meeting_id: int
    start: int
    is_locked: bool
    told_start: int | None


@dataclass(frozen=True)
class Beside:
    """A case of another board that one of the presenters speaks to while this board meets."""

    case: Case
    meeting: Meeting
    start: int
    minutes: int


@dataclass(frozen=True)
class Scene:
    """One board at one moment."""

    now: datetime
    series: Series
    settings: PlanSettings
    meetings: Sequence[Meeting]
    agendas: dict[int, Agenda]
    cases: Sequence[Case]
    held: dict[int, Held]
    beside: Sequence[Beside]
    availability: dict[int, Availability]

    @property
    def zone(self) -> str:
        """The zone whose wall the engine counts minutes on."""
        return self.series.time_zone

    def is_published(self, meeting: Meeting) -> bool:
        """Whether the meeting's agenda was published."""
        agenda = self.agendas.get(meeting.id)
        return agenda is not None and agenda.published_at is not None


def read_scene(series_id: int, *, now: datetime, extra: Case | None = None) -> Scene:
    """Read the board; `extra` is a case to be weighed that does not wait for it yet."""
    found = select(Series).where(Series.id == series_id)
    series = session().scalars(found.options(selectinload(Series.seats), selectinload(Series.policies))).one()
    meetings = session().scalars(_coming(series_id, now)).all()
    agendas = {one.meeting_id: one for one in session().scalars(_agendas([one.id for one in meetings]))}
    held = _held(agendas.values())
    waiting = session().scalars(_waiting(series_id)).all()
    # A case whose meeting has begun is the chair's now, not the planner's.
    cases = [case for case in waiting if case.id in held or case.scheduled_for_at is None]
    if extra is not None and extra not in cases:
        cases.append(extra)
    presenters = _presenters(cases)
    return Scene(
        now=now,
        series=series,
        settings=settings_of(series_id),
        meetings=meetings,
        agendas=agendas,
        cases=cases,
        held=held,
        beside=_beside(series_id, meetings, presenters, now),
        availability=availability_of(presenters | _roster(series), since=now, until=now + HORIZON),
    )


def _presenters(cases: Iterable[Case]) -> set[int]:
    return {one for case in cases for one in (case.presenter_id, case.backup_id) if one is not None}


def _roster(series: Series) -> set[int]:
    return {seat.person_id for seat in series.seats if seat.specialty is not None}


def _coming(series_id: int, now: datetime) -> Select[Meeting]:
    return (
        select(Meeting)
        .where(Meeting.series_id == series_id, Meeting.starts_at > now, Meeting.starts_at < now + HORIZON)
        .options(joinedload(Meeting.series).selectinload(Series.policies))
        .order_by(Meeting.starts_at, Meeting.id)
    )


def _agendas(meeting_ids: list[int]) -> Select[Agenda]:
    items = selectinload(Agenda.items).joinedload(AgendaItem.case)
    return select(Agenda).where(Agenda.meeting_id.in_(meeting_ids)).options(items)


def _waiting(series_id: int) -> Select[Case]:
    return (
        select(Case)
        .where(Case.state.in_(WAITING), Case.board_id == series_id)
        .options(selectinload(Case.specialties), joinedload(Case.institution))
        .order_by(Case.id)
    )


def _held(agendas: Iterable[Agenda]) -> dict[int, Held]:
    held = {}
    for agenda in agendas:
        begins, goes_on = agenda.meeting.starts_at, not agenda.meeting.is_cancelled
        for row in rows_of(agenda):
            item = row.item
            if item.case_id is None or item.case is None or item.case.state not in WAITING:
                continue
            told = item.told_starts_at if agenda.published_at is not None else None
            held[item.case_id] = Held(
                item_id=item.id,
                meeting_id=agenda.meeting_id,
                start=_minutes(row.starts_at - begins),
                is_locked=item.is_locked and goes_on,
                told_start=None if told is None else max(0, _minutes(told - begins)),
            )
    return held


def _minutes(span: timedelta) -> int:
    return int(span / timedelta(minutes=1))


def _beside(series_id: int, meetings: Sequence[Meeting], presenters: set[int], now: datetime) -> list[Beside]:
    """Return what the presenters say elsewhere at the same time: those of other boards' agendas stand."""
    found = (
        select(Agenda)
        .join(Agenda.meeting)
        .join(Agenda.items)
        .join(AgendaItem.case)
        .where(Meeting.series_id != series_id, Meeting.starts_at > now, Meeting.starts_at < now + HORIZON)
        .where(Meeting.state != MeetingState.CANCELLED, AgendaItem.is_live)
        .where(or_(Case.presenter_id.in_(presenters), Case.backup_id.in_(presenters)))
        .options(selectinload(Agenda.items).joinedload(AgendaItem.case))
        .order_by(Agenda.id)
    )
    return [
        Beside(row.item.case, agenda.meeting, _minutes(row.starts_at - agenda.meeting.starts_at), row.item.minutes)
        for agenda in session().scalars(found).unique()
        if any(_overlap(agenda.meeting, own) for own in meetings)
        for row in rows_of(agenda)
        if row.item.case is not None and {row.item.case.presenter_id, row.item.case.backup_id} & presenters
    ]


def _overlap(one: Meeting, other: Meeting) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
