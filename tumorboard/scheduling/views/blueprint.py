"""The blueprint of planning, and which boards a request may plan."""

from flask import Blueprint, g

from tumorboard.accounts.domain import Permission
from tumorboard.kernel.errors import Forbidden
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import meeting_seen_by
from tumorboard.scheduling.domain import lateness_in_words
from tumorboard.series.models import Series
from tumorboard.series.queries import series_seen_by

blueprint = Blueprint("scheduling", __name__)
blueprint.add_app_template_filter(lateness_in_words, "lateness")


def led_board(slug: str) -> Series:
    """Return the board. Raises NotFound when there is none, Forbidden for whom does not lead it."""
    series = series_seen_by(g.actor, slug)
    if not series.kind.is_board or not g.actor.may(Permission.PLAN_RUN, series_id=series.id):
        raise Forbidden("The coordinators and the chair of a board plan it.")
    return series


def led_meeting(meeting_id: int) -> Meeting:
    """Return a meeting of a board that the person leads, as `led_board`."""
    meeting = meeting_seen_by(g.actor, meeting_id)
    led_board(meeting.series.slug)
    return meeting
