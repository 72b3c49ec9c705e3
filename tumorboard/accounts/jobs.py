"""What the worker calls to clear sessions, throttles and busy times that are over."""

from flask import current_app

from tumorboard.accounts.services import forget_past_busy_times, sweep_sign_ins
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import retrying, transaction


def sweep() -> None:
    """Remove what has expired."""
    retrying(_sweep)


def _sweep() -> None:
    idle, absolute = current_app.config["SESSION_LIMITS"]
    with transaction():
        sweep_sign_ins(idle=idle, absolute=absolute, now=utc_now())
    with transaction():
        forget_past_busy_times(now=utc_now())
