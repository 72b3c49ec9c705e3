"""The agendas one may see, and the page of one of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.agendas.models import Agenda
from tumorboard.agendas.queries import (
    Row,
    agenda_of,
    agendas_of,
    minutes_over,
    minutes_used,
    rows_of,
    unable_at,
    untold_changes,
)
from tumorboard.agendas.views.blueprint import blueprint, plan_notes
from tumorboard.audit.domain import Outcome
from tumorboard.audit.services import record
from tumorboard.cases.domain import CaseState
from tumorboard.cases.models import Case
from tumorboard.cases.queries import hours_in_words, queue_of, visible_cases
from tumorboard.kernel.clock import clock, local, utc_now, when
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.errors import Forbidden
from tumorboard.kernel.web import requires, wants_fragment
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import (
    coming_of,
    cut_off_of,
    local_day_of,
    may_join,
    meeting_seen_by,
    visible_meetings,
)
from tumorboard.series.queries import chairs_of, policy_in_force

WEEKS_AHEAD = timedelta(weeks=6)
OTHER_MEETINGS = 8
SCALE_STEP_MINUTES = 15


@dataclass(frozen=True)
class AgendaSummary:
    """One meeting as the list of agendas shows it."""

    meeting: Meeting
    used: int
    over: int
    count: int
    published: bool


@blueprint.get("/agendas")
@requires(Permission.AGENDA_SEE)
def list_agendas() -> ResponseReturnValue:
    """The coming meetings of one's boards, with how full they are."""
    now = utc_now()
    boards = g.actor.boards_where(Permission.AGENDA_SEE)
    found = visible_meetings(g.actor).where(
        Meeting.series_id.in_(boards), Meeting.ends_at > now, Meeting.starts_at < now + WEEKS_AHEAD
    )
    meetings = db.session.scalars(found).all()
    agendas = {agenda.meeting_id: agenda for agenda in db.session.scalars(agendas_of(one.id for one in meetings))}
    return render_template("agendas/list.html", rows=[_summary(one, agendas.get(one.id)) for one in meetings])


@blueprint.get("/meetings/<id:meeting_id>/agenda")
@requires(Permission.AGENDA_SEE, writes=True)
def show(meeting_id: int) -> ResponseReturnValue:
    """The agenda of a meeting; that its cases were seen is noted in the audit trail."""
    meeting = agenda_meeting(meeting_id)
    page = agenda_page(meeting)
    with transaction():
        _note_seen("agenda.seen", meeting)
    return render_template("agendas/_page.html" if wants_fragment() else "agendas/show.html", **page)


@blueprint.get("/meetings/<id:meeting_id>/agenda/print")
@requires(Permission.AGENDA_SEE, writes=True)
def print_page(meeting_id: int) -> ResponseReturnValue:
    """The agenda on paper: times, cases, questions, presenters."""
    meeting = agenda_meeting(meeting_id)
    page = agenda_page(meeting)
    with transaction():
        _note_seen("agenda.printed", meeting)
    return render_template("agendas/print.html", **page)


def agenda_meeting(meeting_id: int) -> Meeting:
    """Return a board's meeting whose agenda the person may see. Raises NotFound and Forbidden."""
    meeting = meeting_seen_by(g.actor, meeting_id)
    if not meeting.series.kind.is_board:
        raise Forbidden("Only meetings of boards have an agenda of cases.")
    if not g.actor.may(Permission.AGENDA_SEE, series_id=meeting.series_id):
        raise Forbidden("The agenda is for those on the board's roster.")
    return meeting


def agenda_page(meeting: Meeting, *, notice: str = "") -> dict[str, Any]:
    """What the page of an agenda shows."""
    now = utc_now()
    agenda, series = agenda_of(meeting), meeting.series
    leads = g.actor.may(Permission.AGENDA_EDIT, series_id=series.id)
    rows, used = rows_of(agenda), minutes_used(agenda)
    starts = local(meeting.starts_at, meeting.time_zone)
    return {
        "meeting": meeting,
        "agenda": agenda,
        "version": agenda.version if agenda else 0,
        "rows": rows,
        "shown_ids": _shown_ids(rows, now),
        "unable_ids": unable_at(rows) if leads else set(),
        "queue": _queue(series.id) if leads else [],
        "used": used,
        "capacity": meeting.capacity_minutes,
        "free": meeting.capacity_minutes - used,
        "over": minutes_over(agenda),
        "segments": [part for row in rows for part in _segments(row, f"s-{series.site}")],
        "scale": _scale(meeting),
        "starts_minute": starts.hour * 60 + starts.minute,
        "can_edit": leads and not meeting.is_cancelled and meeting.starts_at > now,
        "leads": leads,
        "untold": untold_changes(agenda) if agenda else [],
        "others": _other_meetings(meeting, now) if leads else [],
        "plan": plan_notes(meeting) if leads else None,
        "chairs": db.session.scalars(chairs_of(series.id)).all(),
        "cut_off_at": cut_off_of(meeting, policy_in_force(series, on=local_day_of(meeting))),
        "may_join": may_join(g.actor, meeting),
        "now": now,
        "notice": notice,
    }


def doubts(agenda: Agenda | None) -> list[str]:
    """What a coordinator is to know before the agenda is published, each as a sentence."""
    over = minutes_over(agenda)
    told = [f"The last item ends {over} minute{'' if over == 1 else 's'} after the time for cases."] if over else []
    rows = rows_of(agenda)
    unable = unable_at(rows)
    for row in rows:
        if row.item.id in unable and row.item.case is not None:
            told.append(f"The presenter of {row.item.case.code} cannot come then.")
        if row.is_missed and row.item.case is not None:
            at = clock(local(row.starts_at, row.item.agenda.meeting.time_zone))
            told.append(f"{row.item.case.code} stands at {at}; its presenter joins {hours_in_words(row.item.case)}.")
    return told


def _segments(row: Row, site_class: str) -> list[tuple[int, str]]:
    pause = [(row.item.gap_minutes, "")] if row.item.gap_minutes else []
    return [*pause, (row.item.minutes, site_class)]


def _note_seen(action: str, meeting: Meeting) -> None:
    record(action, outcome=Outcome.SEEN, by=g.actor, subject="meeting", subject_id=meeting.id, now=utc_now())


def _summary(meeting: Meeting, agenda: Agenda | None) -> AgendaSummary:
    count = sum(item.case_id is not None for item in agenda.items) if agenda else 0
    published = agenda is not None and agenda.published_at is not None
    return AgendaSummary(meeting, minutes_used(agenda), minutes_over(agenda), count, published)


def _shown_ids(rows: list[Row], now: Any) -> set[int]:
    ids = [row.item.case_id for row in rows if row.item.case_id]
    found = visible_cases(g.actor, now=now).where(Case.id.in_(ids)).with_only_columns(Case.id)
    return set(db.session.scalars(found))


def _queue(series_id: int) -> list[Case]:
    waiting = queue_of(series_id).where(Case.state == CaseState.ACCEPTED)
    return list(db.session.scalars(waiting))


def _scale(meeting: Meeting) -> list[tuple[int, str]]:
    """Marks under the ruler, on the wall of the meeting's zone."""
    capacity = meeting.capacity_minutes
    step = SCALE_STEP_MINUTES if capacity <= 120 else 60
    minutes = [*range(0, max(capacity - step // 3, 1), step), capacity]
    return [(minute, _wall(meeting, minute)) for minute in minutes]


def _wall(meeting: Meeting, minute: int) -> str:
    at = clock(local(meeting.starts_at + timedelta(minutes=minute), meeting.time_zone))
    return at.removesuffix(" AM").removesuffix(" PM")


def _other_meetings(meeting: Meeting, now: Any) -> list[tuple[int, str]]:
    coming = db.session.scalars(coming_of(meeting.series_id, after=now).limit(OTHER_MEETINGS + 4))
    others = [one for one in coming if one.id != meeting.id and not one.is_cancelled and one.starts_at > now]
    return [(one.id, when(one.starts_at, one.time_zone)) for one in others[:OTHER_MEETINGS]]


def asked_version() -> int:
    """The version that the sender saw; a missing one is never the present one."""
    return request.form.get("version", -1, type=int)
