"""The blueprint that the views of this package share, and what they are told from above."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from flask import Blueprint, Flask, current_app

from tumorboard.cases.domain import Outlook, Slot
from tumorboard.cases.models import Case
from tumorboard.cases.queries import can_present_between
from tumorboard.kernel.clock import utc_now

blueprint = Blueprint("cases", __name__)


class OutlookOf(Protocol):
    """What tells where a case is going."""

    def __call__(self, case: Case, *, now: datetime) -> Outlook | None:
        """The outlook as of now."""
        ...


SlotOf = Callable[[Case], Slot | None]
WhyWaiting = Callable[[Case], str]


def install_outlook(app: Flask, outlook_of: OutlookOf) -> None:
    """Tell the case pages where cases go; meetings and agendas stand above this package."""
    app.extensions["case_outlook"] = outlook_of


def install_slot(app: Flask, slot_of: SlotOf) -> None:
    """Tell the page of a case at what time the board discusses it."""
    app.extensions["case_slot"] = slot_of


def install_why_waiting(app: Flask, why_waiting: WhyWaiting) -> None:
    """Tell the page of a case why it has no meeting; plans stand above this package."""
    app.extensions["case_why_waiting"] = why_waiting


def why_waiting(case: Case) -> str:
    """Why the case has no meeting, and what would change it, as the last plan said."""
    found: str = current_app.extensions["case_why_waiting"](case)
    return found


def slot(case: Case) -> Slot | None:
    """Where the case stands now, if it stands on an agenda."""
    found: Slot | None = current_app.extensions["case_slot"](case)
    return found


def outlook(case: Case) -> dict[str, object]:
    """What the page says of where the case is going, as far as can be said."""
    found: Outlook | None = current_app.extensions["case_outlook"](case, now=utc_now())
    if found is None or case.board is None:
        return {"outlook": found, "outlook_missed": False}
    ends_at = found.starts_at + timedelta(minutes=case.board.length_minutes)
    return {"outlook": found, "outlook_missed": not can_present_between(case, found.starts_at, ends_at)}
