"""Starting what is measured, and ending exactly that."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
GRACE_SECONDS = 15
Process = subprocess.Popen[bytes]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, port: int) -> dict[str, str]:
    """The embedded default in a folder of its own; nothing of the caller's deployment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TB_", "GUNICORN"))}
    return {**kept, "TB_INSTANCE": str(instance), "TB_PORT": str(port), "TB_LOG_LEVEL": "ERROR"}


def run(*arguments: str, env: dict[str, str]) -> None:
    """Run a Python module to its end."""
    subprocess.run([sys.executable, "-m", *arguments], check=True, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)


@contextmanager
def started(*arguments: str, env: dict[str, str]) -> Iterator[Process]:
    """Run a Python module beside us and end it, by its own number, afterwards."""
    process = subprocess.Popen([sys.executable, "-m", *arguments], env=env, cwd=ROOT)
    try:
        yield process
    finally:
        end(process)


@contextmanager
def gunicorn(target: str, port: int, env: dict[str, str]) -> Iterator[Process]:
    """Serve the target as production does."""
    with started("gunicorn", target, "-c", "gunicorn.conf.py", "-b", f"{HOST}:{port}", env=env) as process:
        yield process


def end(process: Process, number: int = signal.SIGTERM) -> int | None:
    """Ask the process to stop; kill it when it does not."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def wait_for(port: int, path: str, process: Process, *, seconds: float) -> float:
    """Return the seconds until the path answers 200. Raises RuntimeError when it does not in time."""
    began = time.perf_counter()
    while time.perf_counter() - began < seconds and process.poll() is None:
        connection = HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return time.perf_counter() - began
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()
    raise RuntimeError(f"{path} did not answer; after {time.perf_counter() - began:.0f} s: {process.poll()=}")


def children_of(pid: int) -> list[int]:
    """The processes that the process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def family_of(pid: int) -> list[int]:
    """The process and all that it started, and those that they started."""
    return [pid, *(each for child in children_of(pid) for each in family_of(child))]


def memory_of(pids: list[int]) -> tuple[float, float]:
    """RSS and PSS of the processes together, in MiB; PSS counts what they share once."""
    totals = {"Rss": 0, "Pss": 0}
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in totals:
                totals[name] += int(value.split()[0])
    return totals["Rss"] / 1024, totals["Pss"] / 1024


def cpu_seconds_of(pids: list[int]) -> float:
    """The processor time that the processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
