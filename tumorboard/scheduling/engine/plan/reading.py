"""From the JSON form of a plan to its parts; each reader raises BadInstance naming the field found wrong."""

from tumorboard.scheduling.engine.plan.parts import (
    LEVEL_NAMES,
    Bounds,
    Levels,
    Move,
    Part,
    Reason,
    ReasonCode,
    Skipped,
    Slot,
    Status,
    Waiting,
    reason,
)
from tumorboard.scheduling.engine.problem import BadInstance
from tumorboard.scheduling.engine.problem.fields import LARGEST_TOTAL, Fields, choice, text, whole


def part(path: str, data: object) -> Part:
    source = Fields.of(path, data)
    return Part(
        boards=source.items("boards", text),
        levels=six(source.name("levels"), source.items("levels", whole)),
        bounds=bounds(source),
        status=choice(Status, source.name("status"), source.values.get("status")),
        digest=source.text("digest", default=""),
        reasons=source.text("reasons", default=""),
    )


def slot(place: Fields, reasons: Fields, case: str) -> Slot:
    return Slot(
        case=case,
        meeting=place.text("meeting"),
        start=place.number("start", most=LARGEST_TOTAL),
        why=_read_optional(reasons, "why"),
        skipped=reasons.items("skipped", _read_skipped),
        earlier=_read_optional(reasons, "earlier"),
        warnings=reasons.items("warnings", _read_reason),
    )


def waiting(reasons: Fields, case: str) -> Waiting:
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


def move(path: str, data: object) -> Move:
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


def levels(source: Fields) -> Levels | None:
    if not source.has("levels"):
        return None
    return six("levels", source.items("levels", whole))


def bounds(source: Fields) -> Bounds:
    return source.items("bounds", _read_bound)


def six(name: str, numbers: tuple[int, ...]) -> Levels:
    if len(numbers) != len(LEVEL_NAMES):
        raise BadInstance(f"{name} must be a list of six numbers.")
    late, unsched, moves, unfair, delay, joins = numbers
    return late, unsched, moves, unfair, delay, joins


def _read_bound(path: str, data: object) -> int | None:
    return None if data is None else whole(path, data)
