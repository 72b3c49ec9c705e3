"""What the worker calls so that polls find their bytes ready."""

from flask import current_app

from tumorboard.feeds.calendar import catch_up

BATCHES_A_TICK = 200


def make_calendar_entries() -> None:
    """Make the entries of whatever changed since the last tick."""
    catch_up(current_app.config["PUBLIC_URL"], batches=BATCHES_A_TICK)
