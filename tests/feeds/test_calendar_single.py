"""The file of one meeting: the event that feeds have, and nothing that would make a calendar of it."""

import icalendar
import pytest
import vobject

from tests.feeds.makers import unescaped
from tests.feeds.test_calendar import HOSTILE, an_event
from tumorboard.feeds.calendar import single
from tumorboard.feeds.calendar.entry import entry_of
from tumorboard.feeds.calendar.lint import Fault, lint_file
from tumorboard.feeds.calendar.single import meeting_file
from tumorboard.kernel.errors import Unavailable

HOME = "https://tb.example.org"


def a_file(**overrides):
    return meeting_file(an_event(**overrides), home=HOME)


def test_file_holds_the_very_event_of_the_feeds_and_its_zone():
    event = an_event()

    body = meeting_file(event, home=HOME).decode()

    assert entry_of(event, HOME).ics in body
    assert body.count("BEGIN:VEVENT") == body.count("BEGIN:VTIMEZONE") == 1
    assert body.index("BEGIN:VTIMEZONE") < body.index("BEGIN:VEVENT")


@pytest.mark.parametrize("name", ["NAME", "X-WR-CALNAME", "METHOD", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "SOURCE"])
def test_file_names_no_calendar_and_invites_nobody(name):
    assert f"\r\n{name}" not in a_file().decode().replace("\r\nTZNAME", "")


def test_event_in_a_zone_that_is_not_served_is_in_utc_without_a_zone():
    body = a_file(zone="Asia/Kathmandu").decode()

    assert "VTIMEZONE" not in body
    assert "DTSTART:20261208T150000Z" in body


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_other_programs_read_the_same(is_cancelled):
    body = a_file(series=f"Board {HOSTILE}", room=HOSTILE, is_cancelled=is_cancelled)

    by_icalendar = icalendar.Calendar.from_ical(body).events[0]
    by_vobject = vobject.readOne(body.decode()).vevent

    assert str(by_icalendar["SUMMARY"]) == by_vobject.summary.value == unescaped(lint_file(body)["SUMMARY"][2])
    assert by_icalendar.start == by_vobject.dtstart.value
    assert by_icalendar["STATUS"] == ("CANCELLED" if is_cancelled else "CONFIRMED")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CALSCALE", "X-WR-CALNAME:Mine\r\nCALSCALE"),
        ("CALSCALE", "NAME:Mine\r\nCALSCALE"),
        ("CALSCALE", "METHOD:REQUEST\r\nCALSCALE"),
        ("CALSCALE", "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nCALSCALE"),
        ("VERSION:2.0", "VERSION:1.0"),
        ("BEGIN:VTIMEZONE", "BEGIN:VEVENT\r\nEND:VEVENT\r\nBEGIN:VTIMEZONE"),
        ("UID:", "X-UID:"),
    ],
)
def test_linter_refuses_a_file_that_would_be_taken_for_something_else(old, new):
    body = a_file().decode()
    assert old in body

    with pytest.raises(Fault):
        lint_file(body.replace(old, new, 1).encode())


def test_linter_wants_exactly_one_event():
    body = a_file().decode()
    entry = entry_of(an_event(), HOME).ics
    twice = body.replace(entry, entry + entry.replace("meeting-7@", "meeting-8@"))

    with pytest.raises(Fault, match="not one event"):
        lint_file(twice.encode())


def test_broken_file_is_not_given_out(monkeypatch):
    monkeypatch.setattr(single, "PRODID", "bell \x07")

    with pytest.raises(Unavailable):
        a_file()
