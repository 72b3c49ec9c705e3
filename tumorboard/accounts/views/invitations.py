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
    weak, password = _judged(form.value["password"], person) if not form.refused else ({}, "")
    if form.refused or weak:
        return _page(person, Submission(errors=form.errors or weak)), 422
    with transaction():
        accept_invitation(token, password_hash=hash_password(password), now=utc_now())
    flash("Your password is set. Sign in with it now.")
    return see_other(url_for("security.login"))


def _judged(typed: str, person: Person) -> tuple[dict[str, list[str]], str]:
    """What is wrong with the password, and the password in the one form in which sign-in compares it."""
    messages, password = current_app.extensions["security"].password_util.validate(typed, False, user=person)
    return ({"password": [str(message) for message in messages]} if messages else {}), password


def _page(person: Person, form: Submission) -> str:
    shown = form_view(PasswordSchema(), {}, form.errors)
    return render_template("accounts/invitation.html", person=person, form=shown)
