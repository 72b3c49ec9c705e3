"""The demo's alliance: loaded twice into files of their own, since a load takes seconds."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from config import Settings
from tests.factories import NOW
from tests.feeds.makers import seen
from tests.feeds.readers import READERS
from tests.once import IS_ODD, made_once
from tumorboard.accounts.models import Institution, Person
from tumorboard.accounts.queries import anybody
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.app import create_app
from tumorboard.audit.queries import faults
from tumorboard.cases.domain import CaseState
from tumorboard.cases.models import Case
from tumorboard.demo.people import ACCOUNTS, DOMAIN
from tumorboard.feeds.calendar import catch_up
from tumorboard.feeds.calendar.lint import lint
from tumorboard.feeds.domain import PAST, Feed
from tumorboard.feeds.domain.invitations import Answer, Delivery, InvitationState
from tumorboard.feeds.models import FeedToken, MeetingInvitation
from tumorboard.feeds.queries import belongs, delivery_of, feed_at, public_feed, public_series, series_feed, visits_of
from tumorboard.feeds.services import people_due
from tumorboard.kernel.db import db, reading, session
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.notices.models import Notice
from tumorboard.scheduling import engine
from tumorboard.scheduling.models import PlanRun
from tumorboard.scheduling.services import gather
from tumorboard.series.models import Closure, Series
from tumorboard.series.queries import boards

pytestmark = pytest.mark.timeout(240)
CHEAP_HASHES = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}

KILLED_AT_THE_FIRST_PLAN = """
import os, signal
from sqlalchemy import event
from sqlalchemy.engine import Engine
from wsgi import app

@event.listens_for(Engine, "before_cursor_execute")
def end(connection, cursor, statement, *_):
    if statement.startswith("INSERT INTO plan_run"):
        os.kill(os.getpid(), signal.SIGKILL)

app.test_cli_runner().invoke(args=["demo", "prepare"])
"""


def _app(folder: Path) -> Flask:
    app = create_app(Settings.from_environment({"TB_INSTANCE": str(folder), "TB_LOG_LEVEL": "ERROR"}))
    app.extensions["security"].pwd_context.update(**CHEAP_HASHES)
    return app


def _load(folder: Path) -> None:
    app = _app(folder)
    with app.app_context():
        upgrade()
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert (result.exit_code, result.output) == (0, "The demo data is loaded.\n")
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Flask]]:
    """Two loads of the same moment."""
    names = ["demo-first", "demo-second"]
    with time_machine.travel(NOW, tick=False):
        folders = {name: made_once(tmp_path_factory, name, _load) for name in sorted(names, reverse=IS_ODD)}
        yield tuple(_app(folders[name]) for name in names)


@pytest.fixture
def demo(loaded: tuple[Flask, Flask]) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False), loaded[0].app_context():
        yield loaded[0]
        db.session.remove()
        db.engine.dispose()


def _count(model: type, *conditions) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_alliance_is_as_large_as_promised(demo: Flask) -> None:
    kinds = Counter(db.session.scalars(select(Series.kind)))

    assert kinds["tumor_board"] + kinds["dmt"] == 12
    assert (kinds["lecture"], kinds["grand_rounds"], kinds["symposium"]) == (5, 2, 1)
    assert _count(Institution) == 4
    assert 70 <= _count(Person) <= 95
    assert 130 <= _count(Case) <= 175


def test_cases_stand_in_every_state_and_some_found_no_place(demo: Flask) -> None:
    states = Counter(db.session.scalars(select(Case.state)))

    assert set(states) == set(CaseState)
    assert states[CaseState.ACCEPTED] >= 1


def test_busiest_board_has_more_cases_than_room(demo: Flask) -> None:
    board = db.session.scalars(select(Series).where(Series.slug == "gi")).one()

    assert _count(Case, Case.board_id == board.id, Case.state == CaseState.ACCEPTED) >= 1


def test_calendar_shows_what_can_happen_to_a_meeting(demo: Flask) -> None:
    assert _count(Meeting, Meeting.state == MeetingState.CANCELLED) >= 1
    assert _count(Meeting, Meeting.moved_from_at.is_not(None)) >= 1
    assert _count(Closure) >= 1
    assert _count(Meeting, Meeting.talk_title != "") >= 8
    assert _count(Meeting, Meeting.starts_at < NOW) > 0


def test_invitations_by_mail_show_what_can_become_of_them(demo: Flask) -> None:
    chair = db.session.scalars(select(Person).where(Person.email == f"chair@{DOMAIN}")).one()
    everybody = db.session.scalars(select(MeetingInvitation)).all()
    chairs = [one for one in everybody if one.person_id == chair.id]

    assert delivery_of(chair.id) is Delivery.INVITATIONS
    assert {one.state for one in everybody} == {InvitationState.INVITED, InvitationState.CANCELLED}
    assert {one.answer for one in chairs} == {*Answer, None}
    assert any(one.is_answer_to_earlier_time for one in chairs)
    assert {one.trouble for one in everybody} == {""}
    assert people_due(now=NOW) == []


def test_accounts_that_the_start_names_can_sign_in(demo: Flask) -> None:
    addresses = [f"{name}@{DOMAIN}" for name, *_ in ACCOUNTS]

    joined = _count(Person, Person.email.in_(addresses), Person.active, Person.joined_at.is_not(None))

    assert joined == len(ACCOUNTS)


def test_every_plan_was_made_and_what_happened_since_breaks_only_what_it_must(demo: Flask) -> None:
    """Boards whose meetings were cancelled were planned again; people went away since, so that something is proposed."""
    assert {run.state.value for run in db.session.scalars(select(PlanRun))} == {"applied", "proposed"}
    with reading():
        found = [gather(board, now=NOW) for board in session().scalars(boards().with_only_columns(Series.id))]

    for gathered in found:
        held = {slot.case for slot in gathered.present.slots}
        broken = {one.code.value for one in engine.check(gathered.problem, gathered.present) if one.case in held}
        assert broken <= {"presenter_away", "no_specialty"}
        mended = engine.plan(gathered.problem, previous=gathered.present, boards={gathered.problem.boards[0].id})
        assert engine.check(gathered.problem, mended) == ()


def test_no_agenda_is_longer_than_its_meeting(demo: Flask) -> None:
    used = func.sum(AgendaItem.minutes + AgendaItem.gap_minutes)
    lengths = (
        select(used, Meeting.capacity_minutes)
        .join(Agenda, Agenda.id == AgendaItem.agenda_id)
        .join(Meeting, Meeting.id == Agenda.meeting_id)
        .where(Meeting.starts_at > NOW)
        .group_by(Agenda.id, Meeting.capacity_minutes)
    )

    assert [(minutes, most) for minutes, most in db.session.execute(lengths) if minutes > most] == []


def test_audit_chain_of_the_demo_is_whole(demo: Flask) -> None:
    assert list(faults()) == []


def test_outbox_of_the_demo_has_nothing_left_to_send(demo: Flask) -> None:
    states = Counter(notice.state.value for notice in db.session.scalars(select(Notice)))

    assert states["pending"] == 0
    assert states["dead"] == 1


def test_two_loads_are_the_same_alliance(loaded: tuple[Flask, Flask]) -> None:
    seen = []
    for app in loaded:
        with app.app_context():
            cases = db.session.execute(select(Case.code, Case.title, Case.state).order_by(Case.id)).all()
            people = db.session.scalars(select(Person.email).order_by(Person.id)).all()
            slots = db.session.execute(
                select(Case.code, Meeting.occurs_on, AgendaItem.position)
                .join(AgendaItem.case)
                .join(AgendaItem.agenda)
                .join(Agenda.meeting)
                .order_by(Case.code, Meeting.occurs_on)
            ).all()
            seen.append((cases, people, slots))
            db.session.remove()
            db.engine.dispose()

    assert seen[0] == seen[1]


def test_load_that_was_killed_leaves_nothing_so_that_the_next_start_loads_again(tmp_path: Path) -> None:
    environ = {**os.environ, "TB_INSTANCE": str(tmp_path), "TB_LOG_LEVEL": "ERROR"}

    killed = subprocess.run([sys.executable, "-c", KILLED_AT_THE_FIRST_PLAN], env=environ, check=False)

    assert killed.returncode == -signal.SIGKILL
    app = _app(tmp_path)
    with app.app_context():
        assert not anybody()
        db.engine.dispose()


def test_database_with_people_in_it_is_refused(demo: Flask) -> None:
    before = (_count(Person), _count(Case))
    db.session.remove()

    result = demo.test_cli_runner().invoke(args=["demo", "load"])

    assert (result.exit_code, result.output) == (
        1,
        "Error: This database has people in it, so no demo data was loaded.\n",
    )
    assert (_count(Person), _count(Case)) == before


def test_meetings_reach_from_the_past_to_the_horizon(demo: Flask) -> None:
    first, last = db.session.execute(select(func.min(Meeting.starts_at), func.max(Meeting.starts_at))).one()

    assert NOW - first > timedelta(weeks=11)
    assert last - NOW > timedelta(weeks=8)


def _feeds() -> Iterator[Feed]:
    home = "https://tb.example.org"
    yield public_feed(home=home, source=f"{home}/feeds/public.ics")
    for series in db.session.scalars(public_series()):
        yield series_feed(series.slug, home=home, source=f"{home}/feeds/series/{series.slug}.ics")
    for token in db.session.scalars(select(FeedToken).order_by(FeedToken.id)):
        yield feed_at(token, zone=token.person.institution.time_zone, home=home)


def test_every_feed_passes_the_linter_and_readers_find_in_it_what_the_database_holds(demo: Flask) -> None:
    feeds = list(_feeds())
    assert catch_up(feeds[0].home, batches=200)

    for feed in feeds:
        body = seen(feed).body
        holds = belongs(feed, Meeting.series_id, Meeting.id, since=NOW - PAST)
        stored = {
            meeting.uid: (meeting.starts_at, meeting.ends_at, meeting.is_cancelled)
            for meeting in db.session.scalars(select(Meeting).where(holds)).unique()
            if meeting.ends_at > (NOW if meeting.is_cancelled else NOW - PAST)
        }
        lint(body)
        for read in READERS:
            assert read(body) == stored, (feed.key, read.__name__)

    assert len(feeds) >= 15


def test_some_calendars_know_of_every_change_and_some_do_not(demo: Flask) -> None:
    tokens = db.session.scalars(select(FeedToken)).all()
    visits = visits_of(tokens, "America/New_York", now=NOW)

    assert any(visit.changes for visit in visits)
    assert any(visit.fetched_at and not visit.changes for visit in visits)
    assert any(visit.fetched_at is None for visit in visits)
    assert {bool(token.series_id) for token in tokens} == {bool(token.institution_id) for token in tokens}
