"""The hub and the members, for administrators."""

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.models import Institution
from tumorboard.accounts.queries import institutions
from tumorboard.accounts.schemas import InstitutionSchema
from tumorboard.accounts.services import create_institution, edit_institution
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.errors import Invalid, NotFound
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other, submission


@blueprint.get("/institutions")
@requires(Permission.PEOPLE_MANAGE)
def list_institutions() -> ResponseReturnValue:
    """The hub and its members."""
    return render_template("accounts/institutions.html", institutions=db.session.scalars(institutions()).all())


@blueprint.get("/institutions/new")
@requires(Permission.PEOPLE_MANAGE)
def new_institution() -> ResponseReturnValue:
    """The form to add a member."""
    return _form(None, Submission())


@blueprint.post("/institutions")
@requires(Permission.PEOPLE_MANAGE)
def create_new_institution() -> ResponseReturnValue:
    """Add a member."""
    form = submission(InstitutionSchema())
    if form.refused:
        return _form(None, form), 422
    try:
        with transaction():
            institution = create_institution(form.value, by=g.actor, now=utc_now())
    except Invalid as error:
        return _form(None, Submission(typed=form.typed, errors=error.fields)), 422
    flash(f"{institution.name} was added.")
    return see_other(url_for("accounts.list_institutions"))


@blueprint.get("/institutions/<id:institution_id>")
@requires(Permission.PEOPLE_MANAGE)
def show_institution(institution_id: int) -> ResponseReturnValue:
    """One institution, to be edited."""
    institution = _institution(institution_id)
    values = {name: getattr(institution, name) for name in InstitutionSchema().fields}
    return _form(institution, Submission(typed=values))


@blueprint.post("/institutions/<id:institution_id>")
@requires(Permission.PEOPLE_MANAGE)
def update_institution(institution_id: int) -> ResponseReturnValue:
    """Change an institution."""
    institution = _institution(institution_id)
    form = submission(InstitutionSchema())
    if form.refused:
        return _form(institution, form), 422
    try:
        with transaction():
            edit_institution(institution, form.value, by=g.actor, now=utc_now())
    except Invalid as error:
        return _form(_institution(institution_id), Submission(typed=form.typed, errors=error.fields)), 422
    flash(f"{institution.name} was saved.")
    return see_other(url_for("accounts.list_institutions"))


def _institution(institution_id: int) -> Institution:
    institution = db.session.get(Institution, institution_id)
    if institution is None:
        raise NotFound("There is no such institution.")
    return institution


def _form(institution: Institution | None, form: Submission) -> str:
    shown = form_view(InstitutionSchema(), form.typed, form.errors)
    return render_template("accounts/institution.html", institution=institution, form=shown)
