"""One meeting to put into one's own calendar, for whoever may see its page."""

from flask import Response, current_app, g
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.feeds.calendar import meeting_file
from tumorboard.feeds.queries import events_of
from tumorboard.feeds.views.blueprint import blueprint
from tumorboard.kernel.web import requires
from tumorboard.meetings.queries import local_day_of, meeting_seen_by


@blueprint.get("/meetings/<id:meeting_id>.ics")
@requires(Permission.MEETING_SEE)
def meeting(meeting_id: int) -> ResponseReturnValue:
    """The meeting as every feed has it, under the same UID, so that no program shows it twice."""
    found = meeting_seen_by(g.actor, meeting_id)
    [event] = events_of([found.id])
    body = meeting_file(event, home=str(current_app.config["PUBLIC_URL"]))
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    # A slug has only a-z, 0-9 and dashes, so that the name needs no second form (RFC 6266).
    name = f"{found.series.slug}-{local_day_of(found).isoformat()}.ics"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
