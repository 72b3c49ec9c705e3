"""Telling people, and the message that carries it."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.factories import NOW, a_person
from tests.notices.makers import a_notice
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.text import clean_line
from tumorboard.notices.domain import SUBJECTS, NoticeKind, NoticeState
from tumorboard.notices.models import Notice
from tumorboard.notices.services import (
    CalendarPart,
    Deliverer,
    Envelope,
    FolderTransport,
    deliver_next,
    take_back,
    tell,
    tell_calendar,
)

HEADERS = ["From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type",
           "Content-Transfer-Encoding"]  # fmt: skip
HOSTILE = [
    "=?utf-8?q?hello=0ABcc=3A_evil=40example.org?=",
    "==??utf-8?q?hello=0ABcc=3A_evil=40example.org??==",
    "Robin\r\nBcc: evil@example.org\r\n\r\nBody",
    "Robin\rBcc: evil@example.org",
    "Robin\n\nBody",
    "Robin\x00Example",
    'Robin "the \\ Rock" Example, MD, PhD',
    "Example, Robin; evil@example.org",
    "<evil@example.org>",
    "a@b <evil@example.org>, c",
    "(comment) Robin :;",
    "x" * 160,
    "x " * 80,
    "É" * 160,
    "👩‍⚕️" * 40,
    "李",
    "\u202egro.elpmaxe@live",
    "Robin\u2028Bcc: evil@example.org",
    "\ud800Robin",
    "",
]


def _envelope(name: str) -> Envelope:
    return Envelope(
        sender="tumorboard@example.net",
        address="robin@example.org",
        name=name,
        subject="Your case was accepted",
        text="Dear Robin,\n",
        message_id="0a1b",
        date="Tue, 01 Dec 2026 15:00:00 +0000",
    )


def _read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _text(message: EmailMessage) -> str:
    return message.get_content().replace("\r\n", "\n")


def _deliverer(folder: Path) -> Deliverer:
    return Deliverer(render=lambda kind, facts: f"{kind}\n", transport=FolderTransport(folder), sender="tb@example.net")


@pytest.mark.usefixtures("app")
def test_notice_is_written_in_the_transaction_of_its_cause() -> None:
    person = a_person(given_name="Amara", family_name="Osei", credentials="MD")

    with transaction():
        tell(person, NoticeKind.CASE_ACCEPTED, now=NOW, board="GI", code="7KQ-4M2", path="/cases/7KQ-4M2")

    notice = db.session.scalars(select(Notice)).one()
    assert (notice.kind, notice.person_id, notice.address) == (NoticeKind.CASE_ACCEPTED, person.id, person.email)
    assert (notice.name, notice.due_at, notice.attempts) == ("Amara Osei, MD", NOW, 0)
    assert notice.facts == {"board": "GI", "code": "7KQ-4M2", "path": "/cases/7KQ-4M2"}


@pytest.mark.usefixtures("app")
def test_cause_rolled_back_leaves_no_notice() -> None:
    person = a_person()

    with pytest.raises(ZeroDivisionError), transaction():
        tell(person, NoticeKind.PASSWORD_CHANGED, now=NOW)
        db.session.flush()
        raise ZeroDivisionError

    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


@pytest.mark.usefixtures("app")
def test_person_who_has_left_is_told_nothing() -> None:
    person = a_person(active=False)

    with transaction():
        tell(person, NoticeKind.PASSWORD_CHANGED, now=NOW)

    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


@pytest.mark.usefixtures("app")
def test_each_notice_has_a_name_of_its_own_for_ever() -> None:
    person = a_person()

    with transaction():
        for _ in range(3):
            tell(person, NoticeKind.PASSWORD_CHANGED, now=NOW)

    assert len(set(db.session.scalars(select(Notice.message_id)))) == 3


@pytest.mark.usefixtures("app")
def test_message_has_exactly_the_headers_meant(tmp_path: Path) -> None:
    notice = a_notice(NoticeKind.CASE_ACCEPTED, person=a_person(email="robin@example.org", family_name="Example"))

    assert deliver_next(_deliverer(tmp_path), notice) == ""

    message = _read((tmp_path / f"{notice.message_id}.eml").read_bytes())
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["To"] == '"Robin Example, MD" <robin@example.org>'
    assert message["From"] == "Tumorboard <tb@example.net>"
    assert message["Subject"] == SUBJECTS[NoticeKind.CASE_ACCEPTED]
    assert message["Message-ID"] == f"<{notice.message_id}@example.net>"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert _text(message) == "case_accepted\n"


@pytest.mark.usefixtures("app")
def test_message_delivered_again_is_the_same_file_and_the_same_message(tmp_path: Path) -> None:
    notice = a_notice()
    deliverer = _deliverer(tmp_path)

    deliver_next(deliverer, notice)
    first = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    deliver_next(deliverer, notice)

    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == first
    assert len(first) == 1


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_name_gives_exactly_the_headers_meant(name: str) -> None:
    raw = _envelope(name).message().as_bytes()

    read = _read(raw)
    assert sorted(read.keys()) == sorted(HEADERS)
    assert [one.addr_spec for one in read["To"].addresses] == ["robin@example.org"]
    assert _text(read) == "Dear Robin,\n"
    assert not re.search(rb"(?im)^bcc:", raw)
    shown = read["To"].addresses[0].display_name
    # Blanks aside: this Python's reader puts one between folded encoded words (gh-128110).
    assert shown.replace(" ", "") == clean_line(name).replace(" ", "")


@pytest.mark.parametrize("address", ["evil@example.org\r\nBcc: more@example.org", "a@b@c", "röbin@example.org", ""])
def test_impossible_address_is_refused_and_no_message_is_made(tmp_path: Path, address: str) -> None:
    notice = Notice(
        kind=NoticeKind.PASSWORD_CHANGED, address=address, name="Robin", facts={}, message_id="0a1b", created_at=NOW
    )

    trouble = deliver_next(_deliverer(tmp_path), notice)

    assert trouble.startswith("refused: ")
    assert list(tmp_path.iterdir()) == []


def test_text_in_any_script_arrives_as_written() -> None:
    text = "Dear 李,\n\nÅ “quoted” line — and a very long one " + "word " * 300 + "\n.\nFrom here\n"
    envelope = Envelope(**{**vars(_envelope("李")), "text": text})

    assert _text(_read(envelope.message().as_bytes())) == text


@pytest.mark.parametrize(
    "name",
    [
        "Anna 'Annie' \"Nan\" Konstantina Papadopoulou-Schmidt-Hohenzollern, MD, PhD, FACS",
        "A" * 60 + " " + "B" * 59 + ", MD",
    ],
)
def test_long_legal_name_is_no_reason_not_to_be_told(tmp_path: Path, name: str) -> None:
    facts = {"kind": NoticeKind.PASSWORD_CHANGED, "address": "robin@example.org", "facts": {}, "created_at": NOW}
    notice = Notice(name=name, message_id="0a", **facts)

    trouble = deliver_next(_deliverer(tmp_path), notice)

    assert trouble == ""
    assert len(list(tmp_path.iterdir())) == 1


CALENDAR = CalendarPart(method="REQUEST", text="BEGIN:VCALENDAR\r\nX-A:é\r\nEND:VCALENDAR\r\n")


def _a_calendar_notice(person, **facts) -> Notice:
    with transaction():
        return tell_calendar(person, NoticeKind.MEETING_INVITED, CALENDAR, to=person.email, now=NOW, **facts)


@pytest.mark.usefixtures("app")
def test_notice_with_a_calendar_part_carries_it_last_and_byte_for_byte(tmp_path: Path) -> None:
    notice = _a_calendar_notice(a_person())

    assert deliver_next(replace(_deliverer(tmp_path), reply_to="replies@example.net"), notice) == ""

    message = _read((tmp_path / f"{notice.message_id}.eml").read_bytes())
    words, part = message.iter_parts()
    assert _text(words) == "meeting_invited\n"
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "REQUEST")
    assert part.get_payload(decode=True).decode() == CALENDAR.text
    assert message["Reply-To"].addresses[0].addr_spec == "replies@example.net"


@pytest.mark.usefixtures("app")
def test_answers_to_other_notices_go_to_the_sender(tmp_path: Path) -> None:
    notice = a_notice()

    deliver_next(replace(_deliverer(tmp_path), reply_to="replies@example.net"), notice)

    assert _read((tmp_path / f"{notice.message_id}.eml").read_bytes())["Reply-To"] is None


@pytest.mark.usefixtures("app")
def test_calendar_of_a_person_who_has_left_is_still_mended_at_the_address_it_was_sent_to() -> None:
    person = a_person(active=False)

    with transaction():
        tell_calendar(person, NoticeKind.INVITATION_CANCELLED, CALENDAR, to="old@example.org", now=NOW)

    assert db.session.scalars(select(Notice.address)).all() == ["old@example.org"]


@pytest.mark.parametrize(
    ("stands", "is_kept"),
    [
        ({}, False),
        ({"attempts": 3}, False),
        ({"leased_until_at": NOW}, True),
        ({"state": NoticeState.SENT}, True),
        ({"state": NoticeState.DEAD}, True),
    ],
)
@pytest.mark.usefixtures("app")
def test_only_a_notice_that_waits_is_taken_back(stands: dict[str, object], is_kept: bool) -> None:
    notice, other = a_notice(**stands), a_notice()

    with transaction():
        take_back(notice.id)

    assert db.session.scalars(select(Notice.id).order_by(Notice.id)).all() == [notice.id, other.id][not is_kept :]
