"""What a plan is made of: slots, waiting cases, moves, and their reasons; all frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tumorboard.scheduling.engine.problem.fields import text, whole

Argument = str | int | tuple[str, ...]
Levels = tuple[int, int, int, int, int, int]
Bounds = tuple[int | None, ...]

LEVEL_NAMES = ("late", "unsched", "moves", "unfair", "delay", "joins")
NOTHING_PROVEN: Bounds = (None,) * len(LEVEL_NAMES)


class Status(StrEnum):
    """How good a plan is known to be; `fallback` stood in for the engine that was asked for."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    FALLBACK = "fallback"


class ReasonCode(StrEnum):
    """Why a case stands, waits, or passes over a meeting."""

    OTHER_BOARD = "other_board"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    PAST = "past"
    NOT_READY = "not_ready"
    PRESENTER_AWAY = "presenter_away"
    OUTSIDE_HOURS = "outside_hours"
    NO_SPECIALTY = "no_specialty"
    TOO_LONG = "too_long"
    GONE = "gone"
    LOCKED = "locked"
    KEPT = "kept"
    ELSEWHERE = "elsewhere"
    FULL = "full"
    FULL_MORE_URGENT = "full_more_urgent"
    RESERVE = "reserve"
    NO_ORDER = "no_order"
    OUTWEIGHED = "outweighed"
    FIRST_POSSIBLE = "first_possible"
    NO_MEETING = "no_meeting"
    EARLIER = "earlier"
    REORDERED = "reordered"
    NOT_PLANNED = "not_planned"


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence a physician understands, and the same thing for machines."""

    code: ReasonCode
    sentence: str
    args: tuple[tuple[str, Argument], ...] = ()

    def __getitem__(self, name: str) -> Argument:
        return dict(self.args)[name]

    def to_json(self) -> dict[str, Any]:
        args = {name: list(value) if isinstance(value, tuple) else value for name, value in self.args}
        return {"code": self.code.value, "sentence": self.sentence, "args": args}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A meeting that came earlier and was passed over."""

    meeting: str
    why: Reason


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a case stands; `start` counts minutes after the meeting's start."""

    case: str
    meeting: str
    start: int
    why: Reason | None = None
    skipped: tuple[Skipped, ...] = ()
    earlier: Reason | None = None
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case without a meeting, why, and what would give it one."""

    case: str
    why: Reason | None = None
    skipped: tuple[Skipped, ...] = ()
    earlier: Reason | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A case that stood at one place and now stands at another; None is waiting."""

    case: str
    from_meeting: str | None
    from_start: int | None
    to_meeting: str | None
    to_start: int | None
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Boards that were solved together: what is proven of them, and fingerprints.

    `digest` is of what they were solved from and of the answer, `reasons` of all that the reasons depend on.
    """

    boards: tuple[str, ...]
    levels: Levels
    bounds: Bounds
    status: Status
    digest: str = ""
    reasons: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "boards": list(self.boards),
            "levels": list(self.levels),
            "bounds": list(self.bounds),
            "status": self.status.value,
            "digest": self.digest,
            "reasons": self.reasons,
        }


def reason(code: ReasonCode, sentence: str, args: Mapping[str, object]) -> Reason:
    """Return a reason whose arguments stand in a fixed order."""
    return Reason(code, sentence, tuple(sorted((name, _argument(name, value)) for name, value in args.items())))


def _argument(name: str, value: object) -> Argument:
    if isinstance(value, list | tuple):
        return tuple(text(name, each) for each in value)
    return value if isinstance(value, str) else whole(name, value)
