"""The hard rules as pre-processing: a meeting is possible for a case, or there is an exact reason why not."""

from collections.abc import Collection, Iterable, Iterator

from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.plan import ReasonCode
from tumorboard.scheduling.engine.problem import Case, Meeting, Presenter


class Rules:
    """Which meetings are possible for each case, whatever else stands in them."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._possible: dict[str, dict[str, Meeting]] = {}

    def possible(self, case: Case) -> Collection[Meeting]:
        """Return the meetings no rule bars for the case, the earliest first."""
        return self._meetings(case).values()

    def is_possible(self, case: Case, meeting: str) -> bool:
        return meeting in self._meetings(case)

    def first_possible(self, case: Case) -> Meeting | None:
        return next(iter(self.possible(case)), None)

    def may_stay(self, case: Case) -> bool:
        """Whether the case was published into a meeting that is still possible."""
        return case.published is not None and self.is_possible(case, case.published.meeting)

    def obstacle(self, case: Case, meeting: Meeting) -> ReasonCode | None:
        """Return the first hard reason against this meeting, or None where it is possible."""
        return next(self._obstacles(case, meeting), None)

    def obstacles(self, case: Case, meeting: Meeting) -> tuple[ReasonCode, ...]:
        """Return every hard reason against this meeting."""
        return tuple(self._obstacles(case, meeting))

    def missing_specialties(self, case: Case, meeting: Meeting) -> tuple[str, ...]:
        """Return the required specialties nobody stands for on that day."""
        return tuple(
            specialty
            for specialty in case.specialties
            if not self.catalog.is_present(case.board, specialty, meeting.date)
        )

    def _meetings(self, case: Case) -> dict[str, Meeting]:
        if case.id not in self._possible:
            calendar = self.catalog.calendar.get(case.board, ())
            self._possible[case.id] = {each.id: each for each in calendar if self.obstacle(case, each) is None}
        return self._possible[case.id]

    def _obstacles(self, case: Case, meeting: Meeting) -> Iterator[ReasonCode]:
        yield from self._calendar_obstacles(case, meeting)
        yield from self._people_obstacles(case, meeting)

    def _calendar_obstacles(self, case: Case, meeting: Meeting) -> Iterator[ReasonCode]:
        if meeting.board != case.board:
            yield ReasonCode.OTHER_BOARD
        if meeting.cancelled:
            yield ReasonCode.CANCELLED
        if meeting.closed and not belongs(case, meeting):
            yield ReasonCode.CLOSED
        if meeting.date < self.catalog.problem.today:
            yield ReasonCode.PAST
        if meeting.date < case.ready:
            yield ReasonCode.NOT_READY

    def _people_obstacles(self, case: Case, meeting: Meeting) -> Iterator[ReasonCode]:
        speaker = self.catalog.speaker(case, meeting)
        if meeting.date in speaker.away:
            yield ReasonCode.PRESENTER_AWAY
        if case.minutes > meeting.minutes:
            yield ReasonCode.TOO_LONG
        elif self._longest_span(speaker, case, meeting) < case.minutes:
            yield ReasonCode.OUTSIDE_HOURS
        if self.missing_specialties(case, meeting):
            yield ReasonCode.NO_SPECIALTY

    def _longest_span(self, speaker: Presenter, case: Case, meeting: Meeting) -> int:
        if speaker.window is None and not speaker.busy and not case.busy:
            return meeting.minutes
        spans = self.catalog.hours(speaker, case, meeting, meeting.minutes)
        return max((end - begin for begin, end in spans), default=0)


def minutes_over(catalog: Catalog, cases: Iterable[Case], meeting: Meeting) -> int:
    """Return how many minutes the cases together exceed what the meeting may hold; never negative."""
    return max(0, sum(case.minutes for case in cases) - catalog.limit(meeting))


def reserve_over(cases: Iterable[Case], meeting: Meeting) -> int:
    """Return how many minutes of the reserve are taken by cases that may not have it; never negative.

    What is locked or published in the meeting may stay in the reserve, but nothing joins it there.
    """
    barred = [case for case in cases if not case.urgency.may_use_reserve]
    if all(belongs(case, meeting) for case in barred):
        return 0
    return max(0, sum(case.minutes for case in barred) - max(0, meeting.minutes - meeting.reserve))


def belongs(case: Case, meeting: Meeting) -> bool:
    """Whether the case is locked or published in this meeting."""
    return case.locked == meeting.id or (case.published is not None and case.published.meeting == meeting.id)
