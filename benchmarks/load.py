"""Asking a server as fast as four keep-alive connections can."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection

from benchmarks.processes import HOST, cpu_seconds_of

CONNECTIONS = 4
SECONDS, TURNS = 3.0, 6


@dataclass(frozen=True)
class Poll:
    """What is asked of which server, by its processes, and the status that has to come."""

    port: int
    path: str
    headers: Mapping[str, str]
    status: int
    pids: list[int]


@dataclass
class Measured:
    """What came back in the time."""

    count: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.count / self.seconds

    @property
    def cpu_milliseconds(self) -> float:
        """Processor time of the server for one request."""
        return self.cpu_seconds / self.count * 1000


def measured(*polls: Poll) -> list[Measured]:
    """Ask for SECONDS each, one after the other in short turns: whatever else the machine does falls on all alike.

    Raises RuntimeError when an answer has another status.
    """
    totals = [Measured() for _ in polls]
    for poll in polls:
        _ask(poll, time.perf_counter() + 0.3)  # caches and imports
    for _ in range(TURNS):
        for poll, total in zip(polls, totals, strict=True):
            _take_turn(poll, total)
    return totals


def _take_turn(poll: Poll, total: Measured) -> None:
    before, began = cpu_seconds_of(poll.pids), time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        asking = [threads.submit(_ask, poll, began + SECONDS / TURNS) for _ in range(CONNECTIONS)]
        total.count += sum(each.result() for each in asking)
    total.seconds += time.perf_counter() - began
    total.cpu_seconds += cpu_seconds_of(poll.pids) - before


def _ask(poll: Poll, until: float) -> int:
    connection, count = HTTPConnection(HOST, poll.port, timeout=30), 0
    while time.perf_counter() < until:
        connection.request("GET", poll.path, headers=dict(poll.headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status != poll.status:
            raise RuntimeError(f"{poll.path} answered {answer.status} instead of {poll.status}")
        count += 1
    connection.close()
    return count
