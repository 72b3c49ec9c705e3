"""What another planning policy would have done with the last weeks: the same cases, planned week by week."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from tumorboard.accounts.queries import availability_of
from tumorboard.cases.models import Case
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import PlanSettings
from tumorboard.scheduling.services.gather import problem_of
from tumorboard.scheduling.services.scene import Scene
from tumorboard.series.models import Series

WEEKS = 12
# Cases that came in before the weeks looked at still fill their first meetings.
LEAD_IN = timedelta(weeks=3)
# An office publishes the next two agendas as a rule.
PUBLISHED_AHEAD = 2
QUICK = engine.Budget(effort=20)


@dataclass(frozen=True)
class Effect:
    """What came of a policy: cases discussed, days from submission on average, on time by urgency, moves."""

    cases: int
    discussed: int
    mean_days: int
    on_time: tuple[tuple[str, int, int], ...]
    moved: int
    lateness: int


def replay(series: Series, policies: list[PlanSettings], *, now: datetime) -> list[Effect]:
    """Return the effect of each policy on the last twelve weeks; all are judged by the last one's due dates."""
    scene = _past(series, policies[-1], now=now)
    judged = problem_of(scene)
    return [_effect(_under(replace(scene, settings=policy), judged), judged) for policy in policies]


def _under(scene: Scene, judged: engine.Problem) -> engine.Problem:
    """Return the problem of one policy, with the due dates by which all are judged."""
    due = {case.id: case.deadline for case in judged.cases}
    problem = problem_of(scene)
    return replace(problem, cases=tuple(replace(case, deadline=due[case.id]) for case in problem.cases))


def _past(series: Series, settings: PlanSettings, *, now: datetime) -> Scene:
    since = now - timedelta(weeks=WEEKS)
    cases = session().scalars(_cases(series.id, since=since - LEAD_IN, now=now)).all()
    people = {one for case in cases for one in (case.presenter_id, case.backup_id) if one is not None}
    people |= {seat.person_id for seat in series.seats if seat.specialty is not None}
    return Scene(
        now=since,
        series=series,
        settings=settings,
        meetings=session().scalars(_meetings(series.id, since=since, now=now)).all(),
        agendas={},
        cases=cases,
        held={},
        beside=(),
        availability=availability_of(people, since=since, until=now),
    )


def _cases(series_id: int, *, since: datetime, now: datetime) -> Select[Case]:
    found = select(Case).where(Case.board_id == series_id, Case.submitted_at > since, Case.submitted_at < now)
    parts = (selectinload(Case.specialties), joinedload(Case.institution))
    return found.where(Case.accepted_at.is_not(None)).options(*parts).order_by(Case.id)


def _meetings(series_id: int, *, since: datetime, now: datetime) -> Select[Meeting]:
    parts = joinedload(Meeting.series).selectinload(Series.policies)
    found = select(Meeting).where(Meeting.series_id == series_id, Meeting.starts_at > since, Meeting.starts_at < now)
    return found.where(Meeting.state != MeetingState.CANCELLED).options(parts).order_by(Meeting.starts_at, Meeting.id)


def _effect(problem: engine.Problem, judged: engine.Problem) -> Effect:
    discussed: dict[str, engine.Meeting] = {}
    told: dict[str, engine.PublishedSlot] = {}
    moved = 0
    for at, meeting in enumerate(problem.meetings):
        plan = _plan_for(problem, meeting, discussed, told)
        moved += sum(case in told and told[case].meeting != slot.meeting for case, slot in plan.places.items())
        ahead = {each.id for each in problem.meetings[at : at + PUBLISHED_AHEAD]}
        told = {
            slot.case: engine.PublishedSlot(slot.meeting, slot.start) for slot in plan.slots if slot.meeting in ahead
        }
        discussed |= {slot.case: meeting for slot in plan.slots if slot.meeting == meeting.id}
    return _judged(judged, discussed, moved)


def _plan_for(
    problem: engine.Problem,
    meeting: engine.Meeting,
    discussed: dict[str, engine.Meeting],
    told: dict[str, engine.PublishedSlot],
) -> engine.Plan:
    """Plan what was there on the day before the meeting."""
    today = meeting.date - timedelta(days=1)
    waiting = (case for case in problem.cases if case.submitted <= today and case.id not in discussed)
    cases = tuple(replace(case, published=told.get(case.id), locked=None) for case in waiting)
    return engine.plan(replace(problem, today=today, cases=cases), budget=QUICK, engine="stdlib")


def _judged(problem: engine.Problem, discussed: dict[str, engine.Meeting], moved: int) -> Effect:
    slots = tuple(engine.Slot(case, meeting.id, 0) for case, meeting in discussed.items())
    rest = tuple(engine.Waiting(case.id) for case in problem.cases if case.id not in discussed)
    bare = replace(problem, cases=tuple(replace(case, published=None, locked=None) for case in problem.cases))
    days = [(discussed[case.id].date - case.submitted).days for case in problem.cases if case.id in discussed]
    return Effect(
        cases=len(problem.cases),
        discussed=len(discussed),
        mean_days=sum(days) // len(days) if days else 0,
        on_time=tuple(_on_time(problem, discussed, urgency) for urgency in engine.Urgency),
        moved=moved,
        lateness=engine.measure(bare, engine.Plan(slots, rest))[0],
    )


def _on_time(
    problem: engine.Problem, discussed: dict[str, engine.Meeting], urgency: engine.Urgency
) -> tuple[str, int, int]:
    """Return the class, how many of its cases were due, and how many of those were discussed by their day."""
    last = problem.meetings[-1].date if problem.meetings else date.min
    due = [case for case in problem.cases if case.urgency is urgency and case.deadline <= last]
    in_time = sum(case.id in discussed and discussed[case.id].date <= case.deadline for case in due)
    return urgency.value, len(due), in_time
