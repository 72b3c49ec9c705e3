"""The engine's answer: who stands where, who waits, and why; frozen, and JSON both ways."""

from dataclasses import dataclass
from typing import Any

from tumorboard.scheduling.engine.plan import reading
from tumorboard.scheduling.engine.plan.parts import Bounds, Levels, Move, Part, Reason, Slot, Status, Waiting
from tumorboard.scheduling.engine.problem.fields import Fields, choice


@dataclass(frozen=True, slots=True)
class Plan:
    """Slots and waiting cases in the order of their ids; levels and bounds as in `LEVEL_NAMES`.

    `trouble` says what befell the solver where another engine had to stand in.
    """

    slots: tuple[Slot, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    moves: tuple[Move, ...] = ()
    levels: Levels | None = None
    bounds: Bounds | None = None
    status: Status = Status.FEASIBLE
    engine: str = ""
    version: str = ""
    digest: str = ""
    trouble: str = ""
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(sorted(self.parts, key=lambda each: each.boards)))
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
        return _read(Fields.of("", data))

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
            "trouble": self.trouble,
            "parts": [part.to_json() for part in self.parts],
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


def _read(source: Fields) -> Plan:
    assign, reasons = source.object("assign"), source.object("reasons")
    slots = [
        reading.slot(assign.object(each), reasons.object(each), each) for each in assign.values if assign.has(each)
    ]
    waiting = [reading.waiting(reasons.object(each), each) for each in assign.values if not assign.has(each)]
    return Plan(
        slots=tuple(slots),
        waiting=tuple(waiting),
        moves=source.items("moves", reading.move),
        levels=reading.levels(source),
        bounds=reading.bounds(source) if source.has("bounds") else None,
        status=choice(Status, "status", source.values.get("status", Status.FEASIBLE.value)),
        engine=source.text("engine", default=""),
        version=source.text("version", default=""),
        digest=source.text("digest", default=""),
        trouble=source.text("trouble", default=""),
        parts=source.items("parts", reading.part),
    )
