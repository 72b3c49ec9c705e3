"""What people send about one meeting, and about each that closed days touch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validates_schema

from tumorboard.kernel.clock import instant_of, local
from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.web import FormSchema, Line, Paragraph
from tumorboard.series.domain import LONGEST_LENGTH_MINUTES, ClosureEffect
from tumorboard.series.schemas.questions import a_day, a_time, a_video_link, some_minutes


@dataclass(frozen=True)
class Move:
    """Where and when a meeting is to be; the time is of its series' wall."""

    day: date
    starts: time
    length_minutes: int
    room: str
    video_url: str
    reason: str

    def starts_at(self, zone: str) -> datetime:
        """The instant at which it is to begin."""
        return instant_of(self.day, self.starts, zone)

    def ends_at(self, zone: str) -> datetime:
        """The instant at which it is to end."""
        return self.starts_at(zone) + timedelta(minutes=self.length_minutes)


class MoveSchema(FormSchema):
    """Another time, room or link."""

    day = a_day("Day", "Choose a day.")
    starts = a_time("Starts at", "Enter when it starts.")
    length_minutes = some_minutes("Length in minutes", LONGEST_LENGTH_MINUTES, least=5, required=True)
    room = Line(most=120, load_default="", metadata={"label": "Room"})
    video_url = a_video_link("It must begin with https://.")
    reason = Line(
        most=300,
        load_default="",
        metadata={"label": "Reason", "hint": "Everybody who sees the meeting reads it. Name no patient."},
    )

    @post_load
    def _move(self, data: dict[str, Any], **_: Any) -> Move:
        return Move(**data)


class CancellationSchema(FormSchema):
    """Why a meeting is called off."""

    reason = Line(
        most=300,
        required=True,
        metadata={"label": "Reason", "hint": "Everybody who sees the meeting reads it. Name no patient."},
        error_messages={"required": "Say why, so that people know what to expect."},
    )


@dataclass(frozen=True)
class Answer:
    """What is to become of a meeting on closed days; the time is of its series' wall."""

    version: int
    effect: ClosureEffect
    day: date | None = None
    starts: time | None = None
    video_url: str = ""

    def moves_to(self, zone: str) -> datetime | None:
        """The instant to which it moves. Raises Invalid for a time that the clock leaves out on that day."""
        if self.day is None or self.starts is None:
            return None
        at = instant_of(self.day, self.starts, zone)
        if local(at, zone).time() != self.starts:
            raise Invalid(fields={"starts": ["The clock leaves this time out on that day. Choose another time."]})
        return at


# Answers that count for one choice only; whatever stands in the others is kept on the page and not looked at.
_OF_EFFECT = {
    "day": ClosureEffect.NEXT_WORKDAY,
    "starts": ClosureEffect.NEXT_WORKDAY,
    "video_url": ClosureEffect.VIDEO_ONLY,
}


class AnswerSchema(FormSchema):
    """What is to become of one meeting on closed days."""

    version = fields.Integer(required=True, metadata={"kind": "hidden"})
    effect = fields.Enum(
        ClosureEffect,
        by_value=True,
        required=True,
        metadata={
            "label": "What happens",
            "across": True,
            "choices": [("cancel", "Cancel"), ("next_workday", "Move"), ("video_only", "By video only")],
        },
        error_messages={"required": "Choose what happens to this meeting."},
    )
    day = a_day("To the day")
    starts = fields.Time(
        metadata={"label": "Starts at"}, error_messages={"invalid": "Enter a time such as 7:00 AM."}, load_default=None
    )
    video_url = a_video_link("The series has no link of its own. It must begin with https://.")

    @pre_load
    def _leave_out(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if _OF_EFFECT.get(name) in (None, data.get("effect"))}

    @validates_schema
    def _says_when(self, data: dict[str, Any], **_: Any) -> None:
        if data["effect"] is ClosureEffect.NEXT_WORKDAY:
            asked = {"day": "Choose a day.", "starts": "Enter when it starts."}
            missing = {name: [sentence] for name, sentence in asked.items() if data.get(name) is None}
            if missing:
                raise ValidationError(missing)

    @post_load
    def _answer(self, data: dict[str, Any], **_: Any) -> Answer:
        return Answer(**data)


class TalkSchema(FormSchema):
    """What is taught, and by whom."""

    title = Line(most=200, load_default="", metadata={"label": "Title"})
    speaker_name = Line(most=120, load_default="", metadata={"label": "Speaker", "autocomplete": "off"})
    speaker_affiliation = Line(most=120, load_default="", metadata={"label": "Affiliation"})
    abstract = Paragraph(most=4000, load_default="", metadata={"label": "Abstract", "rows": 6})
