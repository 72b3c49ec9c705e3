"""Invitations by mail: how meetings reach a person, what is sent next, and what comes back."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tumorboard.feeds.domain.events import FeedEvent
from tumorboard.kernel.errors import Invalid

# Meetings further off are invited as they come near, so that nobody's mailbox is flooded on the first day.
AHEAD = timedelta(weeks=4)
# Whoever turns to mail is sent one for each of these meetings: in a quarter of an hour so often and no more.
MOST_TURNS = 5
# What did not pass the check is tried again after so long: by then the program may have been mended.
RETRY_AFTER = timedelta(days=1)


class Delivery(StrEnum):
    """How meetings reach a person's calendar."""

    FEED = "feed"
    INVITATIONS = "invitations"
    BOTH = "both"

    @property
    def label(self) -> str:
        """The choice as the page words it."""
        return _LABELS[self]

    @property
    def is_by_mail(self) -> bool:
        """Whether invitations are sent."""
        return self is not Delivery.FEED


_LABELS = {
    Delivery.FEED: "By subscription only: no mail, my calendar program looks for changes itself",
    Delivery.INVITATIONS: "By invitation instead: a mail for each meeting, which then leaves my subscription",
    Delivery.BOTH: "Both: each meeting would show twice, once from the subscription and once from the mail",
}


class Method(StrEnum):
    """What a message asks of a calendar program (RFC 5546 3.2)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class InvitationState(StrEnum):
    """What a person's calendar holds of a meeting, as far as mail tells."""

    INVITED = "invited"
    UNDELIVERED = "undelivered"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    UNSENT = "unsent"


class Answer(StrEnum):
    """What an invited person replied (RFC 5545 3.2.12)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


class NoReply(Invalid):
    """The mail is no usable reply to an invitation; the message says why, in words of ours."""


class AutomaticMail(Invalid):
    """A program wrote the mail by itself: it gets no answer, or two programs would write to each other for ever."""


@dataclass(frozen=True)
class Attendee:
    """Who is invited, and at which address."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Held:
    """What was sent of a meeting to a person last, and how that went."""

    state: InvitationState
    sequence: int
    content: str
    has_trouble: bool
    tried_at: datetime

    @property
    def is_live(self) -> bool:
        """Whether the meeting stands in the person's calendar by an invitation."""
        return self.state is InvitationState.INVITED

    def says(self, content: str, *, now: datetime) -> bool:
        """Whether this was the last that was tried, and is not to be tried again."""
        is_worth_a_retry = self.has_trouble and self.tried_at <= now - RETRY_AFTER
        return self.content == content and not is_worth_a_retry


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The next message to a person about a meeting, and the state after it."""

    method: Method
    event: FeedEvent
    to: Attendee
    sequence: int
    content: str
    state: InvitationState
    is_first: bool
    stamped_at: datetime


@dataclass(frozen=True, kw_only=True)
class Written:
    """A letter as iCalendar, or the rule that it breaks."""

    ics: str = ""
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What somebody's calendar program sent back."""

    uid: str
    address: str
    answer: Answer
    sequence: int
    stamped_at: datetime


def next_letter(event: FeedEvent, held: Held | None, *, to: Attendee, is_wanted: bool, now: datetime) -> Letter | None:
    """Return what is to be sent now so that the person's calendar is right, or None.

    Nothing is sent of a meeting that is over, nor of what an invitation does not say: agendas and counts of cases.
    """
    if event.ends_at <= now:
        return None
    if is_wanted and not event.is_cancelled:
        return _request(event, held, to=to, now=now)
    return _cancel(event, held, to=to, now=now)


def _request(event: FeedEvent, held: Held | None, *, to: Attendee, now: datetime) -> Letter | None:
    content = _content(Method.REQUEST, event, to)
    is_near = now < event.starts_at <= now + AHEAD
    if (held and held.says(content, now=now)) or not (is_near or (held and held.is_live)):
        return None
    return Letter(
        method=Method.REQUEST,
        event=event,
        to=to,
        sequence=_sequence(event, held),
        content=content,
        state=InvitationState.INVITED,
        is_first=held is None or not held.is_live,
        stamped_at=now,
    )


def _cancel(event: FeedEvent, held: Held | None, *, to: Attendee, now: datetime) -> Letter | None:
    content = _content(Method.CANCEL, event, to)
    if held is None or not held.is_live or held.says(content, now=now):
        return None
    return Letter(
        method=Method.CANCEL,
        event=event,
        to=to,
        sequence=_sequence(event, held),
        content=content,
        state=InvitationState.CANCELLED if event.is_cancelled else InvitationState.WITHDRAWN,
        is_first=False,
        stamped_at=now,
    )


def _sequence(event: FeedEvent, held: Held | None) -> int:
    """Never lower than what the person was sent, nor than what feeds say."""
    if held is None or held.state is InvitationState.UNSENT:
        return event.sequence
    return max(held.sequence + 1, event.sequence)


def _content(method: Method, event: FeedEvent, to: Attendee) -> str:
    """The digest of what is worth a mail: time, place, link and title, and to whom. The speaker alone is not."""
    said = (
        method.value, to.address, event.starts_at, event.ends_at, event.zone, event.series, event.talk_title,
        event.room, event.video_url,
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]
