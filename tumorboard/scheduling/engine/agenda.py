"""One meeting as the order of its cases sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One case of the meeting; every minute counts from the meeting's start.

    `spans` are the times the presenter is free, `presenter` is set for outside presenters only,
    `leavers` are the specialties it needs that may leave early. The break is an item without a rank.
    """

    case: str
    minutes: int
    rank: int | None
    spans: tuple[Span, ...]
    published: int | None = None
    presenter: str | None = None
    leavers: tuple[str, ...] = ()

    def earliest(self, after: int) -> int | None:
        """Return the first start not before `after` at which the case fits into one span."""
        for begin, end in self.spans:
            start = max(begin, after)
            if start + self.minutes <= end:
                return start
        return None


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is to be put in order, and the tolerance for starts already published."""

    items: tuple[Item, ...]
    start_tol: int = 10

    def moved(self, item: Item, start: int) -> bool:
        """Whether this start is further from the published one than the tolerance."""
        return item.published is not None and abs(start - item.published) > self.start_tol

    def with_any_hours(self, case: str, limit: int) -> "Agenda":
        """Return the agenda as it would be if the case's presenter could join at any time."""
        items = (replace(item, spans=((0, limit),)) if item.case == case else item for item in self.items)
        return replace(self, items=tuple(items))


PAUSE = ""
# Cases are up to twenty minutes long as a rule, so a break within this reach of the middle finds its place.
PAUSE_REACH = 20


def pause_item(minutes: int, length: int) -> Item:
    """Return the break of a meeting of that length, around its middle."""
    begin = (length - minutes) // 2
    return Item(PAUSE, minutes, None, ((max(0, begin - PAUSE_REACH), min(length, begin + minutes + PAUSE_REACH)),))


def leave_a_pause(cases: Sequence[int], minutes: int, length: int) -> bool:
    """Whether cases of these lengths can stand in a meeting so that its break is among them."""
    first, last = pause_item(minutes, length).spans[0]
    before = {0}
    for case in cases:
        before |= {end + case for end in before if end + case <= last}
    begins = ((end, max(end, first)) for end in before)
    return any(begin + minutes <= min(last, length - sum(cases) + end) for end, begin in begins)


def without_pause(starts: Mapping[str, int]) -> dict[str, int]:
    """Return the starts of the cases alone."""
    return {case: start for case, start in starts.items() if case != PAUSE}


def timed(items: Sequence[Item]) -> dict[str, int] | None:
    """Return the earliest start of each case in this order, or None where the order is impossible."""
    starts: dict[str, int] = {}
    now = 0
    for item in items:
        start = item.earliest(now)
        if start is None:
            return None
        starts[item.case] = start
        now = start + item.minutes
    return starts
