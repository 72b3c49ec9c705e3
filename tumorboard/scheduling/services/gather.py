"""Turn the alliance as it stands into a problem of the engine: no names, no words about a patient.

All wall times are those of the hub, so that the engine can see who would be in two rooms at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from tumorboard.accounts.models import Institution
from tumorboard.accounts.queries import absences_between, institutions
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.queries import rows_of
from tumorboard.cases.domain import WAITING, Urgency
from tumorboard.cases.models import Case
from tumorboard.kernel.clock import instant_of, local
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling import engine
from tumorboard.scheduling.queries import meeting_cut_off
from tumorboard.series.models import Seat, Series
from tumorboard.series.queries import boards

HORIZON = timedelta(weeks=12)
DAY_MINUTES = 24 * 60
# What may be a late add-on; everything else waits for the first meeting whose cut-off it met.
_LATE_ADD_ONS = frozenset({Urgency.EMERGENT, Urgency.URGENT})


@dataclass(frozen=True)
class Held:
    """The live slot of a case when the problem was gathered."""

    item_id: int
    meeting_id: int
    agenda_version: int
    start: int
    is_pinned: bool


@dataclass(frozen=True)
class Gathered:
    """The problem, the plan that stands today, and what is needed to apply a new one."""

    problem: engine.Problem
    present: engine.Plan
    held: dict[int, Held]
    published: frozenset[int]


@dataclass(frozen=True)
class _Scene:
    """What was read, in one zone and for one moment."""

    now: datetime
    zone: str
    series: Sequence[Series]
    meetings: Sequence[Meeting]
    agendas: dict[int, Agenda]
    cases: Sequence[Case]
    held: dict[int, Held]
    away: dict[int, tuple[date, ...]]


def gather(*, now: datetime) -> Gathered:
    """Read all boards at once, so that nobody is planned into two places."""
    scene = _read(now)
    problem = engine.Problem(
        name="live",
        today=local(now, scene.zone).date(),
        horizon_end=local(now + HORIZON, scene.zone).date(),
        institutions=tuple(str(row) for row in session().scalars(institutions().with_only_columns(Institution.id))),
        boards=tuple(engine.Board(id=str(one.id), host=str(one.host_id)) for one in scene.series),
        meetings=tuple(_meeting(scene, one) for one in scene.meetings),
        reps=tuple(_rep(scene, seat) for one in scene.series for seat in one.seats if seat.specialty is not None),
        presenters=tuple(_presenters(scene)),
        cases=tuple(_case(scene, case) for case in scene.cases),
    )
    slots = tuple(
        engine.Slot(case=str(case_id), meeting=str(held.meeting_id), start=held.start)
        for case_id, held in sorted(scene.held.items())
    )
    published = frozenset(key for key, agenda in scene.agendas.items() if agenda.published_at is not None)
    return Gathered(problem, engine.Plan(slots=slots), scene.held, published)


def _read(now: datetime) -> _Scene:
    series = session().scalars(boards().options(selectinload(Series.seats), selectinload(Series.policies))).all()
    meetings = session().scalars(_coming([one.id for one in series], now)).all()
    agendas = {one.meeting_id: one for one in session().scalars(_agendas([one.id for one in meetings]))}
    held = _held(agendas.values())
    waiting = session().scalars(_waiting()).all()
    # A case whose meeting has begun is the chair's now, not the planner's.
    cases = [case for case in waiting if case.id in held or case.scheduled_for_at is None]
    people = {case.presenter_id for case in cases} | {seat.person_id for one in series for seat in one.seats}
    return _Scene(now, _zone(), series, meetings, agendas, cases, held, _away(people, now))


def _coming(series_ids: list[int], now: datetime) -> Select[Meeting]:
    return (
        select(Meeting)
        .where(Meeting.series_id.in_(series_ids), Meeting.starts_at > now, Meeting.starts_at < now + HORIZON)
        .options(joinedload(Meeting.series).selectinload(Series.policies))
        .order_by(Meeting.starts_at, Meeting.id)
    )


def _agendas(meeting_ids: list[int]) -> Select[Agenda]:
    items = selectinload(Agenda.items).joinedload(AgendaItem.case)
    return select(Agenda).where(Agenda.meeting_id.in_(meeting_ids)).options(items)


def _waiting() -> Select[Case]:
    return (
        select(Case)
        .where(Case.state.in_(WAITING), Case.board_id.is_not(None))
        .options(selectinload(Case.specialties), joinedload(Case.institution))
        .order_by(Case.id)
    )


def _held(agendas: Iterable[Agenda]) -> dict[int, Held]:
    held = {}
    for agenda in agendas:
        pinned = agenda.published_at is not None and not agenda.meeting.is_cancelled
        for row in rows_of(agenda):
            item = row.item
            if item.case_id is None or item.case is None or item.case.state not in WAITING:
                continue
            start = int((row.starts_at - agenda.meeting.starts_at) / timedelta(minutes=1))
            locked = pinned or (item.is_locked and not agenda.meeting.is_cancelled)
            held[item.case_id] = Held(item.id, agenda.meeting_id, agenda.version, start, locked)
    return held


def _away(people: set[int | None], now: datetime) -> dict[int, tuple[date, ...]]:
    first, last = now.date(), (now + HORIZON).date()
    days: dict[int, set[date]] = defaultdict(set)
    found = absences_between({one for one in people if one is not None}, since=first, until=last)
    for absence in session().scalars(found):
        day = max(absence.starts_on, first)
        while day <= min(absence.ends_on, last):
            days[absence.person_id].add(day)
            day += timedelta(days=1)
    return {person_id: tuple(sorted(found)) for person_id, found in days.items()}


def _zone() -> str:
    return session().scalars(institutions().with_only_columns(Institution.time_zone).limit(1)).first() or "UTC"


def _meeting(scene: _Scene, meeting: Meeting) -> engine.Meeting:
    """A published agenda takes no new case: its length is what it holds."""
    starts = local(meeting.starts_at, scene.zone)
    items = scene.agendas[meeting.id].items if meeting.id in scene.agendas else []
    is_published = bool(items) and scene.agendas[meeting.id].published_at is not None
    others = sum(item.minutes for item in items if item.case_id is None)
    minutes = meeting.capacity_minutes - others
    if is_published:
        minutes = sum(item.minutes + item.gap_minutes for item in items if item.case_id is not None)
    return engine.Meeting(
        id=str(meeting.id),
        board=str(meeting.series_id),
        date=starts.date(),
        start=starts.hour * 60 + starts.minute,
        minutes=max(minutes, 1),
        reserve=0 if is_published else max(min(meeting.reserve_minutes, minutes), 0),
        cancelled=meeting.is_cancelled,
    )


def _rep(scene: _Scene, seat: Seat) -> engine.Rep:
    absent = scene.away.get(seat.person_id, ())
    return engine.Rep(id=str(seat.id), board=str(seat.series_id), specialty=str(seat.specialty), absent=absent)


def _presenters(scene: _Scene) -> Iterable[engine.Presenter]:
    """Each presenter once, with the hours that all of the own cases allow."""
    by_presenter: dict[str, list[Case]] = defaultdict(list)
    for case in scene.cases:
        by_presenter[_presenter_id(case)].append(case)
    for presenter_id, cases in sorted(by_presenter.items()):
        windows = [_window(scene, case) for case in cases]
        starts, ends = max(one[0] for one in windows), min(one[1] for one in windows)
        all_day = (starts, ends) == (0, DAY_MINUTES) or starts >= ends
        yield engine.Presenter(
            id=presenter_id,
            institution=str(cases[0].institution_id),
            away=scene.away.get(cases[0].presenter_id or 0, ()),
            window=None if all_day else (starts, ends),
        )


def _window(scene: _Scene, case: Case) -> tuple[int, int]:
    theirs, day = case.institution.time_zone, scene.now.date()
    starts = _minute(case.joins_from, day, theirs, scene.zone) if case.joins_from else 0
    ends = _minute(case.joins_until, day, theirs, scene.zone) if case.joins_until else DAY_MINUTES
    return starts, ends


def _minute(wall: time, day: date, theirs: str, ours: str) -> int:
    at = local(instant_of(day, wall, theirs), ours)
    return at.hour * 60 + at.minute


def _presenter_id(case: Case) -> str:
    return str(case.presenter_id or f"nobody-{case.id}")


def _case(scene: _Scene, case: Case) -> engine.Case:
    held = scene.held.get(case.id)
    submitted = local(case.submitted_at or scene.now, scene.zone).date()
    return engine.Case(
        id=str(case.id),
        board=str(case.board_id),
        minutes=case.minutes or 8,
        urgency=engine.Urgency(str(case.urgency or Urgency.ROUTINE)),
        submitted=submitted,
        ready=max(case.ready_on or submitted, _first_open_day(scene, case)),
        deadline=case.deadline_on or submitted + timedelta(days=Urgency.ROUTINE.days),
        presenter=_presenter_id(case),
        institution=str(case.institution_id),
        specialties=tuple(str(row.specialty) for row in case.specialties),
        locked=str(held.meeting_id) if held is not None and held.is_pinned else None,
    )


def _first_open_day(scene: _Scene, case: Case) -> date:
    """The day after the last meeting whose cut-off the case missed; a late add-on may go anywhere."""
    arrived = case.submitted_at or scene.now
    if case.urgency in _LATE_ADD_ONS:
        return local(arrived, scene.zone).date()
    missed = [one for one in scene.meetings if one.series_id == case.board_id and meeting_cut_off(one) < arrived]
    after = (local(one.starts_at, scene.zone).date() + timedelta(days=1) for one in missed)
    return max(after, default=local(arrived, scene.zone).date())
