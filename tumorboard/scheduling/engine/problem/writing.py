"""From the dataclasses to plain JSON values."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from tumorboard.scheduling.engine.problem.model import PastDelay


def plain(value: Any) -> Any:
    """Return the value with dataclasses as objects, dates as text, tuples as lists, members as their text."""
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _names(type(value))}
    return value


def nested_history(history: Iterable[PastDelay]) -> dict[str, dict[str, dict[str, int]]]:
    """Return past delays by board and institution."""
    written: dict[str, dict[str, dict[str, int]]] = {}
    for past in history:
        written.setdefault(past.board, {})[past.institution] = {"delay": past.delay, "cases": past.cases}
    return written


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
