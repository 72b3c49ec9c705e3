"""The APScheduler process and its one table of jobs.

Ticks are static and kept in memory; whatever is due stands in our own tables, so that a restart, a night off or a
second worker loses and doubles nothing. `python -m tumorboard.worker` runs until it is told to stop.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from tumorboard.accounts.jobs import sweep
from tumorboard.audit.jobs import verify_chain
from tumorboard.feeds.jobs import make_calendar_entries, remind_of_addresses, send_invitations, tell_of_changes
from tumorboard.meetings.jobs import make_meetings_out_to_horizon
from tumorboard.notices.jobs import send_outbox
from tumorboard.scheduling.jobs import plan_boards

log = structlog.get_logger(__name__)
MISFIRE_GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Tick:
    """A job and how often it looks whether something is due."""

    work: Callable[[], None]
    every: timedelta


TICKS = {
    "plan boards": Tick(plan_boards, timedelta(seconds=5)),
    "send invitations": Tick(send_invitations, timedelta(seconds=30)),
    "send outbox": Tick(send_outbox, timedelta(seconds=5)),
    "make calendar entries": Tick(make_calendar_entries, timedelta(seconds=3)),
    "tell of changes": Tick(tell_of_changes, timedelta(seconds=3)),
    "make meetings": Tick(make_meetings_out_to_horizon, timedelta(hours=1)),
    "remind of addresses": Tick(remind_of_addresses, timedelta(hours=1)),
    "sweep sessions": Tick(sweep, timedelta(minutes=10)),
    "verify audit chain": Tick(verify_chain, timedelta(hours=24)),
}


def run(app: Flask) -> None:
    """Run all ticks until SIGTERM or SIGINT; the jobs in progress are finished first."""
    stopped = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler = _scheduler(app)
    run_once(app)
    scheduler.start()
    log.info("worker started", ticks=len(TICKS))
    stopped.wait()
    scheduler.shutdown(wait=True)


def _scheduler(app: Flask) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(timezone="UTC", executors={"default": ThreadPoolExecutor(len(TICKS))})
    for name, tick in TICKS.items():
        scheduler.add_job(
            _in_context(app, name, tick.work),
            IntervalTrigger(seconds=int(tick.every.total_seconds())),
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=int(MISFIRE_GRACE.total_seconds()),
        )
    return scheduler


def run_once(app: Flask) -> None:
    """Run every tick once, now, in the order of the table."""
    for name, tick in TICKS.items():
        _in_context(app, name, tick.work)()


def _in_context(app: Flask, name: str, work: Callable[[], None]) -> Callable[[], None]:
    def guarded() -> None:
        with app.app_context(), structlog.contextvars.bound_contextvars(tick=name):
            try:
                work()
            except Exception as error:
                log.error("tick failed", exc_info=error)

    return guarded


def main() -> None:
    """Start the worker of the configured deployment."""
    from config import Settings  # the deployment's choices stand outside the package
    from tumorboard.app import create_app

    run(create_app(Settings.from_environment(os.environ)))


if __name__ == "__main__":
    main()
