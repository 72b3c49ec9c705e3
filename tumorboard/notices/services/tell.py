"""Write a notice into the outbox, in the transaction of its cause."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete

from tumorboard.kernel.db import session
from tumorboard.notices.domain import NoticeKind, NoticeState
from tumorboard.notices.models import Notice

LONGEST_NAME = 160  # three names of sixty letters each are longer than the column


class Recipient(Protocol):
    """Somebody who can be told something."""

    id: Any
    email: Any
    active: Any

    @property
    def display_name(self) -> str:
        """The name as it is written."""
        ...


@dataclass(frozen=True, kw_only=True)
class CalendarPart:
    """What a message asks of a calendar program: iCalendar, and its method. What stands in it is not looked at here."""

    method: str
    text: str


def tell(person: Recipient, kind: NoticeKind, *, now: datetime, **facts: str | int) -> None:
    """Leave a notice for the person; it is mailed within seconds once the transaction commits.

    Facts are names of boards, times, case codes and paths: nothing about a patient, no text that anybody typed about
    a case. A person who has left is told nothing.
    """
    if not person.active:
        return
    session().add(_notice(person, kind, facts, now=now))


def tell_calendar(
    person: Recipient, kind: NoticeKind, part: CalendarPart, *, to: str, now: datetime, **facts: str | int
) -> Notice:
    """Leave a notice that the calendar program at the address acts on as well, and return it.

    Facts are as in `tell`. It is sent to a person who has left too: what stands in a calendar has to be taken back.
    """
    notice = _notice(person, kind, facts, now=now)
    notice.address, notice.calendar, notice.calendar_method = to, part.text, part.method
    session().add(notice)
    session().flush()
    return notice


def take_back(notice_id: int) -> None:
    """Forget a notice that did not leave yet and is not about to: a newer one says what holds now."""
    waiting = (Notice.id == notice_id, Notice.state == NoticeState.PENDING, Notice.leased_until_at.is_(None))
    session().execute(delete(Notice).where(*waiting))


def _notice(person: Recipient, kind: NoticeKind, facts: dict[str, str | int], *, now: datetime) -> Notice:
    return Notice(
        kind=kind,
        person_id=person.id,
        address=person.email,
        name=person.display_name[:LONGEST_NAME],
        facts=facts,
        message_id=uuid.uuid4().hex,
        created_at=now,
        due_at=now,
    )
