"""What people send about one meeting."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from marshmallow import post_load

from tumorboard.kernel.clock import instant_of
from tumorboard.kernel.web import FormSchema, Line, Paragraph
from tumorboard.series.domain import LONGEST_LENGTH_MINUTES
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


class TalkSchema(FormSchema):
    """What is taught, and by whom."""

    title = Line(most=200, load_default="", metadata={"label": "Title"})
    speaker_name = Line(most=120, load_default="", metadata={"label": "Speaker", "autocomplete": "off"})
    speaker_affiliation = Line(most=120, load_default="", metadata={"label": "Affiliation"})
    abstract = Paragraph(most=4000, load_default="", metadata={"label": "Abstract", "rows": 6})
