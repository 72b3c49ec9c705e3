"""As good as pairs of meetings can make it: every two share out their cases anew until that changes nothing."""

from itertools import combinations

from tumorboard.scheduling.engine.fallback.share import shared
from tumorboard.scheduling.engine.fallback.table import Table


class Settler:
    """Settles one board again and again; pairs that have not changed since they were tried are passed over."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._tried: set[tuple[int, int]] = set()

    def settle(self) -> None:
        while sum(self._try(*pair) for pair in self._pairs()):
            pass

    def _pairs(self) -> list[tuple[int, int]]:
        """Return the pairs of places with anybody in one of them."""
        members = self.table.members
        return [pair for pair in combinations(range(len(members)), 2) if members[pair[0]] or members[pair[1]]]

    def _try(self, one: int, two: int) -> bool:
        stamps = self.table.stamps
        if (stamps[one], stamps[two]) in self._tried:
            return False
        changed = shared(self.table, one, two)
        self._tried.add((stamps[one], stamps[two]))
        return changed
