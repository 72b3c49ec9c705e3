"""What the worker calls to empty the outbox."""

from functools import partial

from flask import Flask, current_app, render_template

from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import retrying, transaction
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.notices.services import Deliverer, Transport, deliver_next
from tumorboard.notices.services.deliver import claim_next, note_delivery

MOST_A_TICK = 200


def install_mail(app: Flask, transport: Transport, *, sender: str, reply_to: str = "") -> None:
    """Tell the application how its notices leave, and where answers to invitations go if not to the sender."""
    app.extensions["deliverer"] = Deliverer(render=_render, transport=transport, sender=sender, reply_to=reply_to)


def send_outbox() -> None:
    """Deliver what is due, one by one, with no transaction open while the mail server works."""
    for _ in range(MOST_A_TICK):
        notice = retrying(_claim)
        if notice is None:
            return
        trouble = deliver_next(current_app.extensions["deliverer"], notice)
        retrying(partial(_note, notice, trouble))


def _claim() -> Notice | None:
    with transaction():
        return claim_next(now=utc_now())


def _note(notice: Notice, trouble: str) -> None:
    with transaction():
        note_delivery(notice, trouble=trouble, now=utc_now())


def _render(kind: NoticeKind, facts: dict[str, object]) -> str:
    return render_template(f"mail/{kind}.txt", public_url=current_app.config["PUBLIC_URL"], **facts)
