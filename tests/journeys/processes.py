"""The web service and the worker as processes of their own, to be killed without a warning."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.serving import HOST

ROOT = Path(__file__).resolve().parents[2]
WEB = ("gunicorn", "wsgi:app", "-c", "gunicorn.conf.py")
WORKER = ("tumorboard.worker",)


class Process:
    """One `python -m ...` with whatever it starts, in a group of its own."""

    def __init__(self, module: tuple[str, ...], environ: dict[str, str]) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TB_")}
        self._running = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env={**inherited, "TB_LOG_LEVEL": "ERROR", **environ},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        """End the whole group at once, in the middle of whatever it does."""
        if self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait(timeout=10)


@contextmanager
def running(module: tuple[str, ...], environ: dict[str, str]) -> Iterator[Process]:
    """The process, ended at the end."""
    process = Process(module, environ)
    try:
        yield process
    finally:
        process.kill()


def wait_until(reached: Callable[[], bool], *, seconds: float = 20, pause: float = 0.01) -> None:
    """Look again and again until it is so. Raises AssertionError when it takes too long."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(pause)


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
