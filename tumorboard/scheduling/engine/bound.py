"""What no plan can do better: a lower bound of level 1 for each board."""

from collections.abc import Collection, Iterator
from math import lcm

from tumorboard.scheduling.engine.objective import Objective
from tumorboard.scheduling.engine.prices import Market
from tumorboard.scheduling.engine.problem import Case, Meeting
from tumorboard.scheduling.engine.rules import belongs

# Costs are counted in fractions of a point, so that a minute of a case has a whole price.
FINEST = 5040
Place = tuple[str, str | None]


def least_late(objective: Objective, board: str) -> int:
    """Return what the cases of the board cost on level 1 at least.

    Every case may be cut into minutes; what it then pays for scarce minutes is no more than they are worth
    in any plan, whatever the prices are. Locked cases stand where they are locked.
    """
    queue = objective.catalog.queue.get(board, ())
    return max(_Relaxation(objective, board).bound(), sum(objective.own_minimum(case)[0] for case in queue))


def out_of_reach(objective: Objective, boards: Collection[str], *, most: int) -> frozenset[Place]:
    """Return the places that no plan of these boards with at most this level 1 can use; None is waiting.

    At the prices of the bound each place costs a case so much more than its cheapest one; where that is more than
    what lies between bound and `most`, no plan can afford it.
    """
    relaxations = [_Relaxation(objective, board) for board in sorted(boards)]
    slack = most - sum(one.bound() for one in relaxations)
    return frozenset(place for one in relaxations for place in one.dearer_by(slack + 1))


class _Relaxation:
    def __init__(self, objective: Objective, board: str) -> None:
        self.objective = objective
        queue = objective.catalog.queue.get(board, ())
        self.locked = [case for case in queue if case.locked is not None]
        self.free = [case for case in queue if case.locked is None]
        self.meetings = objective.catalog.calendar.get(board, ())
        self.place = {meeting.id: place for place, meeting in enumerate(self.meetings)}
        self.scale = min(FINEST, lcm(*(case.minutes for case in self.free)))
        self.rooms: list[int] = []
        self.opens: list[int] = []
        self.is_soft = [self._read(meeting) for meeting in self.meetings]
        self.costs = [self._costs(case) for case in self.free]
        self.price = self._prices()

    def bound(self) -> int:
        """Return the least level 1 of any plan, rounded up: every plan costs a whole number of points."""
        taken = sum(minutes * price for minutes, price in zip(self.rooms + self.opens, self._rents(), strict=True))
        paid = sum(min(self._paid(case, cost).values()) for case, cost in zip(self.free, self.costs, strict=True))
        locked = sum(self.objective.cost(case, case.locked)[0] for case in self.locked)
        return -((taken - paid) // self.scale) + locked

    def dearer_by(self, points: int) -> Iterator[Place]:
        """Yield the places that cost a case at these prices so many points more than its cheapest, or still more."""
        count = len(self.meetings)
        for case, cost in zip(self.free, self.costs, strict=True):
            paid = self._paid(case, cost)
            limit = min(paid.values()) + points * self.scale
            for node, price in paid.items():
                if price >= limit:
                    yield case.id, None if node == 2 * count else self.meetings[node % count].id

    def _paid(self, case: Case, cost: dict[int, int]) -> dict[int, int]:
        return {node: each * self.scale + self.price[node] * case.minutes for node, each in cost.items()}

    def _read(self, meeting: Meeting) -> bool:
        """Note what is left of the meeting; tell whether what is published may fill its reserve."""
        catalog = self.objective.catalog
        locked = [case for case in self.locked if case.locked == meeting.id]
        self.rooms.append(catalog.limit(meeting) - sum(case.minutes for case in locked))
        left = max(0, meeting.minutes - meeting.reserve)
        left -= sum(case.minutes for case in locked if not case.urgency.may_use_reserve)
        self.opens.append(max(0, min(left, self.rooms[-1])))
        own = [case for case in self.free if not case.urgency.may_use_reserve and belongs(case, meeting)]
        return sum(case.minutes for case in own) > left

    def _costs(self, case: Case) -> dict[int, int]:
        """Return level 1 of the case by node of the market."""
        count = len(self.meetings)
        costs = {}
        for cost, meeting in self.objective.choices(case):
            if meeting is None:
                costs[2 * count] = cost[0]
                continue
            place = self.place[meeting.id]
            is_exempt = case.urgency.may_use_reserve or (self.is_soft[place] and belongs(case, meeting))
            costs[place if is_exempt else count + place] = cost[0]
        return costs

    def _regret(self, case: Case, costs: dict[int, int]) -> tuple[int, str]:
        """Those with most to lose a minute go first: then fewer minutes move later on."""
        return -(max(costs.values()) - min(costs.values())) // case.minutes, case.id

    def _prices(self) -> list[int]:
        """Return what a minute is worth at each node: in the whole meeting, outside its reserve, and waiting."""
        market = Market(self.rooms, self.opens)
        for case, cost in sorted(zip(self.free, self.costs, strict=True), key=lambda pair: self._regret(*pair)):
            market.add(case.minutes, {node: each * self.scale // case.minutes for node, each in cost.items()})
        count = len(self.meetings)
        most = max((max(each.values()) for each in self.costs), default=0) * self.scale
        self.room_rents = [min(price, most) for price in market.price[:count]]
        pairs = zip(market.price[count:-1], self.room_rents, strict=True)
        self.open_rents = [min(max(0, price - room), most) for price, room in pairs]
        both = zip(self.room_rents, self.open_rents, strict=True)
        return [*self.room_rents, *(room + extra for room, extra in both), 0]

    def _rents(self) -> list[int]:
        return self.room_rents + self.open_rents
