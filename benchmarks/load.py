"""Asking a server as fast as four keep-alive connections can."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Thread

from benchmarks.processes import HOST, cpu_seconds_of

CONNECTIONS = 4
SECONDS = 3.0


@dataclass
class Measured:
    """What came back in the time."""

    count: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.count / self.seconds

    @property
    def cpu_milliseconds(self) -> float:
        """Processor time of the server for one request."""
        return self.cpu_seconds / self.count * 1000


def measure(port: int, path: str, headers: Mapping[str, str], *, status: int, pids: list[int]) -> Measured:
    """Ask for the path for SECONDS. Raises RuntimeError when an answer has another status."""
    _ask(port, path, headers, status, time.perf_counter() + 0.3)  # caches and imports
    counts: list[int] = []
    wrong: list[str] = []
    before, began = cpu_seconds_of(pids), time.perf_counter()

    def work() -> None:
        try:
            counts.append(_ask(port, path, headers, status, began + SECONDS))
        except RuntimeError as error:
            wrong.append(str(error))

    threads = [Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(wrong[0])
    return Measured(sum(counts), time.perf_counter() - began, cpu_seconds_of(pids) - before)


def _ask(port: int, path: str, headers: Mapping[str, str], status: int, until: float) -> int:
    connection, count = HTTPConnection(HOST, port, timeout=30), 0
    while time.perf_counter() < until:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status != status:
            raise RuntimeError(f"{path} answered {answer.status} instead of {status}")
        count += 1
    connection.close()
    return count
