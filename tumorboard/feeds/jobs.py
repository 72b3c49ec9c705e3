"""What the worker calls: bytes are made before polls ask for them, and people hear what no poll tells them."""

from functools import partial

import structlog
from flask import current_app

from tumorboard.feeds.calendar import catch_up, written
from tumorboard.feeds.services import people_due, remind_of_expiry, send_to, tell_unaware
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import reading, retrying, transaction

log = structlog.get_logger(__name__)
BATCHES_A_TICK = 200
MOST_PEOPLE_A_TICK = 50


def make_calendar_entries() -> None:
    """Make the entries of whatever changed since the last tick."""
    catch_up(current_app.config["PUBLIC_URL"], batches=BATCHES_A_TICK)


def tell_of_changes() -> None:
    """Tell those whose calendar cannot know what became of a meeting."""
    for _ in range(BATCHES_A_TICK):
        if not retrying(_tell):
            return


def remind_of_addresses() -> None:
    """Tell owners of addresses that are about to expire."""
    retrying(_remind)


def _remind() -> None:
    with transaction():
        remind_of_expiry(now=utc_now())


def _tell() -> bool:
    with transaction():
        return tell_unaware(now=utc_now())


def send_invitations() -> None:
    """Send a batch to each of those who have something due, each in a transaction of its own."""
    with reading():
        people = people_due(now=utc_now())
    for person_id in people[:MOST_PEOPLE_A_TICK]:
        try:
            retrying(partial(_send, person_id))
        except Exception as error:  # whatever breaks one person's invitations must not stop the others
            log.error("invitations not sent", person_id=person_id, error=type(error).__name__)


def _send(person_id: int) -> None:
    write = partial(written, organizer=current_app.config["ORGANIZER"], home=current_app.config["PUBLIC_URL"])
    with transaction():
        send_to(person_id, write, now=utc_now())
