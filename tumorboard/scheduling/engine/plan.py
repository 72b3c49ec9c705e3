"""The engine's answer: who stands where, who waits, and why; frozen, and JSON both ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tumorboard.scheduling.engine.problem import BadInstance
from tumorboard.scheduling.engine.problem.fields import Fields, choice, text, whole

Argument = str | int | tuple[str, ...]
Levels = tuple[int, int, int, int, int, int]
Bounds = tuple[int | None, ...]

LEVEL_NAMES = ("late", "unsched", "moves", "unfair", "delay", "joins")


class Status(StrEnum):
    """How good a plan is known to be; `fallback` stood in for the engine that was asked for."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    FALLBACK = "fallback"


class ReasonCode(StrEnum):
    """Why a case stands, waits, or passes over a meeting."""

    OTHER_BOARD = "other_board"
    CANCELLED = "cancelled"
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
class Plan:
    """Slots and waiting cases in the order of their ids; levels and bounds as in `LEVEL_NAMES`."""

    slots: tuple[Slot, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    moves: tuple[Move, ...] = ()
    levels: Levels | None = None
    bounds: Bounds | None = None
    status: Status = Status.FEASIBLE
    engine: str = ""
    version: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        for key in ("slots", "waiting", "moves"):
            object.__setattr__(self, key, tuple(sorted(getattr(self, key), key=lambda each: each.case)))

    @property
    def gap(self) -> int | None:
        """How far level 1 is from its bound at most; None while there is no bound."""
        if self.levels is None or not self.bounds or self.bounds[0] is None:
            return None
        return self.levels[0] - self.bounds[0]

    @property
    def places(self) -> dict[str, Slot]:
        """The slots by case."""
        return {slot.case: slot for slot in self.slots}

    @classmethod
    def from_json(cls, data: object) -> "Plan":
        """Return the plan the JSON form describes; only `assign` is needed. Raises BadInstance."""
        return _read_plan(Fields.of("", data))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form, cases in the order of their ids."""
        return {
            "assign": self._assign(),
            "reasons": self._reasons(),
            "moves": [_written_move(move) for move in self.moves],
            "levels": None if self.levels is None else list(self.levels),
            "bounds": None if self.bounds is None else list(self.bounds),
            "gap": self.gap,
            "status": self.status.value,
            "engine": self.engine,
            "version": self.version,
            "digest": self.digest,
        }

    def _reasons(self) -> dict[str, dict[str, Any]]:
        answers: list[Slot | Waiting] = [*self.slots, *self.waiting]
        return {each.case: _explained(each) for each in sorted(answers, key=lambda each: each.case)}

    def _assign(self) -> dict[str, dict[str, Any] | None]:
        assign: dict[str, dict[str, Any] | None] = {each.case: None for each in self.waiting}
        assign |= {each.case: {"meeting": each.meeting, "start": each.start} for each in self.slots}
        return dict(sorted(assign.items()))


def _explained(each: Slot | Waiting) -> dict[str, Any]:
    written: dict[str, Any] = {
        "why": _written(each.why),
        "skipped": [{"meeting": skip.meeting, "why": skip.why.to_json()} for skip in each.skipped],
        "earlier": _written(each.earlier),
    }
    if isinstance(each, Slot):
        written["warnings"] = [warning.to_json() for warning in each.warnings]
    return written


def _written(reason: Reason | None) -> dict[str, Any] | None:
    return None if reason is None else reason.to_json()


def _written_move(move: Move) -> dict[str, Any]:
    return {
        "case": move.case,
        "from": _written_place(move.from_meeting, move.from_start),
        "to": _written_place(move.to_meeting, move.to_start),
        "why": _written(move.why),
    }


def _written_place(meeting: str | None, start: int | None) -> dict[str, Any] | None:
    return None if meeting is None else {"meeting": meeting, "start": start}


def _read_plan(source: Fields) -> Plan:
    assign, reasons = source.object("assign"), source.object("reasons")
    slots = [_read_slot(assign.object(each), reasons.object(each), each) for each in assign.values if assign.has(each)]
    waiting = [_read_waiting(reasons.object(each), each) for each in assign.values if not assign.has(each)]
    return Plan(
        slots=tuple(slots),
        waiting=tuple(waiting),
        moves=source.items("moves", _read_move),
        levels=_read_levels(source),
        bounds=source.items("bounds", _read_bound) if source.has("bounds") else None,
        status=choice(Status, "status", source.values.get("status", Status.FEASIBLE.value)),
        engine=source.text("engine", default=""),
        version=source.text("version", default=""),
        digest=source.text("digest", default=""),
    )


def _read_slot(place: Fields, reasons: Fields, case: str) -> Slot:
    return Slot(
        case=case,
        meeting=place.text("meeting"),
        start=place.number("start"),
        why=_read_optional(reasons, "why"),
        skipped=reasons.items("skipped", _read_skipped),
        earlier=_read_optional(reasons, "earlier"),
        warnings=reasons.items("warnings", _read_reason),
    )


def _read_waiting(reasons: Fields, case: str) -> Waiting:
    return Waiting(
        case=case,
        why=_read_optional(reasons, "why"),
        skipped=reasons.items("skipped", _read_skipped),
        earlier=_read_optional(reasons, "earlier"),
    )


def _read_skipped(path: str, data: object) -> Skipped:
    source = Fields.of(path, data)
    return Skipped(source.text("meeting"), _read_reason(source.name("why"), source.values.get("why")))


def _read_optional(source: Fields, key: str) -> Reason | None:
    return _read_reason(source.name(key), source.values[key]) if source.has(key) else None


def _read_reason(path: str, data: object) -> Reason:
    source = Fields.of(path, data)
    code = choice(ReasonCode, source.name("code"), source.values.get("code"))
    return reason(code, source.text("sentence"), source.object("args").values)


def reason(code: ReasonCode, sentence: str, args: Mapping[str, object]) -> Reason:
    """Return a reason whose arguments stand in a fixed order."""
    return Reason(code, sentence, tuple(sorted((name, _argument(name, value)) for name, value in args.items())))


def _argument(name: str, value: object) -> Argument:
    if isinstance(value, list | tuple):
        return tuple(text(name, each) for each in value)
    return value if isinstance(value, str) else whole(name, value)


def _read_move(path: str, data: object) -> Move:
    source = Fields.of(path, data)
    before, after = source.object("from"), source.object("to")
    return Move(
        case=source.text("case"),
        from_meeting=before.optional_text("meeting"),
        from_start=before.optional_number("start"),
        to_meeting=after.optional_text("meeting"),
        to_start=after.optional_number("start"),
        why=_read_optional(source, "why"),
    )


def _read_levels(source: Fields) -> Levels | None:
    if not source.has("levels"):
        return None
    levels = source.items("levels", whole)
    if len(levels) != len(LEVEL_NAMES):
        raise BadInstance("levels must be a list of six numbers.")
    late, unsched, moves, unfair, delay, joins = levels
    return late, unsched, moves, unfair, delay, joins


def _read_bound(path: str, data: object) -> int | None:
    return None if data is None else whole(path, data)
