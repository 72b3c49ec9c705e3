"""A board's rules: the cut-off and the quorum, from a day on."""

from datetime import date
from typing import Any

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission, Specialty
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import transaction
from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other, submission
from tumorboard.kernel.web.formats import long_day
from tumorboard.series.domain import COC_2020
from tumorboard.series.models import Series
from tumorboard.series.queries import policy_in_force
from tumorboard.series.schemas import PolicySchema, goal_field
from tumorboard.series.services import set_policy
from tumorboard.series.views.access import board_to_edit
from tumorboard.series.views.blueprint import blueprint


@blueprint.get("/series/<slug:slug>/policy")
@requires(Permission.SERIES_EDIT)
def new_policy(slug: str) -> ResponseReturnValue:
    """The form for new rules, filled with those in force."""
    series = board_to_edit(slug)
    today = local(utc_now(), series.time_zone).date()
    return _form(series, Submission(typed=_values(series, today)))


@blueprint.post("/series/<slug:slug>/policy")
@requires(Permission.SERIES_EDIT)
def create_policy(slug: str) -> ResponseReturnValue:
    """Give the board new rules from a day on."""
    series = board_to_edit(slug)
    form = submission(PolicySchema())
    if form.refused:
        return _form(series, form), 422
    try:
        with transaction():
            set_policy(series, form.value, by=g.actor, now=utc_now())
    except Invalid as error:
        return _form(board_to_edit(slug), Submission(typed=form.typed, errors=error.fields)), 422
    flash(f"The policy of {series.name} was saved. It is in force from {long_day(form.value.effective_on)}.")
    return see_other(url_for("meetings.show_series", slug=series.slug))


def _values(series: Series, today: date) -> dict[str, Any]:
    policy = policy_in_force(series, on=today)
    if policy is None:
        return {"effective_on": today}
    goals = {goal_field(row.specialty): row.goal_percent for row in policy.quorum}
    return {
        "effective_on": today,
        "cut_off_days": policy.cut_off_days,
        "cut_off_at": policy.cut_off_at,
        **goals,
    }


def _form(series: Series, form: Submission) -> str:
    shown = form_view(PolicySchema(), form.typed, form.errors)
    goals = {one: shown[goal_field(one)] for one in Specialty}
    return render_template(
        "series/policy.html",
        series=series,
        form=shown,
        usual=[view for one, view in goals.items() if one in COC_2020 or view.value],
        others=[view for one, view in goals.items() if not (one in COC_2020 or view.value)],
    )
