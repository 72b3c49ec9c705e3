"""An invitation as it is mailed: read by our linter and by a program of others' making, whatever was typed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.makers import unescaped
from tests.feeds.test_calendar import HOSTILE, NOW, an_event
from tumorboard.feeds.calendar.invitation import invitation_bytes, written
from tumorboard.feeds.calendar.lint import Fault, lint_invitation
from tumorboard.feeds.calendar.zones import _ZONES
from tumorboard.feeds.domain.invitations import Attendee, InvitationState, Letter, Method
from tumorboard.kernel.text import clean_line
from tumorboard.notices.services import Envelope

ORGANIZER, HOME = "tumorboard@example.net", "https://tb.example.org"
ROBIN = Attendee("Robin Example, MD", "robin@example.org")


def a_letter(method: Method = Method.REQUEST, *, to: Attendee = ROBIN, sequence: int = 4, **event) -> Letter:
    return Letter(
        method=method,
        event=an_event(**event),
        to=to,
        sequence=sequence,
        content="",
        state=InvitationState.INVITED,
        is_first=True,
        stamped_at=NOW,
    )


def bytes_of(letter: Letter) -> bytes:
    return invitation_bytes(letter, organizer=ORGANIZER, home=HOME)


def lines_of(letter: Letter):
    return lint_invitation(bytes_of(letter))


def test_request_asks_one_person_for_an_answer() -> None:
    body, event = bytes_of(a_letter()), lines_of(a_letter())

    assert b"METHOD:REQUEST\r\n" in body
    assert event["ATTENDEE"][2] == "mailto:robin@example.org"
    assert event["ATTENDEE"][1] == {
        "CN": '"Robin Example, MD"',
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
    }
    assert event["ORGANIZER"][1:] == ({"CN": "Tumorboard"}, "mailto:tumorboard@example.net")
    assert (event["UID"][2], event["SEQUENCE"][2], event["STATUS"][2]) == ("meeting-7@tumorboard", "4", "CONFIRMED")
    assert event["DTSTAMP"][2] == "20261201T150000Z"
    assert event["DTSTART"][1:] == ({"TZID": "America/New_York"}, "20261208T100000")
    assert body.count(b"BEGIN:VTIMEZONE") == body.count(b"BEGIN:VEVENT") == 1


def test_cancellation_says_so_and_asks_for_nothing() -> None:
    event = lines_of(
        a_letter(Method.CANCEL, is_cancelled=True, video_url="https://video.example.org/x", is_board=False)
    )

    assert (event["STATUS"][2], event["TRANSP"][2]) == ("CANCELLED", "TRANSPARENT")
    assert event["SUMMARY"][2] == "Cancelled: Thoracic tumor board"
    assert "RSVP" not in event["ATTENDEE"][1]
    assert "Join" not in event["DESCRIPTION"][2]


def test_nothing_of_a_feed_or_an_agenda_stands_in_an_invitation() -> None:
    body = bytes_of(a_letter(case_count=4, own_cases=("7KQ-4M2 at 7:10 AM",)))

    for word in (b"X-WR-CALNAME", b"\r\nNAME", b"REFRESH-INTERVAL", b"case", b"7KQ", b"COLOR"):
        assert word not in body


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("zone", [*_ZONES, "Asia/Tokyo"])
def test_program_of_others_reads_the_same_instants_in_every_zone(zone: str, method: Method) -> None:
    for month in (1, 7):
        starts_at = datetime(2027, month, 12, 12, tzinfo=UTC)
        letter = a_letter(method, zone=zone, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
        body = bytes_of(letter)
        lint_invitation(body)

        calendar = vobject.readOne(body.decode())

        assert calendar.method.value == method.value
        [event] = calendar.vevent_list
        assert event.dtstart.value.astimezone(UTC) == starts_at
        assert event.dtend.value.astimezone(UTC) == letter.event.ends_at


TYPED = st.text(max_size=120) | st.just(HOSTILE)


@settings(max_examples=150, deadline=None)
@given(series=TYPED, room=TYPED, talk=TYPED, name=TYPED, url=TYPED)
def test_whatever_was_typed_gives_a_sound_invitation_that_says_it(series, room, talk, name, url) -> None:
    letter = a_letter(series=series, room=room, talk_title=talk, video_url=url, to=replace(ROBIN, name=f"R {name}"))

    event = lines_of(letter)

    assert ("LOCATION" in event) == bool(clean_line(room))
    if "\\N" not in series:  # the library takes it for a line break
        assert clean_line(series) in unescaped(event["SUMMARY"][2])
    [read] = vobject.readOne(bytes_of(letter).decode()).vevent_list
    assert read.attendee.value == "mailto:robin@example.org"


def test_quotation_marks_in_a_name_become_those_that_every_program_reads() -> None:
    event = lines_of(a_letter(to=replace(ROBIN, name='Robin "Rob"; Example, MD')))

    assert event["ATTENDEE"][1]["CN"] == "\"Robin 'Rob'; Example, MD\""


@pytest.mark.parametrize("address", ["o'brien+boards@example.org", "a%b@example.org", "x/y?z&c@example.org"])
def test_odd_address_is_written_so_that_a_program_reads_it(address: str) -> None:
    assert written(a_letter(to=Attendee("Robin", address)), organizer=ORGANIZER, home=HOME).trouble == ""


@pytest.mark.parametrize("address", ["", "robin", "a@b@c", "röbin@exämple.org\r\nX:y"])
def test_address_that_is_none_is_trouble_and_no_mail(address: str) -> None:
    text = written(a_letter(to=Attendee("Robin", address)), organizer=ORGANIZER, home=HOME)

    assert (text.ics, bool(text.trouble)) == ("", True)
    assert "robin" not in text.trouble


FAULTS = {
    "no METHOD": (b"METHOD:REQUEST\r\n", b""),
    "METHOD of a feed": (b"METHOD:REQUEST", b"METHOD:PUBLISH"),
    "name of a calendar": (b"METHOD:", b"NAME:Mine\r\nMETHOD:"),
    "old name of a calendar": (b"METHOD:", b"X-WR-CALNAME:Mine\r\nMETHOD:"),
    "no organizer": (b"ORGANIZER", b"CONTACT"),
    "no attendee": (b"ATTENDEE", b"CONTACT"),
    "second attendee": (b"ATTENDEE", b"ATTENDEE:mailto:other@example.org\r\nATTENDEE"),
    "attendee not asked": (b";RSVP=TRUE", b""),
    "attendee who answered": (b"NEEDS-ACTION", b"ACCEPTED"),
    "no zone": (b"TZID:America/New_York", b"TZID:America/Chicago"),
    "second event": (b"END:VEVENT\r\n", b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n"),
    "status against its method": (b"STATUS:CONFIRMED", b"STATUS:CANCELLED"),
    "no sequence": (b"SEQUENCE:4\r\n", b""),
    "floating time": (b";TZID=America/New_York:", b":"),
    "address that is none": (b"mailto:robin@", b"mailto:robin at "),
    "rule": (b"SEQUENCE:4", b"RRULE:FREQ=DAILY\r\nSEQUENCE:4"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_linter_finds_each_fault(fault: str) -> None:
    body = bytes_of(a_letter())
    old, new = FAULTS[fault]
    unfolded = body.replace(b"\r\n ", b"")
    assert old in unfolded
    broken = b"\r\n".join(_folded(line) for line in unfolded.replace(old, new).split(b"\r\n"))

    lint_invitation(b"\r\n".join(_folded(line) for line in unfolded.split(b"\r\n")))
    with pytest.raises(Fault):
        lint_invitation(broken)


def _folded(line: bytes) -> bytes:
    return b"\r\n ".join(line[at : at + 70] for at in range(0, len(line), 70)) or line


def test_message_has_words_first_and_the_calendar_last_without_a_file_name() -> None:
    calendar = bytes_of(a_letter(room="Hörsaal 4")).decode()
    envelope = Envelope(
        sender=ORGANIZER,
        address=ROBIN.address,
        name=ROBIN.name,
        subject="Invitation: a meeting",
        text="Dear Robin,\n\nüber\n",
        message_id="0a1b",
        date="Tue, 01 Dec 2026 15:00:00 +0000",
        reply_to="replies@example.net",
        calendar=calendar,
        calendar_method="REQUEST",
    )

    raw = envelope.message().as_bytes()
    message = message_from_bytes(raw, policy=policy.default)

    words, part = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert (words.get_content_type(), words.get_content().replace("\r\n", "\n")) == ("text/plain", envelope.text)
    assert b"\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n" in raw
    assert part["Content-Transfer-Encoding"] == "base64"
    assert (part["Content-Disposition"], message["Reply-To"]) == (None, "Tumorboard <replies@example.net>")
    assert part.get_payload(decode=True).decode() == calendar
    assert raw.isascii()
    assert envelope.message().as_bytes() == raw
