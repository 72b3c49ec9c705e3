"""What people send about planning: a board's planning policy, and what to suppose."""

from typing import Any

from marshmallow import fields, post_load, validate

from tumorboard.accounts.domain import Specialty
from tumorboard.kernel.web import FormSchema
from tumorboard.scheduling.domain import PlanMode, PlanSettings
from tumorboard.scheduling.engine import Parallel

MODE_LABELS = ("Changes agendas by itself until they are published", "Only proposes; a coordinator decides")
MOVE_PRICES = (
    (0, "None: every gain counts"),
    (100, "Low: 100 points"),
    (300, "Usual: 300 points"),
    (1000, "High: 1,000 points"),
)


def _days(label: str) -> fields.Integer:
    message = "Enter a number of days from 1 to 120."
    return fields.Integer(
        required=True,
        validate=validate.Range(min=1, max=120, error=message),
        metadata={"label": label, "inputmode": "numeric"},
        error_messages={"required": message, "invalid": message},
    )


def _minutes(label: str, *, most: int, hint: str) -> fields.Integer:
    message = f"Enter minutes from 0 to {most}, or leave it empty."
    return fields.Integer(
        load_default=None,
        validate=validate.Range(min=0, max=most, error=message),
        metadata={"label": label, "hint": hint, "inputmode": "numeric"},
        error_messages={"invalid": message},
    )


class PlanningSchema(FormSchema):
    """How a board wants to be planned."""

    mode = fields.String(
        required=True,
        validate=validate.OneOf([one.value for one in PlanMode], MODE_LABELS),
        metadata={
            "label": "What a plan does",
            "kind": "radios",
            "hint": "Changes to a published agenda are always proposed, never applied by themselves.",
        },
        error_messages={"required": "Choose what a plan does."},
    )
    emergent_days = _days("Emergent")
    urgent_days = _days("Urgent")
    soon_days = _days("Soon")
    routine_days = _days("Routine")
    move_price = fields.Integer(
        required=True,
        validate=validate.OneOf([price for price, _ in MOVE_PRICES], [label for _, label in MOVE_PRICES]),
        metadata={
            "label": "Price of moving a case that was published",
            "hint": "It is moved only where that saves more points of lateness; on short notice the price is higher. "
            "One routine case a week late counts 498, an urgent one 4,482.",
        },
        error_messages={"required": "Choose a price.", "invalid": "Choose a price."},
    )
    reserve_minutes = _minutes(
        "Minutes held back for urgent cases", most=240, hint="Leave empty for what each meeting says."
    )
    complex_minutes = _minutes(
        "Complex from this many minutes", most=120, hint="Such cases come first among equally urgent ones. Empty: no."
    )
    break_minutes = _minutes(
        "Break in the middle", most=60, hint="In meetings of an hour and a half or more. Empty: none."
    )
    fair_weeks = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=26, error="Enter weeks from 0 to 26."),
        metadata={
            "label": "Weeks that fairness looks back",
            "hint": "Institutions that waited longer then are favoured among equals. 0 looks at today's queue only.",
            "inputmode": "numeric",
        },
        error_messages={"invalid": "Enter weeks from 0 to 26."},
    )
    parallel = fields.String(
        required=True,
        validate=validate.OneOf([one.value for one in Parallel], ["Yes, with time to change rooms", "No"]),
        metadata={"label": "May somebody present in two boards that meet at the same time?", "kind": "radios"},
        error_messages={"required": "Choose yes or no."},
    )
    early_leave = fields.List(
        fields.String(validate=validate.OneOf([str(one) for one in Specialty], [one.label for one in Specialty])),
        load_default=list,
        metadata={
            "label": "Specialties that may leave early",
            "hint": "Cases that need them come first where nothing else is lost.",
        },
    )

    @post_load
    def _settings(self, data: dict[str, Any], **_: Any) -> PlanSettings:
        for name in ("complex_minutes", "break_minutes"):
            data[name] = data[name] or 0
        return PlanSettings.of(data)
