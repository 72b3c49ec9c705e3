"""The engine's answer and its parts."""

from tumorboard.scheduling.engine.plan.answer import Plan
from tumorboard.scheduling.engine.plan.parts import (
    LEVEL_NAMES,
    NOTHING_PROVEN,
    Argument,
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

__all__ = [
    "LEVEL_NAMES",
    "NOTHING_PROVEN",
    "Argument",
    "Bounds",
    "Levels",
    "Move",
    "Part",
    "Plan",
    "Reason",
    "ReasonCode",
    "Skipped",
    "Slot",
    "Status",
    "Waiting",
    "reason",
]
