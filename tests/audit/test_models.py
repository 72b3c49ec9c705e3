"""The database itself refuses to change or remove an entry."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.factories import NOW
from tumorboard.audit.queries import faults
from tumorboard.audit.services import record
from tumorboard.kernel.db import db, transaction

pytestmark = pytest.mark.usefixtures("app")
CHANGES = [
    "UPDATE audit_entry SET action = 'nothing'",
    "UPDATE audit_entry SET person_id = NULL WHERE sequence = 1",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE sequence = 2",
]


def _three_acts() -> None:
    with transaction():
        for action in ("one", "two", "three"):
            record(action, now=NOW)


@pytest.mark.parametrize("change", CHANGES)
def test_entry_can_be_neither_changed_nor_removed(change: str) -> None:
    _three_acts()

    with pytest.raises(DBAPIError, match="The audit trail is append-only"), transaction():
        db.session.execute(text(change))

    assert list(faults()) == []


def test_trail_cannot_be_emptied_at_once() -> None:
    if db.engine.dialect.name == "sqlite":
        return  # SQLite has no TRUNCATE; its DELETE is refused above
    _three_acts()

    with pytest.raises(DBAPIError, match="The audit trail is append-only"), transaction():
        db.session.execute(text("TRUNCATE audit_entry"))
