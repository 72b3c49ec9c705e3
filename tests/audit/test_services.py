"""One entry an act, chained, in the act's own transaction."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import NOW, a_person, as_actor
from tumorboard.audit.domain import FIRST_HASH, Outcome
from tumorboard.audit.models import AuditEntry, AuditHead
from tumorboard.audit.queries import entries, faults
from tumorboard.audit.services import record
from tumorboard.kernel.db import db, retrying, transaction

pytestmark = pytest.mark.usefixtures("app")


def _entries() -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)))


def _act(*actions: str) -> None:
    with transaction():
        for action in actions:
            record(action, subject="case", subject_id="7KQ-4M2", now=NOW)


def test_chain_grows_by_one_an_act() -> None:
    _act("case.seen")
    _act("case.edited", "case.submit")

    first, second, third = _entries()
    assert [entry.sequence for entry in (first, second, third)] == [1, 2, 3]
    assert (first.previous_hash, second.previous_hash, third.previous_hash) == (FIRST_HASH, first.hash, second.hash)
    head = db.session.scalars(select(AuditHead)).one()
    assert (head.sequence, head.hash) == (3, third.hash)
    assert list(faults()) == []


def test_entry_says_who_did_what_to_which_thing() -> None:
    actor = as_actor(a_person())

    with transaction():
        record(
            "case.seen",
            by=actor,
            outcome=Outcome.SEEN,
            subject="case",
            subject_id=17,
            details={"fields": ["age"]},
            now=NOW,
        )

    entry = _entries()[-1]
    assert (entry.action, entry.outcome, entry.at) == ("case.seen", Outcome.SEEN, NOW)
    assert (entry.person_id, entry.institution_id) == (actor.person_id, actor.institution_id)
    assert (entry.subject, entry.subject_id, entry.details) == ("case", "17", {"fields": ["age"]})


def test_act_rolled_back_leaves_no_entry_behind() -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        record("case.seen", now=NOW)
        raise ZeroDivisionError

    assert _entries() == []


def test_act_rolled_back_is_not_written_with_the_next_one() -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        record("case.lost", now=NOW)
        raise ZeroDivisionError
    _act("case.seen")

    assert [entry.action for entry in _entries()] == ["case.seen"]
    assert list(faults()) == []


@pytest.mark.parametrize(
    "details", [{"words": "Ærø 🚢 \u2028"}, {"numbers": [1, 2.5, None, True]}, {"b": 1, "a": {"z": 1, "y": 2}}]
)
def test_details_in_any_script_and_order_keep_the_chain_whole(details: dict) -> None:
    with transaction():
        record("case.seen", details=details, now=NOW)
    _act("case.edited")

    assert list(faults()) == []


def test_writers_at_the_same_moment_keep_one_chain(app: Flask) -> None:
    def act(number: int) -> None:
        with app.app_context():
            retrying(lambda: _act(f"act.{number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(16)))

    assert [entry.sequence for entry in _entries()] == list(range(1, 17))
    assert list(faults()) == []


def test_entries_are_found_by_thing_and_by_person() -> None:
    actor = as_actor(a_person())
    with transaction():
        record("one", by=actor, subject="case", subject_id="A", now=NOW)
        record("two", subject="case", subject_id="B", now=NOW)
        record("three", subject="series", subject_id="A", now=NOW)

    found = {
        "thing": [entry.action for entry in db.session.scalars(entries(subject="case", subject_id="A"))],
        "id": [entry.action for entry in db.session.scalars(entries(subject_id="A"))],
        "person": [entry.action for entry in db.session.scalars(entries(person_ids=[actor.person_id]))],
    }

    assert found == {"thing": ["one"], "id": ["three", "one"], "person": ["one"]}


def test_nothing_is_left_to_write_after_a_commit() -> None:
    _act("case.seen")
    with transaction():
        db.session.scalar(select(func.count()).select_from(AuditEntry))

    assert len(_entries()) == 1
