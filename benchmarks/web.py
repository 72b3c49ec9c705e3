"""Requests a second and memory of the production server with the demo data, beside a constant route."""

import os
import re
import tempfile
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from benchmarks.load import CONNECTIONS, SECONDS, Measured, Poll, measured
from benchmarks.processes import HOST, environment, family_of, free_port, gunicorn, memory_of, run, started, wait_for
from tumorboard.demo.people import DOMAIN, PASSWORD

START_SECONDS = 60


@dataclass(frozen=True)
class Row:
    """One thing to ask for."""

    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def main() -> None:
    """Start both servers and the worker, ask, print, end them."""
    with tempfile.TemporaryDirectory(prefix="tb-bench-") as folder:
        port, floor_port = free_port(), free_port()
        env = environment(Path(folder), port)
        run("flask", "--app", "wsgi", "demo", "prepare", env=env)
        with (
            gunicorn("benchmarks.constant:app", floor_port, env) as floor,
            gunicorn("wsgi:app", port, env) as web,
            started("tumorboard.worker", env=env) as worker,
        ):
            wait_for(floor_port, "/", floor, seconds=START_SECONDS)
            wait_for(port, "/sign-in", web, seconds=START_SECONDS)
            _print_rates(port, floor_port, family_of(web.pid), family_of(floor.pid))
            _print_memory(family_of(web.pid), family_of(worker.pid))


def _print_rates(port: int, floor_port: int, web: list[int], floor: list[int]) -> None:
    print(
        f"gunicorn 2 x 4, SQLite, demo data; {CONNECTIONS} connections, {SECONDS:.0f} s a row, {os.cpu_count()} cores"
    )
    print(f"{'':34}{'a second':>10}{'of constant':>13}{'CPU ms each':>13}")
    rows = list(_rows(port))
    polls = [Poll(port, row.path, row.headers, row.status, web) for row in rows]
    constant, *others = measured(Poll(floor_port, "/", {}, 200, floor), *polls)
    _print_rate("constant route", constant, constant)
    for row, each in zip(rows, others, strict=True):
        _print_rate(row.name, each, constant)


def _print_rate(name: str, polled: Measured, constant: Measured) -> None:
    ratio = polled.rate / constant.rate
    print(f"{name:34}{polled.rate:>10.0f}{ratio:>12.1%} {polled.cpu_milliseconds:>12.2f}", flush=True)


def _print_memory(web: list[int], worker: list[int]) -> None:
    print(f"\n{'memory, MiB':34}{'RSS':>10}{'PSS':>13}")
    for name, pids in (("web: master and 2 workers", web), ("worker", worker)):
        rss, pss = memory_of(pids)
        print(f"{name:34}{rss:>10.0f}{pss:>13.0f}")


def _rows(port: int) -> Iterator[Row]:
    cookie = {"Cookie": _signed_in(port, f"coordinator@{DOMAIN}")}
    agenda = _found(port, "/agendas", cookie, r'href="(/meetings/\d+/agenda)"')
    feed = _found(port, "/subscriptions/series/lectures-breast", cookie, r"(/feeds/series/[a-z0-9-]+\.ics)")
    tag = _get(port, feed, {}).headers["ETag"]
    yield Row("sign-in page", "/sign-in")
    yield Row("agenda page, coordinator", agenda, cookie)
    yield Row("calendar page, coordinator", "/calendar", cookie)
    yield Row("series feed, 200", feed)
    yield Row("series feed, 304", feed, {"If-None-Match": tag}, 304)


def _signed_in(port: int, email: str) -> str:
    """Sign in through the page and return the session's cookie."""
    page = _get(port, "/sign-in", {})
    token = _match(r'name="csrf_token" value="([^"]+)"', page.body)
    fields = urllib.parse.urlencode({"csrf_token": token, "email": email, "password": PASSWORD})
    headers = {"Cookie": page.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    return _get(port, "/sign-in", headers, method="POST", body=fields).cookie


def _found(port: int, path: str, headers: Mapping[str, str], pattern: str) -> str:
    return _match(pattern, _get(port, path, headers).body)


def _match(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"the page has no {pattern}")
    return found[1]


@dataclass(frozen=True)
class Answer:
    """One answer, read to its end."""

    headers: Mapping[str, str]
    body: str

    @property
    def cookie(self) -> str:
        """The session's cookie, as a browser sends it back."""
        return self.headers["Set-Cookie"].partition(";")[0]


def _get(port: int, path: str, headers: Mapping[str, str], method: str = "GET", body: str | None = None) -> Answer:
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request(method, path, body=body, headers=dict(headers))
    answer: HTTPResponse = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return Answer(answer.headers, text)
