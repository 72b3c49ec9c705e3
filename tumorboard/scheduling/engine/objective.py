"""What a plan costs: six levels, lexicographic, and the keys for the order inside a meeting."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tumorboard.scheduling.engine.agenda import Agenda, Item
from tumorboard.scheduling.engine.plan import Levels
from tumorboard.scheduling.engine.problem import Case, Meeting
from tumorboard.scheduling.engine.rules import Rules

# Level 1, unsched, moves, delay in points, delay in meetings: what one case costs at one place.
Cost = tuple[int, int, int, int, int]
OrderKeys = tuple[int, int, int, int, int]
NOTHING: Levels = (0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Burden:
    """What an institution's delays on a board are added to and divided by."""

    past: int
    cases: int

    @property
    def divisor(self) -> int:
        return max(1, self.cases)

    def of(self, delay: int) -> int:
        return -(-100 * (delay + self.past) // self.divisor)


class Objective:
    """The six levels of one problem; `where` always maps the placed cases to their meetings."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.catalog = rules.catalog
        self._costs: dict[tuple[str, str | None], Cost] = {}
        self._choices: dict[str, tuple[tuple[Cost, Meeting | None], ...]] = {}
        self._past = {(past.board, past.institution): past for past in self.catalog.problem.history}

    def levels(self, where: Mapping[str, str]) -> Levels:
        return summed(self.board_levels(board.id, where) for board in self.catalog.problem.boards)

    def board_levels(self, board: str, where: Mapping[str, str]) -> Levels:
        """Return what the cases of one board add to each level."""
        cases = self.catalog.queue.get(board, ())
        costs = [self.cost(case, where.get(case.id)) for case in cases]
        return (
            sum(cost[0] for cost in costs),
            sum(cost[1] for cost in costs),
            sum(cost[2] for cost in costs),
            self._unfair(board, cases, costs),
            sum(cost[3] for cost in costs),
            self._joins(cases, where),
        )

    def cost(self, case: Case, meeting: str | None) -> Cost:
        """Return what this case alone costs in this meeting, or waiting."""
        known = self._costs.get((case.id, meeting))
        if known is None:
            known = self._cost(case, None if meeting is None else self.catalog.meetings[meeting])
            self._costs[case.id, meeting] = known
        return known

    def choices(self, case: Case) -> tuple[tuple[Cost, Meeting | None], ...]:
        """Return every place the case may have, waiting among them, the cheapest first."""
        if case.id not in self._choices:
            places: list[Meeting | None] = [*self.rules.possible(case), None]
            costs = [(self.cost(case, place.id if place else None), place) for place in places]
            self._choices[case.id] = tuple(sorted(costs, key=lambda choice: choice[0]))
        return self._choices[case.id]

    def own_minimum(self, case: Case) -> Cost:
        """Return the least this case can cost on levels 1 to 3, whatever the others do."""
        if case.locked is not None:
            return self.cost(case, case.locked)
        return self.choices(case)[0][0]

    def burdens(self, board: str) -> dict[str, "Burden"]:
        """Return, for each institution with cases on the board, how its delays are weighed."""
        prior = self.catalog.policies[board].fair_prior
        counts = Counter(case.institution for case in self.catalog.queue.get(board, ()))
        burdens = {}
        for institution, count in counts.items():
            past = self._past.get((board, institution))
            burdens[institution] = Burden(past.delay, prior + past.cases + count) if past else Burden(0, prior + count)
        return burdens

    def longest_delays(self, board: str) -> dict[str, int]:
        """Return, for each institution with cases on the board, the most meetings they can wait together."""
        longest: Counter[str] = Counter()
        for case in self.catalog.queue.get(board, ()):
            locked = case.locked is not None
            costs = [self.cost(case, case.locked)] if locked else [cost for cost, _ in self.choices(case)]
            longest[case.institution] += max(cost[4] for cost in costs)
        return longest

    def _cost(self, case: Case, meeting: Meeting | None) -> Cost:
        moves = self._moves(case, meeting)
        delay = self._delay(case, meeting)
        return (
            self._late(case, meeting) + self.catalog.policies[case.board].move_price * moves,
            self.weight(case) if meeting is None else 0,
            moves,
            delay * self._delay_points(case),
            delay,
        )

    def weight(self, case: Case) -> int:
        """What the case weighs by its urgency."""
        return self.catalog.policies[case.board].w_urgency[case.urgency.place]

    def _late(self, case: Case, meeting: Meeting | None) -> int:
        days = max(0, (self._stands_on(case, meeting) - case.deadline).days)
        policy = self.catalog.policies[case.board]
        return self.weight(case) * (days * (days + 7) + (policy.miss if days else 0))

    def _stands_on(self, case: Case, meeting: Meeting | None) -> date:
        """Return the day that counts; who waits is counted as standing after the horizon."""
        if meeting is not None:
            return meeting.date
        beyond = self.catalog.policies[case.board].beyond_days
        return self.catalog.problem.horizon_end + timedelta(days=beyond)

    def _moves(self, case: Case, meeting: Meeting | None) -> int:
        published = self.catalog.published_meeting(case)
        if published is None or case.locked is not None or not self.rules.may_stay(case):
            return 0
        if meeting is not None and meeting.id == published.id:
            return 0
        return self._notice(published) * self._move_weight(published, meeting)

    def _move_weight(self, published: Meeting, meeting: Meeting | None) -> int:
        policy = self.catalog.policies[published.board]
        if meeting is None:
            return policy.move_out
        return policy.move_earlier if meeting.order < published.order else policy.move_later

    def _notice(self, published: Meeting) -> int:
        days = (published.date - self.catalog.problem.today).days
        return next((weight for upto, weight in self.catalog.policies[published.board].notice if days <= upto), 1)

    def _delay(self, case: Case, meeting: Meeting | None) -> int:
        """Count the board's meetings from the first possible one to the one chosen, or to the end."""
        first = self.rules.first_possible(case)
        if first is None:
            return 0
        position = self.catalog.position
        chosen = len(self.catalog.calendar[case.board]) if meeting is None else position[meeting.id]
        return max(0, chosen - position[first.id])

    def _delay_points(self, case: Case) -> int:
        waited = max(0, (self.catalog.problem.today - case.submitted).days)
        return 100 * self.catalog.policies[case.board].e_urgency[case.urgency.place] + min(99, waited)

    def _unfair(self, board: str, cases: Sequence[Case], costs: Sequence[Cost]) -> int:
        delays: dict[str, int] = defaultdict(int)
        for case, cost in zip(cases, costs, strict=True):
            delays[case.institution] += cost[4]
        burdens = self.burdens(board)
        return max((burdens[each].of(delay) for each, delay in delays.items()), default=0)

    def _joins(self, cases: Sequence[Case], where: Mapping[str, str]) -> int:
        placed = [(case, self.catalog.meetings[where[case.id]]) for case in cases if case.id in where]
        outside = [pair for pair in placed if self.catalog.is_outside(*pair)]
        return len({(self.catalog.speaker(*pair).id, pair[1].id) for pair in outside})


def summed(parts: Iterable[Levels]) -> Levels:
    """Return the levels added up, one by one."""
    late, unsched, moves, unfair, delay, joins = (sum(column) for column in zip(NOTHING, *parts, strict=True))
    return late, unsched, moves, unfair, delay, joins


def order_keys(agenda: Agenda, starts: Mapping[str, int]) -> OrderKeys:
    """Return the keys of one order: inversions, starts moved, waiting outside, waiting to leave, end."""
    items = sorted(agenda.items, key=lambda item: starts[item.case])
    return (
        sum(_inversions(items)),
        sum(agenda.moved(item, starts[item.case]) for item in items),
        sum(_waiting_outside(items, starts)),
        sum(_waiting_to_leave(items, starts)),
        max((starts[item.case] + item.minutes for item in items), default=0),
    )


def _inversions(items: Sequence[Item]) -> Iterable[int]:
    for place, earlier in enumerate(items):
        for later in items[place + 1 :]:
            if earlier.rank is not None and later.rank is not None:
                yield max(0, earlier.rank - later.rank)


def _waiting_outside(items: Sequence[Item], starts: Mapping[str, int]) -> Iterable[int]:
    for presenter in {item.presenter for item in items if item.presenter is not None}:
        own = [item for item in items if item.presenter == presenter]
        present = starts[own[-1].case] + own[-1].minutes - starts[own[0].case]
        yield present - sum(item.minutes for item in own)


def _waiting_to_leave(items: Sequence[Item], starts: Mapping[str, int]) -> Iterable[int]:
    """A specialty that may leave early is there from the start until the end of its last case."""
    for specialty in {leaver for item in items for leaver in item.leavers}:
        own = [item for item in items if specialty in item.leavers]
        yield starts[own[-1].case] + own[-1].minutes - sum(item.minutes for item in own)
