"""From the dataclasses to plain JSON values."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from tumorboard.scheduling.engine.problem.model import PastDelay


def plain(value: Any) -> Any:
    """Return the value with dates as text, tuples as lists and enum members as their text."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def nested_history(history: Iterable[PastDelay]) -> dict[str, dict[str, dict[str, int]]]:
    """Return past delays by board and institution."""
    written: dict[str, dict[str, dict[str, int]]] = {}
    for past in history:
        written.setdefault(past.board, {})[past.institution] = {"delay": past.delay, "cases": past.cases}
    return written
