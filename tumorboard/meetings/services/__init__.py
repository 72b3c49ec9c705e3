"""Making, moving and cancelling meetings; each act raises the sequence, is audited, and tells the roster."""

from tumorboard.meetings.services.change import cancel_meeting, move_meeting, reinstate_meeting, set_talk
from tumorboard.meetings.services.closures import apply_closure, close_days, reopen_days
from tumorboard.meetings.services.decisions import refusals
from tumorboard.meetings.services.make import follow_series, make_meetings
from tumorboard.meetings.services.series_changes import change_series, start_series

__all__ = [
    "apply_closure",
    "cancel_meeting",
    "change_series",
    "close_days",
    "follow_series",
    "make_meetings",
    "move_meeting",
    "refusals",
    "reinstate_meeting",
    "reopen_days",
    "set_talk",
    "start_series",
]
