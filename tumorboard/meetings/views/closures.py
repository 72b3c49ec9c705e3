"""Federal holidays, and the days on which a site or the whole alliance is closed."""

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.queries import institutions
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import session, transaction
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, offer, requires, see_other, submission
from tumorboard.meetings.queries import effects_of, held_back_by
from tumorboard.meetings.services import close_days, reopen_days
from tumorboard.meetings.views.blueprint import blueprint
from tumorboard.series.domain import ClosureEffect, federal_holidays
from tumorboard.series.queries import closure_by_id, closures
from tumorboard.series.schemas import WHOLE_ALLIANCE, ClosureSchema


@blueprint.get("/closures")
@requires(Permission.CLOSURE_MANAGE)
def list_closures() -> ResponseReturnValue:
    """Closures to come, the federal holidays of this and the next year, and the form to close some days."""
    return _page(Submission(typed={"effect": ClosureEffect.CANCEL}))


@blueprint.post("/closures/preview")
@requires(Permission.CLOSURE_MANAGE)
def preview_closure() -> ResponseReturnValue:
    """What closing these days would do to meetings. Nothing is stored."""
    form = submission(_schema())
    if form.refused:
        return _page(form), 422
    draft = form.value
    return render_template(
        "meetings/closure_preview.html",
        draft=draft,
        fields=dict(form.typed),
        effects=effects_of(draft.closing, institution_id=draft.institution_id, now=utc_now()),
    )


@blueprint.post("/closures")
@requires(Permission.CLOSURE_MANAGE)
def create_closure() -> ResponseReturnValue:
    """Close the days; the meetings on them are cancelled or moved."""
    form = submission(_schema())
    if form.refused:
        return _page(form), 422
    with transaction():
        closure = close_days(form.value, by=g.actor, now=utc_now())
    flash(f"{closure.name} was stored, and the meetings on these days were changed. Their rosters are told.")
    return see_other(url_for("meetings.list_closures"))


@blueprint.get("/closures/<id:closure_id>/removal")
@requires(Permission.CLOSURE_MANAGE)
def confirm_removal(closure_id: int) -> ResponseReturnValue:
    """What opening again would bring back."""
    closure = closure_by_id(closure_id)
    held_back = session().scalars(held_back_by(closure.id, after=utc_now())).all()
    return render_template("meetings/closure_removal.html", closure=closure, meetings=held_back)


@blueprint.post("/closures/<id:closure_id>/removal")
@requires(Permission.CLOSURE_MANAGE)
def remove_closure(closure_id: int) -> ResponseReturnValue:
    """Open again; what the closure did is undone where nobody decided otherwise since."""
    closure = closure_by_id(closure_id)
    name = closure.name
    with transaction():
        reopen_days(closure, by=g.actor, now=utc_now())
    flash(f"{name} was removed, and its meetings take place as before.")
    return see_other(url_for("meetings.list_closures"))


def _schema() -> ClosureSchema:
    schema = ClosureSchema()
    rows = session().scalars(institutions())
    offer(schema, "institution_id", [WHOLE_ALLIANCE, *((row.id, row.name) for row in rows)])
    return schema


def _page(form: Submission) -> str:
    today = local(utc_now(), g.actor.zone).date()
    return render_template(
        "meetings/closures.html",
        closures=session().scalars(closures(since=today)).all(),
        years=[(year, federal_holidays(year)) for year in (today.year, today.year + 1)],
        form=form_view(_schema(), form.typed, form.errors),
    )
