"""One's own account: sessions and second factor."""

from typing import cast

from flask import flash, g, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.models import SignIn
from tumorboard.accounts.queries import row_of, sign_ins_of
from tumorboard.accounts.services import end_sign_in, end_sign_ins_of
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.accounts.views.sessions import StoredSession
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.web import requires, see_other


@blueprint.get("/account")
@requires(Permission.SELF_EDIT)
def show_self() -> ResponseReturnValue:
    """One's own account."""
    return render_template(
        "accounts/show_self.html",
        person=current_user,
        sign_ins=db.session.scalars(sign_ins_of(g.actor.person_id)).all(),
        here=_here(),
    )


@blueprint.post("/account/sign-ins/<id:sign_in_id>/end")
@requires(Permission.SELF_EDIT)
def end_own_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign out one browser."""
    sign_in = row_of(SignIn, sign_in_id, person_id=g.actor.person_id)
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
