"""How a board is planned: its settings, its cut-offs, what its institutions waited."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.domain import WAITING
from tumorboard.cases.models import Case
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import cut_off_of, local_day_of
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import HORIZON, PlanSettings
from tumorboard.scheduling.models import PlanningPolicy
from tumorboard.series.queries import policy_in_force


def settings_of(series_id: int) -> PlanSettings:
    """How the board wants to be planned now."""
    policy = session().scalars(policies_of(series_id).limit(1)).first()
    return PlanSettings.of(policy.settings if policy else None)


def policies_of(series_id: int) -> Select[PlanningPolicy]:
    """The board's planning policies, the one in force first."""
    found = select(PlanningPolicy).where(PlanningPolicy.series_id == series_id)
    return found.order_by(PlanningPolicy.set_at.desc(), PlanningPolicy.id.desc())


def past_delays_of(series_id: int, *, weeks: int, now: datetime) -> tuple[engine.PastDelay, ...]:
    """How many of the board's meetings each institution's cases waited in the last weeks; none for no weeks."""
    if not weeks:
        return ()
    since = now - timedelta(weeks=weeks)
    held = list(session().scalars(_held_since(series_id, since=since - timedelta(weeks=8), now=now)))
    found = (
        select(Case.institution_id, Case.submitted_at, Meeting.starts_at)
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .join(Agenda, Agenda.id == AgendaItem.agenda_id)
        .join(Meeting, Meeting.id == Agenda.meeting_id)
        .where(Meeting.series_id == series_id, Meeting.starts_at >= since, Meeting.starts_at < now)
    )
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for institution_id, submitted_at, discussed_at in session().execute(found):
        passed = sum(submitted_at is not None and submitted_at < at < discussed_at for at in held)
        totals[institution_id][0] += passed
        totals[institution_id][1] += 1
    return tuple(
        engine.PastDelay(str(series_id), str(institution), delay=delay, cases=cases)
        for institution, (delay, cases) in sorted(totals.items())
    )


def _held_since(series_id: int, *, since: datetime, now: datetime) -> Select[datetime]:
    return (
        select(Meeting.starts_at)
        .where(Meeting.series_id == series_id, Meeting.starts_at > since, Meeting.starts_at < now)
        .where(Meeting.state != MeetingState.CANCELLED)
        .order_by(Meeting.starts_at)
    )


def meeting_cut_off(meeting: Meeting) -> datetime:
    """The meeting's cut-off under the policy in force on its day."""
    return cut_off_of(meeting, policy_in_force(meeting.series, on=local_day_of(meeting)))


def at_stake_in(meeting: Meeting, cases: Select[Case], *, now: datetime) -> Select[Case, datetime | None]:
    """Those of the cases that stand in the meeting, or wait or stand later and are ready by then.

    Each with the beginning of the meeting that it stands in; the order is that of meetings and agendas.
    """
    stands = (
        select(AgendaItem.case_id, AgendaItem.position, Agenda.meeting_id, Meeting.starts_at)
        .join(AgendaItem.agenda)
        .join(Agenda.meeting)
        .where(AgendaItem.is_live, AgendaItem.case_id.is_not(None))
        .subquery()
    )
    waits = and_(stands.c.case_id.is_(None), Case.scheduled_for_at.is_(None))
    later = and_(stands.c.starts_at > meeting.starts_at, stands.c.starts_at < now + HORIZON)
    is_ready = or_(Case.ready_on.is_(None), Case.ready_on <= local_day_of(meeting))
    return (
        cases.outerjoin(stands, stands.c.case_id == Case.id)
        .add_columns(stands.c.starts_at)
        .where(Case.board_id == meeting.series_id, Case.state.in_(WAITING))
        .where(or_(stands.c.meeting_id == meeting.id, and_(or_(waits, later), is_ready)))
        .options(joinedload(Case.presenter))
        .order_by(stands.c.starts_at, stands.c.position, Case.deadline_on, Case.submitted_at, Case.id)
    )
