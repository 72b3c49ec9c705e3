"""The parts of an instance as frozen dataclasses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from tumorboard.scheduling.engine.problem.config import Config, Urgency

T = TypeVar("T", bound=str | date)
CalendarOrder = tuple[date, int, str]
Busy = tuple[date, int, int]


@dataclass(frozen=True, slots=True)
class Board:
    """A board and its host; `config` is its own policy where it differs from the problem's."""

    id: str
    host: str
    weekday: int | None = None
    start: int | None = None
    minutes: int | None = None
    config: Config | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One dated meeting; `start` counts minutes after midnight, `reserve` is kept for urgent cases.

    A closed meeting keeps what is locked or published there and takes nothing else.
    """

    id: str
    board: str
    date: date
    start: int
    minutes: int
    reserve: int = 0
    cancelled: bool = False
    closed: bool = False

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
    """Who presents; `window` holds the minutes of the day they can join, None for any.

    `busy` holds the minutes of single days in which they cannot.
    """

    id: str
    institution: str
    away: tuple[date, ...] = ()
    window: tuple[int, int] | None = None
    busy: tuple[Busy, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "away", sorted_set(self.away))
        object.__setattr__(self, "busy", tuple(sorted(set(self.busy))))


@dataclass(frozen=True, slots=True)
class PublishedSlot:
    """What the presenter was told; `start` counts minutes after the meeting's start."""

    meeting: str
    start: int


@dataclass(frozen=True, slots=True)
class Case:
    """A case to be discussed; the `backup` presents where the presenter cannot.

    `busy` holds the minutes of single days in which this case cannot be presented, whoever presents.
    """

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
    backup: str | None = None
    busy: tuple[Busy, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "busy", tuple(sorted(set(self.busy))))
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
