"""`flask invitations receive`: what comes back to the address that invitations are sent from."""

import os
import sys

import click
import structlog
from flask import Flask, current_app
from flask.cli import AppGroup

from tumorboard.feeds.calendar import LARGEST_MAIL_BYTES, receive
from tumorboard.feeds.domain.invitations import AutomaticMail, NoReply
from tumorboard.feeds.services import ImapMailbox, Incoming, OpenMailbox
from tumorboard.kernel.errors import Unavailable

log = structlog.get_logger(__name__)
invitations = AppGroup("invitations", help="Invitations by mail.")
NOT_NOW = "The reply cannot be taken now. Try again later."


def install_mailbox(app: Flask, mailbox: ImapMailbox | None) -> None:
    """Tell the application where replies lie, if they are to be fetched."""
    app.extensions["reply_mailbox"] = mailbox


@invitations.command("receive")
@click.option("--imap", "is_fetched", is_flag=True, help="Fetch unseen messages from the mailbox of TB_IMAP_HOST.")
def receive_replies(is_fetched: bool) -> None:
    """Take one reply from standard input, or all from the mailbox.

    Ends with 0 when it was dealt with, 65 when it is no usable reply, 75 when it should be tried again.
    """
    code = _from_mailbox() if is_fetched else _from_pipe()
    raise SystemExit(code)


def _from_pipe() -> int:
    # One byte more than is read, so that a larger mail is known for one.
    return _dealt_with(sys.stdin.buffer.read(LARGEST_MAIL_BYTES + 1))


def _dealt_with(raw: bytes) -> int:
    """Take one mail, say in a sentence what was wrong, and return the exit code (sysexits.h)."""
    try:
        receive(raw)
    except AutomaticMail:
        log.info("automatic mail passed over")
    except NoReply as refusal:
        click.echo(refusal.message, err=True)
        return os.EX_DATAERR
    # Whatever it is, the mail server keeps the message and tries again; a traceback would go to its sender.
    except Exception as error:
        log.error("reply not taken", error=type(error).__name__)
        click.echo(NOT_NOW, err=True)
        return os.EX_TEMPFAIL
    return os.EX_OK


def _from_mailbox() -> int:
    mailbox: ImapMailbox | None = current_app.extensions["reply_mailbox"]
    if mailbox is None:
        click.echo("Set TB_IMAP_HOST, TB_IMAP_USER and TB_IMAP_PASSWORD to fetch replies.", err=True)
        return os.EX_CONFIG
    try:
        with mailbox.opened() as opened:
            found = opened.unseen(largest_bytes=LARGEST_MAIL_BYTES)
            codes = [_taken_from(opened, one) for one in found]
    except Unavailable as error:
        click.echo(error.message, err=True)
        return os.EX_TEMPFAIL
    refused, later = codes.count(os.EX_DATAERR), codes.count(os.EX_TEMPFAIL)
    click.echo(f"{len(codes)} fetched, {refused} refused and flagged, {later} left for later.")
    return os.EX_TEMPFAIL if later else os.EX_OK


def _taken_from(mailbox: OpenMailbox, one: Incoming) -> int:
    if one.raw is None:
        click.echo("The mail is too large.", err=True)
        code = os.EX_DATAERR
    else:
        code = _dealt_with(one.raw)
    if code != os.EX_TEMPFAIL:
        mailbox.note_seen(one, is_refused=code == os.EX_DATAERR)
    return code
