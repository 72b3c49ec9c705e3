"""What the pages are drawn with: icons, rulers, versioned assets, and forms read from a schema."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, send_file, send_from_directory, url_for
from lucide.jinja import lucide
from markupsafe import Markup
from marshmallow import Schema, fields, validate

STATIC_FOLDER = Path(__file__).resolve().parent.parent / "static"
ONE_YEAR_SECONDS = 31_536_000
RADIOS_AT_MOST = 4

# Third-party files reach the browser only out of installed wheels, and only these.
VENDOR_FILES = {
    "public-sans.ttf": ("fontpkg_public_sans", "files/PublicSans[wght].ttf", "font/ttf"),
    "public-sans-italic.ttf": ("fontpkg_public_sans", "files/PublicSans-Italic[wght].ttf", "font/ttf"),
}

Choice = tuple[str, str, bool]  # value, label, chosen


@cache
def icon(name: str, size: int = 18) -> Markup:
    """Return a Lucide icon as inline SVG, hidden from screen readers. Raises IconDoesNotExist."""
    marks = {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    return Markup(lucide(name, size=size, stroke_width=1.9, **marks))  # noqa: S704 - drawn by the installed package


def ruler(
    segments: Sequence[tuple[int, str]], capacity: int, *, current: int | None = None, height: int = 14
) -> Markup:
    """Draw minutes to scale; what runs past the capacity is red, behind an end mark; without a class it is a pause."""
    total = max(capacity, sum(minutes for minutes, _ in segments), 1)
    parts = [_bar("r-free", 0, capacity, total)]
    at = index = 0
    for minutes, site_class in segments:
        if site_class:
            inside = min(max(capacity - at, 0), minutes)
            parts.append(_bar(_segment_class(index, site_class, current), at, inside, total))
            parts.append(_bar("r-over", at + inside, minutes - inside, total))
            index += 1
        at += minutes
        parts.append(_mark("r-gap", at, total))
    if total > capacity:
        parts.append(_mark("r-end", capacity, total))
    svg = Markup('<svg class="ruler" aria-hidden="true" width="100%" height="{}">{}</svg>')
    return svg.format(height, Markup("").join(parts))


def fill_bar(used: int, capacity: int, site_class: str, height: int = 5) -> Markup:
    """Draw how many of a capacity's minutes are taken: a ruler of one segment."""
    return ruler([(used, site_class)] if used else [], capacity, height=height)


def _segment_class(index: int, site_class: str, current: int | None) -> str:
    names = ["r-seg", site_class]
    if index % 2:
        names.append("alt")
    if current is not None and index <= current:
        names.append("r-now" if index == current else "r-past")
    return " ".join(names)


def _bar(names: str, at: int, minutes: int, total: int) -> Markup:
    rect = Markup('<rect class="{}" x="{:.3f}%" width="{:.3f}%" height="100%"/>')
    return rect.format(names, at / total * 100, minutes / total * 100) if minutes else Markup("")


def _mark(name: str, at: int, total: int) -> Markup:
    rect = Markup('<rect class="{}" x="{:.3f}%" width="2" height="100%"/>')
    return rect.format(name, at / total * 100) if at < total else Markup("")


@dataclass(frozen=True)
class FieldView:
    """One question as a page shows it; the macros in components/forms.html only print it."""

    name: str
    id: str
    label: str
    kind: str
    hint: str | None = None
    error: str | None = None
    value: str | list[str] | bool | None = None
    choices: tuple[Choice, ...] = ()
    required: bool = False
    maxlength: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    rows: int | None = None
    inputmode: str | None = None
    autocomplete: str | None = None
    across: bool = False

    @property
    def described_by(self) -> str | None:
        ids = [f"{self.id}-{part}" for part in ("hint", "error") if getattr(self, part)]
        return " ".join(ids) or None


@dataclass(frozen=True)
class FormView:
    """The questions of a schema in its order, with what was typed and what is to fix."""

    fields: dict[str, FieldView]
    general: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> FieldView:
        return self.fields[name]

    def __iter__(self) -> Iterator[FieldView]:
        return iter(self.fields.values())

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Pairs of a field's id and what to mend; what concerns the whole form leads to its first field."""
        first = next(iter(self), None)
        whole = [(first.id if first else "main", message) for message in self.general]
        return whole + [(view.id, f"{view.label}: ".replace("?: ", "? ") + view.error) for view in self if view.error]

    @property
    def invalid(self) -> bool:
        return bool(self.errors)


def form_view(schema: Schema, values: Mapping[str, Any], errors: Mapping[str, Any], *, prefix: str = "") -> FormView:
    """Read a schema into what its page shows; prefix sets the rows of a group apart."""
    views = {}
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        views[name] = _field_view(field, key, values.get(key), errors.get(key), prefix)
    return FormView(views, tuple(_messages(errors.get("_schema"))))


def _field_view(field: fields.Field[Any], key: str, value: object, error: object, prefix: str) -> FieldView:
    about = field.metadata
    kind = about.get("kind") or _kind(field)
    chosen = _chosen(field, value)
    name = prefix + key
    return FieldView(
        name=name,
        id=name,
        label=about.get("label") or key.replace("_", " ").capitalize(),
        hint=about.get("hint"),
        error=next(iter(_messages(error)), None),
        value=_shown(kind, chosen),
        kind=kind,
        choices=_choices(field, kind, chosen),
        required=field.required,
        maxlength=next((rule.max for rule in _rules(field, validate.Length)), None),
        minimum=_limit(field, "min"),
        maximum=_limit(field, "max"),
        rows=about.get("rows"),
        inputmode=about.get("inputmode"),
        autocomplete=about.get("autocomplete"),
        across=about.get("across", False),
    )


def _kind(field: fields.Field[Any]) -> str:
    if isinstance(field, fields.List):
        return "checkboxes" if _offered(field.inner) else "text"
    if offered := _offered(field):
        return "radios" if len(offered) <= RADIOS_AT_MOST else "select"
    kinds: dict[type[fields.Field[Any]], str] = {
        fields.Email: "email",
        fields.Boolean: "checkbox",
        fields.Number: "number",
        fields.Time: "time",
        fields.Date: "date",
    }
    return next((kind for type_, kind in kinds.items() if isinstance(field, type_)), "text")


def _offered(field: fields.Field[Any]) -> list[tuple[str, str]]:
    if isinstance(field, fields.Enum):
        return [(_chosen(field, member)[0], _enum_label(member)) for member in field.enum]
    for rule in _rules(field, validate.OneOf):
        labels = [*rule.labels, *map(str, list(rule.choices)[len(list(rule.labels)) :])]
        return [(str(choice), label) for choice, label in zip(rule.choices, labels, strict=True)]
    return []


def _enum_label(member: Enum) -> str:
    return str(getattr(member, "label", None) or member.name.replace("_", " ").capitalize())


def _choices(field: fields.Field[Any], kind: str, chosen: list[str]) -> tuple[Choice, ...]:
    if kind not in {"radios", "checkboxes", "select"}:
        return ()
    asked = field.inner if isinstance(field, fields.List) else field
    offered = field.metadata.get("choices") or _offered(asked)
    if kind == "select":
        offered = [("", field.metadata.get("blank", "Choose one" if field.required else "")), *offered]
    return tuple((str(value), label, str(value) in (chosen or [""])) for value, label in offered)


def _chosen(field: fields.Field[Any], value: object) -> list[str]:
    """What was typed or stored, as the strings a form would send."""
    if isinstance(field, fields.List):
        items = value if isinstance(value, list | tuple | set | frozenset) else [value]
        return [text for item in items for text in _chosen(field.inner, item)]
    if value is None or value == "" or (isinstance(value, list) and not value):
        return []
    value = value[-1] if isinstance(value, list) else value
    if isinstance(value, Enum):
        by_value = not isinstance(field, fields.Enum) or field.by_value
        return [str(value.value if by_value else value.name)]
    return [_text(value)]


def _text(value: object) -> str:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def _shown(kind: str, chosen: list[str]) -> str | list[str] | bool:
    if kind == "checkboxes":
        return chosen
    if kind == "checkbox":
        return bool(chosen) and chosen[-1] not in {"False", "false", "0", "off"}
    return ", ".join(chosen)


def _rules(field: fields.Field[Any], type_: type[Any]) -> list[Any]:
    return [rule for rule in field.validators if isinstance(rule, type_)]


def _limit(field: fields.Field[Any], end: str) -> str | None:
    limits = [getattr(rule, end) for rule in _rules(field, validate.Range)]
    return next((_text(limit) for limit in limits if limit is not None), None)


def _messages(error: object) -> list[str]:
    """The sentences in marshmallow's answer, however deep they sit."""
    if isinstance(error, str):
        return [error]
    parts = error.values() if isinstance(error, Mapping) else error if isinstance(error, list) else ()
    return [message for part in parts for message in _messages(part)]


@cache
def asset_version(static_folder: Path) -> str:
    """Name the present contents of the folder; read once a process."""
    digest = hashlib.sha256()
    for path in sorted(path for path in static_folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(static_folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def asset(path: str) -> str:
    """Return the address of a static file; the version is a folder, so relative imports keep it."""
    return url_for("kernel.static", version=asset_version(STATIC_FOLDER), filename=path)


def vendor(name: str) -> str:
    """Return the address of an allow-listed file of an installed wheel."""
    return url_for("kernel.vendor", name=name)


def register_ui(app: Flask) -> None:
    """Give templates their drawing functions and serve what pages load."""
    for function in (icon, ruler, fill_bar, asset, vendor):
        app.jinja_env.globals[function.__name__] = function
    app.add_url_rule("/static/<version>/<path:filename>", "kernel.static", _serve_static)
    app.add_url_rule("/vendor/<name>", "kernel.vendor", _serve_vendor)


def _serve_static(version: str, filename: str) -> Response:
    answer = send_from_directory(STATIC_FOLDER, filename)
    if version == asset_version(STATIC_FOLDER):
        answer.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_SECONDS}, immutable"
    return answer


def _serve_vendor(name: str) -> Response:
    if name not in VENDOR_FILES:
        abort(404)
    package, path, mimetype = VENDOR_FILES[name]
    try:
        content = (resources.files(package) / path).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError):
        abort(404)
    answer = send_file(io.BytesIO(content), mimetype=mimetype)
    answer.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_SECONDS}, immutable"
    return answer
