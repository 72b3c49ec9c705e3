"""Turn one board as it stands into a problem of the engine: no names, no words about a patient.

All wall times are those of the board's zone, meeting by meeting, so that a change of clocks moves nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tumorboard.accounts.domain import Span, free_spans
from tumorboard.cases.domain import Urgency
from tumorboard.cases.models import Case
from tumorboard.kernel.clock import instant_of, local
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import HORIZON
from tumorboard.scheduling.queries import meeting_cut_off, past_delays_of
from tumorboard.scheduling.services.scene import Beside, Held, Scene, read_scene
from tumorboard.series.models import Seat

# What may be a late add-on; everything else waits for the first meeting whose cut-off it met.
_LATE_ADD_ONS = frozenset({Urgency.EMERGENT, Urgency.URGENT})
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Gathered:
    """The problem, the plan that stands today, and what is needed to apply a new one.

    `problem` may change everything that is not pinned; in `frozen` the published agendas stand.
    """

    problem: engine.Problem
    present: engine.Plan
    held: dict[int, Held]
    published: frozenset[int]

    @property
    def frozen(self) -> engine.Problem:
        """The problem with the published agendas closed."""
        published = {str(meeting) for meeting in self.published}
        meetings = (replace(one, closed=one.id in published) for one in self.problem.meetings)
        return replace(
            self.problem,
            meetings=tuple(meetings),
            cases=tuple(self._frozen(case, published) for case in self.problem.cases),
        )

    def _frozen(self, case: engine.Case, published: set[str]) -> engine.Case:
        held = self.held.get(int(case.id))
        stands = str(held.meeting_id) if held is not None else None
        going = {one.id for one in self.problem.meetings if not one.cancelled}
        return replace(case, locked=stands) if stands in published & going and case.locked is None else case


def gather(series_id: int, *, now: datetime, extra: Case | None = None) -> Gathered:
    """Read one board and everybody it depends on; `extra` is weighed as if it waited for the board."""
    scene = read_scene(series_id, now=now, extra=extra)
    problem = problem_of(scene)
    slots = [
        engine.Slot(case=str(case_id), meeting=str(held.meeting_id), start=held.start)
        for case_id, held in sorted(scene.held.items())
    ]
    slots += [engine.Slot(str(one.case.id), str(one.meeting.id), one.start) for one in scene.beside]
    published = frozenset(one.id for one in scene.meetings if scene.is_published(one))
    return Gathered(problem, engine.Plan(slots=tuple(slots)), scene.held, published)


def problem_of(scene: Scene) -> engine.Problem:
    """Return the engine's view of what was read."""
    return engine.Problem(
        name=scene.series.slug,
        today=local(scene.now, scene.zone).date(),
        horizon_end=local(scene.now + HORIZON, scene.zone).date(),
        institutions=tuple(sorted({str(case.institution_id) for case in scene.cases} | {str(scene.series.host_id)})),
        boards=(_board(scene), *_other_boards(scene)),
        meetings=(*(_meeting(scene, one) for one in scene.meetings), *_other_meetings(scene)),
        reps=tuple(_rep(scene, seat) for seat in scene.series.seats if seat.specialty is not None),
        presenters=tuple(_presenters(scene)),
        cases=(*(_case(scene, case) for case in scene.cases), *(_case_beside(one) for one in scene.beside)),
        history=past_delays_of(scene.series.id, weeks=scene.settings.fair_weeks, now=scene.now),
    )


def _board(scene: Scene) -> engine.Board:
    return engine.Board(id=str(scene.series.id), host=str(scene.series.host_id), config=scene.settings.config)


def _other_boards(scene: Scene) -> Iterable[engine.Board]:
    hosts = {one.meeting.series_id: one.meeting.series.host_id for one in scene.beside}
    return (engine.Board(id=str(board), host=str(host)) for board, host in sorted(hosts.items()))


def _meeting(scene: Scene, meeting: Meeting) -> engine.Meeting:
    starts = local(meeting.starts_at, scene.zone)
    items = scene.agendas[meeting.id].items if meeting.id in scene.agendas else []
    minutes = max(1, meeting.capacity_minutes - sum(item.minutes for item in items if item.case_id is None))
    reserve = scene.settings.reserve_minutes
    return engine.Meeting(
        id=str(meeting.id),
        board=str(meeting.series_id),
        date=starts.date(),
        start=starts.hour * 60 + starts.minute,
        minutes=minutes,
        reserve=max(0, min(meeting.reserve_minutes if reserve is None else reserve, minutes)),
        cancelled=meeting.is_cancelled,
    )


def _other_meetings(scene: Scene) -> Iterable[engine.Meeting]:
    for meeting in {one.meeting.id: one.meeting for one in scene.beside}.values():
        starts = local(meeting.starts_at, scene.zone)
        minutes = max(1, int((meeting.ends_at - meeting.starts_at) / _MINUTE))
        at = starts.hour * 60 + starts.minute
        yield engine.Meeting(str(meeting.id), str(meeting.series_id), starts.date(), at, minutes)


def _rep(scene: Scene, seat: Seat) -> engine.Rep:
    absent = (_day(scene, one) for one in scene.meetings if not _free(scene, seat.person_id, one))
    return engine.Rep(str(seat.id), str(seat.series_id), str(seat.specialty), tuple(absent))


def _presenters(scene: Scene) -> Iterable[engine.Presenter]:
    """Each presenter once, with the days away and what takes parts of a meeting."""
    homes = {_presenter_id(case): str(case.institution_id) for case in scene.cases}
    homes |= {str(case.backup_id): str(case.institution_id) for case in scene.cases if case.backup_id is not None}
    for one in scene.beside:
        homes.setdefault(_presenter_id(one.case), str(one.case.institution_id))
    for presenter_id, institution in sorted(homes.items()):
        person_id = int(presenter_id) if presenter_id.isdigit() else 0
        away = {one.id for one in scene.meetings if _is_away(scene, person_id, one)}
        there = (one for one in scene.meetings if one.id not in away)
        busy = (span for one in there for span in _busy(scene, one, _free(scene, person_id, one)))
        days = (_day(scene, one) for one in scene.meetings if one.id in away)
        yield engine.Presenter(presenter_id, institution, tuple(days), None, tuple(busy))


def _is_away(scene: Scene, person_id: int, meeting: Meeting) -> bool:
    availability = scene.availability.get(person_id)
    if availability is None:
        return False
    day = local(meeting.starts_at, availability.zone).date()
    return any(first <= day <= last for first, last in availability.away)


def _free(scene: Scene, person_id: int, meeting: Meeting) -> tuple[Span, ...]:
    """Return when the person can be there during the meeting; whoever says nothing always can."""
    availability = scene.availability.get(person_id)
    if availability is None:
        return ((meeting.starts_at, meeting.ends_at),)
    return free_spans(availability, meeting.starts_at, meeting.ends_at)


def _busy(scene: Scene, meeting: Meeting, free: Iterable[Span]) -> Iterable[tuple[date, int, int]]:
    """Turn the free parts of a meeting into those that are taken, in minutes of the board's day."""
    day, begin = local(meeting.starts_at, scene.zone), meeting.starts_at
    first = day.hour * 60 + day.minute
    for opens, closes in (*sorted(free), (meeting.ends_at, meeting.ends_at)):
        if begin < opens:
            since, until = (int((at - meeting.starts_at) / _MINUTE) for at in (begin, opens))
            yield day.date(), first + since, first + until
        begin = max(begin, closes)


def _presenter_id(case: Case) -> str:
    return str(case.presenter_id or f"nobody-{case.id}")


def _day(scene: Scene, meeting: Meeting) -> date:
    return local(meeting.starts_at, scene.zone).date()


def _case(scene: Scene, case: Case) -> engine.Case:
    held = scene.held.get(case.id)
    submitted = local(case.submitted_at or scene.now, scene.zone).date()
    urgency = case.urgency or Urgency.ROUTINE
    due = case.deadline_on or submitted + timedelta(days=urgency.days)
    told = None if held is None or held.told_start is None else held
    return engine.Case(
        id=str(case.id),
        board=str(scene.series.id),
        minutes=case.minutes or scene.series.case_minutes,
        urgency=engine.Urgency(str(urgency)),
        submitted=submitted,
        ready=max(case.ready_on or submitted, _first_open_day(scene, case)),
        # The board's own classes of urgency give the cases more or less time than the usual ones.
        deadline=due + timedelta(days=scene.settings.days_for(urgency) - urgency.days),
        presenter=_presenter_id(case),
        institution=str(case.institution_id),
        specialties=tuple(str(row.specialty) for row in case.specialties),
        locked=str(held.meeting_id) if held is not None and held.is_locked else None,
        published=None if told is None else engine.PublishedSlot(str(told.meeting_id), told.told_start or 0),
        backup=str(case.backup_id) if case.backup_id is not None else None,
        busy=tuple(span for one in scene.meetings for span in _busy(scene, one, _asked_hours(case, one))),
    )


def _asked_hours(case: Case, meeting: Meeting) -> tuple[Span, ...]:
    """Return the part of the meeting within the hours that the form names, on the wall of the case's institution."""
    theirs = case.institution.time_zone
    day = local(meeting.starts_at, theirs).date()
    opens = instant_of(day, case.joins_from, theirs) if case.joins_from else meeting.starts_at
    closes = instant_of(day, case.joins_until, theirs) if case.joins_until else meeting.ends_at
    begin, end = max(opens, meeting.starts_at), min(closes, meeting.ends_at)
    return ((begin, end),) if begin < end else ()


def _case_beside(one: Beside) -> engine.Case:
    """Return a case of another board: it stands where it stands."""
    day = one.meeting.starts_at.date()
    return engine.Case(
        id=str(one.case.id),
        board=str(one.meeting.series_id),
        minutes=one.minutes,
        urgency=engine.Urgency(str(one.case.urgency or Urgency.ROUTINE)),
        submitted=day,
        ready=day,
        deadline=day,
        presenter=_presenter_id(one.case),
        institution=str(one.case.institution_id),
        backup=None,
    )


def _first_open_day(scene: Scene, case: Case) -> date:
    """The day after the last meeting whose cut-off the case missed; a late add-on may go anywhere."""
    arrived = case.submitted_at or scene.now
    if case.urgency in _LATE_ADD_ONS:
        return local(arrived, scene.zone).date()
    missed = [one for one in scene.meetings if meeting_cut_off(one) < arrived]
    after = (_day(scene, one) + timedelta(days=1) for one in missed)
    return max(after, default=local(arrived, scene.zone).date())
