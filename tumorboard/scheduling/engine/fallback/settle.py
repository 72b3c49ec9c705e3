"""As good as pairs of meetings can make it: every two share out their cases anew until that changes nothing."""

from itertools import combinations

from tumorboard.scheduling.engine.fallback.share import shared
from tumorboard.scheduling.engine.fallback.table import Table


class Settler:
    """Settles one board again and again; pairs that have not changed since they were tried are passed over."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._pairs = list(combinations(range(table.waiting + 1), 2))
        self._tried: set[tuple[int, int]] = set()

    def settle(self) -> None:
        while open_pairs := self._open_pairs():
            for pair in open_pairs:
                self._try(*pair)

    def _open_pairs(self) -> list[tuple[int, int]]:
        """Return the pairs not tried as they are now, with anybody in one of them."""
        stamps, members, tried = self.table.stamps, self.table.members, self._tried
        return [
            (one, two)
            for one, two in self._pairs
            if (stamps[one], stamps[two]) not in tried and (members[one] or members[two])
        ]

    def _try(self, one: int, two: int) -> None:
        shared(self.table, one, two)
        self._tried.add((self.table.stamps[one], self.table.stamps[two]))
