"""The blueprint that the views of this package share, and what they are told from above."""

from collections.abc import Callable

from flask import Blueprint, Flask, current_app

from tumorboard.cases.domain import Outlook
from tumorboard.cases.models import Case

blueprint = Blueprint("cases", __name__)


def install_outlook(app: Flask, outlook_of: Callable[[Case], Outlook | None]) -> None:
    """Tell the case pages where cases go; meetings and agendas stand above this package."""
    app.extensions["case_outlook"] = outlook_of


def outlook(case: Case) -> Outlook | None:
    """Where the case is going, as far as can be said."""
    found: Outlook | None = current_app.extensions["case_outlook"](case)
    return found
