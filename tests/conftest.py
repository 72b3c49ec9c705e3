"""What every test stands on: an application on each real database, empty before each test."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event

from config import Settings
from tests.databases import postgres_url
from tumorboard.app import create_app
from tumorboard.kernel.db import db

REQUIRED = os.environ.get("TB_REQUIRE_EVERYTHING") == "yes"
CHEAP_HASHES = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
NO_POSTGRES = "NO POSTGRESQL: install it, or set TB_TEST_DATABASE_URL"
NO_BROWSER = "NO BROWSER: install Chromium, or set TB_CHROMIUM"


class LonelyClient(FlaskClient):
    """A browser without a browser, whose requests share nothing with the test but the database.

    Flask would lend them the context that the test has pushed, and with it whoever signed in before.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request from a context of its own; what the test holds is read anew afterwards."""
        db.session.rollback()
        return Context().run(super().open, *args, **kwargs)


@cache
def _postgres() -> str | None:
    return postgres_url()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application a database engine, its schema made by the migrations."""
    folder = tmp_path_factory.mktemp(request.param)
    url = f"sqlite:///{folder / 'live.sqlite3'}" if request.param == "sqlite" else _postgres()
    if url is None:
        if REQUIRED:
            pytest.fail(NO_POSTGRES)
        pytest.skip(NO_POSTGRES)
    app = create_app(
        Settings.from_environment({"TB_INSTANCE": str(folder), "TB_DATABASE_URL": url, "TB_LOG_LEVEL": "ERROR"})
    )
    app.extensions["security"].pwd_context.update(**CHEAP_HASHES)
    app.test_client_class = LonelyClient
    with app.app_context():
        upgrade()
        db.engine.dispose()
    if request.param == "sqlite":
        shutil.copy(folder / "live.sqlite3", folder / "empty.sqlite3")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application, its database empty, its context pushed."""
    with migrated_app.app_context():
        _empty()
        yield migrated_app
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a browser."""
    return app.test_client()


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager["Counter"]]:
    """Count the statements inside `with statements() as counted:`."""
    engine = db.engine

    @contextmanager
    def counting() -> Iterator["Counter"]:
        counted = Counter()
        event.listen(engine, "before_cursor_execute", counted.take)
        yield counted
        event.remove(engine, "before_cursor_execute", counted.take)

    return counting


@dataclass
class Counter:
    """The questions that were put to the database."""

    asked: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many they were."""
        return len(self.asked)

    def take(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        """Keep the statement if it asks for anything."""
        if statement.lstrip().upper().startswith("SELECT"):
            self.asked.append(statement)


def _empty() -> None:
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        live = Path(str(db.engine.url.database))
        db.engine.dispose()
        for leftover in live.parent.glob("live.sqlite3-*"):
            leftover.unlink()
        shutil.copy(live.parent / "empty.sqlite3", live)
        return
    with db.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # past the seal on the audit trail
        for table in reversed(db.metadata.sorted_tables):
            connection.execute(table.delete())
        head = db.metadata.tables["audit_head"]
        connection.execute(sa.insert(head).values(id=1, sequence=0, hash="0" * 64))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what could not be tested here."""
    for mark, title in ((NO_POSTGRES, "NOT TESTED ON POSTGRESQL"), (NO_BROWSER, "BROWSER TESTS DID NOT RUN")):
        count = sum(mark in str(report.longrepr) for report in terminalreporter.stats.get("skipped", []))
        if count:
            terminalreporter.section(title, sep="!", red=True)
            terminalreporter.line(f"{count} tests were skipped. {mark}")
