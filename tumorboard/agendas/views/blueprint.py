"""The blueprint that the views of this package share, and what they are told from above."""

from datetime import datetime
from typing import Protocol

from flask import Blueprint, Flask, current_app

from tumorboard.agendas.domain import PlanNotes
from tumorboard.kernel.clock import utc_now
from tumorboard.meetings.models import Meeting

blueprint = Blueprint("agendas", __name__)


class NotesOf(Protocol):
    """What tells what the last plan did."""

    def __call__(self, meeting: Meeting, *, now: datetime) -> PlanNotes:
        """The notes as of now."""
        ...


def install_plan_notes(app: Flask, notes_of: NotesOf) -> None:
    """Tell the agenda page what the last plan did; scheduling stands above this package."""
    app.extensions["plan_notes"] = notes_of


def plan_notes(meeting: Meeting) -> PlanNotes:
    """What the last plan of the meeting's board did, and why."""
    notes: PlanNotes = current_app.extensions["plan_notes"](meeting, now=utc_now())
    return notes
