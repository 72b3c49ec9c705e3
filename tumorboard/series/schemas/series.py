"""What people send about a series: its rhythm is chosen in friendly words and becomes an RRULE."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.web import FormSchema, Line, Paragraph
from tumorboard.series.domain import (
    LONGEST_LENGTH_MINUTES,
    HolidayRule,
    Nth,
    Repeats,
    Repetition,
    SeriesKind,
    Site,
    Weekday,
    check_rule,
)
from tumorboard.series.schemas.questions import a_day, a_time, a_video_link, some_minutes
from tumorboard.series.services import SeriesDraft

# Addresses under /series that are pages of their own.
RESERVED_SLUGS = frozenset({"new", "preview"})
_US_ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}
_ZONES = [*_US_ZONES, *sorted(available_timezones() - set(_US_ZONES))]


@dataclass(frozen=True)
class SeriesEdit:
    """A series as it is to be, and the version of it that was read."""

    draft: SeriesDraft
    version: int


class SeriesSchema(FormSchema):
    """A series, its rhythm chosen in friendly words."""

    version = fields.Integer(load_default=1, validate=validate.Range(min=1), metadata={"kind": "hidden"})
    name = Line(
        most=120,
        required=True,
        metadata={"label": "Name", "hint": "For example Thoracic tumor board"},
        error_messages={"required": "Enter a name."},
    )
    short_name = Line(
        most=40,
        required=True,
        metadata={"label": "Short name", "hint": "As it stands in the calendar, for example Thoracic"},
        error_messages={"required": "Enter a short name."},
    )
    slug = fields.String(
        required=True,
        validate=[
            validate.Regexp(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\Z", error="Use small letters, digits and dashes."),
            validate.NoneOf(RESERVED_SLUGS, error="This name is taken by a page. Choose another."),
        ],
        metadata={"label": "Name in the address", "hint": "Small letters, digits and dashes"},
        error_messages={"required": "Enter a name for the address."},
    )
    kind = fields.Enum(
        SeriesKind,
        by_value=True,
        required=True,
        metadata={
            "label": "Kind",
            "hint": "Boards take cases. Teaching is open to all.",
        },
        error_messages={"required": "Choose a kind."},
    )
    site = fields.Enum(
        Site,
        by_value=True,
        required=True,
        metadata={"label": "Disease site", "hint": "Sets its color in the calendar."},
        error_messages={"required": "Choose a disease site."},
    )
    host_id = fields.Integer(
        required=True,
        metadata={
            "label": "Host",
            "kind": "select",
            "hint": "When the host is closed, the series does not meet.",
        },
        error_messages={"required": "Choose the host.", "invalid": "Choose the host."},
    )
    audience = Line(most=200, load_default="", metadata={"label": "Audience"})
    description = Paragraph(most=2000, load_default="", metadata={"label": "Description", "rows": 3})
    repeats = fields.Enum(
        Repeats,
        by_value=True,
        required=True,
        metadata={"label": "How often", "kind": "radios"},
        error_messages={"required": "Choose how often it meets."},
    )
    weekdays = fields.List(
        fields.Enum(Weekday, by_value=True), load_default=[], metadata={"label": "Weekdays", "across": True}
    )
    nths = fields.List(
        fields.Enum(Nth, by_value=True),
        load_default=[],
        metadata={"label": "Which of the month", "across": True},
    )
    rule = Line(
        most=200,
        load_default="",
        metadata={
            "label": "Rule",
            "hint": "A recurrence rule as calendars write it (RFC 5545), for example FREQ=MONTHLY;BYMONTHDAY=15",
        },
    )
    first_on = a_day("First day", "Choose the first day.")
    last_on = a_day("Last day", load_default=None)
    starts = a_time("Starts at", "Enter when it starts.")
    length_minutes = some_minutes("Length in minutes", LONGEST_LENGTH_MINUTES, least=5, required=True)
    time_zone = fields.String(
        required=True,
        validate=validate.OneOf(_ZONES, error="Choose a time zone of the list."),
        metadata={
            "label": "Time zone",
            "kind": "select",
            "hint": "The wall time stays the same all year; the clock change is taken care of.",
            "choices": [(zone, f"{_US_ZONES[zone]} ({zone})" if zone in _US_ZONES else zone) for zone in _ZONES],
        },
        error_messages={"required": "Choose a time zone."},
    )
    room = Line(most=120, load_default="", metadata={"label": "Room"})
    video_url = a_video_link("For a board, only its roster is shown the link. It must begin with https://.")
    holiday_rule = fields.Enum(
        HolidayRule,
        by_value=True,
        required=True,
        metadata={"label": "On federal holidays"},
        error_messages={"required": "Choose what happens on federal holidays."},
    )
    capacity_minutes = some_minutes(
        "Minutes for cases", LONGEST_LENGTH_MINUTES, load_default=None, hint="Empty: the whole length"
    )
    reserve_minutes = some_minutes(
        "Minutes kept free", LONGEST_LENGTH_MINUTES, load_default=0, hint="For urgent cases that come late"
    )
    case_minutes = some_minutes("Minutes a case", 120, least=1, load_default=8, hint="As a rule")

    @validates_schema
    def _hangs_together(self, data: dict[str, Any], **_: Any) -> None:
        if data["last_on"] and data["last_on"] < data["first_on"]:
            raise ValidationError("Choose a last day that does not come before the first.", "last_on")
        if (data["capacity_minutes"] or 0) > data["length_minutes"]:
            raise ValidationError("Enter no more minutes than the meeting has.", "capacity_minutes")
        if data["reserve_minutes"] > _capacity(data):
            raise ValidationError("Keep no more minutes free than there are for cases.", "reserve_minutes")
        _rule(data)

    @post_load
    def _edit(self, data: dict[str, Any], **_: Any) -> SeriesEdit:
        version = data.pop("version")
        data["rule"], data["capacity_minutes"] = _rule(data), _capacity(data)
        for name in ("repeats", "weekdays", "nths"):
            del data[name]
        return SeriesEdit(SeriesDraft(**data), version)


def _capacity(data: Mapping[str, Any]) -> int:
    if data["capacity_minutes"] is None and data["kind"].is_board:
        return int(data["length_minutes"])
    return int(data["capacity_minutes"] or 0)


def _rule(data: Mapping[str, Any]) -> str:
    chosen = Repetition(data["repeats"], tuple(data["weekdays"]), tuple(data["nths"]), data["rule"].upper())
    try:
        rule = chosen.as_rule(first_on=data["first_on"])
        check_rule(rule, first_on=data["first_on"])
    except Invalid as error:
        raise ValidationError(dict(error.fields) or {"rule": [error.message]}) from error
    return rule
