"""What the worker calls to clear sessions and throttles that are over."""

from flask import current_app

from tumorboard.accounts.services import sweep_sign_ins
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import retrying, transaction


def sweep() -> None:
    """Remove what has expired."""
    retrying(_sweep)


def _sweep() -> None:
    idle, absolute = current_app.config["SESSION_LIMITS"]
    with transaction():
        sweep_sign_ins(idle=idle, absolute=absolute, now=utc_now())
