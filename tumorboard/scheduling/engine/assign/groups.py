"""Board by board, and boards together only where a presenter would really be in two rooms at once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tumorboard.scheduling.engine.assign.levels import solve
from tumorboard.scheduling.engine.assign.model import GroupModel
from tumorboard.scheduling.engine.assign.orders import Combination, Orders
from tumorboard.scheduling.engine.draft import Draft, Starts
from tumorboard.scheduling.engine.plan import NOTHING_PROVEN, Bounds

Group = frozenset[str]


@dataclass(frozen=True)
class Answer:
    """The places of a group of boards and what is proven of them.

    Without an order they are only where to go on: there was no time to find places that have one.
    """

    boards: Group
    where: dict[str, str]
    bounds: Bounds = NOTHING_PROVEN
    is_proven: bool = False
    has_order: bool = True


def solve_groups(
    base: Draft,
    *,
    hint: Mapping[str, str],
    budget: float,
    known: Mapping[Group, Answer],
    orders: Mapping[str, Starts],
) -> tuple[list[Answer], dict[str, Starts]]:
    """Return an answer for each group of boards, and the starts by meeting of all that were answered.

    `budget` is for each board; `known` are answers to groups whose input has not changed, `orders` by
    meeting such orders as depend on nothing outside their groups.
    """
    solver = _Groups(base, hint, budget, known, Orders(base, orders))
    groups = sorted((frozenset({board}) for board in base.boards), key=sorted)
    while True:
        answers = [solver.answer(group) for group in groups]
        starts, merged = solver.fit_together(answers)
        if merged is None:
            return answers, starts
        groups = sorted([merged, *(group for group in groups if not group & merged)], key=sorted)


class _Groups:
    def __init__(
        self, base: Draft, hint: Mapping[str, str], budget: float, known: Mapping[Group, Answer], orders: Orders
    ) -> None:
        self.base = base
        self.catalog = base.catalog
        self.hint = dict(hint)
        self.budget = budget
        self.spent: dict[str, float] = defaultdict(float)
        self.orders = orders
        self.forbidden: set[Combination] = set()
        self._answers = dict(known)

    def answer(self, group: Group) -> Answer:
        if group not in self._answers:
            self._answers[group] = self._answer(group)
        return self._answers[group]

    def _answer(self, group: Group) -> Answer:
        model = GroupModel(self.base, group, sorted(self.forbidden, key=sorted))
        solution = solve(model, self._impossible, hint=self.hint, budget=self._budget(group))
        self.hint |= solution.where
        for board in group:
            self.spent[board] += solution.spent / len(group)
        own = {case.id for board in group for case in self.catalog.queue.get(board, ())}
        where = {case: meeting for case, meeting in solution.where.items() if case in own}
        return Answer(group, where, solution.bounds, solution.is_proven, solution.has_order)

    def _impossible(self, where: Mapping[str, str]) -> list[Combination]:
        """Return which of the places have no order, and remember it for larger groups."""
        _, impossible = self.orders.of(where)
        self.forbidden.update(impossible)
        return impossible

    def _budget(self, group: Group) -> float:
        """Return what the boards have left of theirs after smaller groups, and never less than one board has."""
        return max(self.budget, sum(self.budget - self.spent[board] for board in group))

    def fit_together(self, answers: list[Answer]) -> tuple[dict[str, Starts], Group | None]:
        """Return the starts of all meetings, or the boards to be solved together."""
        ordered = [answer for answer in answers if answer.has_order]
        where = {case: meeting for answer in ordered for case, meeting in answer.where.items()}
        clash = self._clash(answers, where)
        if clash is not None:
            return {}, clash
        starts, impossible = self.orders.of(where)
        if impossible:
            self.forbidden.update(impossible)
            touched = {self.catalog.cases[case].board for combination in impossible[:1] for case, _ in combination}
            return {}, self._merged(answers, touched)
        return starts, None

    def _clash(self, answers: list[Answer], where: Mapping[str, str]) -> Group | None:
        """Return the groups with a presenter in two meetings at once though a board forbids it."""
        for one, two in self.orders.pairs(where.items()):
            here, there = self.catalog.meetings[one[1]], self.catalog.meetings[two[1]]
            if self.catalog.forbids(here, there):
                merged = self._merged(answers, {here.board, there.board})
                if merged not in {answer.boards for answer in answers}:
                    return merged
        return None

    def _merged(self, answers: list[Answer], boards: set[str]) -> Group:
        return frozenset().union(*(answer.boards for answer in answers if answer.boards & boards))
