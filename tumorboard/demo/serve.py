"""`make run`: the web service and the worker side by side, stopped by one Ctrl+C."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

POLL_SECONDS = 0.2
GRACE_SECONDS = 10


def main() -> int:
    """Prepare the database, start both processes, and end when either ends or somebody says stop."""
    port = os.environ.get("TB_PORT", "8000")
    subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "demo", "prepare"], check=True, env=_quiet())
    web = [sys.executable, "-m", "gunicorn", "wsgi:app", "-c", "gunicorn.conf.py", "-b", f"127.0.0.1:{port}"]
    children = [
        subprocess.Popen(command, env=_quiet()) for command in (web, [sys.executable, "-m", "tumorboard.worker"])
    ]
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while not stopping and all(child.poll() is None for child in children):
        time.sleep(POLL_SECONDS)
    return _end(children)


def _end(children: list["subprocess.Popen[bytes]"]) -> int:
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
