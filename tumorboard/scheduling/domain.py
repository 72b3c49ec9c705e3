"""Why a plan was computed, how it went, what it did with a case, and how a board wants to be planned."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from tumorboard.accounts.domain import Specialty
from tumorboard.kernel.errors import Conflict
from tumorboard.scheduling import engine

# Long enough that a coordinator accepting ten cases in a row makes one plan, far below the promised minute.
DEBOUNCE = timedelta(seconds=10)
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=30)
GIVE_UP_AFTER_ATTEMPTS = 5
HORIZON = timedelta(weeks=12)
# What the page shows and a replay may repeat; older runs keep their result and lose their input.
RUNS_KEPT_WHOLE = 50


# What one routine case counts that is a week late: the measure in which people are told of lateness.
_A_WEEK_LATE = 498


def lateness_in_words(points: int) -> str:
    """Return points of lateness with what they are as much as: `996 points, as much as 2 routine cases a week late`."""
    cases = round(points / _A_WEEK_LATE)
    if points < _A_WEEK_LATE:
        return f"{points:,} points, less than one routine case a week late"
    return (
        f"{points:,} points, as much as {'one routine case' if cases == 1 else f'{cases:,} routine cases'} a week late"
    )


class ProposalGone(Conflict):
    """What was proposed no longer fits what stands now."""


class PlanCause(StrEnum):
    """What asked for the plan."""

    QUEUE_CHANGED = "queue_changed"
    PEOPLE_CHANGED = "people_changed"
    POLICY_CHANGED = "policy_changed"
    CUT_OFF = "cut_off"
    ASKED = "asked"

    @property
    def label(self) -> str:
        """The cause as it is shown."""
        return _CAUSE_LABELS[self]


_CAUSE_LABELS = {
    PlanCause.QUEUE_CHANGED: "after the queue changed",
    PlanCause.PEOPLE_CHANGED: "after somebody's times changed",
    PlanCause.POLICY_CHANGED: "after the planning policy changed",
    PlanCause.CUT_OFF: "at the cut-off",
    PlanCause.ASKED: "when asked",
}


class RunState(StrEnum):
    """How the run ended."""

    APPLIED = "applied"
    PROPOSED = "proposed"
    DISMISSED = "dismissed"
    REPLACED = "replaced"
    FAILED = "failed"


class MoveKind(StrEnum):
    """What the run did with a case."""

    PLACED = "placed"
    MOVED = "moved"
    LEFT_OUT = "left_out"
    PASSED_OVER = "passed_over"


class PlanMode(StrEnum):
    """What becomes of a plan; whatever touches a published agenda is proposed in either mode."""

    APPLY = "apply"
    PROPOSE = "propose"


@dataclass(frozen=True, kw_only=True)
class PlanSettings:
    """How a board wants to be planned; days and minutes as their names say."""

    mode: PlanMode = PlanMode.APPLY
    emergent_days: int = 2
    urgent_days: int = 7
    soon_days: int = 14
    routine_days: int = 28
    move_price: int = 300
    reserve_minutes: int | None = None
    complex_minutes: int = 0
    break_minutes: int = 0
    early_leave: tuple[Specialty, ...] = ()
    fair_weeks: int = 0
    parallel: engine.Parallel = engine.Parallel.ALLOW

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "PlanSettings":
        """Return the settings as they were stored; what was never stored is as usual."""
        values = {key: value for key, value in (stored or {}).items() if key in cls.__dataclass_fields__}
        settings = cls(**values)
        return replace(
            settings,
            mode=PlanMode(settings.mode),
            parallel=engine.Parallel(settings.parallel),
            early_leave=tuple(Specialty(one) for one in settings.early_leave),
        )

    def stored(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return {**asdict(self), "early_leave": [str(one) for one in self.early_leave]}

    def days_for(self, urgency: str) -> int:
        """Within how many days of its acceptance a case of this urgency is due."""
        days: int = getattr(self, f"{urgency}_days")
        return days

    @property
    def config(self) -> engine.Config:
        """The weights that the engine plans with."""
        return engine.Config(
            move_price=self.move_price,
            complex_minutes=self.complex_minutes,
            break_minutes=self.break_minutes,
            early_leave=tuple(str(one) for one in self.early_leave),
            parallel=self.parallel,
        )
