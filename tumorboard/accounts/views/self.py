"""One's own account: sessions, second factor, days away."""

from typing import cast

from flask import flash, g, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.models import Absence, SignIn
from tumorboard.accounts.queries import absences_of, sign_ins_of
from tumorboard.accounts.schemas import AbsenceSchema
from tumorboard.accounts.services import add_absence, end_sign_in, end_sign_ins_of, remove_absence
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.accounts.views.sessions import StoredSession
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.errors import NotFound
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other, submission


@blueprint.get("/account")
@requires(Permission.SELF_EDIT)
def show_self() -> ResponseReturnValue:
    """One's own account."""
    return _page(Submission())


@blueprint.post("/account/absences")
@requires(Permission.SELF_EDIT)
def add_own_absence() -> ResponseReturnValue:
    """Note days away."""
    form = submission(AbsenceSchema())
    if form.refused:
        return _page(form), 422
    with transaction():
        add_absence(current_user, **form.value, by=g.actor, now=utc_now())
    flash("The days away were noted. No meeting is planned with you then.")
    return see_other(url_for("accounts.show_self") + "#away")


@blueprint.post("/account/absences/<id:absence_id>/removal")
@requires(Permission.SELF_EDIT)
def remove_own_absence(absence_id: int) -> ResponseReturnValue:
    """Take days away back."""
    absence = db.session.get(Absence, absence_id)
    if absence is None or absence.person_id != g.actor.person_id:
        raise NotFound("There are no such days away of yours.")
    with transaction():
        remove_absence(absence, by=g.actor, now=utc_now())
    flash("The days away were removed.")
    return see_other(url_for("accounts.show_self") + "#away")


@blueprint.post("/account/sign-ins/<id:sign_in_id>/end")
@requires(Permission.SELF_EDIT)
def end_own_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign out one browser."""
    sign_in = db.session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.person_id != g.actor.person_id:
        raise NotFound("There is no such session of yours.")
    with transaction():
        end_sign_in(sign_in, by=g.actor, now=utc_now())
    flash("That browser was signed out.")
    return see_other(url_for("accounts.show_self") + "#sessions")


@blueprint.post("/account/sign-ins/end-others")
@requires(Permission.SELF_EDIT)
def end_other_sign_ins() -> ResponseReturnValue:
    """Sign out all browsers but this one."""
    with transaction():
        end_sign_ins_of(current_user, but=_here())
    flash("All other browsers were signed out.")
    return see_other(url_for("accounts.show_self") + "#sessions")


def _here() -> bytes | None:
    """What the database knows this browser's session by."""
    return cast(StoredSession, session).token_hash


def _page(form: Submission) -> str:
    today = local(utc_now(), g.actor.zone).date()
    return render_template(
        "accounts/show_self.html",
        person=current_user,
        sign_ins=db.session.scalars(sign_ins_of(g.actor.person_id)).all(),
        here=_here(),
        absences=db.session.scalars(absences_of(g.actor.person_id, since=today)).all(),
        form=form_view(AbsenceSchema(), form.typed, form.errors),
    )
