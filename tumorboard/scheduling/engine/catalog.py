"""The problem with everything looked up once: by id, by board, by presenter, by time."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from tumorboard.scheduling.engine.problem import Case, Meeting, Problem

T = TypeVar("T")


class Catalog:
    """Dictionaries over one problem, each list in calendar order or in the order of ids."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.config = problem.config
        self.cases = {case.id: case for case in problem.cases}
        self.meetings = {meeting.id: meeting for meeting in problem.meetings}
        self.presenters = {presenter.id: presenter for presenter in problem.presenters}
        self.hosts = {board.id: board.host for board in problem.boards}
        self.calendar = _grouped(problem.meetings, lambda meeting: meeting.board)
        self.queue = _grouped(problem.cases, lambda case: case.board)
        self.presented_by = _grouped(problem.cases, lambda case: case.presenter)
        self.parallel = _parallel(problem.meetings)
        self.position = {meeting.id: place for group in self.calendar.values() for place, meeting in enumerate(group)}
        self._absences = _absences(problem)
        self._limits = _limits(problem, self.meetings)

    def rank(self, case: Case) -> int:
        return self.config.rank[case.urgency.place]

    def priority(self, case: Case) -> tuple[int, date, date, str]:
        """The order in which cases are given a place."""
        return self.rank(case), case.deadline, case.submitted, case.id

    def is_outside(self, case: Case) -> bool:
        """Whether the presenter comes from another institution than the board's host."""
        return self.presenters[case.presenter].institution != self.hosts[case.board]

    def limit(self, meeting: Meeting) -> int:
        """Minutes the meeting may hold: its length, or what is locked into it where that is more."""
        return self._limits[meeting.id]

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


def _limits(problem: Problem, meetings: dict[str, Meeting]) -> dict[str, int]:
    locked = dict.fromkeys(meetings, 0)
    for case in problem.cases:
        if case.locked is not None:
            locked[case.locked] += case.minutes
    return {each: max(meeting.minutes, locked[each]) for each, meeting in meetings.items()}
