"""`Today`: what needs the person now."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.kernel.web import requires

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(Permission.HOME_SEE)
def today() -> ResponseReturnValue:
    """The start page."""
    return render_template("home/today.html")
