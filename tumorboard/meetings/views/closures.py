"""Federal holidays, and the days on which a site or the whole alliance is closed."""

from collections import Counter
from collections.abc import Iterable, Sequence

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.queries import institutions
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import session, transaction
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, offer, requires, see_other, submission
from tumorboard.meetings.domain import ClosureOutdated, ClosureRefused
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import effects_of, held_back_by
from tumorboard.meetings.services import close_days, refusals, reopen_days
from tumorboard.meetings.views.blueprint import blueprint
from tumorboard.meetings.views.status import row_of, status_of
from tumorboard.meetings.views.touched import (
    APART,
    Errors,
    gone,
    has_looked,
    read_decisions,
    summary,
    touched,
    typed_rows,
)
from tumorboard.series.domain import ClosureEffect, federal_holidays
from tumorboard.series.models import Closure
from tumorboard.series.queries import closure_by_id, closures
from tumorboard.series.schemas import WHOLE_ALLIANCE, ClosureSchema
from tumorboard.series.services import ClosureDraft


@blueprint.get("/closures")
@requires(Permission.CLOSURE_MANAGE)
def list_closures() -> ResponseReturnValue:
    """Closures to come, the federal holidays of this and the next year, and the form to close some days."""
    typed = {name: value for name, value in request.args.items() if name in ClosureSchema().fields}
    return _page(Submission(typed={"effect": ClosureEffect.CANCEL, **typed}))


@blueprint.post("/closures/preview")
@requires(Permission.CLOSURE_MANAGE)
def preview_closure() -> ResponseReturnValue:
    """What closing these days would do to each meeting, to be decided one by one. Nothing is stored."""
    form = submission(_schema(), apart=APART)
    if form.refused:
        return _page(form), 422
    draft = form.value
    decisions, errors = read_decisions(typed_rows())
    effects = effects_of(draft.closing, institution_id=draft.institution_id, now=utc_now())
    if not errors and set(decisions) == {one.meeting.id for one in effects}:
        errors = refusals(effects, decisions, now=utc_now())
    return _preview(form, errors), 422 if errors else 200


@blueprint.post("/closures")
@requires(Permission.CLOSURE_MANAGE)
def create_closure() -> ResponseReturnValue:
    """Close the days; each meeting on them is cancelled, moved or held by video, as it was decided."""
    form = submission(_schema(), apart=APART)
    if form.refused:
        return _page(form), 422
    decisions, errors = read_decisions(typed_rows())
    if errors:
        return _preview(form, errors), 422
    try:
        with transaction():
            closure = close_days(form.value, by=g.actor, now=utc_now(), decisions=decisions if has_looked() else None)
    except ClosureOutdated as error:
        return _preview(form, {}, trouble=error.message), 409
    except ClosureRefused as error:
        return _preview(form, error.fields), 422
    flash(f"{closure.name} was stored. {_told(closure)}")
    return see_other(url_for("meetings.list_closures"))


@blueprint.get("/closures/<id:closure_id>/removal")
@requires(Permission.CLOSURE_MANAGE)
def confirm_removal(closure_id: int) -> ResponseReturnValue:
    """What opening again would bring back."""
    closure = closure_by_id(closure_id)
    held_back = _held_back(closure)
    return render_template("meetings/closure_removal.html", closure=closure, rows=[row_of(one) for one in held_back])


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
    coming = session().scalars(closures(since=today)).all()
    held_back = _held_back(*coming)
    return render_template(
        "meetings/closures.html",
        closures=[(one, _in_words(row for row in held_back if row.closure_id == one.id)) for one in coming],
        years=[(year, federal_holidays(year)) for year in (today.year, today.year + 1)],
        form=form_view(_schema(), form.typed, form.errors),
    )


def _preview(form: Submission, errors: Errors, *, trouble: str = "") -> str:
    draft: ClosureDraft = form.value
    typed = typed_rows()
    effects = effects_of(draft.closing, institution_id=draft.institution_id, now=utc_now())
    rows = touched(effects, draft, typed=typed, errors=errors)
    return render_template(
        "meetings/closure_preview.html",
        draft=draft,
        fields=dict(form.typed),
        change_url=url_for("meetings.list_closures", **{name: value for name, value in form.typed.items() if value}),
        rows=rows,
        gone=[row_of(meeting) for meeting in gone(effects, typed)],
        errors=summary(rows),
        trouble=trouble,
    )


def _held_back(*closed: Closure) -> Sequence[Meeting]:
    return session().scalars(held_back_by(*(closure.id for closure in closed), after=utc_now())).all()


def _told(closure: Closure) -> str:
    did = _in_words(_held_back(closure))
    return (
        f"Meetings: {did}. Whoever’s calendar cannot know in time is told."
        if did
        else "No meeting was planned on these days."
    )


def _in_words(meetings: Iterable[Meeting]) -> str:
    """`1 cancelled, 2 moved, 1 by video only`; empty where there are none."""
    counts = Counter(status_of(meeting).label.lower() for meeting in meetings)
    return ", ".join(f"{count} {label}" for label, count in counts.items())
