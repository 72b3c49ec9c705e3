"""Why a plan was computed, how it went, and what it did with a case."""

from datetime import timedelta
from enum import StrEnum

# Long enough that a coordinator accepting ten cases in a row makes one plan, far below the promised minute.
DEBOUNCE = timedelta(seconds=10)
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=30)
GIVE_UP_AFTER_ATTEMPTS = 5


class PlanCause(StrEnum):
    """What asked for the plan."""

    QUEUE_CHANGED = "queue_changed"
    CUT_OFF = "cut_off"
    ASKED = "asked"

    @property
    def label(self) -> str:
        """The cause as it is shown."""
        return _CAUSE_LABELS[self]


_CAUSE_LABELS = {
    PlanCause.QUEUE_CHANGED: "after the queue changed",
    PlanCause.CUT_OFF: "at the cut-off",
    PlanCause.ASKED: "when asked",
}


class RunState(StrEnum):
    """How the run ended."""

    APPLIED = "applied"
    FAILED = "failed"


class MoveKind(StrEnum):
    """What the run did with a case."""

    PLACED = "placed"
    MOVED = "moved"
    LEFT_OUT = "left_out"
    PASSED_OVER = "passed_over"
