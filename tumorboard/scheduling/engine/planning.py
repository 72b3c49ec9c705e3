"""From a problem to a plan, and from one plan to another."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from tumorboard.scheduling.engine import sentences
from tumorboard.scheduling.engine.assign import Draft, assign, hold
from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.explain import Explainer
from tumorboard.scheduling.engine.objective import Objective
from tumorboard.scheduling.engine.plan import (
    Levels,
    Move,
    Plan,
    Reason,
    ReasonCode,
    Slot,
    Status,
    Waiting,
    reason,
)
from tumorboard.scheduling.engine.problem import BadInstance, Problem, digest
from tumorboard.scheduling.engine.rules import Rules

ENGINES = ("auto", "cp-sat", "stdlib")
STDLIB_VERSION = "1"
TRIALS_AT_FULL_EFFORT = 40


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work may go into a plan, in per cent of the usual; counted in steps, never in seconds."""

    effort: int = 100


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would happen if a case stood in a meeting: the moves and the levels, or why it cannot."""

    case: str
    meeting: str
    reason: Reason | None
    moves: tuple[Move, ...] = ()
    levels: Levels | None = None
    difference: tuple[int, ...] | None = None

    @property
    def is_possible(self) -> bool:
        return self.reason is None


def plan(
    problem: Problem,
    previous: Plan | None = None,
    boards: Collection[str] | None = None,
    budget: Budget = Budget(),
    engine: str = "auto",
) -> Plan:
    """Return a plan that keeps every hard rule; the same one for the same problem.

    With `boards` only these are planned: what `previous` says of the others stays as it is.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}.")
    draft = _draft(problem, boards)
    if previous is not None and boards is not None:
        hold(draft, previous)
    assign(draft, trials=TRIALS_AT_FULL_EFFORT * budget.effort // 100)
    status = Status.FALLBACK if engine == "cp-sat" else Status.FEASIBLE
    return _finished(draft, previous, status)


def what_if(problem: Problem, plan: Plan, case: str, meeting: str) -> WhatIf:
    """Return what would move if the case stood in the meeting, or the reason why it cannot stand there.

    Its board is planned again around it, the other boards stay. Raises BadInstance for unknown ids.
    """
    draft = _draft(problem, None)
    asked, target = draft.catalog.cases.get(case), draft.catalog.meetings.get(meeting)
    if asked is None or target is None:
        raise BadInstance(f"{'case' if asked is None else 'meeting'} must be one of the instance.")
    draft = Draft(draft.objective, boards={asked.board}, pinned={case: meeting})
    hold(draft, plan)
    if asked.locked is None:
        assign(draft, trials=TRIALS_AT_FULL_EFFORT)
    else:
        _stand_as(draft, plan)
    if draft.where.get(case) != meeting:
        return WhatIf(case, meeting, Explainer(draft).obstacle(asked, target))
    return _difference(draft, plan, case, meeting)


def diff(before: Plan, after: Plan) -> tuple[Move, ...]:
    """Return every case that stands elsewhere or at another time after than before."""
    old, new = before.places, after.places
    changed = (_move(case, old.get(case), new.get(case)) for case in sorted(old.keys() | new.keys()))
    reasons = {each.case: each.why for each in after.waiting}
    reasons |= {slot.case: slot.why for slot in after.slots}
    return tuple(replace(move, why=reasons.get(move.case)) for move in changed if _is_a_move(move))


def _draft(problem: Problem, boards: Collection[str] | None) -> Draft:
    catalog = Catalog(problem)
    for board in boards or ():
        if board not in catalog.hosts:
            raise BadInstance(f"boards must name boards of the instance, not {board}.")
    return Draft(Objective(Rules(catalog)), boards=boards)


def _finished(draft: Draft, previous: Plan | None, status: Status) -> Plan:
    slots, waiting, moves = _planned(draft)
    held_slots, held_waiting, held_moves = _held(draft, previous or Plan())
    return Plan(
        slots=(*slots, *held_slots),
        waiting=(*waiting, *held_waiting),
        moves=(*moves, *held_moves),
        levels=draft.objective.levels(draft.where),
        bounds=draft.objective.bounds(),
        status=status,
        engine="stdlib",
        version=STDLIB_VERSION,
        digest=digest(draft.catalog.problem),
    )


def _planned(draft: Draft) -> tuple[list[Slot], list[Waiting], list[Move]]:
    explainer = Explainer(draft)
    cases = [case for case in draft.catalog.problem.cases if case.board in draft.boards]
    slots = [explainer.slot(case) for case in cases if case.id in draft.where]
    waiting = [explainer.waiting(case) for case in cases if case.id not in draft.where]
    moves = [move for case in cases if (move := explainer.move(case)) is not None]
    return slots, waiting, moves


def _held(draft: Draft, previous: Plan) -> tuple[list[Slot], list[Waiting], list[Move]]:
    """Return what is said of the boards that were not planned, to the byte where it was said before."""
    cases = [case.id for case in draft.catalog.problem.cases if case.board not in draft.boards]
    slots = [slot for slot in previous.slots if slot.case in draft.where and slot.case in set(cases)]
    known = {each.case: each for each in previous.waiting}
    waiting = [known.get(case, _not_planned(case)) for case in cases if case not in draft.where]
    return slots, waiting, [move for move in previous.moves if move.case in set(cases)]


def _not_planned(case: str) -> Waiting:
    code = ReasonCode.NOT_PLANNED
    return Waiting(case, why=reason(code, sentences.sentence(sentences.SKIPPED[code]), {}))


def _stand_as(draft: Draft, plan: Plan) -> None:
    """Fill the draft with the whole plan as it is."""
    starts: dict[str, dict[str, int]] = {}
    for slot in plan.slots:
        starts.setdefault(slot.meeting, {})[slot.case] = slot.start
    draft.starts = starts
    draft.where = {slot.case: slot.meeting for slot in plan.slots}


def _difference(draft: Draft, plan: Plan, case: str, meeting: str) -> WhatIf:
    levels = draft.objective.levels(draft.where)
    before = draft.objective.levels({slot.case: slot.meeting for slot in plan.slots})
    difference = tuple(new - old for new, old in zip(levels, before, strict=True))
    moves = diff(plan, _finished(draft, plan, Status.FEASIBLE))
    return WhatIf(case, meeting, None, moves, levels, difference)


def _move(case: str, old: Slot | None, new: Slot | None) -> Move:
    return Move(
        case,
        old.meeting if old else None,
        old.start if old else None,
        new.meeting if new else None,
        new.start if new else None,
    )


def _is_a_move(move: Move) -> bool:
    return (move.from_meeting, move.from_start) != (move.to_meeting, move.to_start)
