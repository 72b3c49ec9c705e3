"""The problem with everything looked up once: by id, by board, by presenter, by time."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from tumorboard.scheduling.engine.agenda import Span, leave_a_pause
from tumorboard.scheduling.engine.problem import Case, Config, Meeting, Parallel, Presenter, Problem

T = TypeVar("T")


class Catalog:
    """Dictionaries over one problem, each list in calendar order or in the order of ids."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cases = {case.id: case for case in problem.cases}
        self.meetings = {meeting.id: meeting for meeting in problem.meetings}
        self.presenters = {presenter.id: presenter for presenter in problem.presenters}
        self.hosts = {board.id: board.host for board in problem.boards}
        self.policies = {board.id: board.config or problem.config for board in problem.boards}
        self.calendar = _grouped(problem.meetings, lambda meeting: meeting.board)
        self.queue = _grouped(problem.cases, lambda case: case.board)
        self.presented_by = _presented_by(problem.cases)
        self._boards_of = {who: frozenset(case.board for case in own) for who, own in self.presented_by.items()}
        self.parallel = _parallel(problem.meetings)
        self.position = {meeting.id: place for group in self.calendar.values() for place, meeting in enumerate(group)}
        self._absences = _absences(problem)
        locked = _locked_minutes(problem, self.meetings)
        self._locked = {meeting: sum(minutes) for meeting, minutes in locked.items()}
        self._pauses = {each.id: _pause(self.policies[each.board], each, locked[each.id]) for each in problem.meetings}

    def rank(self, case: Case) -> int:
        return self.policies[case.board].rank[case.urgency.place]

    def order_rank(self, case: Case) -> int:
        """The rank in the order of a meeting, where complex cases may come first among equals."""
        long = self.policies[case.board].complex_minutes
        return 2 * self.rank(case) + (case.minutes < long) if long else self.rank(case)

    def priority(self, case: Case) -> tuple[int, date, date, str]:
        """The order in which cases are given a place."""
        return self.rank(case), case.deadline, case.submitted, case.id

    def speaker(self, case: Case, meeting: Meeting) -> Presenter:
        """Who presents the case there: its presenter, or the backup where only they can."""
        first = self.presenters[case.presenter]
        if case.backup is None or self.can_present(first, case, meeting):
            return first
        backup = self.presenters[case.backup]
        return backup if self.can_present(backup, case, meeting) else first

    def can_present(self, person: Presenter, case: Case, meeting: Meeting) -> bool:
        """Whether the person is there on that day, and long enough within the meeting."""
        if meeting.date in person.away:
            return False
        return any(end - begin >= case.minutes for begin, end in self.hours(person, case, meeting, meeting.minutes))

    def hours(self, person: Presenter, case: Case, meeting: Meeting, length: int) -> tuple[Span, ...]:
        """Return when the person can present the case in the first `length` minutes, from the meeting's start."""
        begin, end = person.window or (meeting.start, meeting.start + length)
        free = [(max(0, begin - meeting.start), min(length, end - meeting.start))]
        for on, first, last in (*person.busy, *case.busy):
            if on == meeting.date:
                free = without(free, first - meeting.start, last - meeting.start)
        return tuple(span for span in free if span[0] < span[1])

    def is_outside(self, case: Case, meeting: Meeting) -> bool:
        """Whether who presents comes from another institution than the board's host."""
        return self.speaker(case, meeting).institution != self.hosts[case.board]

    def limit(self, meeting: Meeting) -> int:
        """Minutes of cases the meeting may hold: all but the break, or what is locked into it where that is more."""
        return max(meeting.minutes - self.pause(meeting), self._locked[meeting.id])

    def length(self, meeting: Meeting) -> int:
        """Minutes until the end: its own, or what is locked into it where that is more."""
        return max(meeting.minutes, self._locked[meeting.id])

    def pause(self, meeting: Meeting) -> int:
        """Minutes of the break in the middle; none where locked cases leave no room for it."""
        return self._pauses[meeting.id]

    def may_collide(self, person: Presenter, meeting: Meeting) -> bool:
        """Whether the person may have another case in a meeting that runs at the same time."""
        boards = self._boards_of[person.id]
        return any(other.board in boards for other in self.parallel[meeting.id])

    def is_strict(self, meeting: Meeting) -> bool:
        """Whether nobody may present in this meeting and in one that runs in parallel."""
        return self.policies[meeting.board].parallel is Parallel.FORBID

    def forbids(self, meeting: Meeting, other: Meeting) -> bool:
        """Whether nobody may present in both of these meetings that run in parallel."""
        return self.is_strict(meeting) or self.is_strict(other)

    def switch_gap(self, meeting: Meeting, other: Meeting) -> int:
        """Minutes between two cases of one presenter in meetings that run in parallel."""
        return max(self.policies[meeting.board].switch_gap, self.policies[other.board].switch_gap)

    def is_present(self, board: str, specialty: str, on: date) -> bool:
        """Whether anyone stands for the specialty on that day."""
        return any(on not in absent for absent in self._absences.get((board, specialty), ()))

    def published_meeting(self, case: Case) -> Meeting | None:
        return self.meetings.get(case.published.meeting) if case.published else None


def _grouped(things: Iterable[T], key: Callable[[T], str]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return {name: tuple(group) for name, group in groups.items()}


def without(free: list[Span], begin: int, end: int) -> list[Span]:
    """Return the spans with everything from `begin` to `end` taken out."""
    if begin >= end:
        return free
    parts = [(first, min(last, begin)) for first, last in free] + [(max(first, end), last) for first, last in free]
    return sorted(part for part in parts if part[0] < part[1])


def _presented_by(cases: Iterable[Case]) -> dict[str, tuple[Case, ...]]:
    """Return, for each presenter, the cases they present or stand ready for."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for person in {case.presenter, case.backup or case.presenter}:
            groups[person].append(case)
    return {person: tuple(group) for person, group in groups.items()}


def _parallel(meetings: Iterable[Meeting]) -> dict[str, tuple[Meeting, ...]]:
    """Return, for each meeting, the others that run at the same time."""
    by_day: dict[date, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        by_day[meeting.date].append(meeting)
    return {
        meeting.id: tuple(other for other in same_day if _overlap(meeting, other))
        for same_day in by_day.values()
        for meeting in same_day
    }


def _overlap(one: Meeting, other: Meeting) -> bool:
    return one.id != other.id and one.start < other.end and other.start < one.end


def _absences(problem: Problem) -> dict[tuple[str, str], list[frozenset[date]]]:
    absences: dict[tuple[str, str], list[frozenset[date]]] = defaultdict(list)
    for rep in problem.reps:
        absences[rep.board, rep.specialty].append(frozenset(rep.absent))
    return dict(absences)


def _locked_minutes(problem: Problem, meetings: dict[str, Meeting]) -> dict[str, list[int]]:
    locked: dict[str, list[int]] = {meeting: [] for meeting in meetings}
    for case in problem.cases:
        if case.locked is not None:
            locked[case.locked].append(case.minutes)
    return locked


def _pause(policy: Config, meeting: Meeting, locked: list[int]) -> int:
    pause = policy.break_minutes if meeting.minutes >= policy.break_from else 0
    return pause if pause and leave_a_pause(locked, pause, meeting.minutes) else 0
