"""Reading one field of an instance, or saying in one sentence which field is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


# Numbers of an instance, and sums of them; what is larger means nothing in minutes, days or points.
LARGEST_NUMBER = 1_000_000
LARGEST_TOTAL = 10**24
YEARS = range(1900, 2501)


class BadInstance(ValueError):
    """The instance cannot be planned; the message is one sentence naming the field."""


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object with the path that leads to it."""

    path: str
    values: dict[str, object]

    @classmethod
    def of(cls, path: str, data: object) -> "Fields":
        if not isinstance(data, dict):
            raise BadInstance(f"{path or 'The instance'} must be an object.")
        return cls(path, data)

    def name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether the field is there and not null."""
        return self.values.get(key) is not None

    def number(self, key: str, *, least: int = 0, most: int = LARGEST_NUMBER, default: int | None = None) -> int:
        """Return a whole number from `least` to `most`."""
        value = self.values.get(key, default)
        return whole(self.name(key), value, least=least, most=most)

    def text(self, key: str, *, default: str | None = None) -> str:
        value = self.values.get(key, default)
        return text(self.name(key), value)

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def optional_number(self, key: str) -> int | None:
        return self.number(key) if self.has(key) else None

    def day(self, key: str) -> date:
        return day(self.name(key), self.values.get(key))

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise BadInstance(f"{self.name(key)} must be true or false.")
        return value

    def items(self, key: str, read: Callable[[str, object], T]) -> tuple[T, ...]:
        """Return the list under `key`, each item read by `read`; a missing list is empty."""
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise BadInstance(f"{self.name(key)} must be a list.")
        return tuple(read(f"{self.name(key)}[{place}]", item) for place, item in enumerate(value))

    def object(self, key: str) -> "Fields":
        """Return the object under `key`; a missing one is empty."""
        value = self.values.get(key)
        return Fields.of(self.name(key), {} if value is None else value)


def whole(name: str, value: object, *, least: int = 0, most: int = LARGEST_TOTAL) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        bound = "above 0" if least == 1 else f"of at least {least}"
        raise BadInstance(f"{name} must be a whole number {bound}.")
    if value > most:
        raise BadInstance(f"{name} must be at most {most:,}.")
    return value


def text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadInstance(f"{name} must be text.")
    return value


def day(name: str, value: object) -> date:
    try:
        if not isinstance(value, str) or len(value) != len("YYYY-MM-DD"):
            raise ValueError
        read = date.fromisoformat(value)
        if read.year not in YEARS:
            raise BadInstance(f"{name} must lie between {YEARS.start} and {YEARS.stop - 1}.")
        return read
    except BadInstance:
        raise
    except ValueError as error:
        raise BadInstance(f"{name} must be a date written YYYY-MM-DD.") from error


def choice(kind: type[E], name: str, value: object) -> E:
    """Return the member of `kind` that `value` spells."""
    try:
        return kind(text(name, value))
    except ValueError as error:
        if isinstance(error, BadInstance):
            raise
        raise BadInstance(f"{name} must be one of {', '.join(kind)}.") from error
