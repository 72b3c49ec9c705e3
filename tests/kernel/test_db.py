"""Transactions hold on both databases: nothing lost, nothing half-done."""

import sqlite3
import threading
from contextvars import Context
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError, StatementError

from tests.factories import NOW, an_institution
from tumorboard.accounts.models import Institution, SignIn, Throttle
from tumorboard.kernel.db import all_or_nothing, db, reading, retrying, transaction


def _names() -> list[str]:
    return list(db.session.scalars(sa.select(Institution.name).order_by(Institution.id)))


def test_transaction_commits_what_the_block_did(app: Flask) -> None:
    institution = an_institution(name="Before")

    with transaction():
        institution.name = "After"

    db.session.rollback()
    assert _names() == ["After"]


def test_transaction_rolls_all_of_it_back_on_any_exception(app: Flask) -> None:
    institution = an_institution(name="Before")

    with pytest.raises(KeyError), transaction():
        institution.name = "After"
        db.session.flush()
        raise KeyError

    assert _names() == ["Before"]


def test_transaction_is_never_nested(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="inside"), transaction(), transaction():
        pass


def test_many_transactions_made_one_are_stored_together_or_not_at_all(app: Flask) -> None:
    seen = []

    def make_two() -> None:
        an_institution(name="First")
        with reading():
            seen.append(_names())
        an_institution(name="Second")

    with pytest.raises(KeyError), all_or_nothing():
        make_two()
        raise KeyError
    assert _names() == []
    db.session.rollback()

    with all_or_nothing():
        make_two()
    assert _names() == ["First", "Second"]
    assert seen == [["First"], ["First"]]


def test_reading_leaves_nothing_behind(app: Flask) -> None:
    institution = an_institution(name="Before")

    with reading():
        institution.name = "After"
        db.session.flush()

    assert _names() == ["Before"]


def test_naive_time_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="naive"), transaction():
        db.session.add(Throttle(key="k", failures=1, until_at=datetime(2026, 12, 8)))  # noqa: DTZ001 - what is refused


def test_instant_comes_back_in_utc_whatever_zone_it_was_stored_from(app: Flask) -> None:
    with transaction():
        at = datetime(2026, 12, 8, 7, 0, tzinfo=timezone(timedelta(hours=-5)))
        db.session.add(Throttle(key="k", failures=1, until_at=at))

    db.session.expire_all()

    stored = db.session.scalars(sa.select(Throttle.until_at)).one()
    assert (stored, stored.tzinfo) == (datetime(2026, 12, 8, 12, 0, tzinfo=UTC), UTC)


def test_concurrent_read_then_write_loses_no_update(app: Flask) -> None:
    institution_id = an_institution(city="0").id
    db.session.remove()
    rounds, workers = 10, 4

    def count() -> None:
        with app.app_context():
            for _ in range(rounds):
                retrying(_raise_counter)

    def _raise_counter() -> None:
        with transaction():
            row = db.session.scalars(
                sa.select(Institution).where(Institution.id == institution_id).with_for_update()
            ).one()
            row.city = str(int(row.city) + 1)

    threads = [threading.Thread(target=Context().run, args=(count,)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert db.session.scalars(sa.select(Institution.city)).one() == str(rounds * workers)


def test_unit_of_work_is_repeated_whole_when_the_database_met_a_conflict(app: Flask) -> None:
    tries = []

    def work() -> str:
        tries.append(len(tries))
        if len(tries) < 3:
            raise _conflict()
        return "done"

    assert retrying(work) == "done"
    assert tries == [0, 1, 2]


def test_unit_of_work_gives_up_after_five_conflicts(app: Flask) -> None:
    tries = []

    def work() -> None:
        tries.append(1)
        raise _conflict()

    with pytest.raises(OperationalError):
        retrying(work)

    assert len(tries) == 5


def test_acknowledged_means_forced_to_disk_on_sqlite(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        assert db.session.scalar(sa.text("SHOW synchronous_commit")) == "on"
        return

    pragmas = {
        name: db.session.scalar(sa.text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
    }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_row_that_points_nowhere_is_refused(app: Flask) -> None:
    with pytest.raises(sa.exc.IntegrityError), transaction():
        db.session.add(SignIn(token_hash=b"x", person_id=99, data={}, started_at=NOW, seen_at=NOW))


def _conflict() -> OperationalError:
    return OperationalError("statement", {}, sqlite3.OperationalError("database is locked"))
