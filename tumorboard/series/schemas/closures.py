"""What people send about closed days."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from tumorboard.kernel.web import FormSchema, Line
from tumorboard.series.domain import ClosureCause, ClosureEffect
from tumorboard.series.schemas.questions import a_day, a_video_link
from tumorboard.series.services import ClosureDraft

LONGEST_CLOSURE_DAYS = 366
WHOLE_ALLIANCE = (0, "The whole alliance")


class ClosureSchema(FormSchema):
    """Closed days, both included."""

    name = Line(
        most=120,
        required=True,
        metadata={"label": "Name", "hint": "Everybody reads it as the reason, for example Snow storm"},
        error_messages={"required": "Enter a name."},
    )
    institution_id = fields.Integer(
        required=True,
        metadata={"label": "Who is closed", "kind": "select"},
        error_messages={"required": "Choose who is closed.", "invalid": "Choose one of the list."},
    )
    cause = fields.Enum(
        ClosureCause,
        by_value=True,
        required=True,
        metadata={"label": "Cause", "across": True},
        error_messages={"required": "Choose a cause."},
    )
    effect = fields.Enum(
        ClosureEffect,
        by_value=True,
        required=True,
        metadata={
            "label": "What happens to meetings",
            "hint": "You decide about each meeting on the next page; those made later follow this.",
        },
        error_messages={"required": "Choose what happens to meetings."},
    )
    starts_on = a_day("First day", "Choose the first day.")
    ends_on = a_day("Last day", "Choose the last day.")
    video_url = a_video_link("For meetings by video that have no link of their own. It must begin with https://.")

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["ends_on"] < data["starts_on"]:
            raise ValidationError("Choose a last day that does not come before the first.", "ends_on")
        if (data["ends_on"] - data["starts_on"]).days >= LONGEST_CLOSURE_DAYS:
            raise ValidationError("Close at most a year at a time.", "ends_on")

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> ClosureDraft:
        data["institution_id"] = data["institution_id"] or None
        return ClosureDraft(**data)
