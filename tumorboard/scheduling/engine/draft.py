"""A plan in the making: at every moment each meeting has a possible order."""

from collections.abc import Collection, Iterator, Mapping

from tumorboard.scheduling.engine.agenda import Agenda, Item, Span, pause_item, without_pause
from tumorboard.scheduling.engine.catalog import Catalog, without
from tumorboard.scheduling.engine.objective import Objective
from tumorboard.scheduling.engine.plan import ReasonCode
from tumorboard.scheduling.engine.problem import Case, Meeting
from tumorboard.scheduling.engine.rules import Rules, minutes_over, reserve_over
from tumorboard.scheduling.engine.sequence import best_starts, feasible_starts

Starts = dict[str, int]
Saved = tuple[dict[str, str], dict[str, Starts]]


class Draft:
    """Who stands where so far. Starts of a meeting are replaced, never changed in place.

    `boards` are those being planned; the cases of the others stay where they are held.
    `pinned` narrows a case to one meeting, as "what if" asks.
    """

    def __init__(
        self,
        objective: Objective,
        *,
        boards: Collection[str] | None = None,
        pinned: Mapping[str, str] | None = None,
    ) -> None:
        self.objective = objective
        self.rules: Rules = objective.rules
        self.catalog: Catalog = objective.catalog
        self.boards = frozenset(self.catalog.hosts if boards is None else boards)
        self.pinned = dict(pinned or {})
        self.where: dict[str, str] = {}
        self.starts: dict[str, Starts] = {}
        self.relaxed: set[str] = set()
        self._items: dict[tuple[str, str], Item] = {}
        self._orders: dict[tuple[str, tuple[Item, ...]], Starts | None] = {}

    def narrowed(self, boards: Collection[str]) -> "Draft":
        """Return a draft of some of the boards only, in which the others stay as they are here."""
        draft = Draft(self.objective, boards=boards, pinned=self.pinned)
        draft.adopt(self)
        draft.relaxed = set(self.relaxed)
        return draft

    def adopt(self, other: "Draft") -> None:
        """Take over where everybody stands in the other draft."""
        self.restore(other.saved())

    def free_cases(self) -> list[Case]:
        """Return the cases that may be moved, the most pressing first."""
        return sorted((case for board in self.boards for case in self.free_of(board)), key=self.catalog.priority)

    def free_of(self, board: str) -> list[Case]:
        """Return the cases of one board that may be moved, in the order of their ids."""
        queue = self.catalog.queue.get(board, ()) if board in self.boards else ()
        return [case for case in queue if case.locked is None and case.id not in self.pinned]

    def place(self, case: Case) -> tuple[str, int] | None:
        """Return the meeting and the start of the case, None where it waits."""
        meeting = self.where.get(case.id)
        return None if meeting is None else (meeting, self.starts[meeting][case.id])

    def standing(self, meeting: str) -> list[Case]:
        """Return the cases of the meeting in the order of their ids."""
        return [self.catalog.cases[case] for case in sorted(self.starts.get(meeting, ()))]

    def admit(self, case: Case, meeting: Meeting) -> bool:
        """Put the case into the meeting if that leaves a possible order; its other cases may shift."""
        starts = self._starts_with(case, meeting)
        if isinstance(starts, ReasonCode):
            return False
        self.seat(case, meeting, starts)
        return True

    def obstacle(self, case: Case, meeting: Meeting, *, any_hours: bool = False) -> ReasonCode | None:
        """Return what keeps the case out of the meeting as it is filled now, or None.

        `any_hours` asks the same for a presenter who could join at any time.
        """
        starts = self._starts_with(case, meeting, any_hours=any_hours)
        return starts if isinstance(starts, ReasonCode) else None

    def seat(self, case: Case, meeting: Meeting, starts: Starts) -> None:
        self.where[case.id] = meeting.id
        self.starts[meeting.id] = starts

    def remove(self, case: Case) -> None:
        """Take the case out of its meeting, if it has one."""
        meeting = self.where.pop(case.id, None)
        if meeting is not None:
            starts = self.starts[meeting]
            self.starts[meeting] = {each: start for each, start in starts.items() if each != case.id}

    def saved(self) -> Saved:
        return dict(self.where), dict(self.starts)

    def restore(self, saved: Saved) -> None:
        self.where, self.starts = dict(saved[0]), dict(saved[1])

    def put_in_order(self) -> None:
        """Put the cases of each meeting being planned into the best order found."""
        for meeting in self.catalog.problem.meetings:
            starts = self.starts.get(meeting.id)
            if starts and meeting.board in self.boards:
                agenda = self.agenda(self.standing(meeting.id), meeting)
                self.starts[meeting.id] = without_pause(best_starts(agenda, starts))

    def possible_order(self, cases: list[Case], meeting: Meeting, *, any_hours_of: str | None = None) -> Starts | None:
        """Return starts for these cases in the meeting, or None where no order is possible."""
        agenda = self.agenda(cases, meeting)
        if any_hours_of is not None:
            agenda = agenda.with_any_hours(any_hours_of, self.catalog.length(meeting))
        key = meeting.id, agenda.items
        if key not in self._orders:
            starts = feasible_starts(agenda, self.starts.get(meeting.id, {}))
            self._orders[key] = None if starts is None else without_pause(starts)
        return self._orders[key]

    def arranged(self, cases: list[Case], meeting: Meeting) -> Starts | None:
        """Return starts for these cases in the meeting beside what their presenters do elsewhere, or None."""
        if any(self._forbidden_elsewhere(case, meeting) for case in cases if case.locked is None):
            return None
        return self.possible_order(cases, meeting)

    def is_doubtful(self, case: Case, meeting: Meeting) -> bool:
        """Whether the presenter's hours, or what they do at the same time, may forbid an order of the meeting."""
        speaker = self.catalog.speaker(case, meeting)
        if self.catalog.may_collide(speaker, meeting):
            return True
        length = self.catalog.length(meeting)
        return case.id not in self.relaxed and self.catalog.hours(speaker, case, meeting, length) != ((0, length),)

    def speaks_elsewhere(self, case: Case, meeting: Meeting, *, start: int) -> bool:
        """Whether the presenter is too close to, or forbidden by, another meeting at this start."""
        if self._forbidden_elsewhere(case, meeting):
            return True
        end = start + case.minutes
        return any(begin < end and start < finish for _, (begin, finish) in self._elsewhere(case, meeting))

    def _starts_with(self, case: Case, meeting: Meeting, *, any_hours: bool = False) -> Starts | ReasonCode:
        cases = [*self.standing(meeting.id), case]
        if minutes_over(self.catalog, cases, meeting):
            return ReasonCode.FULL
        if reserve_over(cases, meeting):
            return ReasonCode.RESERVE
        if self._forbidden_elsewhere(case, meeting):
            return ReasonCode.ELSEWHERE
        starts = self.possible_order(cases, meeting, any_hours_of=case.id if any_hours else None)
        if starts is None:
            return ReasonCode.NO_ORDER if self._spans(case, meeting) else ReasonCode.ELSEWHERE
        return starts

    def _forbidden_elsewhere(self, case: Case, meeting: Meeting) -> bool:
        return any(self.catalog.forbids(meeting, other) for other, _ in self._elsewhere(case, meeting))

    def _elsewhere(self, case: Case, meeting: Meeting) -> Iterator[tuple[Meeting, Span]]:
        """Yield when who presents is not free for speaking in meetings that run at the same time.

        Minutes from this meeting's start, the time for changing rooms on both sides included.
        """
        speaker = self.catalog.speaker(case, meeting)
        if not self.catalog.may_collide(speaker, meeting):
            return
        others = {other.id: other for other in self.catalog.parallel[meeting.id]}
        for own in self.catalog.presented_by[speaker.id]:
            other = others.get(self.where.get(own.id, ""))
            if other is not None and self.catalog.speaker(own, other) is not speaker:
                continue
            # Two locks against each other have already been weighed: both stand.
            both_locked = own.locked is not None and case.id in self.relaxed
            if other is None or own.id == case.id or both_locked:
                continue
            gap = self.catalog.switch_gap(meeting, other)
            begin = self.starts[other.id][own.id] + other.start - meeting.start
            yield other, (begin - gap, begin + own.minutes + gap)

    def is_open(self, case: Case, meeting: Meeting) -> bool:
        """Whether the meeting leaves the presenter time, seeing only what cannot change any more."""
        return not self._forbidden_elsewhere(case, meeting) and bool(self._spans(case, meeting, final=True))

    def edges(self, case: Case, meeting: Meeting) -> Span:
        """Return between which minutes of the meeting the case must lie."""
        spans = self._spans(case, meeting, final=True)
        return (spans[0][0], spans[-1][1]) if spans else (0, 0)

    def agenda(self, cases: list[Case], meeting: Meeting, *, final: bool = False) -> Agenda:
        """Return the meeting with these cases as its order sees it.

        `final` sees of other meetings only those that are not being planned.
        """
        items = sorted((self._item(case, meeting, final) for case in cases), key=lambda item: item.case)
        pause = self.catalog.pause(meeting)
        if pause and 2 * sum(case.minutes for case in cases) > meeting.minutes:
            items.append(pause_item(pause, meeting.minutes))
        return Agenda(tuple(items), self.catalog.policies[meeting.board].start_tol)

    def relax(self, cases: Collection[Case]) -> None:
        """Stop asking for these presenters' hours."""
        self.relaxed.update(case.id for case in cases)
        self._items.clear()

    def _item(self, case: Case, meeting: Meeting, final: bool = False) -> Item:
        """Return the case as an item; only presenters with meetings in parallel change while planning."""
        speaker = self.catalog.speaker(case, meeting)
        if self.catalog.may_collide(speaker, meeting):
            return self._new_item(case, meeting, final)
        key = case.id, meeting.id
        if key not in self._items:
            self._items[key] = self._new_item(case, meeting)
        return self._items[key]

    def _new_item(self, case: Case, meeting: Meeting, final: bool = False) -> Item:
        published = case.published if case.published and case.published.meeting == meeting.id else None
        early_leave = self.catalog.policies[case.board].early_leave
        speaker = self.catalog.speaker(case, meeting)
        is_outside = speaker.institution != self.catalog.hosts[case.board]
        return Item(
            case=case.id,
            minutes=case.minutes,
            rank=self.catalog.order_rank(case),
            spans=self._spans(case, meeting, final=final),
            published=published.start if published else None,
            presenter=speaker.id if is_outside else None,
            leavers=tuple(each for each in case.specialties if each in early_leave),
        )

    def _spans(self, case: Case, meeting: Meeting, *, final: bool = False) -> tuple[Span, ...]:
        """Return when the presenter is free during the meeting, long enough for the case."""
        length = self.catalog.length(meeting)
        free = [(0, length)]
        if case.id not in self.relaxed:
            free = list(self.catalog.hours(self.catalog.speaker(case, meeting), case, meeting, length))
        for other, (begin, end) in self._elsewhere(case, meeting):
            if not final or other.board not in self.boards:
                free = without(free, begin, end)
        return tuple(span for span in free if span[1] - span[0] >= case.minutes)
