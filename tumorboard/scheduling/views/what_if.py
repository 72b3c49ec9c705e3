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
        difference = suppose(meeting.series_id, _question(meeting, WhatIfKind(asked)))
    except Invalid as error:
        return _page(meeting, {"errors": error.fields}), 422
    return _page(meeting, {"difference": difference})


def _question(meeting: Meeting, kind: WhatIfKind) -> Question:
    minutes = request.args.get("minutes", 15, type=int)
    urgency = request.args.get("urgency", "urgent")
    if abs(minutes) > LONGEST_CHANGE:
        raise Invalid(fields={"minutes": [f"Enter minutes from {-LONGEST_CHANGE} to {LONGEST_CHANGE}."]})
    if urgency not in list(Urgency):
        raise Invalid(fields={"urgency": ["Choose an urgency."]})
    case_id = request.args.get("case", type=int)
    offered = {one.id for cases in _cases(meeting).values() for one in cases}
    if kind is not WhatIfKind.LONGER and case_id not in offered:
        raise Invalid(fields={"case": ["Choose a case from the list."]})
    return Question(kind, meeting.id, case_id, urgency, minutes)


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
