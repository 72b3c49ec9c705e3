"""Two meetings share out their cases anew: the best of all ways, by a dynamic programme over the minutes."""

from collections.abc import Sequence

from tumorboard.scheduling.engine.fallback.table import NO_LIMIT, Table

# Minutes, what it costs more to be in the first place than in the second, and the case.
Row = tuple[int, int, int]


def shared(table: Table, one: int, two: int) -> bool:
    """Share out the cases of two places in the cheapest way; tell whether that was cheaper than before."""
    everything = _Pair(table, one, two, keep_doubtful=False)
    changes = everything.cheaper()
    if not changes:
        return False
    if table.move(changes):
        return True
    # No order for that: leave those whose presenters' hours are narrow where they are.
    changes = _Pair(table, one, two, keep_doubtful=True).cheaper()
    return bool(changes) and table.move(changes)


class _Pair:
    """The cases of two places that could be in either, and what is left for them."""

    def __init__(self, table: Table, one: int, two: int, *, keep_doubtful: bool) -> None:
        self.table, self.one, self.two = table, one, two
        self.keep_doubtful = keep_doubtful
        self.minutes = [table.room[one], table.room[two]]
        self.open = [NO_LIMIT if table.closed[place] else table.open[place] for place in (one, two)]
        self.barred: list[Row] = []
        self.others: list[Row] = []
        self.was = 0
        self._read(0, one, two)
        self._read(1, two, one)

    def cheaper(self) -> dict[int, int]:
        """Return who goes where in the cheapest way, nobody where it is as it was."""
        best = self._cheapest()
        if best is None:
            return {}
        rows = self.barred + self.others
        places = {row[2]: self.one if best >> at & 1 else self.two for at, row in enumerate(rows)}
        return {case: place for case, place in places.items() if self.table.where[case] != place}

    def _read(self, at: int, place: int, other: int) -> None:
        """Read who stands in one of the places: who could be in the other, and who stays."""
        table = self.table
        shut = table.closed[other]
        for case in table.members[place]:
            costs = table.costs[case]
            if other in costs and not self._stays(case, other, shut=shut):
                extra = costs[self.one] - costs[self.two]
                (self.barred if table.is_barred[case] else self.others).append((table.minutes[case], extra, case))
                if at == 0:
                    self.was += extra
            else:
                self.minutes[at] -= table.minutes[case]
                if table.is_barred[case]:
                    self.open[at] -= table.minutes[case]

    def _stays(self, case: int, other: int, *, shut: bool) -> bool:
        table = self.table
        if shut and table.is_barred[case] and table.home[case] != other:
            return True
        return self.keep_doubtful and (table.is_doubtful(case, self.one) or table.is_doubtful(case, self.two))

    def _cheapest(self) -> int | None:
        """Return, in its lowest bits, who is in the first place in the cheapest way; None where it is as it was."""
        rows = self.barred + self.others
        bits, slack = len(rows), self.was - sum([row[1] for row in rows if row[1] < 0])
        if slack <= 0:
            return None
        self.barred.sort(key=_stake)
        self.others.sort(key=_stake)
        states = _extended({0: 0}, self.barred, (0, bits), min(self.minutes[0], self.open[0]), slack)
        states = _filled(states, sum([row[0] for row in self.barred]) - self.open[1])
        states = _extended(states, self.others, (len(self.barred), bits), self.minutes[0], slack)
        return min(_filled(states, sum([row[0] for row in rows]) - self.minutes[1]).values(), default=None)


def _filled(states: dict[int, int], least: int) -> dict[int, int]:
    """Return the states with so many minutes in the first place that the rest fits into the second."""
    return {minutes: value for minutes, value in states.items() if minutes >= least} if least > 0 else states


def _stake(row: Row) -> tuple[int, int]:
    """Those with most to lose come first, so that what leads nowhere is soon dropped."""
    return -abs(row[1]), row[2]


def _extended(
    states: dict[int, int], rows: Sequence[Row], bits: tuple[int, int], limit: int, slack: int
) -> dict[int, int]:
    """Let each row join the first place or not.

    A state maps minutes there to the least that is lost against everybody's own wish, above one bit a row;
    those that have lost `slack` cannot come below what it was and are dropped.
    """
    first, count = bits
    top = slack << count
    for place, (minutes, extra, _) in enumerate(rows, start=first):
        stay = max(0, -extra) << count
        join = (max(0, extra) << count) + (1 << place)
        after = {before: value + stay for before, value in states.items() if value + stay < top}
        for before, value in states.items():
            now, value = before + minutes, value + join
            if now <= limit and value < top and (now not in after or value < after[now]):
                after[now] = value
        states = after
    return states
