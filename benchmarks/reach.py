"""What it takes to find and tell those whose calendar does not know of a change, as subscriptions grow."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from benchmarks.processes import environment, free_port
from config import Settings
from tumorboard.accounts.domain import InstitutionKind
from tumorboard.accounts.models import Institution, Person
from tumorboard.app import create_app
from tumorboard.feeds.domain import expected_by, new_token, token_hash
from tumorboard.feeds.models import ChangeTold, FeedToken, Follow
from tumorboard.feeds.queries import HOLDER, reach_of, showing
from tumorboard.feeds.services import tell_unaware
from tumorboard.kernel.db import Prepared, db, session, transaction
from tumorboard.meetings.domain import ChangeKind
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.services.changes import note_changes
from tumorboard.meetings.services.revision import Change
from tumorboard.series.domain import SeatPart, SeriesKind, Site
from tumorboard.series.models import Seat, Series

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000)
ROSTER, FOLLOWS_ONE_IN, STALE_ONE_IN, LOOKUPS = 60, 5, 4, 2_000
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """What one change took: the first batch, all of them, and whom it found."""

    first_ms: float
    all_seconds: float
    people: int
    shown_in: int
    shown_ms: float


def main() -> None:
    """Fill a database at each size, change a board's meeting and a lecture that every fifth person follows."""
    blank, lecture = "", f"a lecture, one in {FOLLOWS_ONE_IN}"
    columns = f"{'calendars':>10}{'count ms':>9}{'told':>7}{'s':>6}{'batch':>6}"
    print(f"who does not know of a change: SQLite, one calendar in {STALE_ONE_IN} comes weekly, each person has two")
    print(f"{blank:>10}{'lookup':>9}|{f'a board of {ROSTER}':^38}|{lecture:^38}|{'grown by':>10}")
    print(f"{'addresses':>10}{'us':>9}|{columns}|{columns}|{'MiB':>10}")
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="tb-reach-") as folder, _filled(Path(folder), size) as (app, secrets):
            with app.app_context():
                lookup, before = _lookup_us(secrets), _resident_mib()
                cells = [_cells(_told(kind)) for kind in (SeriesKind.TUMOR_BOARD, SeriesKind.LECTURE)]
                grown = _resident_mib() - before
            print(f"{size:>10,}{lookup:>9.0f}|{cells[0]}|{cells[1]}|{grown:>10.1f}", flush=True)


def _resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _cells(told: Told) -> str:
    return f"{told.shown_in:>10,}{told.shown_ms:>9.1f}{told.people:>7,}{told.all_seconds:>6.2f}{told.first_ms:>6.0f}"


def _told(kind: SeriesKind) -> Told:
    meeting = session().scalars(sa.select(Meeting).join(Series).where(Series.kind == kind)).one()
    counted = sa.select(sa.func.count()).select_from(showing(meeting, now=NOW).subquery())
    shown_in, shown = _timed(lambda: session().scalar(counted))
    with transaction():
        note_changes([Change(meeting, ChangeKind.MOVED, meeting.starts_at - HOUR)], now=NOW)
    first_seconds, is_more = _timed(_tell)
    spent = first_seconds
    while is_more:
        seconds, is_more = _timed(_tell)
        spent += seconds
    told = session().scalar(sa.select(sa.func.count()).select_from(ChangeTold)) or 0
    reach_of(meeting, now=NOW)
    with transaction():
        session().execute(sa.delete(ChangeTold))
    return Told(first_seconds * 1000, spent, told, int(shown), shown_in * 1000)


def _tell() -> bool:
    with transaction():
        return tell_unaware(now=NOW)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _lookup_us(secrets: list[str]) -> float:
    prepared = Prepared(HOLDER, db.engine)
    began = time.perf_counter()
    for number in range(LOOKUPS):
        prepared.one_or_none(token_hash=token_hash(secrets[number % len(secrets)]), now=NOW)
    return (time.perf_counter() - began) / LOOKUPS * 1e6


@contextmanager
def _filled(folder: Path, size: int) -> Iterator[tuple[Flask, list[str]]]:
    app = create_app(Settings.from_environment(environment(folder, free_port())))
    with app.app_context():
        upgrade()
        with transaction():
            secrets = _fill(size)
    yield app, secrets


def _fill(size: int) -> list[str]:
    hub = Institution(
        slug="hub", name="Hub", short_name="Hub", kind=InstitutionKind.HUB, city="New York", state="New York",
        time_zone="America/New_York",
    )  # fmt: skip
    session().add(hub)
    session().flush()
    series = [_a_series(kind, hub) for kind in (SeriesKind.TUMOR_BOARD, SeriesKind.LECTURE)]
    people = [
        {
            "email": f"p{number}@example.org", "given_name": "Robin", "family_name": f"E{number}", "active": True,
            "fs_uniquifier": f"u{number}", "institution_id": hub.id, "credentials": "", "version": 1,
        }
        for number in range(size // 2)
    ]  # fmt: skip
    session().execute(sa.insert(Person), people)
    ids = session().scalars(sa.select(Person.id).order_by(Person.id)).all()
    roster = [{"series_id": series[0].id, "person_id": one, "part": SeatPart.CORE_MEMBER} for one in ids[:ROSTER]]
    session().execute(sa.insert(Seat), roster)
    follows = [{"series_id": series[1].id, "person_id": one} for one in ids[::FOLLOWS_ONE_IN]]
    session().execute(sa.insert(Follow), follows)
    secrets = [new_token() for _ in range(size)]
    session().execute(sa.insert(FeedToken), [_address(ids[n // 2], n, secret) for n, secret in enumerate(secrets)])
    return secrets[:: max(1, size // LOOKUPS)]


def _address(person_id: int, number: int, secret: str) -> dict[str, object]:
    pause = timedelta(days=7) if (number // 2) % STALE_ONE_IN == 0 else timedelta(minutes=20)
    fetched_at = NOW - pause / 2
    return {
        "person_id": person_id, "name": f"Phone {number % 2}", "token_hash": token_hash(secret),
        "created_at": NOW - timedelta(days=9), "expires_at": NOW + timedelta(days=300), "fetched_at": fetched_at,
        "client": "Outlook", "polls_every_seconds": int(pause.total_seconds()),
        "expected_by_at": expected_by(fetched_at, pause), "with_presenting": True, "with_cut_offs": False,
    }  # fmt: skip


def _a_series(kind: SeriesKind, hub: Institution) -> Series:
    series = Series(
        slug=kind.value, name=kind.label, short_name=kind.label[:20], kind=kind, host_id=hub.id, rule="FREQ=WEEKLY",
        site=Site.THORACIC if kind.is_board else Site.EDUCATION, time_zone="America/New_York",
        starts=wall_time(7), length_minutes=60, capacity_minutes=60 if kind.is_board else 0, first_on=date(2026, 1, 6),
    )  # fmt: skip
    session().add(series)
    session().flush()
    starts_at = NOW + timedelta(days=7)
    session().add(
        Meeting(
            series_id=series.id, occurs_on=starts_at.date(), starts_at=starts_at, ends_at=starts_at + HOUR,
            time_zone=series.time_zone, uid=f"{kind.value}@tumorboard", created_at=NOW, revised_at=NOW,
        )
    )  # fmt: skip
    session().flush()
    return series


if __name__ == "__main__":
    main()
