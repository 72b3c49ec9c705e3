"""The rules of the house, checked on the source itself."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from tumorboard.kernel.db import db

ROOT = Path(__file__).resolve().parents[2]
SOURCE, TEMPLATES, TESTS = ROOT / "tumorboard", ROOT / "templates", ROOT / "tests"
PACKAGES = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
SHARED_TEMPLATES = {"layouts", "components", "errors", "mail", "security"}
OF_THE_WHOLE = {"engine": {"properties"}}  # laws that hold for every plan, whichever room made it
MOST_LINES_A_MODULE, MOST_LINES_A_FUNCTION = 300, 40
# Converters that say what a blank in an address may hold; a path or a token is only matched against what is stored.
UNTYPED_BLANKS = {"token", "version", "name"}
_PATH = re.compile(r"/|(/([a-z0-9]+(-[a-z0-9]+)*|<[^<>]+>)(\.(ics|txt))?)+")
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_BLANK = re.compile(r"<(?:([a-z]+)(?:\([^)]*\))?:)?([a-z_]+)>")


def _modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def _templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.is_file())


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _matches(paths: list[Path], pattern: str, *, read: Callable[[Path], str] | None = None) -> list[str]:
    """Where the pattern stands, as file and line."""
    sought, read = re.compile(pattern), read or _text
    lines = ((path, number, line) for path in paths for number, line in enumerate(read(path).splitlines(), start=1))
    return [f"{_name(path)}:{number}" for path, number, line in lines if sought.search(line)]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _markup(path: Path) -> str:
    """The template without its expressions, line by line as it was."""
    return _EXPRESSION.sub(lambda found: "\n" * found.group().count("\n"), _text(path))


def _functions() -> Iterator[tuple[str, int]]:
    for path in _modules():
        for node in ast.walk(ast.parse(_text(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield f"{_name(path)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_every_view_names_its_permission(app: Flask) -> None:
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, "permission")]

    assert silent == []


def test_every_address_is_in_kebab_case_and_its_blanks_are_typed(app: Flask) -> None:
    ours = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("security.")]

    odd = [rule.rule for rule in ours if not _PATH.fullmatch(rule.rule)]
    untyped = {
        name for rule in ours for converter, name in _BLANK.findall(rule.rule) if converter in {"", "string", "default"}
    }

    assert odd == []
    assert untyped <= UNTYPED_BLANKS


def test_only_the_kernel_commits() -> None:
    outside = [path for path in _modules() if "kernel" not in path.parts]

    assert _matches(outside, r"\.commit\(") == []


def test_only_one_module_reads_the_clock() -> None:
    others = [path for path in _modules() if path != SOURCE / "kernel" / "clock.py"]
    reading = r"\b(datetime|date)\.(now|today|utcnow)\(|\btime\.(time|time_ns|localtime|gmtime)\(|func\.now\(|CURRENT_TIMESTAMP"

    assert _matches(others, reading) == []


def test_only_rooms_named_calendar_know_icalendar() -> None:
    others = [path for path in _modules() if "calendar" not in {path.stem, *path.parts}]

    assert _matches(others, r"^\s*(from|import) (icalendar|recurring_ical_events)\b") == []


def test_no_template_lets_text_through_unescaped() -> None:
    assert _matches(_templates(), r"\|\s*safe\b|autoescape\s+false") == []


def test_no_page_brings_style_or_script_of_its_own() -> None:
    inline = r"""\s(style|on[a-z]+)=["']|<style|<script(?![^>]*\ssrc=)|javascript:"""

    assert _matches(_templates(), inline, read=_markup) == []


def test_nothing_in_the_source_marks_user_text_as_safe() -> None:
    outside = [path for path in _modules() if path != SOURCE / "kernel" / "ui.py"]

    assert _matches(outside, r"\bMarkup\(|render_template_string") == []


def test_every_template_lies_in_the_folder_of_its_package() -> None:
    folders = {path.relative_to(TEMPLATES).parts[0] for path in _templates()}
    stray = [_name(path) for path in _templates() if len(path.relative_to(TEMPLATES).parts) < 2]

    assert folders - PACKAGES - SHARED_TEMPLATES == set()
    assert stray == []


def test_no_module_is_long() -> None:
    lines = {_name(path): len(_text(path).splitlines()) for path in _modules()}

    assert {name: count for name, count in lines.items() if count > MOST_LINES_A_MODULE} == {}


def test_no_function_is_long() -> None:
    assert {name: lines for name, lines in _functions() if lines > MOST_LINES_A_FUNCTION} == {}


def test_every_test_names_a_room_that_exists() -> None:
    files = [path for package in PACKAGES for path in (TESTS / package).rglob("test_*.py")]

    assert [_name(path) for path in files if not _has_room(path)] == []


def _has_room(test: Path) -> bool:
    """Whether tests/<package>/test_<room>*.py stands beside a module or a folder tumorboard/<package>/<room>."""
    place = SOURCE / test.parent.relative_to(TESTS)
    rooms = {path.stem for path in place.iterdir() if path.is_dir() or path.suffix == ".py"}
    name = test.stem.removeprefix("test_")
    return any(name == room or name.startswith(f"{room}_") for room in rooms | OF_THE_WHOLE.get(place.name, set()))


def test_models_are_what_the_migrations_made(migrated_app: Flask) -> None:
    with migrated_app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, db.metadata)

    assert differences == []


def test_every_table_that_calendars_show_marks_its_changes(migrated_app: Flask) -> None:
    """SQLite drops a table's triggers when a migration copies the table, and says nothing."""
    of_sqlite = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'calendar_%'"
    of_postgres = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'calendar_%'"
    with migrated_app.app_context(), db.engine.connect() as connection:
        asked = of_sqlite if connection.dialect.name == "sqlite" else of_postgres
        found = Counter(name.strip('"') for name in connection.execute(sa.text(asked)).scalars())

    assert found == {
        "meeting": 3, "series": 1, "agenda": 4, "agenda_item": 6, "case": 4, "seat": 5, "follow": 3, "person": 3, "policy": 3,
        "institution": 4,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["layouts/base.html"])
def test_every_page_is_built_on_the_one_layout(name: str) -> None:
    fragments = [path for path in _templates() if path.name.startswith("_") or path.parts[-2] in {"components", "mail"}]
    parts = {path for path in _templates() if "sections" in path.parts}
    pages = set(_templates()) - set(fragments) - parts - {TEMPLATES / name}

    assert [_name(path) for path in sorted(pages) if '{% extends "' not in _text(path)] == []
