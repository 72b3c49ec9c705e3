"""Nothing acknowledged is lost or doubled: real processes are killed, clicks are doubled, coordinators collide."""

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import Client

from tests.factories import (
    NOW,
    a_case,
    a_meeting,
    a_person,
    a_series,
    an_accepted_case,
    form,
    seat,
    sign_in,
)
from tests.journeys.processes import WEB, WORKER, Process, answers, running, wait_until
from tests.journeys.serving import HOST, Mailbox, an_app, free_port, migrate
from tumorboard.accounts.domain import Part
from tumorboard.accounts.models import Person
from tumorboard.agendas.models import AgendaItem
from tumorboard.cases.domain import Act, CaseState
from tumorboard.cases.models import Case, CaseEvent
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, reading, transaction
from tumorboard.notices.domain import NoticeKind, NoticeState
from tumorboard.notices.models import Notice
from tumorboard.notices.services import tell
from tumorboard.series.domain import SeatPart

PHYSICIANS, DRAFTS_EACH = 4, 15
KILLS_AT = (10, 25, 40)  # so many submissions were acknowledged
NOTICES = 40


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Flask]:
    """An instance on SQLite, seen from this process; others open the same folder."""
    app = an_app(tmp_path)
    migrate(app)
    yield app
    with app.app_context():
        db.engine.dispose()


# The web service killed while cases come in


@dataclass
class Storm:
    """Physicians who submit their drafts one after the other, whatever happens to the server."""

    port: int
    acknowledged: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def submit_all(self, drafts: list["Draft"]) -> None:
        """Send each draft once; wait for the server where it is gone."""
        for draft in drafts:
            try:
                status = self._submit(draft)
            except (OSError, http.client.HTTPException):
                self.unanswered.append(draft.code)
                wait_until(lambda: answers(self.port))
                continue
            (self.acknowledged if status == 303 else self.refused).append(draft.code if status == 303 else status)

    def _submit(self, draft: "Draft") -> int:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        headers = {"Cookie": draft.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            body = urlencode({"csrf_token": draft.token})
            connection.request("POST", f"/cases/{draft.code}/submission", body=body, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()


@dataclass(frozen=True)
class Draft:
    """A complete draft, and what its physician's browser holds."""

    code: str
    cookie: str
    token: str


def test_submission_answered_with_303_is_stored_exactly_once_though_the_server_is_killed(instance: Flask) -> None:
    port = free_port()
    environ = _environ(instance, TB_PUBLIC_URL=f"http://{HOST}:{port}")
    batches = _drafts(instance)
    storm = Storm(port)

    server = _serve(environ, port)
    try:
        with ThreadPoolExecutor(PHYSICIANS) as physicians:
            sending = [physicians.submit(storm.submit_all, batch) for batch in batches]
            for count in KILLS_AT:
                wait_until(lambda count=count: len(storm.acknowledged) >= count, pause=0.001)
                server.kill()
                server = _serve(environ, port)
            for batch in sending:
                batch.result()
        after_the_storm = _submissions(instance)
        lost = [draft for batch in batches for draft in batch if draft.code in storm.unanswered]
        again = Storm(port)
        again.submit_all(lost)
    finally:
        server.kill()

    assert storm.refused == again.refused == []
    assert len(storm.acknowledged) + len(storm.unanswered) == PHYSICIANS * DRAFTS_EACH
    assert storm.unanswered, "no kill came in the middle of a submission"
    assert {code: after_the_storm[code] for code in storm.acknowledged} == dict.fromkeys(storm.acknowledged, 1)
    assert all(after_the_storm[code] <= 1 for code in storm.unanswered)
    assert _submissions(instance) == Counter(draft.code for batch in batches for draft in batch)
    assert _told_of_arrivals(instance) == PHYSICIANS * DRAFTS_EACH


def _serve(environ: dict[str, str], port: int) -> Process:
    server = Process((*WEB, "-b", f"{HOST}:{port}"), environ)
    wait_until(lambda: answers(port))
    return server


def _drafts(app: Flask) -> list[list[Draft]]:
    with app.app_context():
        board = a_series()
        seat(board, _somebody(), SeatPart.COORDINATOR)
        physicians = [_somebody(Part.MEMBER_PHYSICIAN) for _ in range(PHYSICIANS)]
        stands = {"state": CaseState.DRAFT, "submitted_at": None, "created_at": utc_now(), "edited_at": utc_now()}
        codes = [[a_case(board, submitter=one, **stands).code for _ in range(DRAFTS_EACH)] for one in physicians]
        emails = [one.email for one in physicians]
    held = [_browser(app, email) for email in emails]
    return [[Draft(code, *one) for code in batch] for one, batch in zip(held, codes, strict=True)]


def _browser(app: Flask, email: str) -> tuple[str, str]:
    """The cookie of somebody who signed in, and a token for a form."""
    client = app.test_client()
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.email == email)).one()
    sign_in(client, person)
    return _cookie(client), form(client, "/account")["csrf_token"]


def _cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return f"{cookie.key}={cookie.value}"


def _somebody(*parts: Part) -> Person:
    return a_person(*parts, joined_at=utc_now() - timedelta(days=30))


def _submissions(app: Flask) -> Counter[str]:
    counted = select(Case.code, func.count()).join(CaseEvent, CaseEvent.case_id == Case.id)
    with app.app_context(), reading():
        rows = db.session.execute(counted.where(CaseEvent.act == Act.SUBMIT).group_by(Case.code)).all()
        submitted = set(db.session.scalars(select(Case.code).where(Case.state == CaseState.SUBMITTED)))
    assert submitted == {code for code, _ in rows}
    return Counter(dict(rows))


def _told_of_arrivals(app: Flask) -> int:
    arrived = select(func.count()).select_from(Notice).where(Notice.kind == NoticeKind.CASE_ARRIVED)
    with app.app_context(), reading():
        return db.session.scalar(arrived) or 0


# The worker killed while mail goes out


def test_worker_killed_while_sending_loses_no_notice_and_names_each_alike(instance: Flask, mailbox: Mailbox) -> None:
    waiting = _notices(instance)
    environ = _environ(instance, **_mail_to(mailbox))

    with running(WORKER, environ) as worker:
        wait_until(lambda: len(mailbox.raw) >= NOTICES // 4, pause=0.001)
        worker.kill()
    sent_before = len(mailbox.raw)
    _let_leases_run_out(instance)
    with running(WORKER, environ):
        wait_until(lambda: _all_sent(instance))

    received = Counter(_reference(message["Message-ID"]) for message in mailbox.messages)
    assert sent_before < NOTICES, "the worker was done before it was killed"
    assert set(received) == waiting
    assert sum(received.values()) <= NOTICES + 1  # the one that was under way may arrive again, under its own name


def test_two_workers_side_by_side_deliver_each_notice_once(instance: Flask, mailbox: Mailbox) -> None:
    waiting = _notices(instance)
    environ = _environ(instance, **_mail_to(mailbox))
    mailbox.slowness_seconds = 0.02

    with running(WORKER, environ), running(WORKER, environ):
        wait_until(lambda: _all_sent(instance))

    assert mailbox.most_at_once == 2, "the two never worked at the same time"
    assert Counter(_reference(message["Message-ID"]) for message in mailbox.messages) == Counter(waiting)


def _notices(app: Flask) -> set[str]:
    with app.app_context():
        person, now = _somebody(), utc_now()
        facts = {"code": "7KQ-4M2", "board": "Chest tumor board", "path": "/cases/7KQ-4M2"}
        with transaction():
            for _ in range(NOTICES):
                tell(person, NoticeKind.CASE_ACCEPTED, now=now, **facts)
        return set(db.session.scalars(select(Notice.message_id)))


def _reference(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]


def _all_sent(app: Flask) -> bool:
    waiting = select(func.count()).select_from(Notice).where(Notice.state != NoticeState.SENT)
    with app.app_context(), reading():
        return db.session.scalar(waiting) == 0


def _let_leases_run_out(app: Flask) -> None:
    """As if the two minutes had passed for which a dead worker still holds what it was sending."""
    with app.app_context(), transaction():
        held = update(Notice).where(Notice.state == NoticeState.PENDING)
        db.session.execute(held.values(leased_until_at=None))


def _environ(app: Flask, **more: str) -> dict[str, str]:
    return {"TB_INSTANCE": str(Path(str(_database_of(app))).parent), **more}


def _database_of(app: Flask) -> str | None:
    with app.app_context():
        return db.engine.url.database


def _mail_to(mailbox: Mailbox) -> dict[str, str]:
    return {"TB_SMTP_HOST": HOST, "TB_SMTP_PORT": str(mailbox.port), "TB_SMTP_TLS": "none"}


# Two at once


@pytest.fixture
def frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.usefixtures("frozen")
def test_submission_clicked_eight_times_at_once_is_one_submission(app: Flask, client: FlaskClient) -> None:
    board, physician = a_series(), a_person(Part.MEMBER_PHYSICIAN)
    seat(board, a_person(), SeatPart.COORDINATOR)
    case = a_case(board, submitter=physician, state=CaseState.DRAFT, submitted_at=None)
    sign_in(client, physician)
    data = form(client, f"/cases/{case.code}/check")
    cookie = _cookie(client)

    statuses = _at_once([lambda: _post(app, cookie, f"/cases/{case.code}/submission", data)] * 8)

    assert set(statuses) <= {303, 409}
    assert 303 in statuses
    assert _submissions(app) == {case.code: 1}
    assert _told_of_arrivals(app) == 1


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("round_", range(5))
def test_case_placed_on_two_agendas_at_once_stands_on_one(app: Flask, round_: int) -> None:
    board = a_series()
    case, meetings = an_accepted_case(board), [a_meeting(board, weeks=week) for week in (1, 2)]
    cookies, placing = [], []
    for _ in meetings:
        coordinator = a_person()
        seat(board, coordinator, SeatPart.COORDINATOR)
        cookies.append(_browser(app, coordinator.email))
    for meeting, (cookie, token) in zip(meetings, cookies, strict=True):
        data = {"csrf_token": token, "action": "add", "case": case.code, "version": 0}
        path = f"/meetings/{meeting.id}/agenda/edits"
        placing.append(lambda cookie=cookie, path=path, data=data: _post(app, cookie, path, data))

    statuses = _at_once(placing)

    assert sorted(statuses) == [303, 409]
    with reading():
        assert db.session.scalar(select(func.count()).select_from(AgendaItem)) == 1
        assert db.session.scalars(select(Case.state)).one() is CaseState.SCHEDULED


def _at_once(acts: list[Callable[[], int]]) -> list[int]:
    """Do all of them at the same moment, each in a thread of its own."""
    ready = threading.Barrier(len(acts))

    def act(one: Callable[[], int]) -> int:
        ready.wait(timeout=10)
        return one()

    db.session.rollback()
    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


def _post(app: Flask, cookie: str, path: str, data: dict[str, object]) -> int:
    """Send a form as a browser does, from a thread that shares nothing with the test."""
    return Client(app, use_cookies=False).post(path, data=data, headers={"Cookie": cookie}).status_code
