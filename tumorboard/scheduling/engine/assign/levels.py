"""The levels, one after the other: each is made as small as it can be before the next is looked at."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, prod

from ortools.sat.python import cp_model

from tumorboard.scheduling.engine.assign.model import GroupModel
from tumorboard.scheduling.engine.bound import out_of_reach
from tumorboard.scheduling.engine.plan import Bounds

LEVELS = 6
TIE_BITS = 12
SHARE_FOR_FAIRNESS = 0.1
PROVEN = (cp_model.OPTIMAL,)
FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)


@dataclass(frozen=True)
class Solution:
    """Places, and for each level what it cannot be less than; None where nothing was proven."""

    where: dict[str, str]
    bounds: Bounds
    is_proven: bool
    spent: float


@dataclass(frozen=True)
class Stage:
    """One solve of one or more levels at once; a value is read by the radixes, the first level on top."""

    terms: tuple[tuple[cp_model.IntVar, int], ...]
    offset: int
    radixes: tuple[int, ...]

    @property
    def total(self) -> cp_model.LinearExprT:
        chosen, weights = [each for each, _ in self.terms], [weight for _, weight in self.terms]
        return cp_model.LinearExpr.weighted_sum(chosen, weights) + self.offset

    def read(self, value: int) -> tuple[int, ...]:
        """Return the levels packed into the value."""
        levels: list[int] = []
        for radix in reversed(self.radixes[1:]):
            value, rest = divmod(value, radix)
            levels.append(rest)
        return (value, *reversed(levels))

    def bounds(self, value: int, bound: int) -> tuple[int | None, ...]:
        """Return what is proven of each level: nothing below the first one that is still open."""
        known: list[int | None] = []
        for reached, least in zip(self.read(value), self.read(bound), strict=True):
            known.append(least)
            if least < reached:
                break
        return (*known, *[None] * (len(self.radixes) - len(known)))


def solve(group: GroupModel, *, hint: Mapping[str, str], budget: float) -> Solution | None:
    """Return the best places of the group, or None where `budget` was too small to find any.

    The budget is the solver's deterministic time. The places in `hint` are only where the search begins.
    """
    where, bounds, spent, is_proven = dict(hint), list[int | None](), 0.0, True
    for make in (_lateness, _fairness, _delay):
        stage = make(group)
        left = budget - spent
        # The fairest share is the slow one: it is reported unproven rather than waited for.
        solver = _solver(min(left, budget * SHARE_FOR_FAIRNESS) if make is _fairness else left)
        group.hint(where)
        group.model.minimize(stage.total)
        status = solver.solve(group.model)
        spent += solver.response_proto.deterministic_time
        if status not in FOUND:
            if not bounds:
                return None
            is_proven = False
            break
        where, value = group.where(solver), round(solver.objective_value)
        found = stage.bounds(value, ceil(solver.best_objective_bound - 1e-6))
        bounds.extend(found if is_proven else [None] * len(found))
        is_proven = is_proven and status in PROVEN
        group.model.add(stage.total <= value)
        if make is _lateness:
            group.leave_out(out_of_reach(group.objective, group.boards, most=stage.read(value)[0]))
    levels = (bounds + [None] * LEVELS)[:LEVELS]
    return Solution(where, tuple(levels), is_proven, spent)


def _solver(budget: float) -> cp_model.CpSolver:
    """Return a solver that gives the same answer on every machine: one worker, no wall clock."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    solver.parameters.max_deterministic_time = max(budget, 0.001)
    return solver


def _lateness(group: GroupModel) -> Stage:
    """Lateness with the price of moves, then what is not placed, then the moves."""
    costs = {case.id: group.objective.cost(case, None) for case in group.queue}
    unsched = sum(group.objective.weight(case) for case in group.queue)
    moves = sum(max(cost[2] for cost, _ in group.objective.choices(case)) for case in group.free)
    radixes = (0, unsched + 1, moves + 1)
    scale = (prod(radixes[1:]), radixes[2], 1)
    fixed = [
        group.objective.cost(case, group.base.where[case.id]) for case in group.queue if case.id in group.base.where
    ]
    offset = sum(_packed(cost, scale) for cost in fixed) + sum(_packed(costs[case.id], scale) for case in group.free)
    terms = []
    for (case, meeting), chosen in group.x.items():
        cost = group.objective.cost(group.catalog.cases[case], meeting)
        terms.append((chosen, _packed(cost, scale) - _packed(costs[case], scale)))
    return Stage(tuple(terms), offset, radixes)


def _packed(cost: tuple[int, ...], scale: tuple[int, ...]) -> int:
    return sum(level * weight for level, weight in zip(cost, scale, strict=False))


def _fairness(group: GroupModel) -> Stage:
    """Per board, the institution that waits longest."""
    terms = []
    for board in group.boards:
        burdens = group.objective.burdens(board)
        longest = group.objective.longest_delays(board)
        most = max((burden.of(longest[each]) for each, burden in burdens.items()), default=0)
        if most:
            worst = group.model.new_int_var(0, most, "")
            terms.append((worst, 1))
            for institution, burden in burdens.items():
                delays, constant = _delays(group, board, institution)
                group.model.add(worst * burden.divisor >= 100 * (delays + constant + burden.past))
    return Stage(tuple(terms), 0, (0,))


def _delays(group: GroupModel, board: str, institution: str) -> tuple[cp_model.LinearExprT, int]:
    own = {case.id: case for case in group.catalog.queue.get(board, ()) if case.institution == institution}
    constant = sum(group.objective.cost(case, group.base.where.get(case.id))[4] for case in own.values())
    chosen, weights = [], []
    for (case, meeting), each in group.x.items():
        if case in own:
            waiting = group.objective.cost(own[case], None)[4]
            chosen.append(each)
            weights.append(group.objective.cost(own[case], meeting)[4] - waiting)
    return cp_model.LinearExpr.weighted_sum(chosen, weights), constant


def _delay(group: GroupModel) -> Stage:
    """Delay, then how often presenters from elsewhere have to join, then the tie break."""
    joins, joined = _joins(group)
    ties = {place: _tie_weight(*place) for place in group.x}
    radix = len(group.queue) * (1 << TIE_BITS) + 1
    scale = (len(joins) + joined + 1) * radix
    delays = sum(group.objective.cost(case, group.base.where.get(case.id))[3] for case in group.queue)
    terms = []
    for (case, meeting), chosen in group.x.items():
        asked = group.catalog.cases[case]
        difference = group.objective.cost(asked, meeting)[3] - group.objective.cost(asked, None)[3]
        terms.append((chosen, difference * scale + ties[case, meeting]))
    terms += [(each, radix) for each in joins]
    return Stage(tuple(terms), delays * scale + joined * radix, (0, len(joins) + joined + 1, radix))


def _joins(group: GroupModel) -> tuple[list[cp_model.IntVar], int]:
    """Return a variable for each join that is open, and the number of those that are certain."""
    chosen: dict[tuple[str, str], list[cp_model.IntVar]] = defaultdict(list)
    certain = set()
    for case in group.queue:
        places = [meeting for meeting in group.places(case) if group.catalog.is_outside(case, meeting)]
        for meeting in places:
            speaker = group.catalog.speaker(case, meeting).id
            if (case.id, meeting.id) in group.x:
                chosen[speaker, meeting.id].append(group.x[case.id, meeting.id])
            else:
                certain.add((speaker, meeting.id))
    return [group.any_of(each) for key, each in sorted(chosen.items()) if key not in certain], len(certain)


def _tie_weight(case: str, meeting: str) -> int:
    """Return a number that this case and meeting have for ever: among equals the plan is still one."""
    drawn = hashlib.sha256(f"{case} {meeting}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") >> (32 - TIE_BITS)
