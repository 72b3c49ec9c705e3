"""`Today`: what needs the person now, and what comes next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from tumorboard.accounts.domain import Actor, Permission
from tumorboard.agendas.queries import minutes_over, minutes_used, published_cases_of, unpublished_agendas
from tumorboard.cases.domain import CaseState, Urgency
from tumorboard.cases.queries import drafts_of, waiting_for_triage
from tumorboard.cases.views.pages import new_draft_key
from tumorboard.feeds.queries import concerns
from tumorboard.home.views.blueprint import blueprint
from tumorboard.kernel.clock import local, long_day, until, utc_now, when
from tumorboard.kernel.db import db
from tumorboard.kernel.web import requires
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import visible_meetings
from tumorboard.notices.domain import NoticeState
from tumorboard.notices.queries import notices
from tumorboard.scheduling.queries import undecided

PUBLISH_WITHIN = timedelta(days=7)
MOST_NEEDS, MOST_MEETINGS = 8, 6


@dataclass(frozen=True)
class Need:
    """One thing that waits for the person, and the way to do it."""

    tone: str
    icon: str
    title: str
    text: str
    label: str
    url: str


@blueprint.get("/")
@requires(Permission.HOME_SEE)
def today() -> ResponseReturnValue:
    """The start page, made of the parts that the person plays."""
    now, actor = utc_now(), g.actor
    needs = [*_of_coordinator(actor, now), *_of_physician(actor), *_of_administrator(actor)]
    presented = published_cases_of(actor.person_id, after=now)
    meetings = db.session.scalars(_own_meetings(actor, presented, now).limit(MOST_MEETINGS)).all()
    return render_template(
        "home/today.html",
        today=long_day(local(now, actor.zone)),
        needs=needs[:MOST_NEEDS],
        more=max(len(needs) - MOST_NEEDS, 0),
        meetings=meetings,
        presented=presented,
        until_next=until(meetings[0].starts_at, now=now, zone=actor.zone) if meetings else "",
        draft_key=new_draft_key() if actor.may(Permission.CASE_SUBMIT) else None,
    )


def _own_meetings(actor: Actor, presented: Iterable[int], now: datetime) -> Select[Meeting]:
    own = concerns(actor.person_id, presenting=presented)
    return visible_meetings(actor).where(own, Meeting.ends_at > now, Meeting.state == MeetingState.PLANNED)


def _of_physician(actor: Actor) -> Iterator[Need]:
    if not actor.may(Permission.CASE_SUBMIT):
        return
    for case in db.session.scalars(drafts_of(actor)):
        name = case.title or "Untitled draft"
        if case.state is CaseState.RETURNED:
            asked = case.history[-1].reason if case.history else ""
            url = url_for("cases.show", code=case.code)
            yield Need("warn", "message-square-warning", f"Add information to {case.code}", asked[:160], "Add it", url)
        else:
            saved = f"{name}. Last saved {when(case.edited_at, actor.zone)}."
            url = url_for("cases.check", code=case.code)
            yield Need("", "file-pen-line", f"Finish your draft {case.code}", saved, "Continue", url)


def _of_coordinator(actor: Actor, now: datetime) -> Iterator[Need]:
    waiting = db.session.scalars(waiting_for_triage(actor)).all() if actor.may(Permission.CASE_TRIAGE) else []
    if waiting:
        most_urgent = waiting[0]
        title = f"Decide on {len(waiting)} submission{'' if len(waiting) == 1 else 's'}"
        text = f"The most urgent: {most_urgent.code}, {most_urgent.urgency}."
        tone = "stop" if most_urgent.urgency in {Urgency.EMERGENT, Urgency.URGENT} else "plan"
        yield Need(tone, "inbox", title, text, "Triage", url_for("cases.inbox"))
    yield from _proposed(actor)
    boards = actor.boards_where(Permission.AGENDA_PUBLISH)
    for agenda in db.session.scalars(unpublished_agendas(boards, after=now, before=now + PUBLISH_WITHIN)):
        meeting = agenda.meeting
        at = when(meeting.starts_at, meeting.time_zone)
        text = f"{len(agenda.items)} items, {minutes_used(agenda)} of {meeting.capacity_minutes} minutes."
        title = f"Publish the {meeting.series.short_name} agenda of {at}"
        url = url_for("agendas.show", meeting_id=meeting.id)
        yield Need("stop" if minutes_over(agenda) else "warn", "calendar-check", title, text, "Open agenda", url)


def _proposed(actor: Actor) -> Iterator[Need]:
    for run in db.session.scalars(undecided(actor.boards_where(Permission.PLAN_RUN))):
        changes = f"{len(run.moves)} change{'' if len(run.moves) == 1 else 's'}"
        title = f"Decide on {changes} proposed for {run.series.short_name}"
        text = f"Made {when(run.finished_at, run.series.time_zone)}, {run.cause.label}."
        url = url_for("scheduling.show_plan", slug=run.series.slug)
        yield Need("plan", "arrow-left-right", title, text, "Open plan", url)


def _of_administrator(actor: Actor) -> Iterator[Need]:
    if not actor.may(Permission.NOTICES_SEE):
        return
    dead = len(db.session.scalars(notices(NoticeState.DEAD)).all())
    if dead:
        title = f"{dead} message{'' if dead == 1 else 's'} could not be delivered"
        url = url_for("accounts.list_notices", state="dead")
        yield Need("stop", "mail-warning", title, "See why, and try again.", "Open outbox", url)
