"""The people of the alliance, for administrators."""

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import EmailTaken, Permission
from tumorboard.accounts.models import Person
from tumorboard.accounts.queries import institutions, people, person_seen_by
from tumorboard.accounts.schemas import PersonSchema
from tumorboard.accounts.services import deactivate, edit_person, invite, reactivate
from tumorboard.accounts.services.people import invite_again
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.text import clean_line
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, offer, page_of, requires, see_other, submission


@blueprint.get("/people")
@requires(Permission.PEOPLE_MANAGE)
def list_people() -> ResponseReturnValue:
    """Everybody, by name."""
    text = clean_line(request.args.get("text", ""))[:80]
    institution_id = request.args.get("institution", type=int)
    found = people(text=text, institution_id=institution_id)
    return render_template(
        "accounts/people.html",
        page=page_of(found),
        text=text,
        institution_id=institution_id,
        institution_choices=[
            (row.id, row.name, row.id == institution_id) for row in db.session.scalars(institutions())
        ],
    )


@blueprint.get("/people/new")
@requires(Permission.PEOPLE_MANAGE)
def new_person() -> ResponseReturnValue:
    """The form to invite somebody."""
    return _form(None, Submission())


@blueprint.post("/people")
@requires(Permission.PEOPLE_MANAGE)
def create_person() -> ResponseReturnValue:
    """Invite somebody."""
    form = submission(_schema())
    if form.refused:
        return _form(None, form), 422
    try:
        with transaction():
            person = invite(form.value, by=g.actor, now=utc_now())
    except EmailTaken as error:
        return _form(None, Submission(typed=form.typed, errors=error.fields)), 422
    flash(f"{person.name} was invited by mail.")
    return see_other(url_for("accounts.show_person", person_id=person.id))


@blueprint.get("/people/<id:person_id>")
@requires(Permission.PEOPLE_MANAGE)
def show_person(person_id: int) -> ResponseReturnValue:
    """One person, to be edited."""
    person = person_seen_by(g.actor, person_id)
    return _form(person, Submission(typed=_values(person)))


@blueprint.post("/people/<id:person_id>")
@requires(Permission.PEOPLE_MANAGE)
def update_person(person_id: int) -> ResponseReturnValue:
    """Change a person."""
    person = person_seen_by(g.actor, person_id)
    form = submission(_schema())
    if form.refused:
        return _form(person, form), 422
    try:
        with transaction():
            edit_person(person, form.value, by=g.actor, now=utc_now())
    except EmailTaken as error:
        return _form(person_seen_by(g.actor, person_id), Submission(typed=form.typed, errors=error.fields)), 422
    flash(f"{person.name} was saved.")
    return see_other(url_for("accounts.show_person", person_id=person.id))


@blueprint.post("/people/<id:person_id>/invitation")
@requires(Permission.PEOPLE_MANAGE)
def repeat_invitation(person_id: int) -> ResponseReturnValue:
    """Send a new invitation; the old one ends."""
    person = person_seen_by(g.actor, person_id)
    with transaction():
        invite_again(person, by=g.actor, now=utc_now())
    flash(f"{person.name} was sent a new invitation; the old one no longer works.")
    return see_other(url_for("accounts.show_person", person_id=person.id))


@blueprint.post("/people/<id:person_id>/<any(deactivation, reactivation):act>")
@requires(Permission.PEOPLE_MANAGE)
def change_access(person_id: int, act: str) -> ResponseReturnValue:
    """Shut a person out, or let them in again."""
    person = person_seen_by(g.actor, person_id)
    change = deactivate if act == "deactivation" else reactivate
    with transaction():
        change(person, by=g.actor, now=utc_now())
    flash(f"{person.name} {'can sign in again' if person.active else 'can no longer sign in'}.")
    return see_other(url_for("accounts.show_person", person_id=person.id))


def _schema() -> PersonSchema:
    """The schema with the institutions there are as its choices."""
    schema = PersonSchema()
    offer(schema, "institution_id", ((row.id, row.name) for row in db.session.scalars(institutions())))
    return schema


def _values(person: Person) -> dict[str, object]:
    plain = ("email", "given_name", "family_name", "credentials", "institution_id")
    values: dict[str, object] = {name: getattr(person, name) for name in plain}
    values["parts"] = [row.part for row in person.parts]
    values["specialties"] = [row.specialty for row in person.specialties]
    return values


def _form(person: Person | None, form: Submission) -> str:
    shown = form_view(_schema(), form.typed, form.errors)
    return render_template("accounts/person.html", person=person, form=shown)
