"""The bytes of a feed, read by our own linter and by two programs of others' making."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.makers import unescaped
from tumorboard.feeds.calendar import feed as feed_module
from tumorboard.feeds.calendar.entry import entry_of
from tumorboard.feeds.calendar.feed import COLORS
from tumorboard.feeds.calendar.lint import Fault, lint
from tumorboard.feeds.calendar.zones import _ZONES, served_zone
from tumorboard.feeds.domain import Feed, FeedEvent
from tumorboard.kernel.clock import instant_of
from tumorboard.kernel.text import clean_line
from tumorboard.series.domain import Site

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
HOSTILE = "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\r\n\x00\x07\u2028\u202e;,\\\\n\\N:\"^' =?utf-8?q?x?= 🧬é"


def an_event(**overrides):
    values = {
        "meeting_id": 7,
        "series_id": 3,
        "uid": "meeting-7@tumorboard",
        "sequence": 3,
        "created_at": NOW - timedelta(days=9),
        "revised_at": NOW - timedelta(days=2),
        "starts_at": NOW + timedelta(days=7),
        "ends_at": NOW + timedelta(days=7, hours=1),
        "zone": "America/New_York",
        "series": "Thoracic tumor board",
        "short_name": "Thoracic",
        "kind": "Tumor board",
        "site": "thoracic",
        "is_board": True,
        "is_cancelled": False,
        "room": "Conference room 4",
    }
    return FeedEvent(**{**values, **overrides})


def a_feed(*events, **overrides):
    values = {
        "key": "person/1",
        "name": "My tumor boards",
        "zone": "America/New_York",
        "home": "https://tb.example.org",
    }
    return Feed(**{**values, **overrides}), events


def feed_bytes(feed_with_events):
    feed, events = feed_with_events
    entries = [entry_of(event, feed.home) for event in events]
    assert [entry.trouble for entry in entries if entry.trouble] == []
    zones = sorted({entry.zone for entry in entries} - {""})
    return feed_module.feed_bytes(feed, entries="".join(entry.ics for entry in entries), zones=zones)


def the_event(**overrides):
    return next(iter(lint(feed_bytes(a_feed(an_event(**overrides)))).values()))


def test_event_has_what_every_client_needs():
    event = the_event()

    assert {name: line[2] for name, line in event.items()} == {
        "SUMMARY": "Thoracic tumor board",
        "DTSTART": "20261208T100000",
        "DTEND": "20261208T110000",
        "DTSTAMP": "20261129T150000Z",
        "LAST-MODIFIED": "20261129T150000Z",
        "CREATED": "20261122T150000Z",
        "UID": "meeting-7@tumorboard",
        "SEQUENCE": "3",
        "CATEGORIES": "Thoracic,Tumor board",
        "COLOR": "cadetblue",
        "DESCRIPTION": r"Details\, after sign-in: https://tb.example.org/meetings/7",
        "LOCATION": "Conference room 4",
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
        "URL": "https://tb.example.org/meetings/7",
    }


def test_same_feed_gives_the_same_bytes():
    assert feed_bytes(a_feed(an_event())) == feed_bytes(a_feed(an_event()))


def test_empty_feed_still_is_a_calendar():
    assert lint(feed_bytes(a_feed())) == {}


def test_cancelled_event_says_so_in_words_and_takes_no_time():
    event = the_event(is_cancelled=True)

    assert event["SUMMARY"][2] == "Cancelled: Thoracic tumor board"
    assert (event["STATUS"][2], event["TRANSP"][2]) == ("CANCELLED", "TRANSPARENT")


def test_lecture_names_talk_speaker_and_video_room():
    event = the_event(
        is_board=False,
        series="Grand rounds",
        talk_title="ctDNA, now",
        speaker="Ines Moreau, Lyon",
        video_url="https://v.example/1?a=b,c",
    )

    assert unescaped(event["SUMMARY"][2]) == "Grand rounds: ctDNA, now"
    assert unescaped(event["DESCRIPTION"][2]).splitlines() == [
        "Speaker: Ines Moreau, Lyon",
        "Join: https://v.example/1?a=b,c",
        "Details, after sign-in: https://tb.example.org/meetings/7",
    ]
    assert event["CONFERENCE"][1:] == (
        {"FEATURE": "AUDIO,VIDEO", "LABEL": "Join", "VALUE": "URI"},
        "https://v.example/1?a=b,c",
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://", "https://a b", "https://a\r\nX:1", "http://[", "plain"]
)
def test_video_room_that_is_no_web_address_is_left_out(url):
    event = the_event(video_url=url)

    assert "CONFERENCE" not in event
    assert "Join" not in event["DESCRIPTION"][2]


@pytest.mark.parametrize(("count", "words"), [(0, "0 cases"), (1, "1 case"), (6, "6 cases")])
def test_board_tells_how_many_cases_and_which_of_them_are_the_readers(count, words):
    event = the_event(case_count=count, own_cases=("7KQ-4M2", "B22-XYZ"))

    assert unescaped(event["DESCRIPTION"][2]).splitlines()[:2] == [
        f"{words} on the agenda.",
        "You present 7KQ-4M2, B22-XYZ.",
    ]


def test_source_stands_in_public_feeds_only():
    with_source = feed_bytes(a_feed(source="https://tb.example.org/feeds/public.ics"))

    assert b"\r\nSOURCE;VALUE=URI:https://tb.example.org/feeds/public.ics\r\n" in with_source
    assert b"SOURCE" not in feed_bytes(a_feed())


def test_every_site_has_a_color():
    assert set(COLORS) == {site.value for site in Site}


def test_zone_that_is_not_in_the_table_is_served_in_utc():
    event = the_event(zone="Asia/Kolkata")

    assert event["DTSTART"] == ("DTSTART", {}, "20261208T150000Z")


def test_second_half_of_the_doubled_hour_is_served_in_utc():
    starts_at = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 1:30 in New York, for the second time

    event = the_event(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))

    assert event["DTSTART"] == ("DTSTART", {}, "20261101T063000Z")
    assert event["DTEND"] == ("DTEND", {"TZID": "America/New_York"}, "20261101T023000")


@pytest.mark.parametrize("zone", sorted(set(_ZONES) - {"UTC"}))
def test_zone_agrees_with_the_zone_data_around_every_change_of_four_years(zone):
    body = feed_bytes(a_feed(an_event(zone=zone)))
    written = icalendar.Calendar.from_ical(body).walk("VTIMEZONE")[0].to_tz()
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(4 * 365)]

    walls = [datetime.combine(day, time(hour)) for day in days for hour in (0, 4, 12)]

    assert [w.replace(tzinfo=written).utcoffset() for w in walls] == [
        w.replace(tzinfo=ZoneInfo(zone)).utcoffset() for w in walls
    ]


@pytest.mark.parametrize("zone", sorted(set(_ZONES) - {"UTC"}))
def test_zone_changes_at_the_hour_of_the_zone_data(zone):
    """The written onset, in the offset left behind, is the very instant of the change."""
    body = feed_bytes(a_feed(an_event(zone=zone)))
    real = ZoneInfo(zone)

    for phase in icalendar.Calendar.from_ical(body).walk("VTIMEZONE")[0].subcomponents:
        if "RRULE" not in phase:
            continue
        onset = (phase["DTSTART"].dt - phase["TZOFFSETFROM"].td).replace(tzinfo=UTC)
        before, after = (onset - timedelta(seconds=1)).astimezone(real), onset.astimezone(real)
        assert (before.utcoffset(), after.utcoffset()) == (phase["TZOFFSETFROM"].td, phase["TZOFFSETTO"].td)
        assert after.tzname() == str(phase["TZNAME"])


def test_unknown_zone_becomes_utc():
    assert (served_zone("Mars/Olympus"), served_zone("Europe/Berlin")) == ("UTC", "Europe/Berlin")


BOARDS = [
    ("America/New_York", time(7, 0)),
    ("Europe/London", time(8, 30)),
    ("America/Phoenix", time(12, 0)),
    ("America/Los_Angeles", time(17, 30)),  # in UTC already the next day
]
SPANS = [(date(2026, 10, 12), date(2026, 11, 20)), (date(2027, 3, 1), date(2027, 4, 9))]


def meetings_across_both_changes():
    for zone, starts in BOARDS:
        for first, last in SPANS:
            for number in range((last - first).days // 7 + 1):
                starts_at = instant_of(first + timedelta(days=7 * number), starts, zone)
                uid = f"{zone}-{first}-{number}@tb".replace("/", "-")
                yield an_event(uid=uid, zone=zone, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))


def test_two_other_readers_see_the_stored_instants_across_both_changes():
    events = list(meetings_across_both_changes())
    body = feed_bytes(a_feed(*events))
    stored = {event.uid: (event.starts_at, event.ends_at) for event in events}

    lint(body)
    by_recurring = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between(
        date(2026, 1, 1), date(2028, 1, 1)
    )
    by_vobject = vobject.readOne(body.decode()).vevent_list

    assert {
        str(e["UID"]): (e["DTSTART"].dt.astimezone(UTC), e["DTEND"].dt.astimezone(UTC)) for e in by_recurring
    } == stored
    assert {e.uid.value: (e.dtstart.value.astimezone(UTC), e.dtend.value.astimezone(UTC)) for e in by_vobject} == stored


def test_hostile_words_make_no_line_of_their_own():
    event = an_event(series=HOSTILE, short_name=HOSTILE, room=HOSTILE, talk_title=HOSTILE, speaker=HOSTILE)

    found = lint(feed_bytes(a_feed(event, name=HOSTILE)))

    assert list(found) == ["meeting-7@tumorboard"]


@settings(max_examples=150, deadline=None)
@given(words=st.text(max_size=120))
def test_any_words_come_back_as_they_went_in_but_for_controls(words):
    event = an_event(series="x" + words, room=words, speaker=words, short_name=words)

    found = lint(feed_bytes(a_feed(event, name="n" + words)))

    assert list(found) == [event.uid]
    assert unescaped(found[event.uid]["SUMMARY"][2]) == clean_line("x" + words)


@pytest.mark.parametrize("char", ["\\", ",", "ü", "🧬", "\\,"])
def test_fold_divides_neither_character_nor_escape_at_any_place(char):
    for length in range(50, 75):
        body = feed_bytes(a_feed(an_event(room="x" * length + char * 60)))
        room = next(iter(lint(body).values()))["LOCATION"][2]
        assert unescaped(room) == "x" * length + char * 60


def test_linter_finds_what_it_is_there_for():
    good = feed_bytes(a_feed(an_event()))
    spoiled = [
        good.replace(b"\r\n", b"\n"),
        b"\xef\xbb\xbf" + good,
        good.replace(b"SUMMARY:", b"SUMMARY:a,"),
        good.replace(b"SUMMARY:", b"SUMMARY:" + b"a" * 70),
        good.replace(b"SEQUENCE:3\r\n", b""),
        good.replace(b"TZID=America/New_York", b"TZID=America/Chicago"),
        good.replace(b"STATUS:CONFIRMED", b"STATUS:CANCELLED"),
        good.replace(b"DTSTART;TZID=America/New_York", b"DTSTART"),
        good.replace(b"SUMMARY:", b"SUMMARY:\x07"),
    ]

    for body in spoiled:
        with pytest.raises(Fault):
            lint(body)


def test_event_in_two_feeds_is_the_same_event():
    event = an_event()

    mine, public = feed_bytes(a_feed(event)), feed_bytes(a_feed(replace(event), name="Another"))

    assert lint(mine) == lint(public)
