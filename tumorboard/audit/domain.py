"""What an audit entry says, and the chain that makes tampering visible."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

FIRST_HASH = "0" * 64


class Outcome(StrEnum):
    """Whether the act happened."""

    DONE = "done"
    SEEN = "seen"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One act: who did what to which thing. Details hold names of fields and codes, never their contents."""

    action: str
    outcome: Outcome = Outcome.DONE
    person_id: int | None = None
    institution_id: int | None = None
    subject: str = ""
    subject_id: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    request_id: str = ""


@dataclass(frozen=True)
class Fault:
    """What the verification found wrong, and at which sequence number."""

    sequence: int
    what: str


def entry_hash(fact: Fact, *, sequence: int, at: datetime, previous: str) -> str:
    """Return the SHA-256 that chains this entry to the one before it."""
    body = {**asdict(fact), "sequence": sequence, "at": at.isoformat(timespec="microseconds"), "previous": previous}
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


# Acts whose name in the trail does not say enough by itself.
_WORDS = {
    "sign_in.done": "Signed in",
    "sign_in.ended": "Signed out elsewhere",
    "sign_in.failed": "Failed to sign in",
    "request.refused": "Was refused a page",
    "password.changed": "Changed the password",
    "agenda.seen": "Read the agenda",
    "agenda.printed": "Printed the agenda",
    "agenda.published": "Published the agenda",
    "agenda.changes_published": "Published changes to the agenda",
    "agenda.placed": "Put a case on the agenda",
    "agenda.moved": "Moved an item of the agenda",
    "agenda.removed": "Took an item off the agenda",
    "agenda.minutes_set": "Set the minutes of an item",
    "agenda.pinned": "Pinned a case to the meeting",
    "agenda.unpinned": "Let the planner move a case",
    "agenda.break_added": "Added a break to the agenda",
    "case.seen": "Read the case",
    "case.begun": "Began the case",
    "case.edited": "Edited the case",
    "case.submit": "Submitted the case",
    "case.accept": "Accepted the case",
    "case.return": "Returned the case for information",
    "case.decline": "Did not list the case",
    "case.redirect": "Redirected the case",
    "case.schedule": "Gave the case a meeting",
    "case.defer": "Took the case off its agenda",
    "case.withdraw": "Withdrew the case",
    "meeting.talk_set": "Set the talk",
    "plan.applied": "Applied a plan",
    "policy.set": "Set the policy",
    "seat.added": "Gave a seat on the roster",
    "seat.removed": "Took a seat off the roster",
    "feed.made": "Made a calendar address",
    "feed.rotated": "Replaced a calendar address",
    "feed.revoked": "Revoked a calendar address",
    "invitations.chosen": "Chose how meetings arrive",
    "invitation.answered": "An invitation was answered by mail",
    "notice.repeated": "Tried a message again",
    "series.meetings_made": "Made the meetings of a series",
}


def in_words(action: str) -> str:
    """`Signed in` for `sign_in.done`; an act without words of its own as `Edited: person`."""
    thing, _, verb = action.partition(".")
    return _WORDS.get(action, f"{verb.replace('_', ' ').capitalize()}: {thing.replace('_', ' ')}")
