"""Two meetings share out their cases anew: the best of all ways, by a dynamic programme over the minutes."""

from collections.abc import Sequence
from dataclasses import dataclass

from tumorboard.scheduling.engine.fallback.table import Table

# Minutes, what it costs more to be in the first place than in the second, and the case.
Row = tuple[int, int, int]
NO_LIMIT = 1 << 30


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


@dataclass(slots=True)
class _Room:
    """What is left of a place once those who cannot leave it are counted."""

    minutes: int
    open: int


class _Pair:
    """The cases of two places that could be in either."""

    def __init__(self, table: Table, one: int, two: int, *, keep_doubtful: bool) -> None:
        self.table, self.one, self.two = table, one, two
        self.rooms = [self._room(place) for place in (one, two)]
        self.barred: list[Row] = []
        self.others: list[Row] = []
        closed = [table.is_closed(place) for place in (one, two)]
        for at, place in enumerate((one, two)):
            if closed[at]:
                self.rooms[at].open = NO_LIMIT
            other = (two, one)[at]
            for case in table.members[place]:
                shut = closed[1 - at] and table.is_barred[case] and table.home[case] != other
                stays = keep_doubtful and (table.is_doubtful(case, one) or table.is_doubtful(case, two))
                if shut or stays or other not in table.costs[case]:
                    self._keep(case, self.rooms[at])
                else:
                    self._let_choose(case)

    def cheaper(self) -> dict[int, int]:
        """Return who goes where in the cheapest way, nobody where it is as it was."""
        rows = self.barred + self.others
        best = self._cheapest(rows)
        was = sum(row[1] for row in rows if self.table.where[row[2]] == self.one)
        if best is None or best >> len(rows) >= was:
            return {}
        places = {row[2]: self.one if best >> at & 1 else self.two for at, row in enumerate(rows)}
        return {case: place for case, place in places.items() if self.table.where[case] != place}

    def _cheapest(self, rows: Sequence[Row]) -> int | None:
        """Return the least cost with, in its lowest bits, who is in the first place."""
        first, second = self.rooms
        barred, total = sum(row[0] for row in self.barred), sum(row[0] for row in rows)
        states = {0: 0}
        states = _extended(states, self.barred, 0, len(rows), min(first.minutes, first.open))
        states = {minutes: value for minutes, value in states.items() if barred - minutes <= second.open}
        states = _extended(states, self.others, len(self.barred), len(rows), first.minutes)
        return min((value for minutes, value in states.items() if total - minutes <= second.minutes), default=None)

    def _room(self, place: int) -> _Room:
        if place == self.table.waiting:
            return _Room(NO_LIMIT, NO_LIMIT)
        return _Room(self.table.room[place], self.table.open[place])

    def _keep(self, case: int, room: _Room) -> None:
        room.minutes -= self.table.minutes[case]
        if self.table.is_barred[case]:
            room.open -= self.table.minutes[case]

    def _let_choose(self, case: int) -> None:
        costs = self.table.costs[case]
        row = self.table.minutes[case], costs[self.one] - costs[self.two], case
        (self.barred if self.table.is_barred[case] else self.others).append(row)


def _extended(states: dict[int, int], rows: Sequence[Row], at: int, bits: int, limit: int) -> dict[int, int]:
    """Let each row join the first place or not; the states map minutes there to the least cost."""
    for place, (minutes, extra, _) in enumerate(rows, start=at):
        joined = (extra << bits) + (1 << place)
        after = dict(states)
        for before, value in states.items():
            now = before + minutes
            if now <= limit:
                value += joined
                if now not in after or value < after[now]:
                    after[now] = value
        states = after
    return states
