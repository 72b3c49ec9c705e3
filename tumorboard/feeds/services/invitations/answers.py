"""Take what a calendar program replied; it is information and never a right, since a sender can be forged."""

from datetime import datetime

from sqlalchemy import func, select

from tumorboard.audit.services import record
from tumorboard.feeds.domain.invitations import NoReply, Reply
from tumorboard.feeds.models import MeetingInvitation
from tumorboard.kernel.db import lock, session


def take_reply(reply: Reply, *, now: datetime) -> MeetingInvitation:
    """Keep the answer with its invitation, unless a later one was kept already.

    Raises NoReply when nobody was invited so: which of the two is unknown is not told.
    """
    sent = (
        select(MeetingInvitation)
        .where(MeetingInvitation.uid == reply.uid, MeetingInvitation.sent_at.is_not(None))
        .where(func.lower(MeetingInvitation.address) == reply.address.lower())
        .order_by(MeetingInvitation.sent_at.desc())
        .limit(1)
    )
    held: MeetingInvitation | None = session().scalars(lock(sent)).one_or_none()
    if held is None:
        raise NoReply("Nobody was invited to this meeting at the address that the reply came from.")
    stamped_at = min(reply.stamped_at, now)  # a clock that runs ahead must not outdo every later answer
    if held.answered_at is not None and stamped_at < held.answered_at:
        return held
    if (held.answer, held.answered_at) != (reply.answer, stamped_at):
        held.answer, held.answered_at = reply.answer, stamped_at
        held.answered_sequence = min(reply.sequence, held.sequence)
        details = {"answer": reply.answer.value, "person": held.person_id}
        record("invitation.answered", subject="meeting", subject_id=held.meeting_id, details=details, now=now)
    return held
