"""The database: typed models, the two ways to open a transaction, and what to do on a conflict.

SQLite is the embedded default and PostgreSQL the larger one; both are held to the same promises here.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar, cast

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.orm import registry as orm_registry
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.02
_CONFLICT_CODES = {"40001", "40P01"}  # serialization failure, deadlock (PostgreSQL appendix A)

_means_to_write: ContextVar[bool] = ContextVar("means_to_write", default=False)
_inside: ContextVar[bool] = ContextVar("inside_transaction", default=False)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database; a naive value is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive value and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A naive time was about to be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back aware UTC also where the database forgets the zone (SQLite)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The declarative base: names of constraints, and how annotations become columns."""

    registry = orm_registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: UTCDateTime(),
            Enum: sa.Enum(
                Enum,
                native_enum=False,
                create_constraint=True,
                length=40,
                values_callable=lambda members: [member.value for member in members],
            ),
        },
    )


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "join_transaction_mode": "create_savepoint"},
)

if TYPE_CHECKING:

    class Model(Base):
        """The base of every table."""

        __abstract__ = True
else:
    Model = db.Model


def session() -> "scoped_session[FlaskSession]":
    """The session of this application context."""
    return db.session


@contextmanager
def writing() -> Iterator[None]:
    """Open the transactions begun inside as writers (on SQLite: `BEGIN IMMEDIATE`)."""
    token = _means_to_write.set(True)
    try:
        yield
    finally:
        _means_to_write.reset(token)


def mean_to_write() -> None:
    """Say so for the rest of this context, as the web does for a request with an unsafe method."""
    _means_to_write.set(True)


def mean_to_read() -> None:
    """Take it back, for a request that only reads."""
    _means_to_write.set(False)


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or roll back all of it on any exception. Never nested."""
    if _inside.get():
        raise RuntimeError("transaction() was opened inside transaction().")
    token = _inside.set(True)
    try:
        with writing():
            _leave_snapshot()
            yield
            db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _inside.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Look at the database and leave nothing behind."""
    try:
        yield
    finally:
        db.session.rollback()


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Make one of the transactions inside: stored together at the end, or never, even when the process is killed.

    For commands that have the process to themselves: every session of the application takes part meanwhile.
    """
    engine, engines = db.engine, cast("dict[str | None, Engine | Connection]", db.engines)
    with writing(), engine.begin() as connection:
        engines[None] = connection
        try:
            yield
        finally:
            db.session.rollback()
            engines[None] = engine


def retrying(work: Callable[[], T]) -> T:
    """Do the whole unit of work again when the database met a conflict, at most five times with jitter.

    The work must open its own transaction and do nothing that cannot be undone by a rollback.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return work()
        except DBAPIError as error:
            if not is_conflict(error):
                raise
            db.session.rollback()
            time.sleep(random.uniform(0.5, 1.5) * _FIRST_PAUSE_SECONDS * 2**attempt)  # noqa: S311 - jitter, no secret
    return work()


def is_conflict(error: DBAPIError) -> bool:
    """Whether a second try may succeed: a deadlock, a serialization failure, a busy SQLite file."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig) or "busy" in str(error.orig)
    return getattr(error.orig, "sqlstate", None) in _CONFLICT_CODES


def is_out_of_reach(error: DBAPIError) -> bool:
    """Whether the database itself is gone, full or refusing, so that a later try is the only way."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return True
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state is None or state[:2] in {"08", "53", "57", "58"}


def lock(statement: sa.Select[Any], *, of: type[Base] | None = None) -> sa.Select[Any]:
    """Hold the selected rows (`of` one table, where others are joined) until the transaction ends.

    On SQLite the writer holds the file already.
    """
    return statement.with_for_update(of=of).execution_options(populate_existing=True)


class Prepared:
    """A statement for the few places that are asked hundreds of times a second: one row, straight from the driver.

    It is put into SQL once, and goes in and out by the same types as ever, without session and transaction, which take
    five times as long as the question itself.
    """

    def __init__(self, statement: sa.Select[Any], engine: Engine) -> None:
        self._engine = engine
        self._compiled = statement.compile(engine)
        self._sql = self._compiled.string
        self._names = self._compiled.positiontup
        self._inward: dict[str, Any] = dict(self._compiled._bind_processors)
        types = [column.type for column in statement.selected_columns]
        self._outward = [kind._cached_result_processor(engine.dialect, None) for kind in types]

    def one_or_none(self, **values: object) -> tuple[Any, ...] | None:
        """Return the row for these values."""
        sent = self._compiled.construct_params(values)
        sent = {name: self._inward[name](value) if name in self._inward else value for name, value in sent.items()}
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self._sql, tuple(sent[name] for name in self._names) if self._names else sent)
            row = cursor.fetchone()
            cursor.close()
        finally:
            connection.close()
        if row is None:
            return None
        return tuple(read(value) if read else value for read, value in zip(self._outward, row, strict=True))


def _leave_snapshot() -> None:
    """End a transaction that began as a reader: SQLite cannot make a writer of it."""
    current = db.session()
    if current.in_transaction() and not current.info.get("writes"):
        current.rollback()


@event.listens_for(Session, "after_begin")
def _remember_intent(current: Session, _transaction: object, _connection: Connection) -> None:
    current.info["writes"] = _means_to_write.get()


@event.listens_for(Engine, "connect")
def _prepare_connection(raw: Any, _record: object) -> None:
    if not isinstance(raw, sqlite3.Connection):
        return
    raw.isolation_level = None  # we say BEGIN ourselves: the driver's own default loses updates
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        raw.execute(f"PRAGMA {pragma}").close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _means_to_write.get() else "BEGIN")
