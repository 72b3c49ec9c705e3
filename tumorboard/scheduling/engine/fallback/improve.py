"""Better step by step: a case moves to a better meeting, and those in its way move out.

A step is taken only when the six levels of the board, read in order, become less.
"""

from collections.abc import Iterator, Mapping, Sequence

from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.problem import Case, Meeting
from tumorboard.scheduling.engine.rules import minutes_over

ROUNDS = 3
DISPLACEMENT_TRIALS = 60
MOST_DISPLACED = 3


def displace(draft: Draft) -> None:
    """Let emergent and urgent cases that are late or waiting move less pressing ones out of their way."""
    for case in draft.free_cases():
        if case.urgency.may_use_reserve and _could_be_better(draft, case):
            _settle(draft, case, trials=DISPLACEMENT_TRIALS)


def improve(draft: Draft, *, trials: int) -> None:
    """Try a better meeting for every case, with at most `trials` attempts a case and round."""
    for _ in range(ROUNDS):
        settled = [_settle(draft, case, trials=trials) for case in draft.free_cases()]
        if not any(settled):
            return


def _could_be_better(draft: Draft, case: Case) -> bool:
    level_1 = draft.objective.cost(case, draft.where.get(case.id))[0]
    return level_1 > draft.objective.own_minimum(case)[0]


def _settle(draft: Draft, case: Case, *, trials: int) -> bool:
    """Take the first exchange that lowers the levels; tell whether there was one."""
    exchanges = _exchanges(draft, case)
    for _ in range(trials):
        exchange = next(exchanges, None)
        if exchange is None:
            return False
        if _take(draft, case, *exchange):
            return True
    return False


def _exchanges(draft: Draft, case: Case) -> Iterator[tuple[Meeting, tuple[Case, ...]]]:
    """Yield better meetings of the case, the best first, each with those who would have to leave."""
    objective = draft.objective
    current = objective.cost(case, draft.where.get(case.id))
    for cost, meeting in objective.choices(case):
        if cost >= current:
            return
        if meeting is not None:
            for leaving in _leaving(draft, case, meeting):
                if _least_loss(draft, leaving, meeting) <= current[0] - cost[0]:
                    yield meeting, leaving


def _leaving(draft: Draft, case: Case, meeting: Meeting) -> Iterator[tuple[Case, ...]]:
    """Yield nobody, each one alone, then the two and three least pressing, where enough room results."""
    standing = [each for each in draft.standing(meeting.id) if _may_leave(draft, each)]
    standing.sort(key=draft.catalog.priority, reverse=True)
    needed = minutes_over(draft.catalog, [*draft.standing(meeting.id), case], meeting)
    groups = [(), *((each,) for each in standing)]
    groups += [tuple(standing[:count]) for count in range(2, min(MOST_DISPLACED, len(standing)) + 1)]
    yield from (group for group in groups if sum(each.minutes for each in group) >= needed)


def _may_leave(draft: Draft, case: Case) -> bool:
    return case.locked is None and case.id not in draft.pinned


def _least_loss(draft: Draft, leaving: Sequence[Case], meeting: Meeting) -> int:
    """Return what those who leave lose on level 1 at least."""
    loss = 0
    for case in leaving:
        choices = draft.objective.choices(case)
        elsewhere = next(cost[0] for cost, place in choices if place is not meeting)
        loss += elsewhere - draft.objective.cost(case, meeting.id)[0]
    return loss


def _take(draft: Draft, case: Case, meeting: Meeting, leaving: Sequence[Case]) -> bool:
    """Make the exchange and keep it if the board's levels become less."""
    saved = draft.saved()
    for each in (case, *leaving):
        draft.remove(each)
    if draft.admit(case, meeting):
        for each in sorted(leaving, key=draft.catalog.priority):
            _place_cheapest(draft, each)
        if _is_less(draft, (case, *leaving), before=saved[0]):
            return True
    draft.restore(saved)
    return False


def _is_less(draft: Draft, moved: Sequence[Case], *, before: Mapping[str, str]) -> bool:
    """Whether the levels became less; the first three are sums over the moved cases alone."""
    old, new = _summed_costs(draft, moved, before), _summed_costs(draft, moved, draft.where)
    if old != new:
        return new < old
    board_levels, board = draft.objective.board_levels, moved[0].board
    return board_levels(board, draft.where) < board_levels(board, before)


def _summed_costs(draft: Draft, cases: Sequence[Case], where: Mapping[str, str]) -> tuple[int, int, int]:
    costs = [draft.objective.cost(case, where.get(case.id)) for case in cases]
    return sum(cost[0] for cost in costs), sum(cost[1] for cost in costs), sum(cost[2] for cost in costs)


def _place_cheapest(draft: Draft, case: Case) -> None:
    """Put the case where it costs least among the meetings that take it; it may have to wait."""
    for _, meeting in draft.objective.choices(case):
        if meeting is None or draft.admit(case, meeting):
            return
