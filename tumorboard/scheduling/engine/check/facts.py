"""The raw problem and plan side by side."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from tumorboard.scheduling.engine.plan import Plan, Slot
from tumorboard.scheduling.engine.problem import Case, Meeting, Presenter, Problem


@dataclass(frozen=True, slots=True)
class Stand:
    """One slot with everything it names; times are minutes of the day."""

    case: Case
    meeting: Meeting
    slot: Slot
    presenter: Presenter

    @property
    def begin(self) -> int:
        return self.meeting.start + self.slot.start

    @property
    def end(self) -> int:
        return self.begin + self.case.minutes


class Facts:
    """The stands of a plan; slots that lead nowhere are left out of them."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.cases = {case.id: case for case in problem.cases}
        self.meetings = {meeting.id: meeting for meeting in problem.meetings}
        self.presenters = {presenter.id: presenter for presenter in problem.presenters}
        self.configs = {board.id: board.config or problem.config for board in problem.boards}
        self.stands = [
            Stand(case, meeting, slot, self.speaker(case, meeting))
            for slot in plan.slots
            if (case := self.cases.get(slot.case)) and (meeting := self.meetings.get(slot.meeting))
        ]
        self.absences = defaultdict(list)
        for rep in problem.reps:
            self.absences[rep.board, rep.specialty].append(rep.absent)

    def presenting(self, case: Case) -> list[Presenter]:
        """Return who may present the case, its presenter first."""
        return [self.presenters[each] for each in (case.presenter, case.backup) if each is not None]

    def speaker(self, case: Case, meeting: Meeting) -> Presenter:
        """Return the first of them who can join the meeting; the presenter where nobody can."""
        people = self.presenting(case)
        return next((person for person in people if can_join(person, case, meeting)), people[0])

    def by_meeting(self) -> list[list[Stand]]:
        """Return the stands of each meeting in the order of their starts."""
        groups: dict[str, list[Stand]] = defaultdict(list)
        for stand in sorted(self.stands, key=lambda each: (each.begin, each.end, each.case.id)):
            groups[stand.meeting.id].append(stand)
        return [groups[meeting] for meeting in sorted(groups)]

    def lacks(self, case: Case, meeting: Meeting) -> list[str]:
        """Return the required specialties without anybody there."""
        return [
            specialty
            for specialty in case.specialties
            if all(meeting.date in absent for absent in self.absences.get((case.board, specialty), []))
        ]


def can_join(person: Presenter, case: Case, meeting: Meeting) -> bool:
    """Whether some stretch of the meeting as long as the case is free for the person."""
    if meeting.date in person.away:
        return False
    latest = meeting.start + meeting.minutes - case.minutes
    return any(is_free(person, case, meeting.date, at) for at in range(meeting.start, latest + 1))


def is_free(person: Presenter, case: Case, on: date, begin: int) -> bool:
    """Whether the person's hours hold the case from this minute of the day on, and nothing else takes them."""
    end = begin + case.minutes
    first, last = person.window or (begin, end)
    busy = (*person.busy, *case.busy)
    taken = any(day == on and begin < until and since < end and since < until for day, since, until in busy)
    return first <= begin and end <= last and not taken
