"""Mails that come back: usable answers are read, and everything else ends in one sentence."""

import base64
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.makers_invitations import a_reply_mail, a_reply_text
from tumorboard.feeds.calendar.reply import LARGEST_BYTES, reply_in
from tumorboard.feeds.domain.invitations import Answer, AutomaticMail, NoReply, Reply

UID, ROBIN = "meeting-7@tumorboard", "robin@example.org"
GOOD = a_reply_mail(UID, ROBIN)
TEXT = a_reply_text(UID, ROBIN)


def mail(
    calendar: bytes | str = TEXT, *, headers: str = "", kind: str = 'text/calendar; method="REPLY"; charset=utf-8'
) -> bytes:
    """A mail that is nothing but its calendar."""
    raw = calendar.encode() if isinstance(calendar, str) else calendar
    head = (
        f"From: {ROBIN}\r\n{headers}MIME-Version: 1.0\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
    )
    return head.encode() + b"\r\n" + base64.encodebytes(raw)


def changed(old: str, new: str) -> bytes:
    """The good calendar with one thing changed, alone in its mail."""
    assert old in TEXT
    return mail(TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("partstat", "answer"),
    [("ACCEPTED", Answer.ACCEPTED), ("declined", Answer.DECLINED), ("Tentative", Answer.TENTATIVE)],
)
def test_answer_is_read_with_whose_and_when_it_was(partstat: str, answer: Answer) -> None:
    reply = reply_in(a_reply_mail(UID, ROBIN, partstat, SEQUENCE="3"))

    assert (reply.uid, reply.address, reply.answer, reply.sequence) == (UID, ROBIN, answer, 3)
    assert reply.stamped_at.isoformat() == "2026-12-01T15:15:00+00:00"


FORMS = {
    "alone in its mail": mail(),
    "as a file of an older program": mail(kind="application/ics"),
    "without a sequence": a_reply_mail(UID, ROBIN, SEQUENCE=""),
    "without a scheme in capitals": changed("mailto:", "MAILTO:"),
    "address in capitals": changed(ROBIN, ROBIN.upper()),
    "name in the wrong character set": mail(TEXT.replace("Robin", "Röbin").encode("latin-1")),
    "in sixteen bits": mail(TEXT.encode("utf-16"), kind="text/calendar; charset=utf-16"),
    "in an unknown character set": mail(kind="text/calendar; charset=x-klingon"),
    "bare line feeds": mail(TEXT.replace("\r\n", "\n")),
    "long lines folded": changed("PARTSTAT", "X-LONG=" + "x" * 60 + "\r\n ;PARTSTAT"),
    "a zone of its own": changed(
        "BEGIN:VEVENT",
        "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT",
    ),
    "an alarm of the sender's": changed(
        "END:VEVENT", "BEGIN:VALARM\r\nUID:other\r\nATTENDEE:mailto:x@example.org\r\nEND:VALARM\r\nEND:VEVENT"
    ),
    "said to be generated": mail(headers="Auto-Submitted: auto-generated\r\n"),
    "a display name that is an address": GOOD.replace(b"Robin Example", b'"other@example.org"'),
    "a comment in the sender": mail().replace(b"From: robin@example.org", b"From: robin@example.org (at home)"),
}


@pytest.mark.parametrize("form", FORMS)
def test_answer_is_read_however_programs_write_it(form: str) -> None:
    reply = reply_in(FORMS[form])

    assert (reply.uid, reply.address.lower(), reply.answer) == (UID, ROBIN, Answer.ACCEPTED)


REFUSED = {
    "nothing": b"",
    "words alone": b"From: robin@example.org\r\n\r\nI shall be there.\r\n",
    "no sender": GOOD.replace(b"From:", b"X-From:"),
    "two senders in one line": GOOD.replace(b"Robin Example <", b"other@example.org, Robin <"),
    "two lines of senders": b"From: other@example.org\r\n" + GOOD,
    "another sender": a_reply_mail(UID, ROBIN, sender="other@example.org"),
    "sender hidden behind an address": mail().replace(b"From: robin@example.org", b"From: robin@example.org)other@example.org"),
    "a request": changed("METHOD:REPLY", "METHOD:REQUEST"),
    "a counter-proposal": changed("METHOD:REPLY", "METHOD:COUNTER"),
    "no method": changed("METHOD:REPLY\r\n", ""),
    "a method inside the event": mail(TEXT.replace("METHOD:REPLY\r\n", "").replace("UID:", "METHOD:REPLY\r\nUID:")),
    "two events": changed("END:VCALENDAR", "BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\nEND:VCALENDAR"),
    "an event in an event": changed("UID:", "BEGIN:VEVENT\r\nEND:VEVENT\r\nUID:"),
    "no event": mail("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"),
    "an event that does not end": changed("END:VEVENT\r\n", ""),
    "an end without a beginning": mail("END:VCALENDAR\r\n"),
    "no attendee": a_reply_mail(UID, ROBIN, ATTENDEE=""),
    "two attendees": changed("UID:", "ATTENDEE;PARTSTAT=DECLINED:mailto:robin@example.org\r\nUID:"),
    "no address": changed(f"mailto:{ROBIN}", "https://example.org"),
    "no answer": changed(";PARTSTAT=ACCEPTED", ""),
    "an answer that is none": changed("ACCEPTED", "NEEDS-ACTION"),
    "a delegation": changed("ACCEPTED", "DELEGATED"),
    "no UID": changed(f"UID:{UID}\r\n", ""),
    "two UIDs": changed(f"UID:{UID}", f"UID:{UID}\r\nUID:other"),
    "an endless UID": changed(UID, "u" * 400),
    "a UID of control characters": changed(UID, "a\x00b"),
    "no stamp": a_reply_mail(UID, ROBIN, DTSTAMP=""),
    "a stamp without a time": changed("20261201T151500Z", "20261201"),
    "a stamp past all years": changed("20261201T151500Z", "99999999T999999Z"),
    "a sequence that no database holds": changed("SEQUENCE:0", "SEQUENCE:99999999999999999999"),
    "a sequence below nought": changed("SEQUENCE:0", "SEQUENCE:-1"),
    "a sequence that is a word": changed("SEQUENCE:0", "SEQUENCE:first"),
    "bytes of a picture": mail(bytes(range(256)) * 40),
    "a huge mail": GOOD + b"x" * LARGEST_BYTES,
    "a huge calendar": mail(TEXT.replace("UID:", "X-A:" + "a" * 70_000 + "\r\nUID:")),
    "a calendar of many lines": mail(TEXT.replace("UID:", "X-A:a\r\n" * 5_000 + "UID:")),
    "a calendar nested past all sense": mail("BEGIN:A\r\n" * 1_900),
    "a parameter of 60,000 letters": mail(TEXT.replace("CN=Robin", "CN=" + "a" * 60_000 + '"')),
    "many parts": (
        b'From: robin@example.org\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 500 + b"--b--\r\n"
    ),
    "parts in parts in parts": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3_000)
    ),
    "mails in mails in mails": b"From: robin@example.org\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 9_000,
    "many headers": b"X-A: a\r\n" * 20_000 + GOOD,
    "an endless header": b"X-A:" + b" a" * 100_000 + b"\r\n" + mail(TEXT.replace("REPLY", "PUBLISH")),
    "an answer inside a forwarded mail": (
        b"From: robin@example.org\r\nContent-Type: message/rfc822\r\n\r\n" + GOOD
    ),
    "broken base64": mail().replace(b"QkVHSU46", b"====!!!!"),
    "an encoded word for a type": mail(kind="=?utf-8?q?text/calendar?="),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_mail_that_is_no_answer_is_refused_with_a_sentence_of_ours(fault: str) -> None:
    with pytest.raises(NoReply) as refused:
        reply_in(REFUSED[fault])

    assert refused.value.message.endswith(".")
    assert "other@" not in refused.value.message


ENDLESS = {
    "a sender of quotation marks": b'From: "' + b'\\"' * 3_000 + b"\r\nContent-Type: text/calendar\r\n\r\n" + TEXT.encode(),
    "a kind of semicolons": mail(kind='text/calendar; charset="' + ";" * 5_000),
    "a kind of many lines": mail(kind="text/calendar" + ";\r a=b" * 1_000),
    "the kind of a part": (
        b'From: robin@example.org\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        + mail(kind='text/calendar; charset="' + ";" * 5_000) + b"--b--\r\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("header", ENDLESS)
def test_header_whose_reading_would_take_minutes_is_refused_unread(header: str) -> None:
    with pytest.raises(NoReply, match="too long"):
        reply_in(ENDLESS[header])


AUTOMATIC = {
    "away": mail(headers="Auto-Submitted: auto-replied\r\n"),
    "away, with a word behind": mail(headers="Auto-Submitted: auto-replied; owner-email=x\r\n"),
    "away in the old way": mail(headers="Precedence: auto_reply\r\n"),
    "away in another old way": mail(headers="X-Autoreply: yes\r\n"),
    "to a list": mail(headers="Precedence: list\r\n"),
    "a bounce": b"From: mailer@example.org\r\n"
    + b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n\r\nNo such user\r\n--b--\r\n',
    "from nobody": mail(headers="Return-Path: <>\r\n"),
    "generated, without an answer": b"From: robin@example.org\r\nAuto-Submitted: auto-generated\r\n\r\nThanks.\r\n",
}


@pytest.mark.parametrize("kind", AUTOMATIC)
def test_mail_that_a_program_wrote_by_itself_is_told_apart(kind: str) -> None:
    with pytest.raises(AutomaticMail):
        reply_in(AUTOMATIC[kind])


LINES = st.sampled_from(
    [
        *TEXT.split("\r\n"),
        "BEGIN:VALARM",
        "END:VALARM",
        "DTSTAMP;TZID=Mine:20261201T000000",
        "ATTENDEE:",
        "RRULE:FREQ=SECONDLY",
    ]
) | st.text(string.printable, max_size=60)


def outcome_of(raw: bytes) -> Reply | NoReply | AutomaticMail:
    """The answer, or the refusal; whatever else is raised fails the test."""
    try:
        return reply_in(raw)
    except (NoReply, AutomaticMail) as refusal:
        return refusal


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(LINES, max_size=25))
def test_calendar_of_any_lines_is_read_or_refused(lines: list[str]) -> None:
    outcome = outcome_of(mail("\r\n".join(lines).encode("utf-8", "replace")))

    assert not isinstance(outcome, Reply) or outcome.address.lower() == ROBIN


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(GOOD)), put=st.binary(max_size=12), cut=st.integers(0, 40))
def test_good_mail_damaged_anywhere_is_read_or_refused(at: int, put: bytes, cut: int) -> None:
    outcome = outcome_of(GOOD[:at] + put + GOOD[at + cut :])

    assert isinstance(outcome, Reply | AutomaticMail) or outcome.message.endswith(".")


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=2_000))
def test_any_bytes_are_refused(raw: bytes) -> None:
    assert not isinstance(outcome_of(raw), Reply)
