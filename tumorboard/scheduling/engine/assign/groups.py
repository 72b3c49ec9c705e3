"""Board by board, and boards together only where a presenter would really be in two rooms at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
        if not merged:
            return answers, starts
        alone = (group for group in groups if not any(group & larger for larger in merged))
        groups = sorted([*merged, *alone], key=sorted)


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

    def fit_together(self, answers: list[Answer]) -> tuple[dict[str, Starts], list[Group]]:
        """Return the starts of all meetings, or the boards to be solved together, as many pairs of groups as there are.

        Pairs, so that boards which get in each other's way in a chain come together in few steps, and no more than
        have to.
        """
        ordered = [answer for answer in answers if answer.has_order]
        where = {case: meeting for answer in ordered for case, meeting in answer.where.items()}
        merged = self._pairs(answers, self._clashes(where))
        if merged:
            return {}, merged
        starts, impossible = self.orders.of(where)
        self.forbidden.update(impossible)
        boards = ({self.catalog.cases[case].board for case, _ in combination} for combination in impossible)
        return starts, self._pairs(answers, boards)

    def _clashes(self, where: Mapping[str, str]) -> Iterator[set[str]]:
        """Yield the boards that have a presenter in two meetings at once though one of them forbids it."""
        for one, two in self.orders.pairs(where.items()):
            here, there = self.catalog.meetings[one[1]], self.catalog.meetings[two[1]]
            if self.catalog.forbids(here, there):
                yield {here.board, there.board}

    def _pairs(self, answers: list[Answer], ties: Iterable[set[str]]) -> list[Group]:
        """Return the groups that each tie brings together, every group once."""
        of = {board: answer.boards for answer in answers for board in answer.boards}
        pairs: list[Group] = []
        for boards in ties:
            groups = {of[board] for board in boards}
            if len(groups) > 1 and not any(group & pair for group in groups for pair in pairs):
                pairs.append(frozenset().union(*groups))
        return pairs
