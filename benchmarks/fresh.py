"""How long a first start takes: clone, `make run`, until the sign-in page answers; then one Ctrl+C."""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.processes import ROOT, children_of, end, family_of, free_port, wait_for

MOST_SECONDS = 300


def main() -> int:
    """Clone what is committed, start it, time it, stop it, and see that nothing stays behind."""
    with tempfile.TemporaryDirectory(prefix="tb-fresh-") as folder:
        checkout, port = Path(folder) / "tumorboard", free_port()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("TB_", "MAKE", "VIRTUAL_ENV"))
        }
        began = time.perf_counter()
        make = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=checkout, env=kept, start_new_session=True, stdout=subprocess.DEVNULL
        )
        try:
            wait_for(port, "/sign-in", make, seconds=MOST_SECONDS)
            print(f"clone to first 200 of /sign-in: {time.perf_counter() - began:.1f} s")
            return _stop(make)
        finally:
            end(make, signal.SIGKILL)


def _stop(make: "subprocess.Popen[bytes]") -> int:
    """Send SIGINT to the one process that `make` runs, as Ctrl+C does, and count what is left."""
    serving = _serving(make.pid)
    family = family_of(serving)
    children = len(children_of(serving))
    began = time.perf_counter()
    os.kill(serving, signal.SIGINT)
    make.wait(timeout=30)
    left = [pid for pid in family if _is_alive(pid)]
    spent = time.perf_counter() - began
    print(f"stopped by SIGINT: {spent:.1f} s, {children} children ended, {len(left)} processes left")
    return 1 if left or children != 2 else 0


def _serving(pid: int) -> int:
    """The Python process under make, past the shell that make may put between."""
    while "tumorboard.demo.serve" not in _command(pid) or "make" in _command(pid).split("\0")[0]:
        pid = children_of(pid)[0]
    return pid


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
