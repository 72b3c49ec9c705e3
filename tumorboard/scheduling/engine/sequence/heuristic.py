"""Good orders of large meetings: cases are taken out and put back where they stand best."""

from collections.abc import Iterator, Mapping, Sequence

from tumorboard.scheduling.engine.agenda import Agenda, Item, timed
from tumorboard.scheduling.engine.objective import OrderKeys, order_keys

PASSES = 3
# How many places a case may wander in one step; keeps the work linear in long meetings.
REACH = 6


def improved(agenda: Agenda, fallback: Mapping[str, int]) -> dict[str, int]:
    """Return an order at least as good as `fallback` on the order keys."""
    order = _start_order(agenda, fallback)
    for _ in range(PASSES):
        better = _one_pass(agenda, order)
        if better == order:
            break
        order = better
    starts = timed(order)
    return dict(fallback) if starts is None else dict(sorted(starts.items()))


def _start_order(agenda: Agenda, fallback: Mapping[str, int]) -> list[Item]:
    # The break of the meeting has no start yet.
    standing = sorted(agenda.items, key=lambda item: fallback.get(item.case, item.spans[0][0]))
    by_urgency = sorted(agenda.items, key=_wished)
    return min((by_urgency, standing), key=lambda order: _keys(agenda, order) or WORST)


# Any possible order has smaller keys than an impossible one.
WORST: OrderKeys = (1 << 60, 0, 0, 0, 0)


def _wished(item: Item) -> tuple[int, int, str, str]:
    published = item.published if item.published is not None else 1 << 30
    return item.rank or 0, published, item.presenter or "", item.case


def _keys(agenda: Agenda, order: Sequence[Item]) -> OrderKeys | None:
    starts = timed(order)
    return None if starts is None else order_keys(agenda, starts)


def _one_pass(agenda: Agenda, order: list[Item]) -> list[Item]:
    best, best_keys = order, _keys(agenda, order) or WORST
    for item in order:
        for candidate in _reinsertions(best, item):
            keys = _keys(agenda, candidate)
            if keys is not None and keys < best_keys:
                best, best_keys = candidate, keys
    return best


def _reinsertions(order: Sequence[Item], item: Item) -> Iterator[list[Item]]:
    rest = [each for each in order if each is not item]
    place = next(at for at, each in enumerate(order) if each is item)
    for at in range(max(0, place - REACH), min(len(order), place + REACH + 1)):
        yield [*rest[:at], item, *rest[at:]]
