"""What people send about their addresses."""

from typing import Any

from marshmallow import post_load

from tumorboard.kernel.web import FormSchema, Line


class AddressSchema(FormSchema):
    """The name of a personal address, to tell one's programs apart."""

    name = Line(
        most=60,
        required=True,
        metadata={
            "label": "Which calendar is it for?",
            "hint": "For example “Outlook at work” or “Phone”.",
            "autocomplete": "off",
        },
        error_messages={"required": "Say which calendar the address is for."},
    )

    @post_load
    def _name(self, data: dict[str, Any], **_: Any) -> str:
        return str(data["name"])
