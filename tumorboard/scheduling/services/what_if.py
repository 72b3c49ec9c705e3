"""Changing the question instead of the agenda: somebody cannot come, a case is urgent, a meeting is longer."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from tumorboard.kernel.errors import Invalid
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import PlanSettings


class WhatIfKind(StrEnum):
    """What may be asked."""

    AWAY = "away"
    URGENCY = "urgency"
    LONGER = "longer"
    THERE = "there"


@dataclass(frozen=True)
class Question:
    """What to suppose; each kind uses the fields it needs."""

    kind: WhatIfKind
    meeting_id: int
    case_id: int | None = None
    urgency: str = "urgent"
    minutes: int = 15


def supposed(problem: engine.Problem, question: Question, settings: PlanSettings) -> engine.Problem:
    """Return the problem as it would be. Raises Invalid where the question names no case or an unknown one."""
    if question.kind is WhatIfKind.LONGER:
        return replace(problem, meetings=tuple(_longer(one, question) for one in problem.meetings))
    case = next((one for one in problem.cases if one.id == str(question.case_id)), None)
    if case is None:
        raise Invalid(fields={"case_id": ["Choose a case."]})
    if question.kind is WhatIfKind.AWAY:
        return _without_presenter(problem, case, question)
    if question.kind is WhatIfKind.URGENCY:
        changed = _hurried(case, question.urgency, settings)
    else:
        changed = replace(case, locked=str(question.meeting_id), published=None)
    return replace(problem, cases=tuple(changed if one is case else one for one in problem.cases))


def _longer(meeting: engine.Meeting, question: Question) -> engine.Meeting:
    if meeting.id != str(question.meeting_id):
        return meeting
    return replace(meeting, minutes=max(1, meeting.minutes + question.minutes))


def _hurried(case: engine.Case, urgency: str, settings: PlanSettings) -> engine.Case:
    deadline = min(case.deadline, case.submitted + timedelta(days=settings.days_for(urgency)))
    return replace(case, urgency=engine.Urgency(urgency), deadline=deadline)


def _without_presenter(problem: engine.Problem, case: engine.Case, question: Question) -> engine.Problem:
    """The presenter is away that day; a backup still presents."""
    on = next(one.date for one in problem.meetings if one.id == str(question.meeting_id))
    presenters = (replace(one, away=(*one.away, on)) if one.id == case.presenter else one for one in problem.presenters)
    return replace(problem, presenters=tuple(presenters))
