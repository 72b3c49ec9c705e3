"""The scheduling engine: a frozen problem in, a plan with reasons out.

Pure: no clock, no database, no chance, no files. The same problem gives the same plan, whatever the
order of its lists. Planning never breaks a hard rule except where a coordinator locked a case, and
`check` tells so without using the planner's code.

    answer = plan(Problem.from_json(data))
    assert check(problem, answer) == ()
"""

from tumorboard.scheduling.engine.check import Violation, ViolationCode, check, measure
from tumorboard.scheduling.engine.plan import (
    LEVEL_NAMES,
    Move,
    Part,
    Plan,
    Reason,
    ReasonCode,
    Skipped,
    Slot,
    Status,
    Waiting,
)
from tumorboard.scheduling.engine.planning import WhatIf, diff, forecast, plan, what_if
from tumorboard.scheduling.engine.problem import (
    BadInstance,
    Board,
    Case,
    Config,
    Meeting,
    Parallel,
    PastDelay,
    Presenter,
    Problem,
    PublishedSlot,
    Rep,
    Urgency,
    digest,
)
from tumorboard.scheduling.engine.solving import Budget, solver_version

__all__ = [
    "LEVEL_NAMES",
    "BadInstance",
    "Board",
    "Budget",
    "Case",
    "Config",
    "Meeting",
    "Move",
    "Parallel",
    "Part",
    "PastDelay",
    "Plan",
    "Presenter",
    "Problem",
    "PublishedSlot",
    "Reason",
    "ReasonCode",
    "Rep",
    "Skipped",
    "Slot",
    "Status",
    "Urgency",
    "Violation",
    "ViolationCode",
    "Waiting",
    "WhatIf",
    "check",
    "diff",
    "digest",
    "forecast",
    "measure",
    "plan",
    "solver_version",
    "what_if",
]
