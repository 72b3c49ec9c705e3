"""What a board's policy decides about planning: weights, prices and tolerances."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from tumorboard.scheduling.engine.problem.fields import (
    LARGEST_NUMBER,
    BadInstance,
    Fields,
    choice,
    text,
    whole,
)

ByUrgency = tuple[int, int, int, int]


class Urgency(StrEnum):
    EMERGENT = "emergent"
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"

    @property
    def place(self) -> int:
        """Its place in every `ByUrgency` tuple."""
        return PLACES[self]

    @property
    def may_use_reserve(self) -> bool:
        return self in (Urgency.EMERGENT, Urgency.URGENT)


PLACES = {urgency: place for place, urgency in enumerate(Urgency)}


class Parallel(StrEnum):
    """Whether a presenter may have cases in two meetings that run at the same time."""

    ALLOW = "allow"
    FORBID = "forbid"


@dataclass(frozen=True, slots=True)
class Config:
    """The weights of the objective; tuples by urgency run from emergent to routine.

    Cases of at least `complex_minutes` come first among equally urgent ones, 0 for no such wish. A meeting
    of at least `break_from` minutes has a break of `break_minutes` in the middle.
    """

    w_urgency: ByUrgency = (27, 9, 3, 1)
    e_urgency: ByUrgency = (8, 4, 2, 1)
    rank: ByUrgency = (0, 1, 2, 3)
    miss: int = 400
    notice: tuple[tuple[int, int], ...] = ((7, 4), (14, 2), (9999, 1))
    move_earlier: int = 1
    move_later: int = 2
    move_out: int = 4
    move_price: int = 300
    fair_prior: int = 3
    switch_gap: int = 5
    parallel: Parallel = Parallel.ALLOW
    early_leave: tuple[str, ...] = ()
    start_tol: int = 10
    beyond_days: int = 7
    complex_minutes: int = 0
    break_minutes: int = 0
    break_from: int = 90

    def __post_init__(self) -> None:
        object.__setattr__(self, "early_leave", tuple(sorted(set(self.early_leave))))
        object.__setattr__(self, "notice", tuple(sorted(self.notice)))


PLAIN_NUMBERS = tuple(field.name for field in fields(Config) if field.type is int)


def read_config(source: Fields, usual: Config = Config()) -> Config:
    """Return the policy; whatever the instance leaves out is as in `usual`."""
    values: dict[str, object] = {key: source.number(key) for key in PLAIN_NUMBERS if source.has(key)}
    for key in ("w_urgency", "e_urgency", "rank"):
        if source.has(key):
            values[key] = _by_urgency(source.name(key), source.values[key])
    if source.has("notice"):
        values["notice"] = source.items("notice", _notice_step)
    if source.has("parallel"):
        values["parallel"] = choice(Parallel, source.name("parallel"), source.values["parallel"])
    if source.has("early_leave"):
        values["early_leave"] = source.items("early_leave", text)
    change: Callable[..., Config] = replace
    return change(usual, **values)


def _by_urgency(name: str, value: object) -> ByUrgency:
    if isinstance(value, dict):
        value = [value.get(urgency.value) for urgency in Urgency]
    if not isinstance(value, list | tuple) or len(value) != len(Urgency):
        raise BadInstance(f"{name} must give a number for each of {', '.join(Urgency)}.")
    emergent, urgent, soon, routine = (
        whole(f"{name}[{at}]", item, most=LARGEST_NUMBER) for at, item in enumerate(value)
    )
    return emergent, urgent, soon, routine


def _notice_step(name: str, value: object) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise BadInstance(f"{name} must be a pair of days and weight.")
    days, weight = (whole(f"{name}[{at}]", item, most=LARGEST_NUMBER) for at, item in enumerate(value))
    return days, weight
