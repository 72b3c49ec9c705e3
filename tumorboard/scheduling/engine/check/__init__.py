"""Checks a plan against the raw problem, sharing nothing with the code that plans."""

from tumorboard.scheduling.engine.check.facts import Facts
from tumorboard.scheduling.engine.check.hard import broken
from tumorboard.scheduling.engine.check.measure import measure
from tumorboard.scheduling.engine.check.violations import Violation, ViolationCode
from tumorboard.scheduling.engine.plan import Plan
from tumorboard.scheduling.engine.problem import Problem, digest

__all__ = ["Violation", "ViolationCode", "check", "measure"]


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return everything the plan breaks or claims wrongly; empty for a sound plan.

    What a locked case breaks by its lock is no violation.
    """
    found = list(broken(Facts(problem, plan)))
    if plan.digest and plan.digest != digest(problem):
        found.append(Violation(ViolationCode.DIGEST, "The plan was made for another problem."))
    sound = not any(each.code in UNMEASURABLE for each in found)
    if sound and plan.levels is not None and plan.levels != measure(problem, plan):
        found.append(Violation(ViolationCode.LEVELS, "The levels of the plan are not those measured."))
    return tuple(sorted(set(found), key=lambda each: (each.code, each.case or "", each.meeting or "", each.sentence)))


# Where a slot leads nowhere, there is nothing to measure.
UNMEASURABLE = frozenset({ViolationCode.UNKNOWN_CASE, ViolationCode.UNKNOWN_MEETING, ViolationCode.TWICE})
