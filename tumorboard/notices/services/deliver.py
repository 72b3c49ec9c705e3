"""Deliver due notices one by one; a poisoned one never stops the rest."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

import structlog
from sqlalchemy import or_, select, update

from tumorboard.kernel.db import session
from tumorboard.notices.domain import (
    GIVE_UP_AFTER,
    LEASE,
    SUBJECTS,
    HeaderUnsafe,
    NotGivenUp,
    NoticeKind,
    NoticeState,
    pause_after,
)
from tumorboard.notices.models import Notice
from tumorboard.notices.services.transport import Envelope, Transport

log = structlog.get_logger(__name__)
_PERMANENT = range(500, 600)


@dataclass(frozen=True)
class Deliverer:
    """What delivery needs from outside: a renderer of mail texts, a transport and the sender's address.

    `reply_to` is where answers to invitations go, if not to the sender.
    """

    render: Callable[[NoticeKind, dict[str, object]], str]
    transport: Transport
    sender: str
    reply_to: str = ""

    def envelope(self, notice: Notice) -> Envelope:
        """Return the notice as a message to be."""
        return Envelope(
            sender=self.sender,
            address=notice.address,
            name=notice.name,
            subject=SUBJECTS[notice.kind],
            text=self.render(notice.kind, {"name": notice.name, **notice.facts}),
            message_id=notice.message_id,
            date=format_datetime(notice.created_at),
            reply_to=self.reply_to if notice.calendar else "",
            calendar=notice.calendar or "",
            calendar_method=notice.calendar_method or "",
        )


def claim_next(*, now: datetime) -> Notice | None:
    """Lease the notice that is due longest, so that a second worker passes it over."""
    due = (
        select(Notice.id)
        .where(Notice.state == NoticeState.PENDING, Notice.due_at <= now)
        .where(or_(Notice.leased_until_at.is_(None), Notice.leased_until_at <= now))
        .order_by(Notice.due_at, Notice.id)
        .limit(1)
    )
    taken = session().execute(
        update(Notice)
        .where(Notice.id == due.scalar_subquery())
        .where(or_(Notice.leased_until_at.is_(None), Notice.leased_until_at <= now))
        .values(leased_until_at=now + LEASE, attempts=Notice.attempts + 1)
        .returning(Notice.id)
    )
    notice_id = taken.scalar_one_or_none()
    return None if notice_id is None else session().get(Notice, notice_id, populate_existing=True)


def deliver_next(deliverer: Deliverer, notice: Notice) -> str:
    """Send a claimed notice with no transaction open; return what went wrong, or nothing."""
    try:
        deliverer.transport.send(deliverer.envelope(notice).message(), reference=notice.message_id)
    except Exception as error:
        log.warning("notice not delivered", notice_id=notice.id, error=type(error).__name__)
        return _trouble(error)
    return ""


def note_delivery(notice: Notice, *, trouble: str, now: datetime) -> None:
    """Write down how the delivery went: sent, to be tried again, or given up."""
    notice.leased_until_at = None
    notice.trouble = trouble[:200]
    if not trouble:
        notice.state, notice.sent_at = NoticeState.SENT, now
        notice.facts = {name: value for name, value in notice.facts.items() if name != "link"}
    elif trouble.startswith("refused") or now - notice.created_at > GIVE_UP_AFTER:
        notice.state = NoticeState.DEAD
    else:
        notice.due_at = now + pause_after(notice.attempts, seed=notice.id)


def try_again(notice: Notice, *, now: datetime) -> None:
    """Take a notice out of the dead letters, as if it were new. Raises NotGivenUp when it is not there."""
    if notice.state is not NoticeState.DEAD:
        raise NotGivenUp("This message was not given up, so it is not sent again.")
    notice.state, notice.attempts, notice.trouble = NoticeState.PENDING, 0, ""
    notice.created_at = max(notice.created_at, now - timedelta(seconds=1))
    notice.due_at = now


def _trouble(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return "refused: no such mailbox" if all(code in _PERMANENT for code in codes) else "mailbox not ready"
    if isinstance(error, OSError | smtplib.SMTPException):
        return f"mail server: {type(error).__name__}"
    if isinstance(error, HeaderUnsafe):
        return "refused: a header is not safe"
    return f"fault: {type(error).__name__}"  # a fault of ours may be mended within the day: it is tried again
