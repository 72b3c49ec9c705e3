"""What the worker calls so that polls find their bytes ready, and people hear what no poll will tell them."""

from flask import current_app

from tumorboard.feeds.calendar import catch_up
from tumorboard.feeds.services import remind_of_expiry, tell_unaware
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import retrying, transaction

BATCHES_A_TICK = 200


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
