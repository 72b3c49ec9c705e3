"""Send one person what is due, a batch a transaction: the invitation and the mail that carries it, or neither."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from tumorboard.accounts.domain import Part
from tumorboard.accounts.models import Person, PersonPart
from tumorboard.feeds.domain.invitations import Attendee, InvitationState, Letter, Method, Written, next_letter
from tumorboard.feeds.models import CalendarMark, MeetingInvitation
from tumorboard.feeds.queries import events_of
from tumorboard.feeds.queries.invitations import all_held, delivery_of, meetings_wanted_by
from tumorboard.feeds.services.invitations.due import state_by_mail
from tumorboard.kernel.clock import long_when, zone_name
from tumorboard.kernel.db import lock, session
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import CalendarPart, take_back, tell, tell_calendar

Write = Callable[[Letter], Written]
MOST_AT_ONCE = 20


def send_to(person_id: int, write: Write, *, now: datetime) -> bool:
    """Send a batch of what is due to the person; return whether more is left.

    The person is held while it is decided, so that a second worker finds what the first has sent.
    """
    person = session().scalars(lock(select(Person).where(Person.id == person_id))).one_or_none()
    if person is None:
        return False
    rows, has_news = _held_by(person_id, now=now)
    letters = _letters(person, rows, now=now)
    for letter in letters[:MOST_AT_ONCE]:
        _send(letter, person, rows.get(letter.event.meeting_id), write)
    if letters or has_news:
        session().add(CalendarMark(person_id=person_id))  # what is invited by mail leaves the feed, or returns
    return len(letters) > MOST_AT_ONCE


def _held_by(person_id: int, *, now: datetime) -> tuple[dict[int, MeetingInvitation], bool]:
    """What was sent to the person, brought up to how its mails fared, and whether that was news."""
    found = all_held(now=now).where(MeetingInvitation.person_id == person_id)
    rows, has_news = {}, False
    for row, mail in session().execute(found.execution_options(populate_existing=True)):
        state = state_by_mail(row.state, mail)
        has_news = has_news or state is not row.state
        row.state, rows[row.meeting_id] = state, row
    return rows, has_news


def _letters(person: Person, rows: dict[int, MeetingInvitation], *, now: datetime) -> list[Letter]:
    wants_mail = person.active and delivery_of(person.id).is_by_mail
    wanted = set(session().scalars(meetings_wanted_by(person.id, now=now))) if wants_mail else set()
    letters = []
    for event in events_of(wanted | rows.keys()):
        row, is_wanted = rows.get(event.meeting_id), event.meeting_id in wanted
        # What is taken back is taken back where it was sent.
        to = Attendee(person.display_name, person.email if is_wanted or row is None else row.address)
        letters.append(next_letter(event, row.held if row else None, to=to, is_wanted=is_wanted, now=now))
    return [letter for letter in letters if letter]


def _send(letter: Letter, person: Person, row: MeetingInvitation | None, write: Write) -> None:
    text = write(letter)
    if row is None:
        row = _unsent(letter, person)
    if text.trouble:
        _tell_of_trouble(letter, text.trouble, besides=row)
    row.content, row.tried_at, row.trouble = letter.content, letter.stamped_at, text.trouble[:200]
    if not text.trouble:
        was_at = row.starts_at if not letter.is_first else None
        if row.notice_id is not None:
            take_back(row.notice_id)
        part = CalendarPart(method=letter.method.value, text=text.ics)
        facts = _facts(letter, was_at)
        notice = tell_calendar(person, _kind(letter), part, to=letter.to.address, now=letter.stamped_at, **facts)
        row.notice_id = notice.id
        _take(row, letter)
    session().add(row)
    session().flush()


def _unsent(letter: Letter, person: Person) -> MeetingInvitation:
    event = letter.event
    return MeetingInvitation(
        meeting_id=event.meeting_id,
        person_id=person.id,
        uid=event.uid,
        address=letter.to.address,
        state=InvitationState.UNSENT,
        sequence=letter.sequence,
        timed_sequence=letter.sequence,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
    )


def _take(row: MeetingInvitation, letter: Letter) -> None:
    event = letter.event
    if letter.is_first or (row.starts_at, row.ends_at) != (event.starts_at, event.ends_at):
        row.timed_sequence = letter.sequence
    row.uid, row.address, row.starts_at, row.ends_at = event.uid, letter.to.address, event.starts_at, event.ends_at
    row.state, row.sequence, row.sent_at = letter.state, letter.sequence, letter.stamped_at


def _kind(letter: Letter) -> NoticeKind:
    if letter.method is Method.CANCEL:
        return NoticeKind.INVITATION_CANCELLED
    return NoticeKind.MEETING_INVITED if letter.is_first else NoticeKind.INVITATION_CHANGED


def _facts(letter: Letter, was_at: datetime | None) -> dict[str, str | int]:
    event = letter.event
    has_moved = was_at is not None and was_at != event.starts_at
    facts: dict[str, str | int] = {
        "board": event.series,
        "when": _in_words(event.starts_at, event.zone),
        "path": f"/meetings/{event.meeting_id}",
    }
    if letter.method is Method.CANCEL:
        return {**facts, "off": int(event.is_cancelled)}
    if letter.is_first:
        return facts
    return {**facts, "was": _in_words(was_at, event.zone) if was_at and has_moved else ""}


def _in_words(at: datetime, zone: str) -> str:
    return f"{long_when(at, zone)} {zone_name(zone)}"


def _tell_of_trouble(letter: Letter, trouble: str, *, besides: MeetingInvitation) -> None:
    """One notice an administrator until every invitation is well: a fault of ours rarely spoils one alone."""
    is_coming = MeetingInvitation.ends_at > letter.stamped_at
    earlier = select(MeetingInvitation.id).where(MeetingInvitation.trouble != "", is_coming)
    if besides.id is not None:
        earlier = earlier.where(MeetingInvitation.id != besides.id)
    if besides.trouble or session().scalar(earlier.limit(1)) is not None:
        return
    admins = select(Person).join(PersonPart).where(PersonPart.part == Part.ADMINISTRATOR, Person.active)
    path = f"/meetings/{letter.event.meeting_id}"
    for person in session().scalars(admins.order_by(Person.id)):
        tell(person, NoticeKind.INVITATION_TROUBLE, now=letter.stamped_at, trouble=trouble, path=path)
