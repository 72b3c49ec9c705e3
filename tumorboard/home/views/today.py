"""`Today`: what needs the person now."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.home.views.blueprint import blueprint
from tumorboard.kernel.web import requires


@blueprint.get("/")
@requires(Permission.HOME_SEE)
def today() -> ResponseReturnValue:
    """The start page."""
    return render_template("home/today.html")
