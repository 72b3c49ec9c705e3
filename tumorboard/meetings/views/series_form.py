"""Create and edit a series; its meetings follow in the same act."""

from typing import Any

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.queries import institutions
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import session, transaction
from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.ui import FieldView, FormView, form_view
from tumorboard.kernel.web import Submission, offer, requires, see_other, submission
from tumorboard.meetings.queries import next_dates, outlook_of
from tumorboard.meetings.services import change_series, start_series
from tumorboard.meetings.views.blueprint import blueprint
from tumorboard.series.domain import HolidayRule, Repeats, Repetition, SeriesChanged
from tumorboard.series.models import Series
from tumorboard.series.schemas import SeriesEdit, SeriesSchema
from tumorboard.series.views.access import series_to_edit

_FIRST_VALUES = {
    "repeats": Repeats.WEEKLY,
    "holiday_rule": HolidayRule.CANCEL,
    "length_minutes": 60,
    "case_minutes": 8,
    "time_zone": "America/New_York",
}


@blueprint.get("/series/new")
@requires(Permission.SERIES_CREATE)
def new_series() -> ResponseReturnValue:
    """The form for something new that meets by a rule."""
    return _form(None, Submission(typed=_FIRST_VALUES))


@blueprint.post("/series/preview")
@requires(Permission.SERIES_CREATE)
def preview_new_series() -> ResponseReturnValue:
    """The same form with the next dates that its rhythm would give. Nothing is stored."""
    form = submission(_schema())
    return _form(None, form, preview=True), 422 if form.refused else 200


@blueprint.post("/series")
@requires(Permission.SERIES_CREATE)
def create_new_series() -> ResponseReturnValue:
    """Create the series and its meetings out to the horizon."""
    form = submission(_schema())
    if form.refused:
        return _form(None, form), 422
    try:
        with transaction():
            series = start_series(form.value.draft, by=g.actor, now=utc_now())
    except Invalid as error:
        return _form(None, Submission(typed=form.typed, errors=error.fields)), 422
    flash(f"{series.name} was created, with its meetings of the next six months.")
    return see_other(url_for("meetings.show_series", slug=series.slug))


@blueprint.get("/series/<slug:slug>/edit")
@requires(Permission.SERIES_EDIT)
def edit_one_series(slug: str) -> ResponseReturnValue:
    """The form, filled with what is stored."""
    series = series_to_edit(slug)
    return _form(series, Submission(typed=_values(series)))


@blueprint.post("/series/<slug:slug>/edit/preview")
@requires(Permission.SERIES_EDIT)
def preview_one_series(slug: str) -> ResponseReturnValue:
    """The same form with the next dates, and what would become of those that are planned. Nothing is stored."""
    series = series_to_edit(slug)
    form = submission(_schema())
    return _form(series, form, preview=True), 422 if form.refused else 200


@blueprint.post("/series/<slug:slug>/edit")
@requires(Permission.SERIES_EDIT)
def update_one_series(slug: str) -> ResponseReturnValue:
    """Save the series; meetings to come that nobody edited follow it."""
    series = series_to_edit(slug)
    form = submission(_schema())
    if form.refused:
        return _form(series, form), 422
    edit: SeriesEdit = form.value
    try:
        with transaction():
            changes = change_series(series, edit.draft, version=edit.version, by=g.actor, now=utc_now())
    except SeriesChanged:
        return _conflict(slug, form), 409
    except Invalid as error:
        return _form(series_to_edit(slug), Submission(typed=form.typed, errors=error.fields)), 422
    count = len(changes)
    flash(f"{series.name} was saved. {_meetings(count)} changed." if count else f"{series.name} was saved.")
    return see_other(url_for("meetings.show_series", slug=series.slug))


def _meetings(count: int) -> str:
    return f"{count} meeting{'' if count == 1 else 's'}"


def _schema() -> SeriesSchema:
    """The schema with the institutions there are as its hosts."""
    schema = SeriesSchema()
    offer(schema, "host_id", ((row.id, row.name) for row in session().scalars(institutions())))
    return schema


def _values(series: Series) -> dict[str, Any]:
    plain = set(SeriesSchema().fields) - {"repeats", "weekdays", "nths"}
    chosen = Repetition.of(series.rule, first_on=series.first_on)
    values = {name: getattr(series, name) for name in plain}
    rule = {"repeats": chosen.repeats, "weekdays": list(chosen.weekdays), "nths": list(chosen.nths)}
    return {**values, **rule, "rule": chosen.rule}


def _conflict(slug: str, form: Submission) -> str:
    """What was typed beside what somebody else stored; saving again means to overwrite it."""
    series = series_to_edit(slug)
    stored = form_view(_schema(), _values(series), {})
    typed = form_view(_schema(), form.typed, {})
    differences = [
        (one.label, _shown(stored[name]), _shown(one))
        for name, one in typed.fields.items()
        if name != "version" and _shown(stored[name]) != _shown(one)
    ]
    kept = {**form.typed, "version": series.version}
    return _form(series, Submission(typed=kept), differences=differences)


def _shown(view: FieldView) -> str:
    chosen = [label for value, label, is_chosen in view.choices if is_chosen and value]
    return ", ".join(chosen) if view.choices else str(view.value or "")


def _form(
    series: Series | None,
    form: Submission,
    *,
    preview: bool = False,
    differences: list[tuple[str, str, str]] | None = None,
) -> str:
    shown: FormView = form_view(_schema(), form.typed, form.errors)
    outlook = _preview(series, form.value) if preview and not form.refused else {}
    return render_template("meetings/series_form.html", series=series, form=shown, differences=differences, **outlook)


def _preview(series: Series | None, edit: SeriesEdit) -> dict[str, Any]:
    draft, now = edit.draft, utc_now()
    terms: dict[str, Any] = {"host_id": draft.host_id, "holiday_rule": draft.holiday_rule, "now": now}
    return {
        "draft": draft,
        "dates": next_dates(draft.rhythm, **terms),
        "outlook": outlook_of(series, draft.rhythm, **terms) if series else None,
    }
