"""The coming weeks of a board or of all of one's boards, and what is proposed for them."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.agendas.queries import minutes_used_by_meeting
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import db
from tumorboard.kernel.web import requires, see_other
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import coming_of
from tumorboard.scheduling.domain import ProposalGone
from tumorboard.scheduling.jobs import decide
from tumorboard.scheduling.queries import (
    columns_of,
    dismissed_of,
    last_run_of,
    parallels_of,
    proposal_of,
    settings_of,
    waiting_of,
    waits_of,
    weeks_ahead,
    whys_of,
)
from tumorboard.scheduling.views.blueprint import blueprint, led_board
from tumorboard.series.models import Series
from tumorboard.series.queries import boards


@dataclass(frozen=True)
class BoardRow:
    """One board in the overview: its meetings by week, and what waits for a decision."""

    series: Series
    weeks: tuple[tuple[tuple[Meeting, int], ...], ...]
    waiting: int
    proposed: int


@blueprint.get("/plans")
@requires(Permission.PLAN_RUN)
def overview() -> ResponseReturnValue:
    """All boards one plans, week by week, and who presents in two of them at once."""
    now = utc_now()
    led = g.actor.boards_where(Permission.PLAN_RUN)
    own = db.session.scalars(boards().where(Series.id.in_(led))).all()
    mondays = weeks_ahead(now=now, zone=g.actor.zone)
    return render_template(
        "scheduling/overview.html",
        mondays=mondays,
        rows=[_row(one, mondays) for one in own],
        parallels=parallels_of([one.id for one in own], now=now),
    )


@blueprint.get("/series/<slug:slug>/plan")
@requires(Permission.PLAN_RUN)
def show_plan(slug: str) -> ResponseReturnValue:
    """The coming weeks of a board side by side, with what is proposed."""
    series, now = led_board(slug), utc_now()
    proposal, waiting = proposal_of(series.id), db.session.scalars(waiting_of(series.id)).all()
    return render_template(
        "scheduling/plan.html",
        series=series,
        proposal=proposal,
        dismissed=dismissed_of(series.id, now=now),
        columns=columns_of(series, proposal, now=now),
        waiting=waiting,
        whys=whys_of(waiting),
        waits=waits_of(series.id, now=now),
        last=db.session.scalars(last_run_of(series.id)).first(),
        settings=settings_of(series.id),
    )


@blueprint.post("/series/<slug:slug>/proposals/<id:run_id>/acceptance")
@requires(Permission.PLAN_RUN)
def accept_proposal(slug: str, run_id: int) -> ResponseReturnValue:
    """Do what is proposed; each presenter whose published time changes is told once."""
    return _decided(slug, run_id, accept=True, said="Done. Presenters whose published time changed were told.")


@blueprint.post("/series/<slug:slug>/proposals/<id:run_id>/dismissal")
@requires(Permission.PLAN_RUN)
def dismiss_proposal(slug: str, run_id: int) -> ResponseReturnValue:
    """Leave everything as it stands."""
    return _decided(slug, run_id, accept=False, said="Dismissed. Everything stays as it stands.")


def _decided(slug: str, run_id: int, *, accept: bool, said: str) -> ResponseReturnValue:
    series = led_board(slug)
    try:
        decide(series.id, run_id, accept=accept, by=g.actor)
    except ProposalGone as error:
        flash(str(error), "warning")
    else:
        flash(said)
    return see_other(url_for("scheduling.show_plan", slug=slug))


def _row(series: Series, mondays: list[date]) -> BoardRow:
    now = utc_now()
    meetings = [one for one in db.session.scalars(coming_of(series.id, after=now)) if one.starts_at > now]
    used = minutes_used_by_meeting(one.id for one in meetings)
    weeks = tuple(
        tuple((one, used.get(one.id, 0)) for one in meetings if monday <= _day(one) < monday + timedelta(weeks=1))
        for monday in mondays
    )
    waiting = len(db.session.scalars(waiting_of(series.id)).all())
    proposal = proposal_of(series.id)
    return BoardRow(series, weeks, waiting, len(proposal.moves) if proposal else 0)


def _day(meeting: Meeting) -> date:
    return local(meeting.starts_at, meeting.time_zone).date()
