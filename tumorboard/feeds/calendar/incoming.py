"""A mail that came back, from its bytes to the answer that is kept: each in a transaction of its own."""

from functools import partial

from tumorboard.feeds.calendar.reply import reply_in
from tumorboard.feeds.domain.invitations import Reply
from tumorboard.feeds.services import take_reply
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import retrying, transaction


def receive(raw: bytes) -> None:
    """Keep the answer in the mail. Raises NoReply with the reason, or AutomaticMail for what wants no answer."""
    retrying(partial(_take, reply_in(raw)))


def _take(reply: Reply) -> None:
    with transaction():
        take_reply(reply, now=utc_now())
