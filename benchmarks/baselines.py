"""What offices do today, for comparison: the rules are kept, the agendas are not optimised."""

from collections.abc import Iterable

from tumorboard.scheduling.engine import Case, Plan, Problem, Slot, Waiting
from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.fallback import place_earliest
from tumorboard.scheduling.engine.fixed import place_locked
from tumorboard.scheduling.engine.objective import Objective
from tumorboard.scheduling.engine.rules import Rules


def appended(problem: Problem) -> Plan:
    """First come, first served: each into the next free meeting, what is published stays."""
    draft = _draft(problem)
    _keep_published(draft)
    _place(draft, sorted(draft.free_cases(), key=lambda case: (case.submitted, case.id)))
    return _plan(draft)


def by_urgency(problem: Problem) -> Plan:
    """The most pressing first, what is published stays."""
    draft = _draft(problem)
    _keep_published(draft)
    _place(draft, draft.free_cases())
    return _plan(draft)


def from_scratch(problem: Problem) -> Plan:
    """The most pressing first, as if nothing had been published."""
    draft = _draft(problem)
    _place(draft, draft.free_cases())
    return _plan(draft)


def _draft(problem: Problem) -> Draft:
    draft = Draft(Objective(Rules(Catalog(problem))))
    place_locked(draft)
    return draft


def _keep_published(draft: Draft) -> None:
    for case in draft.free_cases():
        published = draft.catalog.published_meeting(case)
        if published is not None and draft.rules.may_stay(case):
            draft.admit(case, published)


def _place(draft: Draft, cases: Iterable[Case]) -> None:
    for case in cases:
        if case.id not in draft.where:
            place_earliest(draft, case)


def _plan(draft: Draft) -> Plan:
    slots = tuple(Slot(case, meeting, draft.starts[meeting][case]) for case, meeting in draft.where.items())
    waiting = tuple(Waiting(case.id) for case in draft.catalog.problem.cases if case.id not in draft.where)
    return Plan(slots, waiting, levels=draft.objective.levels(draft.where))
