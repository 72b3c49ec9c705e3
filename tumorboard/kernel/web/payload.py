"""One shape for form and JSON: what was sent becomes the schema's value, or errors beside what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields

from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.web.answers import wants_json
from tumorboard.kernel.web.fields import LONGEST_LIST


@dataclass(frozen=True)
class Submission:
    """What a person sent: the loaded value, or the errors; always what was typed, to show it again."""

    value: Any = None
    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether anything has to be mended."""
        return bool(self.errors)


def submission(schema: Schema, *, partial: bool = False, apart: str = "") -> Submission:
    """Read the request's form or JSON body through the schema.

    Fields of a form whose names begin with `apart` are left to whoever reads them by themselves.
    A refused form comes back with its errors; a refused JSON body raises Invalid, as its sender sees no page.
    """
    typed = _json_body() if request.is_json else _form_body(schema, apart)
    too_long = [name for name, value in typed.items() if isinstance(value, list) and len(value) > LONGEST_LIST]
    if too_long:
        return _refuse(typed, {too_long[0]: [f"Choose at most {LONGEST_LIST}."]})
    try:
        return Submission(value=schema.load(typed, partial=partial), typed=typed)
    except ValidationError as error:
        return _refuse(typed, messages_of(error))


def messages_of(error: ValidationError) -> dict[str, Any]:
    """The sentences of a refusal, by field."""
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]  # not typed in marshmallow
    return messages


def _refuse(typed: Mapping[str, Any], errors: Mapping[str, Any]) -> Submission:
    if request.is_json or wants_json():
        raise Invalid("Some fields were refused.", fields=errors)
    return Submission(typed=typed, errors=errors)


def _json_body() -> dict[str, Any]:
    try:
        body = request.get_json()
    except RecursionError as error:
        raise Invalid("This JSON is nested too deeply.") from error
    if not isinstance(body, dict):
        raise Invalid("Send one JSON object.")
    return body


def _form_body(schema: Schema, apart: str) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name in request.form:
        if name == "csrf_token" or (apart and name.startswith(apart)):
            continue
        values = request.form.getlist(name)
        typed[name] = values if isinstance(schema.fields.get(name), fields.List) else values[-1]
    return typed
