"""From a draft in which only what is fixed stands to one that is planned, board by board."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import metadata, util
from typing import TYPE_CHECKING

from tumorboard.scheduling.engine import fallback
from tumorboard.scheduling.engine.bound import least_late
from tumorboard.scheduling.engine.draft import Draft, Saved, Starts
from tumorboard.scheduling.engine.fingerprints import Fingerprints, Group, Place
from tumorboard.scheduling.engine.kept import Kept
from tumorboard.scheduling.engine.objective import summed
from tumorboard.scheduling.engine.plan import NOTHING_PROVEN, Bounds, Part, Plan, Status

if TYPE_CHECKING:
    from tumorboard.scheduling.engine.assign import Answer

STDLIB_VERSION = "4"
STEPS_AT_FULL_EFFORT = 60


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work may go into a plan; counted in steps, never in seconds.

    `board` is the solver's deterministic time for each board, `effort` what the standard library's
    engine may try, in per cent of the usual.
    """

    board: float = 20.0
    effort: int = 100

    @property
    def steps(self) -> int:
        return STEPS_AT_FULL_EFFORT * self.effort // 100


USUAL = Budget()


def solver_version() -> str | None:
    """Return the version of the solver, or None where it is not installed."""
    return metadata.version("ortools") if util.find_spec("ortools") is not None else None


def solve_plainly(draft: Draft, budget: Budget, status: Status) -> list[Part]:
    """Fill the draft by the standard library alone."""
    _fill(draft, budget)
    return [_part(draft, frozenset({board}), status) for board in sorted(draft.boards)]


def solve_exactly(draft: Draft, previous: Plan, budget: Budget) -> list[Part]:
    """Fill the draft by the solver; where it finds nothing in its budget the standard library stands in.

    Boards whose input is what it was in `previous` keep their places.
    """
    # Importing the solver takes memory and most of a second, so nobody pays for it who does not plan.
    from tumorboard.scheduling.engine.assign import Answer, solve_groups

    prints = Fingerprints(draft, f"{solver_version()} {budget}")
    kept = Kept(draft, previous, prints)
    known = {
        group: Answer(group, kept.where(group), part.bounds, part.status is Status.OPTIMAL)
        for group, part in kept.parts.items()
    }
    hint = _quick_places(draft, draft.boards - frozenset().union(*known))
    answers, starts = solve_groups(draft, hint=hint, budget=budget.board, known=known, orders=kept.orders())
    fixed = draft.saved()
    found = [each for each in answers if each.has_order]
    _take(draft, _places_of(found), starts)
    parts = _stood_in(draft, [each for each in answers if not each.has_order], budget)
    for each in found:
        status = Status.OPTIMAL if each.is_proven else Status.FEASIBLE
        part = kept.parts.get(each.boards) or _part(draft, each.boards, status, each.bounds)
        parts.append(_signed(part, draft, prints))
    is_least_late = all(part.bounds[0] == part.levels[0] for part in parts if part not in kept.parts.values())
    return parts if is_least_late else _better(draft, parts, fixed, budget)


def _better(draft: Draft, parts: list[Part], fixed: Saved, budget: Budget) -> list[Part]:
    """Return these parts, or those of the standard library alone where they are better."""
    reached, levels = draft.saved(), summed(part.levels for part in parts)
    draft.restore(fixed)
    plain = solve_plainly(draft, budget, Status.FALLBACK)
    if summed(part.levels for part in plain) < levels:
        return plain
    draft.restore(reached)
    return parts


def _stood_in(draft: Draft, answers: "list[Answer]", budget: Budget) -> list[Part]:
    """Let the standard library go on from places that the solver could not put in order."""
    boards = frozenset().union(*(each.boards for each in answers))
    if boards:
        rest = draft.narrowed(boards)
        fallback.place_at(rest, _places_of(answers))
        _fill(rest, budget)
        draft.adopt(rest)
    return [_part(draft, frozenset({board}), Status.FALLBACK) for board in sorted(boards)]


def _places_of(answers: "Iterable[Answer]") -> dict[str, str]:
    return {case: meeting for each in answers for case, meeting in each.where.items()}


def _signed(part: Part, draft: Draft, prints: Fingerprints) -> Part:
    """Return the part with the fingerprints by which a later plan knows that nothing has changed."""
    group = frozenset(part.boards)
    digest = prints.of(group, _places(draft, group))
    return replace(part, digest=digest, reasons=prints.of_reasons(group, digest))


def _places(draft: Draft, group: Group) -> list[Place]:
    cases = [case.id for board in group for case in draft.catalog.queue.get(board, ())]
    placed = [(case, draft.where[case]) for case in cases if case in draft.where]
    return [(case, meeting, draft.starts[meeting][case]) for case, meeting in placed]


def _fill(draft: Draft, budget: Budget) -> None:
    prints = Fingerprints(draft, STDLIB_VERSION)
    seeds = {board: prints.of(frozenset({board})) for board in sorted(draft.boards)}
    fallback.placed(draft)
    fallback.improved(draft, steps=budget.steps, seeds=seeds)


def _part(draft: Draft, group: Group, status: Status, bounds: Bounds = NOTHING_PROVEN) -> Part:
    boards = tuple(sorted(group))
    levels = summed(draft.objective.board_levels(board, draft.where) for board in boards)
    if bounds[0] is None:
        bounds = (sum(least_late(draft.objective, board) for board in boards), *bounds[1:])
    return Part(boards, levels, bounds, status)


def _quick_places(draft: Draft, boards: Group) -> Mapping[str, str]:
    """Return places found quickly, each board by itself so that no other board changes its hint."""
    hint: dict[str, str] = {}
    for board in sorted(boards):
        quick = draft.narrowed({board})
        fallback.placed(quick)
        hint |= {case.id: quick.where[case.id] for case in draft.free_of(board) if case.id in quick.where}
    return hint


def _take(draft: Draft, where: Mapping[str, str], starts: Mapping[str, Starts]) -> None:
    draft.where.update(where)
    draft.starts.update(starts)
