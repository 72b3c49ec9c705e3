"""`flask invitations receive`: exit codes for a mail server, and sentences for whoever reads its log."""

import os
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.factories import NOW
from tests.feeds.makers_imap import an_imap_server
from tests.feeds.makers_invitations import a_reply_mail, a_round, an_invited_person, invitation_of
from tumorboard.feeds import commands
from tumorboard.feeds.calendar import LARGEST_MAIL_BYTES
from tumorboard.feeds.commands import install_mailbox
from tumorboard.feeds.domain.invitations import Answer
from tumorboard.feeds.services import ImapMailbox
from tumorboard.kernel.db import db

AWAY = b"From: robin@example.org\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def invited(app: Flask):
    person, meeting = an_invited_person()
    a_round()
    return person, meeting


def run(app: Flask, raw: bytes = b"", *options: str) -> tuple[int, str, str]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["invitations", "receive", *options], input=BytesIO(raw))
    assert result.exc_info[0] is SystemExit, result.exc_info
    return result.exit_code, result.stdout, result.stderr


def test_reply_from_the_pipe_is_taken_without_a_word(app: Flask, invited) -> None:
    person, meeting = invited

    assert run(app, a_reply_mail(meeting.uid, person.email, "DECLINED")) == (0, "", "")

    assert invitation_of(person, meeting).answer is Answer.DECLINED


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\x00" * 900, b"x" * (LARGEST_MAIL_BYTES + 500), b"From: a@b.c\r\n\r\nYes!\r\n"]
)
def test_mail_that_is_no_reply_goes_back_with_a_sentence(app: Flask, raw: bytes) -> None:
    code, said, complained = run(app, raw)

    assert (code, said) == (os.EX_DATAERR, "")
    assert complained.endswith(".\n")
    assert complained.count("\n") == 1


def test_mail_that_a_program_wrote_by_itself_is_answered_by_nothing(app: Flask) -> None:
    assert run(app, AWAY) == (0, "", "")


def test_database_out_of_reach_lets_the_mail_server_try_again(app: Flask, invited, monkeypatch) -> None:
    person, meeting = invited

    def unreachable(*_args, **_kwargs):
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr("tumorboard.feeds.calendar.incoming.take_reply", unreachable)
    code, _, complained = run(app, a_reply_mail(meeting.uid, person.email))

    assert (code, complained) == (os.EX_TEMPFAIL, commands.NOT_NOW + "\n")
    assert invitation_of(person, meeting).answer is None


@pytest.fixture
def mailbox(app: Flask, tmp_path, monkeypatch):
    """A mailbox on a server with a certificate that this machine trusts."""
    with an_imap_server(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        found = ImapMailbox(host="localhost", port=server.port, user="tb", password="pass word", folder="Replies")
        install_mailbox(app, found)
        yield server
        install_mailbox(app, None)


def test_mailbox_is_emptied_of_what_nobody_has_seen(app: Flask, invited, mailbox) -> None:
    person, meeting = invited
    good = a_reply_mail(meeting.uid, person.email, "TENTATIVE")
    mailbox.add(b"From: a@b.c\r\n\r\nseen before\r\n", r"\Seen")
    for raw in (good, b"From: a@b.c\r\n\r\nYes!\r\n", AWAY, b"x" * (LARGEST_MAIL_BYTES + 1)):
        mailbox.add(raw)

    code, said, complained = run(app, b"", "--imap")

    assert (code, said) == (0, "4 fetched, 2 refused and flagged, 0 left for later.\n")
    assert complained.splitlines()[-1] == "The mail is too large."
    assert [sorted(message.flags) for message in mailbox.messages] == [
        [r"\Seen"],
        [r"\Seen"],
        [r"\Flagged", r"\Seen"],
        [r"\Seen"],
        [r"\Flagged", r"\Seen"],
    ]
    assert mailbox.fetched == [2, 3, 4]
    assert invitation_of(person, meeting).answer is Answer.TENTATIVE
    assert run(app, b"", "--imap") == (0, "0 fetched, 0 refused and flagged, 0 left for later.\n", "")


def test_message_that_cannot_be_taken_now_stays_unseen(app: Flask, invited, mailbox, monkeypatch) -> None:
    person, meeting = invited
    mailbox.add(a_reply_mail(meeting.uid, person.email))
    whole = commands.receive
    monkeypatch.setattr(commands, "receive", lambda _: 1 / 0)

    failed = run(app, b"", "--imap")
    flags = set(mailbox.messages[0].flags)
    monkeypatch.setattr(commands, "receive", whole)
    again = run(app, b"", "--imap")

    assert (failed[0], flags) == (os.EX_TEMPFAIL, set())
    assert again[0] == 0
    assert invitation_of(person, meeting).answer is Answer.ACCEPTED


def test_no_more_than_a_limited_number_is_fetched_at_once(app: Flask, mailbox, monkeypatch) -> None:
    monkeypatch.setattr("tumorboard.feeds.services.mailbox.MOST_A_RUN", 2)
    for _ in range(3):
        mailbox.add(AWAY)

    said = [run(app, b"", "--imap")[1].split()[0] for _ in range(3)]

    assert said == ["2", "1", "0"]


@pytest.mark.parametrize("fault", ["password", "folder", "certificate", "port"])
def test_mailbox_that_does_not_open_is_tried_again_later(app: Flask, mailbox, monkeypatch, fault: str) -> None:
    values = {"host": "localhost", "port": mailbox.port, "user": "tb", "password": "pass word", "folder": "Replies"}
    changed = {"password": "wrong", "folder": 'No "such"', "port": 1}
    if fault == "certificate":
        monkeypatch.delenv("SSL_CERT_FILE")
    else:
        values[fault] = changed[fault]
    install_mailbox(app, ImapMailbox(**values))

    code, said, complained = run(app, b"", "--imap")

    assert (code, said) == (os.EX_TEMPFAIL, "")
    assert complained.startswith("The mailbox cannot be read now (")


def test_mailbox_that_is_not_configured_is_named(app: Flask) -> None:
    code, _, complained = run(app, b"", "--imap")

    assert (code, complained) == (
        os.EX_CONFIG,
        "Set TB_IMAP_HOST, TB_IMAP_USER and TB_IMAP_PASSWORD to fetch replies.\n",
    )
