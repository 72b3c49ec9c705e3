"""From a draft in which only what is fixed stands to one that is planned, board by board."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata, util

from tumorboard.scheduling.engine import fallback
from tumorboard.scheduling.engine.bound import least_late
from tumorboard.scheduling.engine.draft import Draft, Starts
from tumorboard.scheduling.engine.objective import summed
from tumorboard.scheduling.engine.plan import NOTHING_PROVEN, Bounds, Part, Plan, Status

STDLIB_VERSION = "2"
TRIALS_AT_FULL_EFFORT = 40
Group = frozenset[str]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work may go into a plan; counted in steps, never in seconds.

    `board` is the solver's deterministic time for each board, `effort` what the standard library's
    engine may try, in per cent of the usual.
    """

    board: float = 20.0
    effort: int = 100

    @property
    def trials(self) -> int:
        return TRIALS_AT_FULL_EFFORT * self.effort // 100


USUAL = Budget()


def solver_version() -> str | None:
    """Return the version of the solver, or None where it is not installed."""
    return metadata.version("ortools") if util.find_spec("ortools") is not None else None


def solve_plainly(draft: Draft, budget: Budget, status: Status) -> list[Part]:
    """Fill the draft by the standard library alone."""
    fallback.placed(draft)
    fallback.improved(draft, trials=budget.trials)
    return [_part(draft, frozenset({board}), status) for board in sorted(draft.boards)]


def solve_exactly(draft: Draft, previous: Plan, budget: Budget) -> list[Part]:
    """Fill the draft by the solver; where it finds nothing in its budget the standard library stands in.

    Boards whose input is what it was in `previous` keep their places.
    """
    # Importing the solver takes memory and most of a second, so nobody pays for it who does not plan.
    from tumorboard.scheduling.engine.assign import Answer, solve_groups

    prints = _Fingerprints(draft, f"{solver_version()} {budget}")
    known = {
        group: Answer(group, _places(draft, previous, group), part.bounds, part.status is Status.OPTIMAL)
        for part in previous.parts
        if (group := frozenset(part.boards)) <= draft.boards and part.digest == prints.of(group)
    }
    hint = _quick_places(draft, draft.boards - frozenset().union(*known))
    answers, starts = solve_groups(draft, hint=hint, budget=budget.board, known=known)
    _take(draft, {case: meeting for each in answers for case, meeting in (each.where or {}).items()}, starts)
    stranded = frozenset().union(*(each.boards for each in answers if each.where is None))
    if stranded:
        rest = draft.narrowed(stranded)
        fallback.placed(rest)
        fallback.improved(rest, trials=budget.trials)
        draft.adopt(rest)
    parts = []
    for each in answers:
        if each.where is None:
            parts += [_part(draft, frozenset({board}), Status.FALLBACK) for board in sorted(each.boards)]
        else:
            status = Status.OPTIMAL if each.is_proven else Status.FEASIBLE
            parts.append(_part(draft, each.boards, status, each.bounds, prints.of(each.boards)))
    return parts


def _part(draft: Draft, group: Group, status: Status, bounds: Bounds = NOTHING_PROVEN, digest: str = "") -> Part:
    boards = tuple(sorted(group))
    levels = summed(draft.objective.board_levels(board, draft.where) for board in boards)
    if bounds[0] is None:
        bounds = (sum(least_late(draft.objective, board) for board in boards), *bounds[1:])
    return Part(boards, levels, bounds, status, digest)


def _quick_places(draft: Draft, boards: Group) -> Mapping[str, str]:
    quick = draft.narrowed(boards)
    fallback.placed(quick)
    return quick.where


def _places(draft: Draft, previous: Plan, group: Group) -> dict[str, str]:
    cases = {case.id for board in group for case in draft.catalog.queue.get(board, ())}
    return {slot.case: slot.meeting for slot in previous.slots if slot.case in cases}


def _take(draft: Draft, where: Mapping[str, str], starts: Mapping[str, Starts]) -> None:
    draft.where.update(where)
    draft.starts.update(starts)


class _Fingerprints:
    """What the answer for a group of boards depends on, as a fingerprint."""

    def __init__(self, draft: Draft, setting: str) -> None:
        self.draft = draft
        self.catalog = draft.catalog
        self.problem = draft.catalog.problem
        self.setting = setting
        self._boards = {board.id: board for board in self.problem.boards}

    def of(self, group: Group) -> str:
        return sha256("\n".join(self._board(board) for board in sorted(group)).encode()).hexdigest()

    def _board(self, board: str) -> str:
        cases = self.catalog.queue.get(board, ())
        people = sorted({person for case in cases for person in (case.presenter, case.backup) if person is not None})
        pins = sorted((case.id, self.draft.pinned[case.id]) for case in cases if case.id in self.draft.pinned)
        fixed = sorted((case.id, self.draft.where[case.id]) for case in cases if case.id in self.draft.where)
        facts = (
            self.setting,
            self.problem.today,
            self.problem.horizon_end,
            self._boards[board],
            self.catalog.policies[board],
            self.catalog.calendar.get(board, ()),
            [rep for rep in self.problem.reps if rep.board == board],
            [self.catalog.presenters[person] for person in people],
            cases,
            [past for past in self.problem.history if past.board == board],
            pins,
            fixed,
            self._beside(board, people),
        )
        return repr(facts)

    def _beside(self, board: str, people: list[str]) -> list[tuple[str, str, int]]:
        """Return where these people's other cases are fixed at the same time as a meeting of the board."""
        own = {meeting.id for meeting in self.catalog.calendar.get(board, ())}
        found = []
        for person in people:
            for case in self.catalog.presented_by[person]:
                meeting = self.draft.where.get(case.id)
                if case.board != board and meeting and any(e.id in own for e in self.catalog.parallel[meeting]):
                    found.append((case.id, meeting, self.draft.starts[meeting][case.id]))
        return sorted(found)
