"""`make run`: the web service and the worker side by side, stopped by one Ctrl+C."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

from config import Settings
from tumorboard.demo.people import ACCOUNTS, DOMAIN, PASSWORD

POLL_SECONDS = 0.2
GRACE_SECONDS = 10
Process = subprocess.Popen[bytes]


class Stopping:
    """Whether somebody said stop; the processes started do not hear Ctrl+C themselves, so that none is cut short."""

    def __init__(self) -> None:
        self.said = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def start(self, *command: str) -> Process:
        """Start a Python module that leaves Ctrl+C to this process."""
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return subprocess.Popen([sys.executable, "-m", *command], env=_quiet())
        finally:
            signal.signal(signal.SIGINT, heard)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.said = True


def main() -> int:
    """Prepare the database, start both processes, and end when either ends or somebody says stop."""
    port, stopping = int(os.environ.get("TB_PORT", "8000")), Stopping()
    prepared = stopping.start("flask", "--app", "wsgi", "demo", "prepare")
    _wait(stopping, [prepared])
    if stopping.said or prepared.returncode:
        return _end([prepared])
    children = [
        stopping.start("gunicorn", "wsgi:app", "-c", "gunicorn.conf.py", "-b", f"127.0.0.1:{port}"),
        stopping.start("tumorboard.worker"),
    ]
    while not stopping.said and _all_run(children) and not _answers(port):
        time.sleep(POLL_SECONDS)
    if not stopping.said and _all_run(children):
        sys.stdout.write(banner(Settings.from_environment(os.environ).public_url))
        sys.stdout.flush()
    _wait(stopping, children)
    return _end(children)


def banner(url: str) -> str:
    """Where it is, and whom to sign in as."""
    accounts = [f"    {name + '@' + DOMAIN:<36} {what}" for name, *_, what in ACCOUNTS]
    head = ["", f"  Tumorboard: {url}", "", f"  Sign in as one of these; the password of all is {PASSWORD}", ""]
    tail = ["", "  Ctrl+C stops it; the data stays. `rm -rf instance` begins anew.", "", ""]
    return "\n".join([*head, *accounts, *tail])


def _wait(stopping: Stopping, children: Sequence[Process]) -> None:
    while not stopping.said and _all_run(children):
        time.sleep(POLL_SECONDS)


def _all_run(children: Sequence[Process]) -> bool:
    return all(child.poll() is None for child in children)


def _answers(port: int) -> bool:
    """Whether the service answers a request; the worker processes listen before they can."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=GRACE_SECONDS) as line:
            line.sendall(b"GET /sign-in HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return line.recv(5) == b"HTTP/"
    except OSError:
        return False


def _end(children: Sequence[Process]) -> int:
    for child in children:
        if child.poll() is None:
            child.terminate()
    codes = []
    for child in children:
        try:
            codes.append(child.wait(timeout=GRACE_SECONDS))
        except subprocess.TimeoutExpired:
            child.kill()
            codes.append(child.wait())
    return max((code for code in codes if code > 0), default=0)


def _quiet() -> dict[str, str]:
    return {"TB_LOG_LEVEL": "WARNING", **os.environ}


if __name__ == "__main__":
    sys.exit(main())
