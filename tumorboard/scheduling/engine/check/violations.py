"""What can be wrong with a plan."""

from dataclasses import dataclass
from enum import StrEnum


class ViolationCode(StrEnum):
    UNKNOWN_CASE = "unknown_case"
    UNKNOWN_MEETING = "unknown_meeting"
    MISSING = "missing"
    TWICE = "twice"
    LOCK_BROKEN = "lock_broken"
    OTHER_BOARD = "other_board"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    PAST = "past"
    NOT_READY = "not_ready"
    PRESENTER_AWAY = "presenter_away"
    OUTSIDE_HOURS = "outside_hours"
    NO_SPECIALTY = "no_specialty"
    OVER_LENGTH = "over_length"
    RESERVE = "reserve"
    OVERLAP = "overlap"
    NO_BREAK = "no_break"
    PARALLEL = "parallel"
    LEVELS = "levels"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule, and where."""

    code: ViolationCode
    sentence: str
    case: str | None = None
    meeting: str | None = None

    def to_json(self) -> dict[str, str | None]:
        return {
            "code": self.code.value,
            "sentence": self.sentence,
            "case": self.case,
            "meeting": self.meeting,
        }
