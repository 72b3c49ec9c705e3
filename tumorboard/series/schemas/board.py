"""What people send about a board: its policy and its roster."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from tumorboard.accounts.domain import Specialty
from tumorboard.kernel.web import FormSchema
from tumorboard.series.domain import LONGEST_CUT_OFF_DAYS, SeatPart
from tumorboard.series.schemas.questions import a_day, a_time
from tumorboard.series.services import PolicyDraft


class _PolicyBase(FormSchema):
    effective_on = a_day("In force from", "Choose the day from which it holds.")
    cut_off_days = fields.Integer(
        required=True,
        validate=validate.Range(
            min=0, max=LONGEST_CUT_OFF_DAYS, error=f"Enter a number of days from 0 to {LONGEST_CUT_OFF_DAYS}."
        ),
        metadata={"label": "Days before the meeting", "inputmode": "numeric"},
        error_messages={"required": "Enter a number of days.", "invalid": "Enter a number of days."},
    )
    cut_off_at = a_time("Until", "Enter a time.")

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> PolicyDraft:
        found = {one: data.pop(goal_field(one)) for one in Specialty}
        goals = {specialty: percent for specialty, percent in found.items() if percent is not None}
        return PolicyDraft(**data, goals=goals)


def goal_field(specialty: Specialty) -> str:
    """The name of the question for a specialty's attendance goal."""
    return f"goal_{specialty}"


def _a_goal(specialty: Specialty) -> fields.Integer:
    message = "Enter a percentage from 1 to 100, or leave it empty."
    return fields.Integer(
        load_default=None,
        validate=validate.Range(min=1, max=100, error=message),
        metadata={"label": specialty.label, "inputmode": "numeric"},
        error_messages={"invalid": message},
    )


class PolicySchema(_PolicyBase.from_dict({goal_field(one): _a_goal(one) for one in Specialty})):  # type: ignore[misc]  # made of the list of specialties
    """A board's rules: the cut-off, and a goal for each specialty of the quorum (empty: it is not needed)."""


@dataclass(frozen=True)
class SeatDraft:
    """Who is to sit on a board, as what."""

    person_id: int
    part: SeatPart
    specialty: Specialty | None


class SeatSchema(FormSchema):
    """A new place on a roster."""

    person_id = fields.Integer(
        required=True,
        metadata={"label": "Person", "kind": "select"},
        error_messages={"required": "Choose a person.", "invalid": "Choose a person."},
    )
    part = fields.Enum(
        SeatPart,
        by_value=True,
        required=True,
        metadata={"label": "Part"},
        error_messages={"required": "Choose a part."},
    )
    specialty = fields.Enum(
        Specialty, by_value=True, load_default=None, metadata={"label": "Stands for", "blank": "No specialty"}
    )

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> SeatDraft:
        return SeatDraft(**data)
