"""One board in whole numbers: what the search looks up in its inner loops."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from tumorboard.scheduling.engine.draft import Draft, Starts
from tumorboard.scheduling.engine.problem import Case
from tumorboard.scheduling.engine.rules import belongs

# More minutes than anybody has; how many may wait.
NO_LIMIT = 1 << 30


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where everybody stood, and when, and what it cost."""

    where: list[int]
    stamps: list[int]
    closed: list[bool]
    starts: dict[str, Starts]
    cost: int


class Table:
    """The cases of a board that may be moved, by number; a place is a meeting by number, the last one is waiting.

    `costs` holds levels 1, 2, 3 and 5 of each case at each place possible for it, packed into one number.
    The draft is kept in step with every change.
    """

    where: list[int]

    def __init__(self, draft: Draft, board: str) -> None:
        self.draft = draft
        self.board = board
        self.cases = draft.free_of(board)
        self.meetings = draft.catalog.calendar.get(board, ())
        self.waiting = len(self.meetings)
        self.minutes = [case.minutes for case in self.cases]
        self.is_barred = [not case.urgency.may_use_reserve for case in self.cases]
        self._place_of = {meeting.id: place for place, meeting in enumerate(self.meetings)}
        self.home = [self._place_of.get(case.published.meeting, -1) if case.published else -1 for case in self.cases]
        self.scale = self._scale()
        self.costs = [self._packed(case) for case in self.cases]
        self.least = [min(costs.values()) for costs in self.costs]
        self._read_fixed()
        self._hard = [self._doubtful(case) for case in self.cases]
        # A place has the same stamp only while the same cases stand there.
        self._clock = count(1)
        self.stamps = [next(self._clock) for _ in range(self.waiting + 1)]
        self._read_places()

    def name(self, place: int) -> str | None:
        """Return the id of the meeting, None for waiting."""
        return None if place == self.waiting else self.meetings[place].id

    def cost(self) -> int:
        """Return what the cases cost together."""
        return sum(costs[place] for costs, place in zip(self.costs, self.where, strict=True))

    def load(self, place: int) -> int:
        """Return the minutes taken by the cases that may be moved."""
        return sum(self.minutes[each] for each in self.members[place])

    def barred(self, place: int) -> int:
        """Return the minutes taken by those of them that may not have the reserve."""
        return sum(self.minutes[each] for each in self.members[place] if self.is_barred[each])

    def _is_closed(self, place: int) -> bool:
        if place == self.waiting or self.has_newcomer[place] or self.barred(place) <= self.open[place]:
            return False
        return all(self.home[each] == place for each in self.members[place] if self.is_barred[each])

    def has_room(self, place: int, cases: Iterable[int]) -> bool:
        """Whether these cases fit into the minutes and leave the reserve alone."""
        minutes, barred, newcomers = 0, 0, place != self.waiting and self.has_newcomer[place]
        for each in cases:
            minutes += self.minutes[each]
            if self.is_barred[each]:
                barred += self.minutes[each]
                newcomers = newcomers or self.home[each] != place
        return minutes <= self.room[place] and (not newcomers or barred <= self.open[place])

    def is_doubtful(self, case: int, place: int) -> bool:
        """Whether the case's presenter makes an order there doubtful."""
        return place in self._hard[case]

    def move(self, changes: Mapping[int, int]) -> bool:
        """Move these cases to these places if every meeting keeps a possible order; tell whether it was done.

        The minutes must have been seen to.
        """
        touched = sorted({*changes.values(), *(self.where[case] for case in changes)})
        lists = {place: [each for each in self.members[place] if each not in changes] for place in touched}
        for case in sorted(changes):
            lists[changes[case]].append(case)
        if not self._seated(changes, lists):
            return False
        for place, cases in lists.items():
            self.members[place] = cases
            self.closed[place] = self._is_closed(place)
            self.stamps[place] = next(self._clock)
        for case, place in changes.items():
            self.where[case] = place
        return True

    def saved(self) -> Snapshot:
        starts = self.draft.starts
        kept = {meeting.id: starts[meeting.id] for meeting in self.meetings if meeting.id in starts}
        return Snapshot(list(self.where), list(self.stamps), list(self.closed), kept, self.cost())

    def restore(self, saved: Snapshot) -> None:
        for meeting in self.meetings:
            self.draft.starts.pop(meeting.id, None)
        self.draft.starts.update(saved.starts)
        for case, (old, new) in enumerate(zip(self.where, saved.where, strict=True)):
            if old != new:
                self._note(case, new)
                self.members[old].remove(case)
                self.members[new].append(case)
        self.where, self.stamps, self.closed = list(saved.where), list(saved.stamps), list(saved.closed)

    def _seated(self, changes: Mapping[int, int], lists: Mapping[int, Sequence[int]]) -> bool:
        """Seat the cases in the draft; undo everything where a meeting has no order."""
        draft, undo = self.draft, []
        for case in changes:
            self._note(case, self.waiting)
        for place, cases in lists.items():
            if place == self.waiting:
                continue
            meeting = self.meetings[place].id
            starts = self._order(place, cases)
            undo.append((meeting, draft.starts.get(meeting, {})))
            if starts is None:
                draft.starts.update(undo)
                for case in changes:
                    self._note(case, self.where[case])
                return False
            draft.starts[meeting] = starts
            for case in cases:
                draft.where[self.cases[case].id] = meeting
        return True

    def _order(self, place: int, cases: Sequence[int]) -> Starts | None:
        """Return starts: back to back where nobody's hours matter, else as the draft finds them."""
        asked = [*self.fixed[place], *(self.cases[each] for each in cases)]
        if self._needs_order[place] or any(place in self._hard[each] for each in cases):
            return self.draft.arranged(asked, self.meetings[place])
        starts, now = {}, 0
        for case in asked:
            starts[case.id] = now
            now += case.minutes
        return starts

    def _note(self, case: int, place: int) -> None:
        """Let the draft know where the case is."""
        if place == self.waiting:
            self.draft.where.pop(self.cases[case].id, None)
        else:
            self.draft.where[self.cases[case].id] = self.meetings[place].id

    def _scale(self) -> tuple[int, int, int, int]:
        """Return by what levels 1, 2, 3 and 5 are multiplied so that each outweighs those after it."""
        most = [0, 0, 0]
        for case in self.cases:
            choices = self.draft.objective.choices(case)
            for at, level in enumerate((1, 2, 3)):
                most[at] += max(cost[level] for cost, _ in choices)
        unsched, moves, delay = (each + 1 for each in most)
        return unsched * moves * delay, moves * delay, delay, 1

    def _packed(self, case: Case) -> dict[int, int]:
        late, unsched, moves, _ = self.scale
        return {
            self.waiting if meeting is None else self._place_of[meeting.id]: (
                cost[0] * late + cost[1] * unsched + cost[2] * moves + cost[3]
            )
            for cost, meeting in self.draft.objective.choices(case)
        }

    def _read_fixed(self) -> None:
        """Read what stands in the meetings for good, and what that leaves."""
        draft, free = self.draft, {case.id for case in self.cases}
        self.fixed = [[each for each in draft.standing(meeting.id) if each.id not in free] for meeting in self.meetings]
        self.room: list[int] = []
        self.open: list[int] = []
        self.has_newcomer: list[bool] = []
        self._needs_order: list[bool] = []
        for meeting, fixed in zip(self.meetings, self.fixed, strict=True):
            barred = [each for each in fixed if not each.urgency.may_use_reserve]
            self.room.append(draft.catalog.limit(meeting) - sum(each.minutes for each in fixed))
            self.open.append(max(0, meeting.minutes - meeting.reserve) - sum(each.minutes for each in barred))
            self.has_newcomer.append(not all(belongs(each, meeting) for each in barred))
            pauses = draft.catalog.pause(meeting) > 0
            self._needs_order.append(pauses or any(draft.is_doubtful(each, meeting) for each in fixed))
        self.room.append(NO_LIMIT)
        self.open.append(NO_LIMIT)

    def _doubtful(self, case: Case) -> frozenset[int]:
        possible = self.draft.rules.possible(case)
        return frozenset(self._place_of[each.id] for each in possible if self.draft.is_doubtful(case, each))

    def _read_places(self) -> None:
        """Read from the draft where everybody stands."""
        places = {
            case.id: self._place_of[self.draft.where[case.id]] for case in self.cases if case.id in self.draft.where
        }
        self.where = [places.get(case.id, self.waiting) for case in self.cases]
        self.members: list[list[int]] = [[] for _ in range(self.waiting + 1)]
        for case, place in enumerate(self.where):
            self.members[place].append(case)
        # Whether what is published fills the reserve, so that nothing barred from it may join.
        self.closed = [self._is_closed(place) for place in range(self.waiting + 1)]
