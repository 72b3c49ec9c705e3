"""What people send about series, policies, rosters and closures."""

from tumorboard.series.schemas.board import PolicySchema, SeatDraft, SeatSchema, goal_field
from tumorboard.series.schemas.closures import WHOLE_ALLIANCE, ClosureSchema
from tumorboard.series.schemas.series import SeriesEdit, SeriesSchema

__all__ = [
    "WHOLE_ALLIANCE",
    "ClosureSchema",
    "PolicySchema",
    "SeatDraft",
    "SeatSchema",
    "SeriesEdit",
    "SeriesSchema",
    "goal_field",
]
