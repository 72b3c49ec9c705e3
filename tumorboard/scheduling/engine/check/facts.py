"""The raw problem and plan side by side."""

from collections import defaultdict
from dataclasses import dataclass

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
        presenters = {presenter.id: presenter for presenter in problem.presenters}
        self.stands = [
            Stand(case, meeting, slot, presenters[case.presenter])
            for slot in plan.slots
            if (case := self.cases.get(slot.case)) and (meeting := self.meetings.get(slot.meeting))
        ]
        self.absences = defaultdict(list)
        for rep in problem.reps:
            self.absences[rep.board, rep.specialty].append(rep.absent)

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
