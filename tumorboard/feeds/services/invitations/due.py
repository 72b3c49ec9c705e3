"""Who has to be sent something: one look at everybody, in three questions, that writes nothing.

What is due follows from how things stand, never from what happened: an interrupted round loses and doubles nothing.
"""

from datetime import datetime

from tumorboard.feeds.domain.invitations import Attendee, InvitationState, next_letter
from tumorboard.feeds.models import MeetingInvitation
from tumorboard.feeds.queries import events_of
from tumorboard.feeds.queries.invitations import all_held, all_wanted
from tumorboard.kernel.db import session
from tumorboard.notices.domain import NoticeState


def people_due(*, now: datetime) -> list[int]:
    """The numbers of those whose calendars are not yet right."""
    wanted = {(person, meeting): to for person, meeting, to in session().execute(all_wanted(now=now))}
    held: dict[tuple[int, int], MeetingInvitation] = {}
    due: set[int] = set()
    for row, mail in session().execute(all_held(now=now)):
        held[row.person_id, row.meeting_id] = row
        if state_by_mail(row.state, mail) is not row.state:
            due.add(row.person_id)
    pairs = wanted.keys() | held.keys()
    events = {event.meeting_id: event for event in events_of({meeting for _, meeting in pairs})}
    for pair in pairs:
        sent = held.get(pair)
        to = Attendee("", wanted.get(pair) or (sent.address if sent else ""))
        if next_letter(events[pair[1]], sent.held if sent else None, to=to, is_wanted=pair in wanted, now=now):
            due.add(pair[0])
    return sorted(due)


def state_by_mail(state: InvitationState, mail: NoticeState | None) -> InvitationState:
    """What the state is once it is known how the mail fared: one that was given up invited nobody."""
    if state is InvitationState.INVITED and mail is NoticeState.DEAD:
        return InvitationState.UNDELIVERED
    if state is InvitationState.UNDELIVERED and mail in {NoticeState.PENDING, NoticeState.SENT}:
        return InvitationState.INVITED
    return state
