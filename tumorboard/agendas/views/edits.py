"""Editing and publishing an agenda; one address takes every edit, from buttons, keyboard, drag and script alike."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.agendas.domain import AgendaChanged, AgendaClosed, AlreadyOnAgenda, ReasonNeeded
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.queries import agenda_of, item_of
from tumorboard.agendas.schemas import AgendaEditSchema
from tumorboard.agendas.services import (
    add_break,
    agenda_for,
    lock_item,
    move_item,
    move_to_meeting,
    place_case,
    publish,
    remove_item,
    set_minutes,
)
from tumorboard.agendas.views.blueprint import blueprint
from tumorboard.agendas.views.pages import agenda_meeting, agenda_page, asked_version, doubts
from tumorboard.cases.queries import case_seen_by
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import transaction
from tumorboard.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TumorboardError
from tumorboard.kernel.web import fragment, requires, see_other, submission, wants_fragment
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import meeting_seen_by

BREAK_MINUTES = 5


@blueprint.post("/meetings/<id:meeting_id>/agenda/edits")
@requires(Permission.AGENDA_EDIT)
def edit(meeting_id: int) -> ResponseReturnValue:
    """Do one edit and show the agenda as it stands then."""
    meeting = _led(meeting_id, Permission.AGENDA_EDIT)
    form = submission(AgendaEditSchema())
    if form.refused:
        sentences = [str(said[0]) for said in form.errors.values() if isinstance(said, list)]
        return _answer(meeting, sentences[0] if sentences else "This could not be done.", status=422)
    try:
        with transaction():
            message = _do(meeting, form.value)
    except ReasonNeeded as error:
        return _answer(meeting_seen_by(g.actor, meeting_id), error.message, status=422, asked=form.value)
    except (Conflict, NotFound, Invalid) as error:
        return _answer(meeting_seen_by(g.actor, meeting_id), _sentence(error), status=409)
    return _answer(meeting, message)


@blueprint.post("/meetings/<id:meeting_id>/agenda/publication")
@requires(Permission.AGENDA_PUBLISH)
def publish_agenda(meeting_id: int) -> ResponseReturnValue:
    """Publish the agenda, or what changed since; presenters are told their time."""
    meeting = _led(meeting_id, Permission.AGENDA_PUBLISH)
    doubtful = [] if "anyway" in request.form else doubts(agenda_of(meeting))
    if doubtful:
        return render_template("agendas/show.html", **agenda_page(meeting), doubts=doubtful), 409
    try:
        with transaction():
            agenda = agenda_for(meeting, now=utc_now(), seen_version=asked_version())
            told = publish(agenda, by=g.actor, now=utc_now())
    except AgendaChanged as error:
        return _answer(meeting_seen_by(g.actor, meeting_id), error.message, status=409)
    flash(f"Agenda published. {told} presenter{' was' if told == 1 else 's were'} told their time.")
    return see_other(url_for("agendas.show", meeting_id=meeting.id))


def _do(meeting: Meeting, asked: dict[str, Any]) -> str:
    now = utc_now()
    agenda = agenda_for(meeting, now=now, seen_version=asked["version"])
    if asked["action"] == "add":
        return _add(agenda, asked, now)
    if asked["action"] == "break":
        add_break(agenda, minutes=asked["minutes"] or BREAK_MINUTES, by=g.actor, now=now)
        return "A break was added at the end."
    item = item_of(agenda, asked["item"] or 0)
    return _EDITS[asked["action"]](item, asked, now)


def _add(agenda: Agenda, asked: dict[str, Any], now: Any) -> str:
    case = case_seen_by(g.actor, asked["case"] or "", now=now)
    if case.board_id != agenda.meeting.series_id:
        raise AgendaClosed("This case belongs to another board.")
    item = place_case(agenda, case, by=g.actor, now=now, minutes=asked["minutes"])
    return f"{case.code} added to the agenda, position {item.position} of {len(agenda.items)}."


def _move(item: AgendaItem, asked: dict[str, Any], now: Any) -> str:
    position = {"up": item.position - 1, "down": item.position + 1}.get(asked["action"], asked["position"])
    move_item(item, position=position, by=g.actor, now=now)
    return f"{_name(item)} moved to position {item.position} of {len(item.agenda.items)}."


def _move_away(item: AgendaItem, asked: dict[str, Any], now: Any) -> str:
    _check_reason(item, asked)
    other = meeting_seen_by(g.actor, asked["meeting"] or 0)
    if not g.actor.may(Permission.AGENDA_EDIT, series_id=other.series_id):
        raise NotFound("There is no such meeting here.")
    move_to_meeting(item, to=agenda_for(other, now=now), by=g.actor, now=now, reason=asked["reason"])
    return f"{_name(item)} moved to another meeting."


def _remove(item: AgendaItem, asked: dict[str, Any], now: Any) -> str:
    _check_reason(item, asked)
    name = _name(item)
    remove_item(item, by=g.actor, now=now, reason=asked["reason"])
    return f"{name} returned to the queue." if item.case else f"{name} removed."


def _check_reason(item: AgendaItem, asked: dict[str, Any]) -> None:
    """The case leaves at once and the planner may place it within seconds: its presenter cannot be told later."""
    if item.case is not None and item.told_starts_at is not None and not asked["reason"]:
        raise ReasonNeeded(f"Say why {item.case.code} leaves this agenda: its presenter is told at once.")


def _set_minutes(item: AgendaItem, asked: dict[str, Any], now: Any) -> str:
    if asked["minutes"] is None:
        raise Invalid("Enter between 1 and 120 minutes.")
    set_minutes(item, minutes=asked["minutes"], by=g.actor, now=now)
    return f"{_name(item)} has {item.minutes} minutes now."


def _pin(item: AgendaItem, asked: dict[str, Any], now: Any) -> str:
    lock_item(item, is_locked=asked["action"] == "pin", by=g.actor, now=now)
    return f"{_name(item)} is {'pinned to this meeting' if item.is_locked else 'free for the planner to move'}."


_EDITS: dict[str, Callable[[AgendaItem, dict[str, Any], Any], str]] = {
    "up": _move,
    "down": _move,
    "to": _move,
    "to_meeting": _move_away,
    "remove": _remove,
    "minutes": _set_minutes,
    "pin": _pin,
    "unpin": _pin,
}


def _name(item: AgendaItem) -> str:
    return item.case.code if item.case else item.title


def _sentence(error: TumorboardError) -> str:
    if isinstance(error, AlreadyOnAgenda | AgendaChanged | AgendaClosed):
        return error.message
    return error.message or "The agenda has changed meanwhile."


def _led(meeting_id: int, permission: Permission) -> Meeting:
    meeting = agenda_meeting(meeting_id)
    if not g.actor.may(permission, series_id=meeting.series_id):
        raise Forbidden("The coordinators and the chair of the board arrange its agenda.")
    return meeting


def _answer(
    meeting: Meeting, message: str, *, status: int = 200, asked: dict[str, Any] | None = None
) -> ResponseReturnValue:
    if wants_fragment():
        page = render_template("agendas/_page.html", **agenda_page(meeting), leaving=_leaving(meeting, asked))
        return fragment(page, message, status=status)
    if status != 200:
        notice = "" if asked else message
        page = render_template(
            "agendas/show.html", **agenda_page(meeting, notice=notice), leaving=_leaving(meeting, asked)
        )
        return page, status
    flash(message)
    return see_other(url_for("agendas.show", meeting_id=meeting.id))


def _leaving(meeting: Meeting, asked: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the question for the reason shows."""
    agenda = agenda_of(meeting)
    if asked is None or agenda is None:
        return None
    item = item_of(agenda, asked["item"] or 0)
    return {**asked, "case": item.case, "is_moving": asked["action"] == "to_meeting"}
