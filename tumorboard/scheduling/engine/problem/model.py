"""The parts of an instance as frozen dataclasses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from tumorboard.scheduling.engine.problem.config import Urgency

T = TypeVar("T", bound=str | date)
CalendarOrder = tuple[date, int, str]


@dataclass(frozen=True, slots=True)
class Board:
    id: str
    host: str
    weekday: int | None = None
    start: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One dated meeting; `start` counts minutes after midnight, `reserve` is kept for urgent cases."""

    id: str
    board: str
    date: date
    start: int
    minutes: int
    reserve: int = 0
    cancelled: bool = False

    @property
    def end(self) -> int:
        return self.start + self.minutes

    @property
    def order(self) -> CalendarOrder:
        """The place of the meeting in its board's calendar."""
        return self.date, self.start, self.id


@dataclass(frozen=True, slots=True)
class Rep:
    """Who stands for a specialty on a board, and the days they do not."""

    id: str
    board: str
    specialty: str
    absent: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "absent", sorted_set(self.absent))


@dataclass(frozen=True, slots=True)
class Presenter:
    """Who presents; `window` holds the minutes of the day they can join, None for any."""

    id: str
    institution: str
    away: tuple[date, ...] = ()
    window: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "away", sorted_set(self.away))


@dataclass(frozen=True, slots=True)
class PublishedSlot:
    """What the presenter was told; `start` counts minutes after the meeting's start."""

    meeting: str
    start: int


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    board: str
    minutes: int
    urgency: Urgency
    submitted: date
    ready: date
    deadline: date
    presenter: str
    institution: str
    specialties: tuple[str, ...] = ()
    locked: str | None = None
    published: PublishedSlot | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "specialties", sorted_set(self.specialties))


@dataclass(frozen=True, slots=True)
class PastDelay:
    """How many meetings an institution's earlier cases waited on a board, for fairness over time."""

    board: str
    institution: str
    delay: int
    cases: int


def sorted_set(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(set(values)))
