"""A rhythm as people choose it: weekly, every second week, on the nth weekday, yearly; to and from an RRULE."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from tumorboard.series.domain.words import RhythmUnreadable

T = TypeVar("T")


class Repeats(StrEnum):
    """How a series comes round."""

    WEEKLY = "weekly"
    SECOND_WEEK = "second_week"
    MONTHLY = "monthly"
    YEARLY = "yearly"
    CUSTOM = "custom"

    @property
    def label(self) -> str:
        """The choice as it is shown."""
        return _REPEATS_LABELS[self]


_REPEATS_LABELS = {
    Repeats.WEEKLY: "Every week",
    Repeats.SECOND_WEEK: "Every second week",
    Repeats.MONTHLY: "Every month, on a certain weekday",
    Repeats.YEARLY: "Every year, on the date of the first day",
    Repeats.CUSTOM: "By a rule of its own",
}


class Weekday(StrEnum):
    """A day of the week, as an RRULE writes it."""

    MONDAY = "MO"
    TUESDAY = "TU"
    WEDNESDAY = "WE"
    THURSDAY = "TH"
    FRIDAY = "FR"
    SATURDAY = "SA"
    SUNDAY = "SU"

    @property
    def label(self) -> str:
        """The day as it is shown."""
        return self.name.capitalize()


class Nth(StrEnum):
    """Which of a month's weekdays."""

    FIRST = "1"
    SECOND = "2"
    THIRD = "3"
    FOURTH = "4"
    LAST = "-1"

    @property
    def label(self) -> str:
        """The position as it is shown."""
        return self.name.capitalize()


@dataclass(frozen=True)
class Repetition:
    """What was chosen; `rule` is of use only where it is a rule of its own."""

    repeats: Repeats
    weekdays: tuple[Weekday, ...] = ()
    nths: tuple[Nth, ...] = ()
    rule: str = ""

    def as_rule(self, *, first_on: date) -> str:
        """Return the RRULE. Raises RhythmUnreadable naming the field where a choice is missing."""
        match self.repeats:
            case Repeats.CUSTOM:
                return self._asked(self.rule, "rule", "Write the rule, for example FREQ=MONTHLY;BYMONTHDAY=15.")
            case Repeats.YEARLY:
                return f"FREQ=YEARLY;BYMONTH={first_on.month};BYMONTHDAY={first_on.day}"
        days = self._asked(self.weekdays, "weekdays", "Choose at least one weekday.")
        if self.repeats is Repeats.MONTHLY:
            nths = self._asked(self.nths, "nths", "Choose which weekday of the month.")
            return "FREQ=MONTHLY;BYDAY=" + ",".join(f"{nth}{day}" for nth in nths for day in days)
        interval = ";INTERVAL=2" if self.repeats is Repeats.SECOND_WEEK else ""
        return f"FREQ=WEEKLY{interval};BYDAY={','.join(days)}"

    @classmethod
    def of(cls, rule: str, *, first_on: date) -> "Repetition":
        """Return how a stored rule would have been chosen; what fits no choice is a rule of its own."""
        if found := re.fullmatch(r"FREQ=WEEKLY(;INTERVAL=2)?;BYDAY=([A-Z]{2}(?:,[A-Z]{2})*)", rule):
            repeats = Repeats.SECOND_WEEK if found[1] else Repeats.WEEKLY
            return cls(repeats, tuple(Weekday(day) for day in found[2].split(",")))
        if found := re.fullmatch(r"FREQ=MONTHLY;BYDAY=(-?\d[A-Z]{2}(?:,-?\d[A-Z]{2})*)", rule):
            pairs = [(pair[:-2], Weekday(pair[-2:])) for pair in found[1].split(",")]
            chosen = cls._monthly(pairs)
            if chosen and chosen.as_rule(first_on=first_on) == rule:
                return chosen
        if rule in {"FREQ=YEARLY", cls(Repeats.YEARLY).as_rule(first_on=first_on)}:
            return cls(Repeats.YEARLY)
        return cls(Repeats.CUSTOM, rule=rule)

    @property
    def words(self) -> str:
        """`Every Tuesday`, `Every second Thursday`, `First and third Monday of the month`."""
        days = listed(day.label for day in self.weekdays)
        match self.repeats:
            case Repeats.WEEKLY:
                return f"Every {days}"
            case Repeats.SECOND_WEEK:
                return f"Every second {days}"
            case Repeats.MONTHLY:
                return f"{listed(nth.label.lower() for nth in self.nths).capitalize()} {days} of the month"
            case Repeats.YEARLY:
                return "Once a year"
            case Repeats.CUSTOM:
                return f"By the rule {self.rule}"

    @classmethod
    def _monthly(cls, pairs: list[tuple[str, Weekday]]) -> "Repetition | None":
        if {nth for nth, _ in pairs} - set(Nth):
            return None
        nths = tuple(dict.fromkeys(Nth(nth) for nth, _ in pairs))
        return cls(Repeats.MONTHLY, tuple(dict.fromkeys(day for _, day in pairs)), nths)

    @staticmethod
    def _asked(value: T, field: str, message: str) -> T:
        if not value:
            raise RhythmUnreadable(message, fields={field: [message]})
        return value


def listed(names: Iterable[str]) -> str:
    """`Monday`, `Monday and Friday`, `Monday, Wednesday and Friday`."""
    *head, last = list(names) or [""]
    return f"{', '.join(head)} and {last}" if head else last


def days_in_words(rule: str, *, first_on: date) -> str:
    """Which days a rule names, as people say it: `Every Tuesday`, `Every year on October 14`."""
    repetition = Repetition.of(rule, first_on=first_on)
    if repetition.repeats is Repeats.YEARLY:
        return f"Every year on {first_on:%B} {first_on.day}"
    return repetition.words
