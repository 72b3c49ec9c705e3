"""What no plan can do better: a lower bound of level 1 for each board."""

from math import lcm

from tumorboard.scheduling.engine.objective import Objective
from tumorboard.scheduling.engine.prices import Market
from tumorboard.scheduling.engine.problem import Case, Meeting
from tumorboard.scheduling.engine.rules import belongs

# Costs are counted in fractions of a point, so that a minute of a case has a whole price.
FINEST = 5040


def least_late(objective: Objective, board: str) -> int:
    """Return what the cases of the board cost on level 1 at least.

    Every case may be cut into minutes; what it then pays for scarce minutes is no more than they are worth
    in any plan, whatever the prices are. Locked cases stand where they are locked.
    """
    return _Relaxation(objective, board).bound()


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

    def bound(self) -> int:
        costs = [self._costs(case) for case in self.free]
        market = Market(self.rooms, self.opens)
        for case, cost in sorted(zip(self.free, costs, strict=True), key=lambda pair: self._regret(*pair)):
            market.add(case.minutes, {node: each * self.scale // case.minutes for node, each in cost.items()})
        return self._value(costs, market.price) + sum(self.objective.cost(case, case.locked)[0] for case in self.locked)

    def _read(self, meeting: Meeting) -> bool:
        """Note what is left of the meeting; tell whether what is published may fill its reserve."""
        catalog = self.objective.catalog
        locked = [case for case in self.locked if case.locked == meeting.id]
        self.rooms.append(catalog.limit(meeting) - sum(case.minutes for case in locked))
        left = max(0, meeting.minutes - meeting.reserve)
        left -= sum(case.minutes for case in locked if not case.urgency.may_use_reserve)
        self.opens.append(max(0, left))
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

    def _value(self, costs: list[dict[int, int]], prices: list[int]) -> int:
        """Return what the cases pay at these prices less what the meetings take: never above any plan."""
        count = len(self.meetings)
        most = max((max(each.values()) for each in costs), default=0) * self.scale
        rooms = [min(price, most) for price in prices[:count]]
        opens = [min(max(0, price - room), most) for price, room in zip(prices[count:-1], rooms, strict=True)]
        price = [*rooms, *(room + extra for room, extra in zip(rooms, opens, strict=True)), 0]
        paid = sum(
            min(each * self.scale + price[node] * case.minutes for node, each in cost.items())
            for case, cost in zip(self.free, costs, strict=True)
        )
        taken = sum(minutes * price for minutes, price in zip(self.rooms + self.opens, rooms + opens, strict=True))
        # Rounded up, since every plan costs a whole number of points.
        least: int = -((taken - paid) // self.scale)
        return least
