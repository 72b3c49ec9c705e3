"""What a minute of each meeting is worth: minutes as a flow, by successive shortest paths on the graph of meetings.

Cases are cut into minutes, each of which takes the cheapest way to a free one, moving others out of its way.
A meeting is two nodes, its minutes and, before them, those outside the reserve.
"""

from collections.abc import Mapping, Sequence

FAR = 1 << 240
# The node the way goes on to, and whose minutes move there; nobody's inside one meeting.
Step = tuple[int, int | None]


class Market:
    """Minutes are handed out case by case; `price` is what one more minute at a node would cost the others.

    Nodes 0 to n - 1 are the minutes of the n meetings, n to 2n - 1 those outside their reserves, 2n is waiting.
    """

    def __init__(self, rooms: Sequence[int], opens: Sequence[int]) -> None:
        self.count = len(rooms)
        self.spare = [*rooms, *opens, FAR]
        self.taken = [0] * self.count
        self.price = [0] * (2 * self.count + 1)
        self._next: list[Step | None] = [None] * (2 * self.count + 1)
        self._units: list[Mapping[int, int]] = []
        self._at: list[dict[int, int]] = [{} for _ in self.price]
        self._renew()

    def add(self, minutes: int, units: Mapping[int, int]) -> None:
        """Give a case its minutes; `units` is what one of them costs at each node it may be at."""
        case = len(self._units)
        self._units.append(units)
        while minutes:
            node = min(units, key=lambda each: (units[each] + self.price[each], each))
            path = self._path(case, node)
            pushed = min(minutes, self._narrowest(path))
            self._push(path, pushed)
            minutes -= pushed
            if len(path) > 1 or not self.spare[path[-1][1]]:
                self._renew()

    def _path(self, case: int, node: int) -> list[tuple[int | None, int, int]]:
        """Return the way of new minutes as (whose minutes, to, from) until something is free."""
        path: list[tuple[int | None, int, int]] = [(case, node, -1)]
        while (step := self._next[node]) is not None:
            path.append((step[1], step[0], node))
            node = step[0]
        return path

    def _narrowest(self, path: Sequence[tuple[int | None, int, int]]) -> int:
        widths = [self.spare[path[-1][1]]]
        for case, to, origin in path[1:]:
            if case is not None:
                widths.append(self._at[origin][case])
            else:
                widths.append(self.spare[origin] if to < origin else self.taken[origin])
        return min(widths)

    def _push(self, path: Sequence[tuple[int | None, int, int]], minutes: int) -> None:
        for case, to, origin in path:
            if case is None:
                pool = max(to, origin)
                self.spare[pool] += minutes if pool == to else -minutes
                self.taken[pool - self.count] += -minutes if pool == to else minutes
                continue
            self._at[to][case] = self._at[to].get(case, 0) + minutes
            if origin >= 0:
                self._at[origin][case] -= minutes
                if not self._at[origin][case]:
                    del self._at[origin][case]
        self.spare[path[-1][1]] -= minutes

    def _renew(self) -> None:
        """Find the cheapest way from each node to something free."""
        ends = [*range(self.count), 2 * self.count]
        self.price = [FAR] * len(self.price)
        self._next = [None] * len(self.price)
        for node in ends:
            if self.spare[node]:
                self.price[node] = 0
        ways = self._ways()
        changed = True
        while changed:
            changed = False
            for node, step, cost in ways:
                if self.price[step[0]] + cost < self.price[node]:
                    self.price[node] = self.price[step[0]] + cost
                    self._next[node] = step
                    changed = True

    def _ways(self) -> list[tuple[int, Step, int]]:
        """Return every step from a node that has nothing free, the cheapest to each other node."""
        ways: list[tuple[int, Step, int]] = []
        for meeting in range(self.count):
            pool = self.count + meeting
            if self.spare[pool]:
                ways.append((pool, (meeting, None), 0))
            else:
                ways += self._leaving(pool)
            if not self.spare[meeting]:
                ways += self._leaving(meeting)
                if self.taken[meeting]:
                    ways.append((meeting, (pool, None), 0))
                    if self.spare[pool]:
                        ways += self._leaving(pool)
        return ways

    def _leaving(self, node: int) -> list[tuple[int, Step, int]]:
        best: dict[int, tuple[int, int]] = {}
        for case in self._at[node]:
            units = self._units[case]
            here = units[node]
            for other, cost in units.items():
                extra = cost - here
                if other != node and (other not in best or extra < best[other][0]):
                    best[other] = extra, case
        return [(node, (other, case), extra) for other, (extra, case) in best.items()]
