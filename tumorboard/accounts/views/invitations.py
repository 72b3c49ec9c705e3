"""The way in for somebody who was invited."""

from flask import current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import hash_password

from tumorboard.accounts.models import Person
from tumorboard.accounts.schemas import PasswordSchema
from tumorboard.accounts.services import accept_invitation
from tumorboard.accounts.services.people import invited_by_token
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import transaction
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, public, see_other, submission


@blueprint.get("/invitations/<token>")
@public
def open_invitation(token: str) -> ResponseReturnValue:
    """Ask for a password; opening the link changes nothing."""
    return _page(invited_by_token(token, now=utc_now()), Submission())


@blueprint.post("/invitations/<token>")
@public
def take_invitation(token: str) -> ResponseReturnValue:
    """Set the password and let the person sign in."""
    person = invited_by_token(token, now=utc_now())
    form = submission(PasswordSchema())
    weak = {} if form.refused else _weaknesses(form.value["password"], person)
    if form.refused or weak:
        return _page(person, Submission(errors=form.errors or weak)), 422
    with transaction():
        accept_invitation(token, password_hash=hash_password(form.value["password"]), now=utc_now())
    flash("Your password is set. Sign in with it now.")
    return see_other(url_for("security.login"))


def _weaknesses(password: str, person: Person) -> dict[str, list[str]]:
    messages, _ = current_app.extensions["security"].password_util.validate(password, True, user=person)
    return {"password": [str(message) for message in messages]} if messages else {}


def _page(person: Person, form: Submission) -> str:
    shown = form_view(PasswordSchema(), {}, form.errors)
    return render_template("accounts/invitation.html", person=person, form=shown)
