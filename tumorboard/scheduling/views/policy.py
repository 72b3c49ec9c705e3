"""How a board is planned, with what that would have done to the last weeks."""

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import transaction
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other, submission
from tumorboard.scheduling.queries import settings_of
from tumorboard.scheduling.schemas import PlanningSchema
from tumorboard.scheduling.services import Effect, replay, set_settings
from tumorboard.scheduling.views.blueprint import blueprint, led_board
from tumorboard.series.models import Series


@blueprint.get("/series/<slug:slug>/planning-policy")
@requires(Permission.PLAN_RUN)
def edit_policy(slug: str) -> ResponseReturnValue:
    """How the board is planned now."""
    series = led_board(slug)
    return _form(series, Submission(typed=settings_of(series.id).stored()))


@blueprint.post("/series/<slug:slug>/planning-policy")
@requires(Permission.PLAN_RUN)
def save_policy(slug: str) -> ResponseReturnValue:
    """Plan the board this way, or show first what that would have done."""
    series = led_board(slug)
    form = submission(PlanningSchema())
    if form.refused:
        return _form(series, form), 422
    if request.args.get("preview"):
        effects = replay(series, [settings_of(series.id), form.value], now=utc_now())
        return _form(series, form, effects)
    with transaction():
        set_settings(series, form.value, by=g.actor, now=utc_now())
    flash(f"{series.name} is planned this way from now on. The next plan is on its way.")
    return see_other(url_for("scheduling.show_plan", slug=slug))


def _form(series: Series, form: Submission, effects: list[Effect] | None = None) -> str:
    return render_template(
        "scheduling/policy.html",
        series=series,
        form=form_view(PlanningSchema(), form.typed, form.errors),
        effects=effects,
    )
