"""Schemas for what people send: text is cleaned at the edge, unknown fields are refused."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, fields, pre_load, validate

from tumorboard.kernel.text import clean_line, clean_text

LONGEST_LIST = 200


class Line(fields.String):
    """One line of text, cleaned; its length is counted after cleaning."""

    def __init__(self, *, most: int, least: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("validate", []).append(_length(least, most))
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return clean_line(super()._deserialize(value, attr, data, **kwargs))


class Paragraph(fields.String):
    """Text of several lines, cleaned; its length is counted after cleaning."""

    def __init__(self, *, most: int, least: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {}).setdefault("kind", "textarea")
        kwargs.setdefault("validate", []).append(_length(least, most))
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return clean_text(super()._deserialize(value, attr, data, **kwargs))


class FormSchema(Schema):
    """The base of every schema: blanks count as absent, unknown fields are refused, lists are capped."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "This form has no such field."}

    @pre_load
    def _drop_blanks(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if not _is_blank(value)}


def offer(schema: Schema, name: str, choices: Iterable[tuple[int | str, str]]) -> None:
    """Let a field, or each item of a list, take only these values, and show them by name."""
    offered = list(choices)
    values, labels = [value for value, _ in offered], [label for _, label in offered]
    field = schema.fields[name]
    asked = field.inner if isinstance(field, fields.List) else field
    asked.validators = [validate.OneOf(values, labels, error="Choose one of the list.")]


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not clean_line(value)
    return value is None or value == []


class _Length(validate.Length):
    """Says beside the limit how long the text is that was sent."""

    def _format_error(self, value: Any, message: str) -> str:
        told = super()._format_error(value, message)
        return f"{told} This has {len(value):,}." if self.max and len(value) > self.max else told


def _length(least: int, most: int) -> validate.Length:
    if least > 1:
        return _Length(min=least, max=most, error=f"Use between {least} and {most:,} characters.")
    return _Length(min=least, max=most, error=f"Use at most {most:,} characters.")
