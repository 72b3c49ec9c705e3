"""What is taught at a meeting, and by whom."""

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import transaction
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other, submission
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.schemas import TalkSchema
from tumorboard.meetings.services import set_talk
from tumorboard.meetings.views.blueprint import blueprint
from tumorboard.meetings.views.meeting import meeting_to_edit


@blueprint.get("/meetings/<id:meeting_id>/talk")
@requires(Permission.MEETING_EDIT)
def edit_talk(meeting_id: int) -> ResponseReturnValue:
    """The form for the talk."""
    meeting = meeting_to_edit(meeting_id)
    values = {"title": meeting.talk_title, "abstract": meeting.talk_abstract}
    speaker = {"speaker_name": meeting.speaker_name, "speaker_affiliation": meeting.speaker_affiliation}
    return _form(meeting, Submission(typed={**values, **speaker}))


@blueprint.post("/meetings/<id:meeting_id>/talk")
@requires(Permission.MEETING_EDIT)
def update_talk(meeting_id: int) -> ResponseReturnValue:
    """Save the talk; calendars show it at their next refresh."""
    meeting = meeting_to_edit(meeting_id)
    form = submission(TalkSchema())
    if form.refused:
        return _form(meeting, form), 422
    with transaction():
        set_talk(meeting, **form.value, by=g.actor, now=utc_now())
    flash("The talk was saved." if meeting.talk_title else "The talk was taken back.")
    return see_other(url_for("meetings.show_meeting", meeting_id=meeting.id))


def _form(meeting: Meeting, form: Submission) -> str:
    shown = form_view(TalkSchema(), form.typed, form.errors)
    return render_template("meetings/talk.html", meeting=meeting, form=shown)
