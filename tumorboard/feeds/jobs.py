"""What the worker calls so that polls find their bytes ready, and that those invited by mail hear of each change."""

from functools import partial

import structlog
from flask import current_app

from tumorboard.feeds.calendar import catch_up, written
from tumorboard.feeds.services import people_due, send_to
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import reading, retrying, transaction

log = structlog.get_logger(__name__)
BATCHES_A_TICK = 200
MOST_PEOPLE_A_TICK = 50


def make_calendar_entries() -> None:
    """Make the entries of whatever changed since the last tick."""
    catch_up(current_app.config["PUBLIC_URL"], batches=BATCHES_A_TICK)


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
