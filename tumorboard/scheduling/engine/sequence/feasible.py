"""Whether the cases of a meeting can be put in any order at all."""

from collections.abc import Mapping, Sequence

from tumorboard.scheduling.engine.agenda import Agenda, Item, timed
from tumorboard.scheduling.engine.sequence.exact import LARGEST_EXACT


def feasible_starts(agenda: Agenda, hint: Mapping[str, int]) -> dict[str, int] | None:
    """Return a possible start for each case, or None.

    Exact up to `LARGEST_EXACT` cases; above, an order may be missed but never invented. `hint` holds
    the starts of the cases that already stand there.
    """
    if all(len(item.spans) == 1 and item.spans[0][0] <= 0 for item in agenda.items):
        # Without anyone who joins late, the one who must leave first goes first (Jackson's rule).
        return timed(sorted(agenda.items, key=_last_end))
    quick = _quick(agenda.items, hint)
    if quick is not None or len(agenda.items) > LARGEST_EXACT:
        return quick
    return _exact(agenda.items)


def _last_end(item: Item) -> tuple[int, int, str]:
    return item.spans[-1][1] if item.spans else 0, item.rank or 0, item.case


def _first_begin(item: Item) -> tuple[int, int, str]:
    return item.spans[0][0] if item.spans else 0, item.rank or 0, item.case


def _quick(items: Sequence[Item], hint: Mapping[str, int]) -> dict[str, int] | None:
    for order in (sorted(items, key=_last_end), sorted(items, key=_first_begin)):
        starts = timed(order)
        if starts is not None:
            return starts
    standing = sorted((item for item in items if item.case in hint), key=lambda item: hint[item.case])
    return _inserted(standing, [item for item in items if item.case not in hint])


def _inserted(order: list[Item], missing: Sequence[Item]) -> dict[str, int] | None:
    """Return the starts after inserting the missing one by one wherever they first fit."""
    for item in sorted(missing, key=_last_end):
        tries = ([*order[:at], item, *order[at:]] for at in range(len(order) + 1))
        found = next((each for each in tries if timed(each) is not None), None)
        if found is None:
            return None
        order = found
    return timed(order)


def _exact(items: Sequence[Item]) -> dict[str, int] | None:
    """Keep the earliest end of every set of cases: a later one never helps."""
    full = (1 << len(items)) - 1
    ends: dict[int, tuple[int, int]] = {0: (0, -1)}
    for done in range(full):
        if done not in ends:
            continue
        for place, item in enumerate(items):
            start = None if done >> place & 1 else item.earliest(ends[done][0])
            if start is None:
                continue
            after, end = done | 1 << place, start + item.minutes
            if after not in ends or end < ends[after][0]:
                ends[after] = end, place
    return _order_back(items, ends, full) if full in ends else None


def _order_back(items: Sequence[Item], ends: Mapping[int, tuple[int, int]], done: int) -> dict[str, int] | None:
    order: list[Item] = []
    while done:
        place = ends[done][1]
        order.append(items[place])
        done ^= 1 << place
    return timed(order[::-1])
