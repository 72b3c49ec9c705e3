"""Emptying the outbox into a real mail server, into a folder, and into trouble."""

import ast
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask, has_request_context
from jinja2 import meta

from tests.factories import NOW
from tests.notices.makers import a_notice, again
from tests.notices.makers_mail import HOST, a_mail_server, free_port
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import transaction
from tumorboard.notices.domain import GIVE_UP_AFTER, LEASE, NoticeKind, NoticeState
from tumorboard.notices.jobs import install_mail, send_outbox
from tumorboard.notices.services import FolderTransport, SmtpTransport, Transport
from tumorboard.notices.services.deliver import claim_next, note_delivery

SENDER = "tumorboard@example.net"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@contextmanager
def _leaving_by(app: Flask, transport: Transport) -> Iterator[None]:
    kept = app.extensions["deliverer"]
    install_mail(app, transport, sender=SENDER)
    try:
        yield
    finally:
        app.extensions["deliverer"] = kept


@contextmanager
def _leaving_by_smtp(app: Flask, port: int) -> Iterator[None]:
    with _leaving_by(app, SmtpTransport(HOST, port, "none")):
        yield


def test_due_notices_are_handed_to_the_mail_server_once_each(app: Flask) -> None:
    notices = [a_notice() for _ in range(3)]

    with a_mail_server() as server, _leaving_by_smtp(app, server.port):
        send_outbox()
        send_outbox()

    assert server.recipients == [[notice.address] for notice in notices]
    assert [message["Message-ID"] for message in server.taken] == [f"<{one.message_id}@example.net>" for one in notices]
    assert {(again(one).state, again(one).sent_at) for one in notices} == {(NoticeState.SENT, NOW)}


def test_notice_that_is_not_due_yet_stays(app: Flask, tmp_path: Path) -> None:
    notice = a_notice(due_at=NOW + timedelta(seconds=1))

    with _leaving_by(app, FolderTransport(tmp_path)):
        send_outbox()

    assert again(notice).state is NoticeState.PENDING
    assert list(tmp_path.iterdir()) == []


def test_server_that_is_busy_is_tried_again_ever_later_and_with_jitter(app: Flask, clock) -> None:
    notices, pauses = [a_notice() for _ in range(2)], {}

    with a_mail_server(refuses="451 try later") as server, _leaving_by_smtp(app, server.port):
        for attempt in range(1, 6):
            send_outbox()
            for notice in map(again, notices):
                assert (notice.state, notice.attempts) == (NoticeState.PENDING, attempt)
                assert notice.trouble == "mailbox not ready"
                pauses.setdefault(attempt, set()).add(notice.due_at - utc_now())
            clock.shift(max(again(notice).due_at for notice in notices) - utc_now())
        server.refuses = ""
        send_outbox()

    means = [sum(found, timedelta()) / len(found) for found in pauses.values()]
    assert means == sorted(means)
    assert all(len(found) == 2 for found in pauses.values())
    assert {again(one).state for one in notices} == {NoticeState.SENT}
    assert len(server.taken) == 2


def test_mailbox_that_does_not_exist_is_given_up_at_once(app: Flask) -> None:
    lost, other = a_notice(), a_notice()

    with a_mail_server(refuses="550 no such user") as server, _leaving_by_smtp(app, server.port):
        send_outbox()
        server.refuses = ""
        send_outbox()

    assert {again(one).state for one in (lost, other)} == {NoticeState.DEAD}
    assert again(lost).trouble == "refused: no such mailbox"
    assert server.taken == []


def test_connection_cut_in_the_middle_is_tried_again(app: Flask, clock) -> None:
    notice = a_notice()

    with a_mail_server(cuts=True) as server, _leaving_by_smtp(app, server.port):
        send_outbox()
        assert again(notice).state is NoticeState.PENDING
        server.cuts = False
        clock.shift(again(notice).due_at - NOW)
        send_outbox()

    assert (again(notice).state, again(notice).attempts, len(server.taken)) == (NoticeState.SENT, 2, 1)


def test_server_that_is_gone_is_tried_for_a_day_and_then_given_up(app: Flask, clock) -> None:
    notice = a_notice()

    with _leaving_by_smtp(app, free_port()):
        clock.shift(GIVE_UP_AFTER)
        send_outbox()
        assert again(notice).state is NoticeState.PENDING
        clock.shift(again(notice).due_at - utc_now())
        send_outbox()

    assert again(notice).state is NoticeState.DEAD
    assert again(notice).trouble == "mail server: ConnectionRefusedError"


def test_poisoned_notice_stops_no_other(app: Flask, tmp_path: Path) -> None:
    poisoned, other = a_notice(address="not an address", due_at=NOW - timedelta(hours=1)), a_notice()

    with _leaving_by(app, FolderTransport(tmp_path)):
        send_outbox()

    assert (again(poisoned).state, again(other).state) == (NoticeState.DEAD, NoticeState.SENT)


def test_lease_keeps_a_second_worker_away_until_it_runs_out(app: Flask, clock) -> None:
    notice = a_notice()
    with transaction():
        assert claim_next(now=NOW).id == notice.id

    with transaction():
        assert claim_next(now=NOW + LEASE - timedelta(seconds=1)) is None
    with transaction():
        assert claim_next(now=NOW + LEASE).id == notice.id
    assert again(notice).attempts == 2


def test_two_workers_side_by_side_send_each_notice_once(app: Flask) -> None:
    notices = [a_notice() for _ in range(12)]

    def work(_: int) -> None:
        with app.app_context():
            send_outbox()

    with a_mail_server() as server, _leaving_by_smtp(app, server.port), ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))

    assert sorted(one for [one] in server.recipients) == sorted(notice.address for notice in notices)


@pytest.mark.parametrize("kind", [NoticeKind.INVITATION, NoticeKind.RECOVERY])
def test_secret_link_is_mailed_and_then_forgotten(app: Flask, kind: NoticeKind) -> None:
    notice = a_notice(kind, facts={"link": "/secret/path-of-one", "days": 14})

    with a_mail_server() as server, _leaving_by_smtp(app, server.port):
        send_outbox()

    assert f"{app.config['PUBLIC_URL']}/secret/path-of-one" in server.taken[0].get_content()
    assert "path-of-one" not in str(again(notice).facts)


def test_secret_link_stays_until_it_was_sent(app: Flask) -> None:
    notice = a_notice(NoticeKind.INVITATION, facts={"link": "/secret/path-of-one", "days": 14})

    with transaction():
        note_delivery(notice, trouble="mail server: TimeoutError", now=NOW)

    assert again(notice).facts["link"] == "/secret/path-of-one"


TELLING = {"tell", "tell_calendar"}
ROOT = Path(__file__).resolve().parents[2]
# What the callers of `tell` pass, by kind; `name` and the public address are always there.
CASE = {"code": "7KQ-4M2", "board": "GI board", "path": "/cases/7KQ-4M2"}
SLOT = {**CASE, "when": "Tue, Dec 8, 2026, 7:00 AM Eastern", "minutes": 10}
MEETING = {"board": "GI board", "was": "Tuesday", "will_be": "Wednesday", "more": 2, "path": "/meetings/4"}
INVITED = {"board": "GI board", "when": "Tuesday", "path": "/meetings/4"}
FACTS = {
    NoticeKind.MEETING_INVITED: INVITED,
    NoticeKind.INVITATION_CHANGED: {**INVITED, "was": "Monday"},
    NoticeKind.INVITATION_CANCELLED: {**INVITED, "off": 1},
    NoticeKind.INVITATION_TROUBLE: {"trouble": "no SUMMARY", "path": "/meetings/4"},
    NoticeKind.INVITATION: {"link": "/invitations/secret", "days": 14},
    NoticeKind.RECOVERY: {"link": "/password-recovery/secret"},
    NoticeKind.PASSWORD_CHANGED: {},
    NoticeKind.AGENDA_PUBLISHED: {"board": "GI board", "when": "Tuesday", "count": 4, "path": "/meetings/4/agenda"},
    NoticeKind.SLOT_PUBLISHED: SLOT,
    NoticeKind.SLOT_CHANGED: SLOT,
    NoticeKind.SLOT_REMOVED: {**CASE, "when": "Tuesday"},
    NoticeKind.MEETING_MOVED: MEETING,
    NoticeKind.MEETING_PLACE: MEETING,
    NoticeKind.MEETING_CANCELLED: MEETING,
    NoticeKind.MEETING_REINSTATED: MEETING,
    NoticeKind.CASE_EMERGENT: {**CASE, "days": 2},
    NoticeKind.PLAN_REFUSED: {"board": "GI board", "rule": "over_length", "path": "/series/gi"},
    NoticeKind.FEED_EXPIRES: {"calendar": "Phone", "day": "Tuesday", "path": "/subscriptions/addresses/4"},
    NoticeKind.FEED_TROUBLE: {"trouble": "SUMMARY is not escaped", "more": 2, "path": "/meetings/4"},
}


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_mail_of_every_kind_is_written_from_its_facts_alone(app: Flask, kind: NoticeKind) -> None:
    facts = FACTS.get(kind, CASE)
    assert not has_request_context()

    text = app.extensions["deliverer"].render(kind, {"name": "Amara Osei, MD", **facts})

    assert text.startswith("Dear Amara Osei, MD,\n\n")
    assert text.rstrip().endswith("Tumorboard")
    place = facts.get("path") or facts.get("link") or "/password-recovery"
    assert app.config["PUBLIC_URL"] + str(place) in text
    assert not re.search(r"[{}]|None|Undefined|&#|&amp;", text)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_mail_asks_for_nothing_that_its_callers_do_not_pass(app: Flask, kind: NoticeKind) -> None:
    source = (ROOT / "templates" / "mail" / f"{kind}.txt").read_text(encoding="utf-8")

    asked = meta.find_undeclared_variables(app.jinja_env.parse(source))

    assert asked <= {"name", "public_url", *FACTS.get(kind, CASE)}


def test_callers_pass_no_fact_but_those_written_here() -> None:
    """Names of boards, times, codes, paths, counts: whoever adds a fact to a notice says so here."""
    passed = set()
    for file in (ROOT / "tumorboard").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLING:
                passed |= {keyword.arg for keyword in node.keywords if keyword.arg}

    assert passed - {"now", "to"} <= {name for facts in (CASE, *FACTS.values()) for name in facts}


def test_names_are_mailed_as_they_are_and_not_as_html(app: Flask) -> None:
    text = app.extensions["deliverer"].render(
        NoticeKind.CASE_ACCEPTED, {"name": "O’Brien <b>", **CASE, "board": "GI & liver"}
    )

    assert "Dear O’Brien <b>," in text
    assert "GI & liver accepted" in text


def test_fault_of_ours_is_tried_again_and_loses_no_notice(app: Flask, tmp_path: Path) -> None:
    notice = a_notice()
    whole = app.extensions["deliverer"]

    def broken(_kind: object, _facts: object) -> str:
        raise ZeroDivisionError

    with _leaving_by(app, FolderTransport(tmp_path)):
        app.extensions["deliverer"] = replace(app.extensions["deliverer"], render=broken)
        send_outbox()
    app.extensions["deliverer"] = whole

    assert (again(notice).state, again(notice).trouble) == (NoticeState.PENDING, "fault: ZeroDivisionError")
