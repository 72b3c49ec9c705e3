"""Questions that several forms of series and meetings ask."""

from datetime import date
from typing import Any

from marshmallow import fields, validate

_YEARS = validate.Range(min=date(2000, 1, 1), max=date(2100, 12, 31), error="Choose a day between 2000 and 2100.")


def a_day(label: str, ask: str = "", **kwargs: Any) -> fields.Date:
    """A question for a day; required where there is a sentence that asks for it."""
    if ask:
        kwargs["required"] = True
    messages: dict[str, Any] = {"required": ask, "invalid": "Enter a date such as 2026-12-08."}
    return fields.Date(validate=_YEARS, metadata={"label": label}, error_messages=messages, **kwargs)


def some_minutes(label: str, most: int, *, least: int = 0, **kwargs: Any) -> fields.Integer:
    """A question for a number of minutes."""
    message = f"Enter a whole number from {least} to {most:,}."
    about = {"label": label, "inputmode": "numeric", "hint": kwargs.pop("hint", None)}
    messages: dict[str, Any] = {"required": message, "invalid": message}
    limits = validate.Range(min=least, max=most, error=message)
    return fields.Integer(validate=limits, metadata=about, error_messages=messages, **kwargs)


def a_time(label: str, ask: str) -> fields.Time:
    """A question for a wall time."""
    messages: dict[str, Any] = {"required": ask, "invalid": "Enter a time such as 7:00 AM."}
    return fields.Time(required=True, metadata={"label": label}, error_messages=messages)


def a_video_link(hint: str) -> fields.Url:
    """A question for the address of a video room."""
    return fields.Url(
        load_default="",
        schemes={"https"},
        validate=validate.Length(max=300, error="Use at most 300 characters."),
        metadata={"label": "Video link", "kind": "url", "hint": hint, "autocomplete": "off"},
        error_messages={"invalid": "Enter an address that begins with https://."},
    )
