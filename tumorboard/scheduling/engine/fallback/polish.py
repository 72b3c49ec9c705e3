"""The levels that are no sums over cases: fairness and joins, by moves and swaps that cost nothing above them."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, islice

from tumorboard.scheduling.engine.fallback.table import Table

PASSES = 4
# Of a very large board not every two cases can be tried.
MOST_TRIED = 50_000
Changes = dict[int, int]


def polish(table: Table) -> None:
    """Take every move and swap that lowers the six levels, read in order, until none does."""
    polisher = _Polisher(table)
    for _ in range(PASSES):
        taken = sum(polisher.take(changes) for changes in islice(polisher.candidates(), MOST_TRIED))
        if not taken:
            return


class _Polisher:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.burdens = table.draft.objective.burdens(table.board)
        self.delays = [self._delays_of(case) for case in range(len(table.cases))]
        self.joins = [self._joins_of(case) for case in range(len(table.cases))]
        self.waited: Counter[str] = Counter()
        self.joined: Counter[tuple[str, int]] = Counter()
        self._count_fixed()
        for case, place in enumerate(table.where):
            self._count(case, place, 1)
        self.reached = self._reached()

    def candidates(self) -> Iterator[Changes]:
        """Yield every case with another place, then every two cases in each other's places."""
        where, costs = self.table.where, self.table.costs
        for case in range(len(where)):
            yield from ({case: place} for place in costs[case] if place != where[case])
        for one, two in combinations(range(len(where)), 2):
            here, there = where[one], where[two]
            if here != there and there in costs[one] and here in costs[two]:
                yield {one: there, two: here}

    def take(self, changes: Changes) -> bool:
        """Make the change if the levels become less by it and the meetings have room."""
        table, radix = self.table, self.table.scale[2]
        before = {case: table.where[case] for case in changes}
        extra = sum(table.costs[case][place] - table.costs[case][before[case]] for case, place in changes.items())
        # Levels 1 to 3 stand above delay in the number; rounding down would let a small delay look like a gain.
        above = sum(
            table.costs[each][to] // radix - table.costs[each][before[each]] // radix for each, to in changes.items()
        )
        if above > 0 or not self._has_room(changes):
            return False
        self._recount(before, changes)
        unfair, joins = self._reached()
        key = above, unfair - self.reached[0], extra - above * radix, joins - self.reached[1]
        if key < (0, 0, 0, 0) and table.move(changes):
            self.reached = unfair, joins
            return True
        self._recount(changes, before)
        return False

    def _has_room(self, changes: Changes) -> bool:
        table = self.table
        for place in set(changes.values()):
            staying = [each for each in table.members[place] if each not in changes]
            if not table.has_room(place, staying + [case for case, to in changes.items() if to == place]):
                return False
        return True

    def _reached(self) -> tuple[int, int]:
        """Return the longest wait of an institution, and how often presenters have to join."""
        unfair = max((burden.of(self.waited[each]) for each, burden in self.burdens.items()), default=0)
        return unfair, sum(1 for times in self.joined.values() if times)

    def _recount(self, before: Changes, after: Changes) -> None:
        for case in before:
            self._count(case, before[case], -1)
            self._count(case, after[case], 1)

    def _count(self, case: int, place: int, times: int) -> None:
        self.waited[self.table.cases[case].institution] += times * self.delays[case][place]
        speaker = self.joins[case].get(place)
        if speaker is not None:
            self.joined[speaker, place] += times

    def _count_fixed(self) -> None:
        """Count the cases that stand for good."""
        table, draft = self.table, self.table.draft
        for place, (meeting, fixed) in enumerate(zip(table.meetings, table.fixed, strict=True)):
            for case in fixed:
                self.waited[case.institution] += draft.objective.cost(case, meeting.id)[4]
                if draft.catalog.is_outside(case, meeting):
                    self.joined[draft.catalog.speaker(case, meeting).id, place] += 1

    def _delays_of(self, number: int) -> dict[int, int]:
        """Return how many meetings the case waits, by place."""
        case, objective = self.table.cases[number], self.table.draft.objective
        return {place: objective.cost(case, self.table.name(place))[4] for place in self.table.costs[number]}

    def _joins_of(self, number: int) -> dict[int, str]:
        """Return who from another institution would have to join, by place."""
        case, catalog, table = self.table.cases[number], self.table.draft.catalog, self.table
        places = [(place, table.meetings[place]) for place in table.costs[number] if place != table.waiting]
        outside = [pair for pair in places if catalog.is_outside(case, pair[1])]
        return {place: catalog.speaker(case, meeting).id for place, meeting in outside}
