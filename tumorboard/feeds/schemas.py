"""What people send about their addresses and invitations."""

from typing import Any

from marshmallow import fields, post_load

from tumorboard.feeds.domain.invitations import Delivery
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


class DeliverySchema(FormSchema):
    """How meetings are to reach one's calendar."""

    delivery = fields.Enum(
        Delivery,
        by_value=True,
        required=True,
        metadata={
            "label": "How should meetings reach your calendar?",
            "hint": "An invitation is a mail that your calendar program shows with buttons to accept or decline.",
        },
        error_messages={
            "required": "Choose how meetings should reach you.",
            "unknown": "Choose how meetings should reach you.",
        },
    )

    @post_load
    def _delivery(self, data: dict[str, Any], **_: Any) -> Delivery:
        chosen: Delivery = data["delivery"]
        return chosen
