"""Exact orders of small meetings: a dynamic programme over the sets of cases already discussed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tumorboard.scheduling.engine.agenda import Agenda, Item

LARGEST_EXACT = 10
# Keeping every trade-off between cost and time costs more than keeping one order a set.
LARGEST_WITH_GAPS = 7
# No sum of one key in one meeting comes near this, so four keys fit one number without carrying over.
RADIX = 1 << 24


@dataclass(frozen=True, slots=True)
class Label:
    """One way to have discussed a set of cases; `last` and `before` lead back to its order."""

    cost: int
    end: int
    start: int = 0
    last: int = -1
    before: "Label | None" = None


class Costs:
    """What it costs to discuss one more case after a set of others: the order keys as one number."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        items = agenda.items
        self.ranks = [item.rank for item in items]
        self.outside = _masks(items, lambda item: () if item.presenter is None else (item.presenter,))
        self.leaving = _masks(items, lambda item: item.leavers)

    def lowest_rank(self, done: int) -> int:
        left = (rank for place, rank in enumerate(self.ranks) if rank is not None and not done >> place & 1)
        return min(left, default=0)

    def step(self, done: int, place: int, end: int, start: int) -> int:
        """Return what the case at `place` adds when it starts at `start` after `done` ended at `end`."""
        item = self.agenda.items[place]
        gap, whole = start - end, start - end + item.minutes
        # An outside presenter waits from the first own case on, an early leaver from the start.
        present = [mask for mask in self.outside if mask & done and mask & ~done]
        waiting = sum(gap if mask >> place & 1 else whole for mask in present)
        staying = [mask for mask in self.leaving if mask & ~done]
        leaving = sum(gap if mask >> place & 1 else whole for mask in staying)
        moved = self.agenda.moved(item, start)
        return ((self._inversions(done, item.rank) * RADIX + moved) * RADIX + waiting) * RADIX + leaving

    def _inversions(self, done: int, rank: int | None) -> int:
        if rank is None:
            return 0
        before = (other for place, other in enumerate(self.ranks) if done >> place & 1)
        return sum(other - rank for other in before if other is not None and other > rank)


def best_without_gaps(agenda: Agenda) -> dict[str, int] | None:
    """Return the best order in which each case follows at once, or None where there is none."""
    costs = Costs(agenda)
    return _without_gaps(costs, by_rank=True) or _without_gaps(costs, by_rank=False)


def best_with_gaps(agenda: Agenda) -> dict[str, int] | None:
    """Return the best order with each case as early as its place allows; None for none, or too large."""
    if len(agenda.items) > LARGEST_WITH_GAPS:
        return None
    costs = Costs(agenda)
    layers: dict[int, list[Label]] = {0: [Label(0, 0)]}
    for done in range(1 << len(agenda.items)):
        for label in layers.get(done, ()):
            for place, following in _followers(costs, done, label):
                _keep(layers.setdefault(done | 1 << place, []), following)
    ends = layers.get((1 << len(agenda.items)) - 1, [])
    return _starts(agenda, min(ends, key=lambda label: (label.cost, label.end))) if ends else None


def _without_gaps(costs: Costs, *, by_rank: bool) -> dict[str, int] | None:
    items = costs.agenda.items
    best: dict[int, Label] = {0: Label(0, 0)}
    for done in range((1 << len(items)) - 1):
        label = best.get(done)
        if label is None:
            continue
        # Where urgency alone can lead, no order is better than one without any inversion.
        rank = costs.lowest_rank(done) if by_rank else None
        for place, following in _followers(costs, done, label, rank=rank, gaps=False):
            known = best.get(done | 1 << place)
            if known is None or following.cost < known.cost:
                best[done | 1 << place] = following
    full = best.get((1 << len(items)) - 1)
    return None if full is None else _starts(costs.agenda, full)


def _followers(
    costs: Costs, done: int, label: Label, *, rank: int | None = None, gaps: bool = True
) -> Iterator[tuple[int, Label]]:
    for place, item in enumerate(costs.agenda.items):
        if done >> place & 1 or (rank is not None and item.rank not in (rank, None)):
            continue
        start = item.earliest(label.end)
        if start is not None and (gaps or start == label.end):
            cost = label.cost + costs.step(done, place, label.end, start)
            yield place, Label(cost, start + item.minutes, start, place, label)


def _keep(labels: list[Label], new: Label) -> None:
    """Add the label unless another is at least as cheap and as early; drop those it beats."""
    if any(label.cost <= new.cost and label.end <= new.end for label in labels):
        return
    labels[:] = [label for label in labels if label.cost < new.cost or label.end < new.end]
    labels.append(new)


def _starts(agenda: Agenda, label: Label) -> dict[str, int]:
    starts: dict[str, int] = {}
    while label.before is not None:
        starts[agenda.items[label.last].case] = label.start
        label = label.before
    return dict(sorted(starts.items()))


def _masks(items: tuple[Item, ...], groups_of: Callable[[Item], tuple[str, ...]]) -> tuple[int, ...]:
    masks: dict[str, int] = {}
    for place, item in enumerate(items):
        for group in groups_of(item):
            masks[group] = masks.get(group, 0) | 1 << place
    return tuple(masks.values())
