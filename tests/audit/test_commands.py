"""`flask audit verify` against somebody with full rights on the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.factories import NOW
from tumorboard.audit.domain import entry_hash
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.queries import faults
from tumorboard.audit.services import record
from tumorboard.kernel.db import db, transaction


@contextmanager
def _seal_broken() -> Iterator[Callable[..., None]]:
    """Take the triggers off as an attacker with full rights would, and put them back for the tests to come."""
    with transaction():
        if db.engine.dialect.name == "sqlite":
            seals = db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            off, on = [f"DROP TRIGGER {name}" for name, _ in seals], [sql for _, sql in seals]
        else:
            off = ["ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_sealed"]
            on = ["ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_sealed"]
        for statement in off:
            db.session.execute(text(statement))
    try:
        yield _execute
    finally:
        with transaction():
            for statement in on:
                db.session.execute(text(statement))


def _execute(statement: str, **values: object) -> None:
    with transaction():
        db.session.execute(text(statement), values)


def _five_acts() -> None:
    for number in range(1, 6):
        with transaction():
            record(f"act.{number}", subject="case", subject_id=f"C{number}", details={"n": number}, now=NOW)


def _verify(app: Flask) -> tuple[int, list[str]]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    return result.exit_code, result.output.splitlines()


@pytest.mark.parametrize("acts", [0, 5])
def test_whole_chain_is_told_so(app: Flask, acts: int) -> None:
    if acts:
        _five_acts()

    assert _verify(app) == (0, ["The audit chain is whole."])


@pytest.mark.parametrize(
    "change",
    ["action = 'nothing'", "outcome = 'refused'", "person_id = 99", "institution_id = 99", "subject = 'series'",
     "subject_id = 'C9'", "details = '{\"n\": 9}'", "request_id = 'x'", "at = :at"],
)  # fmt: skip
def test_altered_entry_is_named_whatever_was_altered(app: Flask, change: str) -> None:
    _five_acts()

    with _seal_broken() as attack:
        attack(
            f"UPDATE audit_entry SET {change} WHERE sequence = 3",
            **({"at": NOW - timedelta(hours=1)} if ":at" in change else {}),
        )

    assert _verify(app) == (1, ["Entry 3 was altered."])


def test_entry_removed_from_the_middle_is_named(app: Flask) -> None:
    _five_acts()

    with _seal_broken() as attack:
        attack("DELETE FROM audit_entry WHERE sequence IN (2, 3)")

    assert _verify(app) == (1, ["Entry 2 is missing.", "Entry 3 is missing."])


def test_entry_removed_from_the_beginning_is_named(app: Flask) -> None:
    _five_acts()

    with _seal_broken() as attack:
        attack("DELETE FROM audit_entry WHERE sequence = 1")

    assert _verify(app) == (1, ["Entry 1 is missing."])


def test_entries_removed_from_the_end_are_named(app: Flask) -> None:
    _five_acts()

    with _seal_broken() as attack:
        attack("DELETE FROM audit_entry WHERE sequence >= 4")

    assert _verify(app) == (1, ["Entry 4 is missing.", "Entry 5 is missing."])


def test_trail_emptied_is_named(app: Flask) -> None:
    _five_acts()

    with _seal_broken() as attack:
        attack("DELETE FROM audit_entry")

    assert _verify(app) == (1, [f"Entry {number} is missing." for number in range(1, 6)])


def test_end_cut_off_and_its_memory_with_it_is_seen_in_the_head(app: Flask) -> None:
    """The head set back without its hash: the forger has to set both, and the backup still holds the old one."""
    _five_acts()

    with _seal_broken() as attack:
        attack("DELETE FROM audit_entry WHERE sequence >= 4")
        attack("UPDATE audit_head SET sequence = 3")

    assert _verify(app) == (1, ["Entry 3 is not the end that the chain remembers."])


def test_memory_of_the_end_removed_is_told(app: Flask) -> None:
    _five_acts()

    with _seal_broken() as attack:
        attack("DELETE FROM audit_head")

    code, said = _verify(app)

    assert code == 1
    assert said == ["Entry 6 is missing."]


def test_entry_forged_with_its_own_hash_breaks_the_one_after_it(app: Flask) -> None:
    _five_acts()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.sequence == 3)).one()
    entry.action = "forged"
    forged = entry_hash(entry.fact(), sequence=3, at=entry.at, previous=entry.previous_hash)
    db.session.rollback()

    with _seal_broken() as attack:
        attack("UPDATE audit_entry SET action = 'forged', hash = :hash WHERE sequence = 3", hash=forged)

    assert _verify(app) == (1, ["Entry 4 does not follow the entry before it."])


def test_entry_slipped_in_at_the_end_is_named(app: Flask) -> None:
    _five_acts()
    columns = "at, action, outcome, person_id, institution_id, subject, subject_id, details, request_id"

    with _seal_broken() as attack:
        attack(
            f"INSERT INTO audit_entry (sequence, {columns}, previous_hash, hash) "
            f"SELECT 6, {columns}, hash, 'invented' FROM audit_entry WHERE sequence = 5"
        )

    code, said = _verify(app)

    assert code == 1
    assert "Entry 6 was altered." in said


def test_seal_is_back_for_the_tests_to_come(app: Flask) -> None:
    _five_acts()
    with _seal_broken():
        pass

    with pytest.raises(Exception, match="append-only"):
        _execute("DELETE FROM audit_entry")
    assert list(faults()) == []
