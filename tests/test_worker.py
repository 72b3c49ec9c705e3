"""The worker: its one table of ticks, and what one round of them does."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.factories import NOW, a_series, an_accepted_case
from tests.notices.makers import a_notice, again
from tumorboard import worker
from tumorboard.agendas.models import AgendaItem
from tumorboard.audit.models import AuditEntry
from tumorboard.cases.domain import CaseState
from tumorboard.cases.models import Case
from tumorboard.kernel.db import db
from tumorboard.meetings.models import Meeting
from tumorboard.notices.domain import NoticeState
from tumorboard.worker import TICKS, Tick, run_once


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def _count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_ticks_and_their_intervals_are_those_promised() -> None:
    """A case is planned within a minute and a mail leaves within seconds: these numbers are that promise."""
    assert {name: tick.every for name, tick in TICKS.items()} == {
        "plan boards": timedelta(seconds=5),
        "send invitations": timedelta(seconds=30),
        "send outbox": timedelta(seconds=5),
        "make calendar entries": timedelta(seconds=3),
        "tell of changes": timedelta(seconds=3),
        "make meetings": timedelta(hours=1),
        "remind of addresses": timedelta(hours=1),
        "sweep sessions": timedelta(minutes=10),
        "verify audit chain": timedelta(hours=24),
    }


def test_one_round_makes_meetings_and_sends_what_is_due_and_the_next_plans_into_them(app: Flask, clock) -> None:
    board, notice = a_series(), a_notice()
    run_once(app)
    case = an_accepted_case(board)

    clock.shift(timedelta(minutes=1))
    run_once(app)

    db.session.expire_all()
    assert _count(Meeting) > 10
    assert db.session.get_one(Case, case.id).state is CaseState.SCHEDULED
    assert db.session.scalars(select(AgendaItem.case_id)).all() == [case.id]
    assert again(notice).state is NoticeState.SENT


def test_round_with_nothing_to_do_changes_nothing(app: Flask, clock) -> None:
    an_accepted_case(a_series())
    for _ in range(3):
        run_once(app)
        clock.shift(timedelta(minutes=1))
    before = (_count(Meeting), _count(AgendaItem), _count(AuditEntry))

    run_once(app)

    assert (_count(Meeting), _count(AgendaItem), _count(AuditEntry)) == before


def test_tick_that_fails_does_not_stop_the_others(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    notice, done = a_notice(), []
    failing = {"broken": Tick(lambda: 1 / 0, timedelta(seconds=1))}
    noting = {"noted": Tick(lambda: done.append("noted"), timedelta(seconds=1))}
    monkeypatch.setattr(worker, "TICKS", {**failing, **TICKS, **noting})

    run_once(app)

    assert again(notice).state is NoticeState.SENT
    assert done == ["noted"]
