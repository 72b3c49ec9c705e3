"""The order of meetings as a model of whole numbers: where gaps may be needed, or meetings share a presenter.

Needs the solver; nothing else in this package does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import Any

from ortools.sat.python import cp_model

from tumorboard.scheduling.engine.agenda import Agenda, Item
from tumorboard.scheduling.engine.objective import OrderKeys, order_keys
from tumorboard.scheduling.engine.sequence import best_starts, feasible_starts

# The solver's deterministic time for one order; past it the best one found is taken.
EFFORT = 0.5
# A sum of variables; the solver's own name for it admits numpy's numbers, which are never used here.
Expr = Any
FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One meeting to be put in order; `begin` counts minutes after midnight."""

    meeting: str
    begin: int
    agenda: Agenda


@dataclass(frozen=True, slots=True)
class Link:
    """Two cases of one presenter, as case and meeting, that need `gap` minutes between them."""

    one: tuple[str, str]
    two: tuple[str, str]
    gap: int


def best_order(agenda: Agenda) -> dict[str, int] | None:
    """Return the best order of one meeting, or None where there is none."""
    possible = feasible_starts(agenda, {})
    quick = None if possible is None else best_starts(agenda, possible)
    if quick is not None and _is_surely_best(order_keys(agenda, quick)):
        return quick
    found = jointly([Sitting("", 0, agenda)], [])
    if found is None:
        return quick
    exact = found[""]
    return quick if quick is not None and order_keys(agenda, quick) <= order_keys(agenda, exact) else exact


def _is_surely_best(keys: OrderKeys) -> bool:
    """Without an inversion or a moved start no gap could win anything: the best order without gaps is the best."""
    return keys[:2] == (0, 0)


def jointly(sittings: Sequence[Sitting], links: Iterable[Link]) -> dict[str, dict[str, int]] | None:
    """Return the best starts of the meetings together, or None where there is no order."""
    timetable = _Timetable(sittings, links)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = EFFORT
    if solver.solve(timetable.model) not in FOUND:
        return None
    return timetable.read(solver)


class _Timetable:
    def __init__(self, sittings: Sequence[Sitting], links: Iterable[Link]) -> None:
        self.model = cp_model.CpModel()
        self.starts: dict[tuple[str, str], cp_model.IntVar] = {}
        self.before: dict[tuple[str, str, str], cp_model.IntVar] = {}
        self.sittings = {each.meeting: each for each in sittings}
        for sitting in sittings:
            self._add(sitting)
        for link in links:
            self._keep_apart(link)
        self.model.minimize(_packed([self._keys(sitting) for sitting in sittings]))

    def read(self, solver: cp_model.CpSolver) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {meeting: {} for meeting in self.sittings}
        for (meeting, case), start in self.starts.items():
            found[meeting][case] = solver.value(start)
        return {meeting: dict(sorted(starts.items())) for meeting, starts in found.items()}

    def _add(self, sitting: Sitting) -> None:
        intervals = []
        for item in sitting.agenda.items:
            room = [[begin, end - item.minutes] for begin, end in item.spans if begin <= end - item.minutes]
            start = self.model.new_int_var_from_domain(cp_model.Domain.from_intervals(room), "")
            self.starts[sitting.meeting, item.case] = start
            intervals.append(self.model.new_fixed_size_interval_var(start, item.minutes, ""))
        self.model.add_no_overlap(intervals)

    def _keep_apart(self, link: Link) -> None:
        one, two = self._span(*reversed(link.one)), self._span(*reversed(link.two))
        first = self.model.new_bool_var("")
        self.model.add(one[1] + link.gap <= two[0]).only_enforce_if(first)
        self.model.add(two[1] + link.gap <= one[0]).only_enforce_if(first.negated())

    def _span(self, meeting: str, case: str) -> tuple[Expr, Expr]:
        sitting = self.sittings[meeting]
        item = next(item for item in sitting.agenda.items if item.case == case)
        begin = self.starts[meeting, case] + sitting.begin
        return begin, begin + item.minutes

    def _keys(self, sitting: Sitting) -> list[tuple[Expr, int]]:
        """Return the five keys of the order, each with the most it can be."""
        items, latest = sitting.agenda.items, max((item.spans[-1][1] for item in sitting.agenda.items), default=0)
        outside = _groups(items, lambda item: () if item.presenter is None else (item.presenter,))
        leaving = _groups(items, lambda item: item.leavers)
        return [
            self._inversions(sitting),
            self._moved(sitting),
            self._waiting(sitting, outside, latest, from_start=False),
            self._waiting(sitting, leaving, latest, from_start=True),
            (self._last_end(sitting, items, latest), latest),
        ]

    def _inversions(self, sitting: Sitting) -> tuple[Expr, int]:
        chosen, weights = [], []
        for one, two in combinations(sitting.agenda.items, 2):
            if one.rank is None or two.rank is None or one.rank == two.rank:
                continue
            late, early = (one, two) if one.rank > two.rank else (two, one)
            inverted = self.model.new_bool_var("")
            first, second = self.starts[sitting.meeting, late.case], self.starts[sitting.meeting, early.case]
            self.model.add(first + late.minutes <= second).only_enforce_if(inverted)
            self.model.add(second + early.minutes <= first).only_enforce_if(inverted.negated())
            chosen.append(inverted)
            weights.append(abs(one.rank - two.rank))
        return cp_model.LinearExpr.weighted_sum(chosen, weights), sum(weights)

    def _moved(self, sitting: Sitting) -> tuple[Expr, int]:
        moved = []
        for item in sitting.agenda.items:
            if item.published is None:
                continue
            each, start = self.model.new_bool_var(""), self.starts[sitting.meeting, item.case]
            tolerance = sitting.agenda.start_tol
            self.model.add(start <= item.published + tolerance).only_enforce_if(each.negated())
            self.model.add(start >= item.published - tolerance).only_enforce_if(each.negated())
            moved.append(each)
        return cp_model.LinearExpr.sum(moved), len(moved)

    def _waiting(
        self, sitting: Sitting, groups: Mapping[str, list[Item]], latest: int, *, from_start: bool
    ) -> tuple[Expr, int]:
        total: Expr = 0
        for own in groups.values():
            if len(own) > 1 or from_start:
                end = self._last_end(sitting, own, latest)
                begin: Expr = 0 if from_start else self._first_start(sitting, own, latest)
                total += end - begin - sum(item.minutes for item in own)
        return total, len(groups) * latest

    def _last_end(self, sitting: Sitting, items: Sequence[Item], latest: int) -> cp_model.IntVar:
        end = self.model.new_int_var(0, latest, "")
        for item in items:
            self.model.add(end >= self.starts[sitting.meeting, item.case] + item.minutes)
        return end

    def _first_start(self, sitting: Sitting, items: Sequence[Item], latest: int) -> cp_model.IntVar:
        begin = self.model.new_int_var(0, latest, "")
        for item in items:
            self.model.add(begin <= self.starts[sitting.meeting, item.case])
        return begin


def _packed(keys: list[list[tuple[Expr, int]]]) -> Expr:
    """Return one number in which each key of all meetings outweighs everything after it."""
    totals = [(sum(key[0] for key in column), sum(key[1] for key in column) + 1) for column in zip(*keys, strict=True)]
    return sum(total * prod(most for _, most in totals[place + 1 :]) for place, (total, _) in enumerate(totals))


def _groups(items: Iterable[Item], groups_of: Callable[[Item], tuple[str, ...]]) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        for group in groups_of(item):
            groups.setdefault(group, []).append(item)
    return groups
