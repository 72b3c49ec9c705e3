"""What if: the difference is shown before anything changes, and nothing changes."""

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.cases.models import Case
from tumorboard.cases.queries import visible_cases
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db
from tumorboard.kernel.errors import Conflict, Invalid
from tumorboard.kernel.web import requires
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling.engine import Urgency
from tumorboard.scheduling.jobs import Difference, suppose
from tumorboard.scheduling.queries import at_stake_in
from tumorboard.scheduling.services import Question, WhatIfKind
from tumorboard.scheduling.views.blueprint import blueprint, led_meeting

LONGEST_CHANGE = 240
IN_IT, WAITING, LATER = "In this meeting", "Waiting for a meeting", "In a later meeting"


@blueprint.get("/meetings/<id:meeting_id>/what-if")
@requires(Permission.PLAN_RUN)
def ask_what_if(meeting_id: int) -> ResponseReturnValue:
    """Suppose something about a meeting, and see who would move where."""
    meeting = led_meeting(meeting_id)
    if meeting.is_cancelled or meeting.starts_at <= utc_now():
        raise Conflict("This meeting takes no cases any more, so there is nothing to suppose.")
    asked = request.args.get("kind", "")
    if asked not in list(WhatIfKind):
        return _page(meeting, {})
    try:
        question = _question(meeting, WhatIfKind(asked))
        difference = suppose(meeting.series_id, question)
    except Invalid as error:
        return _page(meeting, {"errors": error.fields}), 422
    return _page(meeting, {"difference": difference, "supposed": _supposed(meeting, question)})


def _question(meeting: Meeting, kind: WhatIfKind) -> Question:
    minutes = request.args.get("minutes", 0, type=int)
    urgency = request.args.get("urgency", "urgent")
    if (kind is WhatIfKind.LONGER and minutes == 0) or abs(minutes) > LONGEST_CHANGE:
        raise Invalid(
            fields={"minutes": [f"Enter whole minutes from {-LONGEST_CHANGE} to {LONGEST_CHANGE}, but not 0."]}
        )
    if urgency not in list(Urgency):
        raise Invalid(fields={"urgency": ["Choose an urgency."]})
    if kind is WhatIfKind.LONGER:
        return Question(kind, meeting.id, minutes=minutes)
    case = _case(meeting)
    if kind is WhatIfKind.URGENCY and case.urgency and Urgency(urgency).place >= Urgency(case.urgency).place:
        raise Invalid(fields={"urgency": [f"{case.code} is {case.urgency} already: choose something more urgent."]})
    return Question(kind, meeting.id, case.id, urgency)


def _case(meeting: Meeting) -> Case:
    asked = request.args.get("case", type=int)
    offered = (case for cases in _cases(meeting).values() for case in cases if case.id == asked)
    if (case := next(offered, None)) is None:
        raise Invalid(fields={"case": ["Choose a case from the list."]})
    return case


def _supposed(meeting: Meeting, question: Question) -> str:
    """The question in words: the answer stands apart from the form that asked."""
    if question.kind is WhatIfKind.LONGER:
        return f"the meeting is {abs(question.minutes)} minutes {'longer' if question.minutes > 0 else 'shorter'}"
    code = _case(meeting).code
    return {
        WhatIfKind.AWAY: f"the presenter of {code} cannot come on this day",
        WhatIfKind.URGENCY: f"{code} is {question.urgency}",
    }.get(question.kind, f"{code} is discussed in this meeting")


def _cases(meeting: Meeting) -> dict[str, list[Case]]:
    """The cases that matter for the meeting, as far as the person sees them: its own first, empty groups left out."""
    now = utc_now()
    groups: dict[str, list[Case]] = {IN_IT: [], WAITING: [], LATER: []}
    for case, starts_at in db.session.execute(at_stake_in(meeting, visible_cases(g.actor, now=now), now=now)):
        groups[WAITING if starts_at is None else LATER if starts_at > meeting.starts_at else IN_IT].append(case)
    return {label: cases for label, cases in groups.items() if cases}


def _page(meeting: Meeting, answer: dict[str, Any]) -> str:
    difference: Difference | None = answer.get("difference")
    return render_template(
        "scheduling/what_if.html",
        meeting=meeting,
        cases=_cases(meeting),
        asked=request.args,
        urgencies=list(Urgency),
        errors=answer.get("errors", {}),
        difference=difference,
        supposed=answer.get("supposed", ""),
        meetings=_meetings(difference),
        codes=_codes(difference),
    )


def _meetings(difference: Difference | None) -> dict[str, Meeting]:
    ids = (
        {one for move in difference.moves for one in (move.from_meeting, move.to_meeting) if one} if difference else ()
    )
    return {one: db.session.get_one(Meeting, int(one)) for one in ids}


def _codes(difference: Difference | None) -> dict[str, str]:
    ids = [int(move.case) for move in difference.moves] if difference else []
    found = visible_cases(g.actor, now=utc_now()).where(Case.id.in_(ids))
    return {str(case.id): case.code for case in db.session.scalars(found)}
