"""Planning on request, and what earlier plans of a board did."""

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.kernel.db import db
from tumorboard.kernel.web import page_of, requires, see_other
from tumorboard.meetings.queries import meeting_seen_by
from tumorboard.scheduling.domain import PlanCause
from tumorboard.scheduling.jobs import plan_board
from tumorboard.scheduling.queries import last_run_of, runs_of
from tumorboard.scheduling.views.blueprint import blueprint, led_board
from tumorboard.series.models import Series

# The six levels of a plan, the first one outweighing all that follow, with what each counts.
LEVEL_WORDS = {
    "late": "Lateness and the price of moves, in points",
    "unsched": "Cases without a meeting: 1 for a routine one, up to 27 for an emergent one",
    "moves": "Published cases moved: the shorter the notice, the more each counts",
    "unfair": "Longest wait of an institution: meetings passed over per case, times 100",
    "delay": "Waiting of all cases: meetings passed over, weighed by urgency",
    "joins": "How often presenters from outside join a meeting",
}


@blueprint.post("/series/<slug:slug>/plans")
@requires(Permission.PLAN_RUN)
def plan_now(slug: str) -> ResponseReturnValue:
    """Plan the board now, as the worker does by itself after a change."""
    series = led_board(slug)
    meeting_id = request.form.get("meeting", type=int)
    back = None if meeting_id is None else meeting_seen_by(g.actor, meeting_id).id
    if plan_board(series.id, cause=PlanCause.ASKED, by=g.actor):
        flash(_told(series))
    else:
        flash("The plan could not be made just now. It is tried again by itself.", "warning")
    if back is None:
        return see_other(url_for("scheduling.show_plan", slug=slug))
    return see_other(url_for("agendas.show", meeting_id=back))


@blueprint.get("/series/<slug:slug>/plans")
@requires(Permission.PLAN_RUN)
def list_runs(slug: str) -> ResponseReturnValue:
    """The plans of a board, the latest first, with what each changed and why."""
    series = led_board(slug)
    page = page_of(runs_of(series.id), size=20)
    return render_template("scheduling/runs.html", series=series, page=page, level_words=LEVEL_WORDS)


def _told(series: Series) -> str:
    run = db.session.scalars(last_run_of(series.id)).first()
    count = len(run.changes) if run else 0
    if run is not None and run.state == "proposed":
        return f"Planned: {count} change{'' if count == 1 else 's'} proposed."
    return "Planned. Nothing had to change." if not count else f"Planned: {count} change{'' if count == 1 else 's'}."
