"""What people send about their addresses and invitations."""

from typing import Any

from marshmallow import fields, post_load, validate

from tumorboard.feeds.domain import Definition
from tumorboard.feeds.domain.invitations import Delivery
from tumorboard.kernel.web import FormSchema, Line

MINE, INSTITUTION, BOARD = "mine", "institution", "board-"


def _a_name() -> Line:
    return Line(
        most=60,
        required=True,
        metadata={
            "label": "Which calendar is it for?",
            "hint": "For example “Outlook at work” or “Phone”.",
            "autocomplete": "off",
        },
        error_messages={"required": "Say which calendar the address is for."},
    )


class AddressSchema(FormSchema):
    """The name of a new address, to tell one's programs apart, and what it opens."""

    name = _a_name()
    what = fields.String(
        required=True,
        validate=validate.OneOf([MINE], ["My calendar"]),
        metadata={
            "label": "What is in it?",
            "hint": "All that concerns you, one board, or your institution.",
        },
        error_messages={"required": "Choose what the address opens."},
    )

    @post_load
    def _asked(self, data: dict[str, Any], **_: Any) -> tuple[str, str]:
        return data["name"], data["what"]


class NameSchema(FormSchema):
    """What an address of a board or of the institution is called: what is in it is given."""

    name = _a_name()

    @post_load
    def _definition(self, data: dict[str, Any], **_: Any) -> Definition:
        return Definition(**data)


class DefinitionSchema(FormSchema):
    """What a person's own address is called, and what is wanted in it."""

    name = _a_name()
    series = fields.List(
        fields.Integer(validate=validate.OneOf([], [], error="Choose among your boards and series.")),
        load_default=list,
        metadata={"label": "Boards and series"},
    )
    with_presenting = fields.Boolean(
        load_default=False, metadata={"label": "Every meeting at which I present a case, or am to step in"}
    )
    with_cut_offs = fields.Boolean(
        load_default=False,
        metadata={
            "label": "When submissions close",
            "hint": "As entries of their own, for the boards you sit on or send cases to.",
        },
    )

    @post_load
    def _chosen(self, data: dict[str, Any], **_: Any) -> tuple[Definition, frozenset[int]]:
        chosen = frozenset(data.pop("series"))
        return Definition(**data), chosen


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
