"""Kinds of notices with their fixed subjects, and when a failed one is tried again."""

import random
from datetime import timedelta
from enum import StrEnum

from tumorboard.kernel.errors import Conflict


class NoticeKind(StrEnum):
    """What a person is told; each has a mail template of this name."""

    INVITATION = "invitation"
    RECOVERY = "recovery"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of notice
    CASE_SUBMITTED = "case_submitted"
    CASE_ACCEPTED = "case_accepted"
    CASE_RETURNED = "case_returned"
    CASE_DECLINED = "case_declined"
    CASE_REDIRECTED = "case_redirected"
    CASE_WITHDRAWN = "case_withdrawn"
    CASE_ARRIVED = "case_arrived"
    CASE_EMERGENT = "case_emergent"
    AGENDA_PUBLISHED = "agenda_published"
    SLOT_PUBLISHED = "slot_published"
    SLOT_CHANGED = "slot_changed"
    SLOT_REMOVED = "slot_removed"
    MEETING_MOVED = "meeting_moved"
    MEETING_PLACE = "meeting_place"
    MEETING_CANCELLED = "meeting_cancelled"
    MEETING_REINSTATED = "meeting_reinstated"
    PLAN_REFUSED = "plan_refused"
    FEED_TROUBLE = "feed_trouble"
    FEED_EXPIRES = "feed_expires"
    MEETING_INVITED = "meeting_invited"
    INVITATION_CHANGED = "invitation_changed"
    INVITATION_CANCELLED = "invitation_cancelled"
    INVITATION_TROUBLE = "invitation_trouble"


# The links in these let somebody in.
SECRET_KINDS = frozenset({NoticeKind.INVITATION, NoticeKind.RECOVERY})

# Subjects are fixed: nothing that anybody typed ever reaches a mail header.
SUBJECTS = {
    NoticeKind.INVITATION: "Your invitation to Tumorboard",
    NoticeKind.RECOVERY: "Set a new password for Tumorboard",
    NoticeKind.PASSWORD_CHANGED: "Your Tumorboard password was changed",
    NoticeKind.CASE_SUBMITTED: "Your case was submitted",
    NoticeKind.CASE_ACCEPTED: "Your case was accepted",
    NoticeKind.CASE_RETURNED: "Your case needs more information",
    NoticeKind.CASE_DECLINED: "Your case was not listed",
    NoticeKind.CASE_REDIRECTED: "Your case was redirected to another board",
    NoticeKind.CASE_WITHDRAWN: "A case was withdrawn",
    NoticeKind.CASE_ARRIVED: "A case is waiting for triage",
    NoticeKind.CASE_EMERGENT: "An emergent case is waiting for triage: please look now",
    NoticeKind.AGENDA_PUBLISHED: "An agenda was published",
    NoticeKind.SLOT_PUBLISHED: "The time of your case",
    NoticeKind.SLOT_CHANGED: "The time of your case has changed",
    NoticeKind.SLOT_REMOVED: "Your case is off the agenda for now",
    NoticeKind.MEETING_MOVED: "A meeting was moved",
    NoticeKind.MEETING_PLACE: "A meeting has a new room, video link or length",
    NoticeKind.MEETING_CANCELLED: "A meeting was cancelled",
    NoticeKind.MEETING_REINSTATED: "A meeting takes place after all",
    NoticeKind.PLAN_REFUSED: "A plan was refused by its check",
    NoticeKind.FEED_TROUBLE: "A calendar entry could not be written",
    NoticeKind.FEED_EXPIRES: "The address of a calendar of yours expires soon",
    NoticeKind.MEETING_INVITED: "Invitation: a meeting",
    NoticeKind.INVITATION_CHANGED: "Changed invitation: a meeting",
    NoticeKind.INVITATION_CANCELLED: "Cancelled invitation: a meeting",
    NoticeKind.INVITATION_TROUBLE: "An invitation could not be written",
}


class NoticeState(StrEnum):
    """Where a notice stands."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


class NotGivenUp(Conflict):
    """The message is on its way or has arrived, so that it is not sent again."""


class HeaderUnsafe(Conflict):
    """A mail header came out other than it went in; the message is not sent."""


GIVE_UP_AFTER = timedelta(hours=24)
LEASE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(hours=1)


def pause_after(attempts: int, *, seed: int) -> timedelta:
    """Return how long to wait after so many failures: doubling, at most an hour, a quarter of jitter."""
    pause = min(_FIRST_PAUSE * 2 ** min(attempts - 1, 20), _LONGEST_PAUSE)
    jitter = random.Random(f"{seed}:{attempts}").uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret
    return timedelta(seconds=pause.total_seconds() * jitter)
