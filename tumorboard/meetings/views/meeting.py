"""One meeting: see it, move it, call it off, reinstate it."""

from datetime import timedelta

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from tumorboard.accounts.domain import Actor, NotYours, Permission
from tumorboard.accounts.models import Person
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import session, transaction
from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other, submission
from tumorboard.kernel.web.formats import when
from tumorboard.meetings.domain import MeetingCancelled, MeetingOver, in_numbers
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import meeting_seen_by
from tumorboard.meetings.schemas import CancellationSchema, Move, MoveSchema
from tumorboard.meetings.services import cancel_meeting, move_meeting, reinstate_meeting
from tumorboard.meetings.views.blueprint import blueprint, cases_held, own_cases_at, reach_of, replies_to
from tumorboard.meetings.views.status import row_of
from tumorboard.series.queries import chairs_of, coordinators_of

_MINUTE = timedelta(minutes=1)
_TOLD = "Calendars follow, and whoever’s cannot know in time is told by mail."


@blueprint.get("/meetings/<id:meeting_id>")
@requires(Permission.MEETING_SEE)
def show_meeting(meeting_id: int) -> ResponseReturnValue:
    """When and where it is, in the series' zone and, where the clocks differ, in the reader's."""
    meeting, now = meeting_seen_by(g.actor, meeting_id), utc_now()
    may_edit = g.actor.may(Permission.MEETING_EDIT, series_id=meeting.series_id)
    replies = replies_to(meeting) if may_edit or _may_lead(meeting) else ()
    own_cases = own_cases_at(meeting, g.actor.person_id)
    there, here = local(meeting.starts_at, meeting.time_zone), local(meeting.starts_at, g.actor.zone)
    return render_template(
        "meetings/meeting.html",
        meeting=meeting,
        series=meeting.series,
        row=row_of(meeting, presents=bool(own_cases)),
        own_cases=own_cases,
        leads=[
            ("Chair", _names(chairs_of(meeting.series_id))),
            ("Coordinator", _names(coordinators_of(meeting.series_id))),
        ],
        replies=replies,
        reply_numbers=in_numbers(replies),
        own_zone=g.actor.zone if there.utcoffset() != here.utcoffset() else None,
        is_over=meeting.ends_at <= now,
        reach=reach_of(meeting, now=now) if may_edit and meeting.ends_at > now else None,
        may_change=may_edit and meeting.starts_at > now,
        may_set_talk=may_edit and meeting.series.is_public and meeting.ends_at > now and not meeting.is_cancelled,
    )


@blueprint.get("/meetings/<id:meeting_id>/time-and-place")
@requires(Permission.MEETING_EDIT)
def edit_meeting(meeting_id: int) -> ResponseReturnValue:
    """The form to move the meeting."""
    meeting = _open_to_edit(meeting_id)
    wall = local(meeting.starts_at, meeting.time_zone)
    length = (meeting.ends_at - meeting.starts_at) // _MINUTE
    values = {"day": wall.date(), "starts": wall.time(), "length_minutes": length, "room": meeting.room}
    return _move_form(meeting, Submission(typed={**values, "video_url": meeting.video_url}))


@blueprint.post("/meetings/<id:meeting_id>/time-and-place")
@requires(Permission.MEETING_EDIT)
def update_meeting(meeting_id: int) -> ResponseReturnValue:
    """Move the meeting and tell its roster."""
    meeting = meeting_to_edit(meeting_id)
    form = submission(MoveSchema())
    if form.refused:
        return _move_form(meeting, form), 422
    try:
        with transaction():
            _move(meeting, form.value)
    except Invalid as error:
        return _move_form(meeting_to_edit(meeting_id), Submission(typed=form.typed, errors=error.fields)), 422
    flash(f"The meeting is on {when(meeting.starts_at, meeting.time_zone)} now. {_TOLD}")
    return see_other(url_for("meetings.show_meeting", meeting_id=meeting.id))


@blueprint.get("/meetings/<id:meeting_id>/cancellation")
@requires(Permission.MEETING_EDIT)
def confirm_cancellation(meeting_id: int) -> ResponseReturnValue:
    """Ask for the reason before the meeting is called off."""
    return _cancel_form(_open_to_edit(meeting_id), Submission())


@blueprint.post("/meetings/<id:meeting_id>/cancellation")
@requires(Permission.MEETING_EDIT)
def cancel(meeting_id: int) -> ResponseReturnValue:
    """Call the meeting off and tell its roster."""
    meeting = meeting_to_edit(meeting_id)
    form = submission(CancellationSchema())
    if form.refused:
        return _cancel_form(meeting, form), 422
    with transaction():
        cancel_meeting(meeting, reason=form.value["reason"], by=g.actor, now=utc_now())
    flash(f"The meeting was cancelled. {_TOLD}")
    return see_other(url_for("meetings.show_meeting", meeting_id=meeting.id))


@blueprint.post("/meetings/<id:meeting_id>/reinstatement")
@requires(Permission.MEETING_EDIT)
def reinstate(meeting_id: int) -> ResponseReturnValue:
    """Let a cancelled meeting take place after all."""
    meeting = meeting_to_edit(meeting_id)
    with transaction():
        reinstate_meeting(meeting, by=g.actor, now=utc_now())
    flash(f"The meeting takes place after all. {_TOLD}")
    return see_other(url_for("meetings.show_meeting", meeting_id=meeting.id))


def meeting_to_edit(meeting_id: int) -> Meeting:
    """Return the meeting. Raises NotFound when there is none, NotYours when others run its series."""
    meeting = meeting_seen_by(g.actor, meeting_id)
    if not g.actor.may(Permission.MEETING_EDIT, series_id=meeting.series_id):
        raise NotYours(f"{meeting.series.name} is run by others. Ask its coordinator or an administrator.")
    return meeting


def _may_lead(meeting: Meeting) -> bool:
    """Whether the person arranges the board's agendas, and so wants to know who comes."""
    actor: Actor = g.actor
    return actor.may(Permission.AGENDA_EDIT, series_id=meeting.series_id)


def _names(people: Select[Person]) -> str:
    return ", ".join(person.display_name for person in session().scalars(people))


def _open_to_edit(meeting_id: int) -> Meeting:
    meeting = meeting_to_edit(meeting_id)
    if meeting.starts_at <= utc_now():
        raise MeetingOver("This meeting has begun or is over, so it stays as it is.")
    if meeting.is_cancelled:
        raise MeetingCancelled("This meeting was cancelled. Reinstate it first.")
    return meeting


def _move(meeting: Meeting, move: Move) -> None:
    move_meeting(
        meeting,
        to_start=move.starts_at(meeting.time_zone),
        to_end=move.ends_at(meeting.time_zone),
        room=move.room,
        video_url=move.video_url,
        reason=move.reason,
        by=g.actor,
        now=utc_now(),
    )


def _move_form(meeting: Meeting, form: Submission) -> str:
    shown = form_view(MoveSchema(), form.typed, form.errors)
    reach = reach_of(meeting, now=utc_now())
    return render_template("meetings/move.html", meeting=meeting, form=shown, reach=reach)


def _cancel_form(meeting: Meeting, form: Submission) -> str:
    shown = form_view(CancellationSchema(), form.typed, form.errors)
    reach = reach_of(meeting, now=utc_now())
    held = cases_held([meeting.id]).get(meeting.id, 0)
    return render_template("meetings/cancel.html", meeting=meeting, form=shown, reach=reach, held=held)
