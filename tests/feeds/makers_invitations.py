"""Makers of what invitations by mail need: people who chose them, rounds of the worker, and replies that come back."""

from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from tests.factories import NOW, a_person, a_series, as_actor, seat
from tests.feeds.makers import a_dated_meeting
from tumorboard.accounts.models import Person
from tumorboard.feeds.calendar import written
from tumorboard.feeds.domain.invitations import Delivery
from tumorboard.feeds.models import MeetingInvitation
from tumorboard.feeds.services import choose_delivery, people_due, send_to
from tumorboard.kernel.db import db, reading, transaction
from tumorboard.notices.domain import NoticeState
from tumorboard.notices.models import Notice
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Series

HOME, ORGANIZER = "https://tb.example.org", "tumorboard@example.net"


def chosen(person: Person, delivery: Delivery = Delivery.INVITATIONS, now=NOW) -> Person:
    """The person, who has chosen."""
    with transaction():
        choose_delivery(delivery, by=as_actor(person), now=now)
    return person


def an_invited_person(**overrides: Any) -> tuple[Person, Any]:
    """A member of a board who chose invitations, and the board's meeting in a week; nothing was sent yet."""
    board = a_series()
    return chosen(a_member_of(board)), a_dated_meeting(board, **overrides)


def a_member_of(board: Series, **overrides: Any) -> Person:
    """A core member of the board."""
    person = a_person(**overrides)
    seat(board, person, SeatPart.CORE_MEMBER)
    return person


def write(letter):
    """As the worker writes."""
    return written(letter, organizer=ORGANIZER, home=HOME)


def a_round(now=NOW, write=write, *, mail_leaves: bool = True) -> list[int]:
    """Rounds of the worker until nobody has anything due; give whose turn it was."""
    turns: list[int] = []
    for _ in range(20):
        with reading():
            people = people_due(now=now)
        if not people:
            if mail_leaves:
                settle_outbox(NoticeState.SENT)
            return turns
        for person_id in people:
            turns.append(person_id)
            with transaction():
                send_to(person_id, write, now=now)
    raise AssertionError("There is always more to send.")


def settle_outbox(state: NoticeState) -> None:
    """Everything that waited was sent, or given up."""
    db.session.rollback()
    with transaction():
        waiting = Notice.state == NoticeState.PENDING
        db.session.execute(sa.update(Notice).where(waiting).values(state=state, sent_at=NOW))


def mails() -> list[tuple[str, str, str]]:
    """What lies in the outbox for calendar programs, in order: to whom, the method, and the sequence."""
    db.session.rollback()
    found = db.session.scalars(sa.select(Notice).where(Notice.calendar != "").order_by(Notice.id))
    return [(one.address, one.calendar_method, line_of(one.calendar, "SEQUENCE")) for one in found]


def calendars() -> list[str]:
    """The calendar parts in the outbox, in order."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Notice.calendar).where(Notice.calendar != "").order_by(Notice.id)))


def line_of(calendar: str, name: str) -> str:
    """The value of a line of the event, unfolded."""
    lines = calendar.replace("\r\n ", "").split("BEGIN:VEVENT")[1].splitlines()
    return next(line.partition(":")[2] for line in lines if line.partition(":")[0].partition(";")[0] == name)


def invitation_of(person: Person, meeting: Any) -> MeetingInvitation:
    """The invitation as it stands now."""
    db.session.rollback()
    asked = sa.select(MeetingInvitation).where(
        MeetingInvitation.person_id == person.id, MeetingInvitation.meeting_id == meeting.id
    )
    return db.session.scalars(asked.execution_options(populate_existing=True)).one()


def a_reply_text(uid: str, address: str, partstat: str = "ACCEPTED", **changed: str) -> str:
    """What a calendar program answers with."""
    values = {
        "METHOD": "REPLY",
        "UID": uid,
        "SEQUENCE": "0",
        "DTSTAMP": "20261201T151500Z",
        "ATTENDEE": f";CN=Robin;PARTSTAT={partstat}:mailto:{address}",
        **changed,
    }
    method = values.pop("METHOD")
    lines = [f"{name}{value if value.startswith(';') else ':' + value}" for name, value in values.items() if value]
    head = ["BEGIN:VCALENDAR", "PRODID:-//Another//EN", "VERSION:2.0", *([f"METHOD:{method}"] if method else [])]
    return "\r\n".join([*head, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])


def a_reply_mail(
    uid: str, address: str, partstat: str = "ACCEPTED", *, sender: str | None = None, **changed: str
) -> bytes:
    """The mail that carries it."""
    mail = EmailMessage()
    mail["From"] = f"Robin Example <{sender or address}>"
    mail["To"], mail["Subject"] = ORGANIZER, "Accepted: Invitation: a meeting"
    mail.set_content("Robin Example has accepted.")
    mail.add_alternative(
        a_reply_text(uid, address, partstat, **changed), subtype="calendar", params={"method": "REPLY"}
    )
    return mail.as_bytes()
