"""What a poll of a calendar costs: cold, warm, unchanged and packed, beside constants of the same size."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from http.client import HTTPConnection
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from benchmarks.load import CONNECTIONS, SECONDS, Measured, Poll, measured
from benchmarks.processes import HOST, environment, family_of, free_port, gunicorn, wait_for
from config import Settings
from tumorboard.accounts.domain import InstitutionKind
from tumorboard.accounts.models import Institution
from tumorboard.app import create_app
from tumorboard.feeds.calendar import catch_up
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.series.domain import SeriesKind, Site
from tumorboard.series.models import Series

START_SECONDS = 60
CHANGES = 15
GZIP = {"Accept-Encoding": "gzip"}
# Series by their number of meetings; together they are the public feed of ten thousand.
SIZES = {"hundred": 100, "thousand": 1_000, **{f"other-{number}": 1_780 for number in range(5)}}
FEEDS = {100: "/feeds/series/hundred.ics", 1_000: "/feeds/series/thousand.ics", 10_000: "/feeds/public.ics"}
WANTED = {"200": 0.7, "304": 0.8}


def main() -> None:
    """Fill a database, start both servers, poll, print, end them."""
    with tempfile.TemporaryDirectory(prefix="tb-feeds-") as folder:
        port, floor_port = free_port(), free_port()
        env = environment(Path(folder), port)
        with (
            _filled(env) as app,
            gunicorn("benchmarks.constant:app", floor_port, env) as floor,
            gunicorn("wsgi:app", port, env) as web,
        ):
            wait_for(floor_port, "/", floor, seconds=START_SECONDS)
            wait_for(port, "/sign-in", web, seconds=START_SECONDS)
            print(f"calendar feeds: gunicorn 2 x 4, SQLite, {CONNECTIONS} connections, {os.cpu_count()} cores")
            _print_growth(port, floor_port, family_of(web.pid), family_of(floor.pid))
            _print_changes(app, port)


def _print_growth(port: int, floor_port: int, web: list[int], floor: list[int]) -> None:
    heads = f"{'bytes':>10}{'a second':>10}{'constant':>10}{'of it':>8}{'wanted':>8}{'CPU ms':>8}{'const.':>8}"
    print(f"{f'{SECONDS:.0f} s a row':34}{heads}")
    for events, path in FEEDS.items():
        for name, headers in (("200", {"Accept-Encoding": "identity"}), ("gzip", GZIP)):
            size, tag = _asked(port, path, headers)
            bytes_ = Poll(floor_port, f"/bytes/{size}", {}, 200, floor)
            constant, warm = measured(bytes_, Poll(port, path, headers, 200, web))
            _print_row(f"{events:,} events, {name}", size, warm, constant, WANTED["200"])
        known = {"If-None-Match": tag, **GZIP}
        nothing = Poll(floor_port, "/unchanged", {}, 304, floor)
        unchanged, told = measured(nothing, Poll(port, path, known, 304, web))
        _print_row(f"{events:,} events, 304", 0, told, unchanged, WANTED["304"])


def _print_row(name: str, size: int, polled: Measured, constant: Measured, wanted: float) -> None:
    ratio = polled.rate / constant.rate
    verdict = "" if ratio >= wanted else "  falls short"
    print(
        f"{name:34}{size:>10,}{polled.rate:>10.0f}{constant.rate:>10.0f}{ratio:>8.2f}{wanted:>8.1f}"
        f"{polled.cpu_milliseconds:>8.2f}{constant.cpu_milliseconds:>8.2f}{verdict}",
        flush=True,
    )


def _print_changes(app: Flask, port: int) -> None:
    print(f"\n{'one meeting changed, ms':34}{'median':>10}{'worst':>10}{'wanted':>10}")
    for events, path in FEEDS.items():
        spent = [_after_change(app, port, path, number) for number in range(CHANGES)]
        wanted = "50" if events == 10_000 else ""
        name = f"{events:,} events, poll to last byte"
        print(f"{name:34}{statistics.median(spent):>10.1f}{max(spent):>10.1f}{wanted:>10}", flush=True)


def _after_change(app: Flask, port: int, path: str, number: int) -> float:
    """Change a meeting of every series; return the milliseconds of the poll that finds it out."""
    with app.app_context(), transaction():
        chosen = sa.select(sa.func.min(Meeting.id)).where(Meeting.series_id == _series_in(path)).scalar_subquery()
        changes = {"room": f"Room {number}", "sequence": Meeting.sequence + 1, "revised_at": utc_now()}
        db.session.execute(sa.update(Meeting).where(Meeting.id == chosen).values(**changes))
    began = time.perf_counter()
    _asked(port, path, {"Accept-Encoding": "identity"})
    return (time.perf_counter() - began) * 1000


def _series_in(path: str) -> sa.ScalarSelect[int]:
    slug = "thousand" if "thousand" in path or "public" in path else "hundred"
    return sa.select(Series.id).where(Series.slug == slug).scalar_subquery()


def _asked(port: int, path: str, headers: dict[str, str]) -> tuple[int, str]:
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    size, tag = len(answer.read()), answer.headers["ETag"]
    connection.close()
    return size, tag


@contextmanager
def _filled(env: dict[str, str]) -> Iterator[Flask]:
    app = create_app(Settings.from_environment(env))
    with app.app_context():
        upgrade()
        with transaction():
            _fill()
        began = time.perf_counter()
        while not catch_up(app.config["PUBLIC_URL"], batches=100):
            pass
        print(f"{sum(SIZES.values()):,} entries made and linted in {time.perf_counter() - began:.1f} s")
    yield app
    with app.app_context():
        db.engine.dispose()


def _fill() -> None:
    hub = Institution(
        slug="hub", name="Hub", short_name="Hub", kind=InstitutionKind.HUB, city="Hartford", state="Connecticut",
        time_zone="America/New_York",
    )  # fmt: skip
    db.session.add(hub)
    db.session.flush()
    for slug, number in SIZES.items():
        series = _a_series(slug, hub.id)
        db.session.add(series)
        db.session.flush()
        db.session.execute(sa.insert(Meeting), [_a_meeting(series.id, slug, day) for day in range(number)])


def _a_series(slug: str, host_id: int) -> Series:
    return Series(
        slug=slug, name=f"Grand rounds, {slug}", short_name="Rounds", kind=SeriesKind.LECTURE, site=Site.EDUCATION,
        host_id=host_id, time_zone="America/New_York", rule="FREQ=DAILY", starts=wall_time(12), length_minutes=60,
        first_on=date(2026, 1, 1),
    )  # fmt: skip


def _a_meeting(series_id: int, slug: str, day: int) -> dict[str, object]:
    today = utc_now().date()
    starts_at = datetime(today.year, today.month, today.day, 17, tzinfo=UTC) + timedelta(days=day)
    return {
        "series_id": series_id, "occurs_on": starts_at.date(), "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1), "time_zone": "America/New_York", "room": "Conference room 4",
        "talk_title": "Circulating tumor DNA after resection", "speaker_name": "Ines Moreau",
        "video_url": "https://video.example.org/rounds", "uid": f"{slug}-{day}@tumorboard",
        "created_at": utc_now(), "revised_at": utc_now(), "state": "planned",
    }  # fmt: skip
