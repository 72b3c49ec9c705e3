"""Who sits on a board."""

from collections.abc import Sequence

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.models import Person
from tumorboard.accounts.queries import people
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import session, transaction
from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.text import clean_line
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, offer, requires, see_other, submission
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Seat, Series
from tumorboard.series.queries import seat_of
from tumorboard.series.schemas import SeatSchema
from tumorboard.series.services import add_seat, remove_seat
from tumorboard.series.views.access import board_to_edit
from tumorboard.series.views.blueprint import blueprint

MOST_OFFERED = 50
LONGEST_SEARCH = 80


@blueprint.get("/series/<slug:slug>/roster")
@requires(Permission.SERIES_EDIT)
def edit_roster(slug: str) -> ResponseReturnValue:
    """The roster, and the form to add somebody; `?text=` finds people by name or address."""
    return _page(board_to_edit(slug), Submission())


@blueprint.post("/series/<slug:slug>/roster")
@requires(Permission.SERIES_EDIT)
def add_to_roster(slug: str) -> ResponseReturnValue:
    """Put somebody on the roster."""
    series = board_to_edit(slug)
    schema, found = _schema()
    form = submission(schema)
    if form.refused:
        return _page(series, form), 422
    person = next(one for one in found if one.id == form.value.person_id)
    name, part, specialty = person.name, form.value.part, form.value.specialty
    try:
        with transaction():
            add_seat(series, person, part=part, specialty=specialty, by=g.actor, now=utc_now())
    except Invalid as error:
        return _page(board_to_edit(slug), Submission(typed=form.typed, errors=error.fields)), 422
    flash(f"{name} is {part.label.lower()} of {series.name} now.")
    return see_other(url_for("series.edit_roster", slug=series.slug))


@blueprint.post("/series/<slug:slug>/roster/<id:seat_id>/removal")
@requires(Permission.SERIES_EDIT)
def remove_from_roster(slug: str, seat_id: int) -> ResponseReturnValue:
    """Take somebody off the roster."""
    series = board_to_edit(slug)
    seat = seat_of(series, seat_id)
    name, part = seat.person.name, seat.part.label.lower()
    with transaction():
        remove_seat(seat, by=g.actor, now=utc_now())
    flash(f"{name} is no longer {part} of {series.name}.")
    return see_other(url_for("series.edit_roster", slug=series.slug))


def _schema() -> tuple[SeatSchema, Sequence[Person]]:
    """The schema with the people found as its choices, and one more than is offered when there are more."""
    found = session().scalars(people(text=_text()).where(Person.active).limit(MOST_OFFERED + 1)).unique().all()
    schema = SeatSchema()
    offered = ((one.id, f"{one.display_name} · {one.institution.short_name}") for one in found[:MOST_OFFERED])
    offer(schema, "person_id", offered)
    return schema, found


def _text() -> str:
    return clean_line(request.args.get("text", ""))[:LONGEST_SEARCH]


def _page(series: Series, form: Submission) -> str:
    schema, found = _schema()
    return render_template(
        "series/roster.html",
        series=series,
        seats=sorted(series.seats, key=_by_part),
        form=form_view(schema, form.typed, form.errors),
        text=_text(),
        found=len(found),
        most=MOST_OFFERED,
    )


def _by_part(seat: Seat) -> tuple[int, str, int]:
    return list(SeatPart).index(seat.part), seat.person.family_name, seat.id
