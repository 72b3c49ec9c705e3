"""What a coordinator sends from the agenda page."""

from marshmallow import fields, validate

from tumorboard.kernel.web import FormSchema, Line

ACTS = ("add", "up", "down", "to", "to_meeting", "remove", "minutes", "pin", "unpin", "break")
_CHOOSE = "Choose one of the list."


class AgendaEditSchema(FormSchema):
    """One edit of an agenda: which item or case, what to do, and the version that was seen."""

    action = fields.String(required=True, validate=validate.OneOf(ACTS, error="This page has no such button."))
    version = fields.Integer(required=True, error_messages={"required": "Open the agenda again."})
    item = fields.Integer(validate=validate.Range(1, 2_147_483_647), load_default=None)
    case = fields.String(validate=validate.Length(max=12), load_default=None)
    position = fields.Integer(
        validate=validate.Range(1, 200, error="Enter a position from 1 to 200."),
        load_default=1,
        error_messages={"invalid": "Enter the position as a whole number."},
    )
    minutes = fields.Integer(
        validate=validate.Range(1, 120, error="Enter between 1 and 120 minutes."),
        load_default=None,
        error_messages={"invalid": "Enter the minutes as a whole number."},
    )
    meeting = fields.Integer(
        validate=validate.Range(1, 2_147_483_647, error=_CHOOSE), load_default=None, error_messages={"invalid": _CHOOSE}
    )
    reason = Line(most=300, load_default="")
