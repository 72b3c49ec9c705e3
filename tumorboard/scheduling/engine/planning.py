"""From a problem to a plan, and from one plan to another."""

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tumorboard.scheduling.engine import sentences
from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.explain import Explainer
from tumorboard.scheduling.engine.fallback import place_earliest
from tumorboard.scheduling.engine.fixed import fix, hold
from tumorboard.scheduling.engine.objective import Objective, summed
from tumorboard.scheduling.engine.plan import (
    LEVEL_NAMES,
    Bounds,
    Levels,
    Move,
    Part,
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
from tumorboard.scheduling.engine.solving import (
    STDLIB_VERSION,
    USUAL,
    Budget,
    solve_exactly,
    solve_plainly,
    solver_version,
)

Said = tuple[list[Slot], list[Waiting], list[Move]]
ENGINES = ("auto", "cp-sat", "stdlib")


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
    budget: Budget = USUAL,
    engine: str = "auto",
) -> Plan:
    """Return a plan that keeps every hard rule; the same one for the same problem.

    With `boards` only these are planned: what `previous` says of the others stays as it is.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}.")
    with _uncollected():
        draft = _draft(problem, boards)
        if previous is not None and boards is not None:
            hold(draft, previous)
        return _planned(draft, previous or Plan(), budget, engine)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the collector rest: a plan makes many objects and no rings of them, and looking for those takes a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def what_if(
    problem: Problem, plan: Plan, case: str, meeting: str, budget: Budget = USUAL, engine: str = "auto"
) -> WhatIf:
    """Return what would move if the case stood in the meeting, or the reason why it cannot stand there.

    Everything is planned again around it. Raises BadInstance for unknown ids.
    """
    draft = _draft(problem, None)
    asked, target = draft.catalog.cases.get(case), draft.catalog.meetings.get(meeting)
    if asked is None or target is None:
        raise BadInstance(f"{'case' if asked is None else 'meeting'} must be one of the instance.")
    draft.pinned[case] = meeting
    fix(draft)
    if draft.where.get(case) != meeting:
        return WhatIf(case, meeting, Explainer(_standing_as(draft, plan)).obstacle(asked, target))
    forced = _planned(draft, plan, budget, engine)
    before = draft.objective.levels({slot.case: slot.meeting for slot in plan.slots})
    difference = tuple(new - old for new, old in zip(forced.levels or before, before, strict=True))
    return WhatIf(case, meeting, None, diff(plan, forced), forced.levels, difference)


def forecast(problem: Problem, plan: Plan, case: str) -> Slot | Waiting:
    """Return where the case would stand if the rest stayed as the plan says, with the reasons.

    The earliest meeting that takes it; raises BadInstance for an unknown case.
    """
    draft = _draft(problem, None)
    asked = draft.catalog.cases.get(case)
    if asked is None:
        raise BadInstance("case must be one of the instance.")
    standing = _standing_as(draft, plan)
    standing.remove(asked)
    place_earliest(standing, asked)
    explainer = Explainer(standing)
    return explainer.slot(asked) if asked.id in standing.where else explainer.waiting(asked)


# What no other plan could change about a meeting that a case stood in.
_CANNOT_STAY = frozenset(
    {
        ReasonCode.CANCELLED,
        ReasonCode.NOT_READY,
        ReasonCode.PRESENTER_AWAY,
        ReasonCode.OUTSIDE_HOURS,
        ReasonCode.NO_SPECIALTY,
        ReasonCode.TOO_LONG,
    }
)


def diff(before: Plan, after: Plan) -> tuple[Move, ...]:
    """Return every case that stands elsewhere or at another time after than before."""
    old, new = before.places, after.places
    changed = (_move(case, old.get(case), new.get(case)) for case in sorted(old.keys() | new.keys()))
    answers: dict[str, Slot | Waiting] = {each.case: each for each in after.waiting} | after.places
    return tuple(replace(move, why=_why(move, answers.get(move.case))) for move in changed if _is_a_move(move))


def _why(move: Move, answer: Slot | Waiting | None) -> Reason | None:
    """Return why the case stands or waits; where it could not stay, that comes first."""
    if answer is None or answer.why is None:
        return None
    left = next((skip.why for skip in answer.skipped if skip.meeting == move.from_meeting), None)
    if left is None or left.code not in _CANNOT_STAY or (left.code, left.args) == (answer.why.code, answer.why.args):
        return answer.why
    return Reason(left.code, f"{left.sentence} {answer.why.sentence}", left.args)


def _draft(problem: Problem, boards: Collection[str] | None) -> Draft:
    catalog = Catalog(problem)
    for board in boards or ():
        if board not in catalog.hosts:
            raise BadInstance(f"boards must name boards of the instance, not {board}.")
    return Draft(Objective(Rules(catalog)), boards=boards)


def _planned(draft: Draft, previous: Plan, budget: Budget, engine: str) -> Plan:
    fix(draft)
    parts, name, version, trouble = _solved(draft, previous, budget, engine)
    said = _said_again(draft, parts, previous)
    slots, waiting, moves = _explained(draft, said)
    held_slots, held_waiting, held_moves = _held(draft, previous, said)
    return Plan(
        slots=(*slots, *held_slots),
        waiting=(*waiting, *held_waiting),
        moves=(*moves, *held_moves),
        levels=_levels(draft, parts),
        bounds=_bounds(draft, parts),
        status=_worst([part.status for part in parts]),
        engine=name,
        version=version,
        digest=digest(draft.catalog.problem),
        trouble=trouble,
        parts=tuple(parts),
    )


def _solved(draft: Draft, previous: Plan, budget: Budget, engine: str) -> tuple[list[Part], str, str, str]:
    """Return what is proven, the name and version of the engine that planned, and what went wrong."""
    version = solver_version()
    if engine == "stdlib" or version is None:
        status = Status.FEASIBLE if engine == "stdlib" else Status.FALLBACK
        missing = "" if engine == "stdlib" else "The solver is not installed."
        return solve_plainly(draft, budget, status), "stdlib", STDLIB_VERSION, missing
    fixed = draft.saved()
    try:
        return solve_exactly(draft, previous, budget), "cp-sat", version, ""
    except Exception as error:
        # Whatever befalls the solver, there is a plan; its status says that another engine stood in.
        draft.restore(fixed)
        trouble = f"The solver failed: {type(error).__name__}."
        return solve_plainly(draft, budget, Status.FALLBACK), "stdlib", STDLIB_VERSION, trouble


def _worst(statuses: list[Status]) -> Status:
    return max(statuses, key=list(Status).index, default=Status.OPTIMAL)


def _bounds(draft: Draft, parts: list[Part]) -> Bounds:
    columns = zip(*(part.bounds for part in parts), *_held_levels(draft), strict=True)
    found = tuple(None if None in column else sum(each or 0 for each in column) for column in columns)
    return found or (0,) * len(LEVEL_NAMES)


def _levels(draft: Draft, parts: list[Part]) -> Levels:
    return summed([*(part.levels for part in parts), *_held_levels(draft)])


def _held_levels(draft: Draft) -> list[Levels]:
    """Return the levels of the boards that stay as they are: no plan of the others is below them."""
    return [
        draft.objective.board_levels(board, draft.where) for board in sorted(draft.catalog.hosts.keys() - draft.boards)
    ]


def _said_again(draft: Draft, parts: list[Part], previous: Plan) -> frozenset[str]:
    """Return the boards of which everything is said as it was: nothing a reason depends on has changed."""
    known = {part.reasons for part in previous.parts if part.reasons}
    same = {board for part in parts if part.reasons in known for board in part.boards}
    places = {slot.case: (slot.meeting, slot.start) for slot in previous.slots}
    return frozenset(
        same - {case.board for case in draft.catalog.problem.cases if draft.place(case) != places.get(case.id)}
    )


def _explained(draft: Draft, said: frozenset[str]) -> Said:
    explainer = Explainer(draft)
    cases = [case for case in draft.catalog.problem.cases if case.board in draft.boards - said]
    slots = [explainer.slot(case) for case in cases if case.id in draft.where]
    waiting = [explainer.waiting(case) for case in cases if case.id not in draft.where]
    moves = [move for case in cases if (move := explainer.move(case)) is not None]
    return slots, waiting, moves


def _held(draft: Draft, previous: Plan, said: frozenset[str]) -> Said:
    """Return what is said of the boards that were not planned or have not changed, to the byte as it was."""
    silent = draft.boards - said
    cases = {case.id for case in draft.catalog.problem.cases if case.board not in silent}
    slots = [slot for slot in previous.slots if slot.case in cases and slot.case in draft.where]
    known = {each.case: each for each in previous.waiting}
    waiting = [known.get(case, _not_planned(case)) for case in sorted(cases) if case not in draft.where]
    return slots, waiting, [move for move in previous.moves if move.case in cases]


def _not_planned(case: str) -> Waiting:
    code = ReasonCode.NOT_PLANNED
    return Waiting(case, why=reason(code, sentences.sentence(sentences.SKIPPED[code]), {}))


def _standing_as(draft: Draft, plan: Plan) -> Draft:
    """Return a draft filled with the whole plan as it is."""
    starts: dict[str, dict[str, int]] = {}
    for slot in plan.slots:
        starts.setdefault(slot.meeting, {})[slot.case] = slot.start
    standing = draft.narrowed(draft.boards)
    standing.restore(({slot.case: slot.meeting for slot in plan.slots}, starts))
    return standing


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
