"""Levels made small by the solver: as many in one solve as its numbers hold, and what is proven of each.

Places that turn out to have no order are forbidden and the same levels solved again. What a level has come
down to is thus always reached by places that have one, and the levels below it begin from there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from ortools.sat.python import cp_model

from tumorboard.scheduling.engine.assign.model import Combination, GroupModel
from tumorboard.scheduling.engine.plan import LEVEL_NAMES, Bounds

# The solver counts in 64 bits and adds up every weight, chosen or not.
LARGEST_TOTAL = 1 << 62
# Its bound is a floating-point number: of a large one the last digits are not to be relied on.
PRECISION = 2.0**-50
FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)
# A group that needs more solves than this for places with an order is left to the other engine.
MOST_SOLVES = 60
# Which of the places have no order together.
Fit = Callable[[Mapping[str, str]], list[Combination]]


@dataclass(frozen=True)
class Solution:
    """Places, and for each level what it cannot be less than; None where nothing was proven.

    Without an order the places are only where somebody else may go on.
    """

    where: dict[str, str]
    has_order: bool
    bounds: Bounds
    is_proven: bool
    spent: float


@dataclass
class Level:
    """A weighted sum of variables that is to be small; always from 0 to `most`."""

    offset: int = 0
    most: int = 0
    chosen: list[cp_model.IntVar] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)

    def add(self, chosen: cp_model.IntVar, weight: int) -> None:
        if weight:
            self.chosen.append(chosen)
            self.weights.append(weight)

    @property
    def total(self) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.weighted_sum(self.chosen, self.weights) + self.offset

    @property
    def reach(self) -> int:
        """The most that its weights add up to, whether or not they can be chosen together."""
        return max(self.most, abs(self.offset) + sum(abs(weight) for weight in self.weights))

    def read(self, solver: cp_model.CpSolver) -> int:
        """Return its value where the solver stands."""
        pairs = zip(self.chosen, self.weights, strict=True)
        return self.offset + sum(weight * solver.value(chosen) for chosen, weight in pairs)


class Search:
    """The levels settled so far: the best places, the values reached and what was proven of them."""

    def __init__(self, group: GroupModel, fit: Fit, *, hint: Mapping[str, str], budget: float) -> None:
        self.group = group
        self.fit = fit
        self.where = dict(hint)
        self.budget = budget
        self.spent = 0.0
        self.solves = 0
        self.values: list[int] = []
        self.bounds: list[int | None] = []
        self.is_proven = True

    @property
    def solution(self) -> Solution:
        """The places, and what is proven of the levels that a plan has."""
        missing = [None] * len(LEVEL_NAMES)
        bounds = (*self.bounds, *missing)[: len(LEVEL_NAMES)]
        return Solution(self.where, bool(self.values), bounds, self.is_proven, self.spent)

    def settle(self, levels: Sequence[Level], share: float = 1.0) -> bool:
        """Make the levels small, the first one first, and keep them so; False where nothing was found in time."""
        for stage in _stages(levels):
            solver = self._solved(stage, share)
            if solver is None:
                self.is_proven = False
                return False
            self._keep(stage, solver)
        return True

    def prove(self, levels: Sequence[Level], share: float) -> bool:
        """Settle all of them in one solve, or nothing: then only the places found are where to go on."""
        if len(list(_stages(levels))) > 1:
            return False
        solver = self._solved(levels, share)
        if solver is None or solver.status != cp_model.OPTIMAL:
            return False
        self._keep(levels, solver)
        return True

    def _solved(self, stage: Sequence[Level], share: float) -> "_Solver | None":
        """Return the solver standing at places that have an order."""
        until, hint = min(self.spent + self.budget * share, self.budget), self.where
        while self.solves < MOST_SOLVES:
            solver = _Solver(until - self.spent)
            self.group.hint(hint)
            self.group.model.minimize(_packed(stage))
            solver.status = solver.solve(self.group.model)
            self.spent += solver.response_proto.deterministic_time
            self.solves += 1
            if solver.status not in FOUND:
                break
            hint = self.group.where(solver)
            impossible = self.fit(hint)
            if not impossible:
                self.where = hint
                return solver
            for combination in impossible:
                self.group.forbid(combination)
        if not self.values:
            self.where = hint
        return None

    def _keep(self, stage: Sequence[Level], solver: "_Solver") -> None:
        values = [level.read(solver) for level in stage]
        least, is_optimal = solver.best_objective_bound, solver.status == cp_model.OPTIMAL
        proven = values if is_optimal else _proven(stage, values, ceil(least - 1e-6 - abs(least) * PRECISION))
        self.values += values
        self.bounds += proven if self.is_proven else [None] * len(values)
        self.is_proven = self.is_proven and is_optimal
        # Each level by itself: the solver cuts far better into a sum of small weights than into the packed one.
        for level, value in zip(stage, values, strict=True):
            self.group.model.add(level.total <= value)


def _stages(levels: Sequence[Level]) -> Iterator[Sequence[Level]]:
    """Yield the levels in as few solves as the solver's numbers allow."""
    stage: list[Level] = []
    for level in levels:
        if stage and _reach([*stage, level]) >= LARGEST_TOTAL:
            yield stage
            stage = []
        stage.append(level)
    yield stage


def _reach(stage: Sequence[Level]) -> int:
    return sum(scale * level.reach for level, scale in zip(stage, _scales(stage), strict=True))


def _packed(stage: Sequence[Level]) -> cp_model.LinearExprT:
    """Return one sum in which the levels are the digits, the first on top."""
    chosen, weights, offset = list[cp_model.IntVar](), list[int](), 0
    for level, scale in zip(stage, _scales(stage), strict=True):
        chosen += level.chosen
        weights += [scale * weight for weight in level.weights]
        offset += scale * level.offset
    return cp_model.LinearExpr.weighted_sum(chosen, weights) + offset


def _scales(stage: Sequence[Level]) -> list[int]:
    scales = [1]
    for level in reversed(stage[1:]):
        scales.append(scales[-1] * (level.most + 1))
    return scales[::-1]


def _proven(stage: Sequence[Level], values: Sequence[int], least: int) -> list[int | None]:
    """Return what is proven of each level by what is proven of the sum: nothing below the first still open."""
    known: list[int | None] = []
    for value, scale in zip(values, _scales(stage), strict=True):
        digit, least = divmod(least, scale)
        known.append(min(digit, value))
        if digit < value:
            break
    return [*known, *[None] * (len(values) - len(known))]


class _Solver(cp_model.CpSolver):
    """A solver that gives the same answer on every machine: one worker, no wall clock."""

    status = cp_model.UNKNOWN

    def __init__(self, budget: float) -> None:
        super().__init__()
        self.parameters.num_workers = 1
        self.parameters.linearization_level = 2
        self.parameters.cp_model_probing_level = 0
        self.parameters.symmetry_level = 0
        self.parameters.max_deterministic_time = max(budget, 0.001)
