"""What is read out of a person's own calendar: ordinary files, and files made to harm."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.timezone import tzp

from tumorboard.accounts.calendar import HORIZON, LARGEST_BYTES, MOST_ENTRIES, Reading, busy_times
from tumorboard.accounts.domain import CalendarRefused, Span

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)  # a Tuesday, 10:00 in New York
ZONE = "America/New_York"
# What the reading itself is held to, and twice as much again for a machine that does other things too.
LONGEST_SECONDS = 2.0


def a_calendar(*lines: str) -> bytes:
    """The lines inside a calendar."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""]).encode()


def an_event(*lines: str, uid: str = "one", starts: str = ":20261208T090000", ends: str = ":20261208T100000") -> str:
    """A meeting at nine on December 8, in no zone unless said otherwise."""
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{starts}", f"DTEND{ends}", *lines, "END:VEVENT"])


def read(*lines: str, zone: str = ZONE) -> Reading:
    """What is taken of the calendar."""
    return busy_times(a_calendar(*lines), zone=zone, now=NOW)


def utc(text: str) -> datetime:
    """`2026-12-08 14:00` as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(*texts: str) -> tuple[Span, ...]:
    """Each text's instant and the hour from there."""
    return tuple((utc(text), utc(text) + timedelta(hours=1)) for text in texts)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (":20261208T140000Z", ":20261208T150000Z"),
        (":20261208T090000", ":20261208T100000"),
        (";TZID=America/New_York:20261208T090000", ";TZID=America/New_York:20261208T100000"),
        (";TZID=Eastern Standard Time:20261208T090000", ';TZID="Eastern Standard Time":20261208T100000'),
        (";TZID=/vendor.org/America/Chicago:20261208T080000", ";TZID=America/Chicago:20261208T090000"),
        (";TZID=Customized Time Zone:20261208T090000", ":20261208T150000Z"),
    ],
    ids=["utc", "no zone", "named", "windows", "maker's prefix", "unknown is the person's own"],
)
def test_time_is_read_in_its_zone(starts: str, ends: str) -> None:
    assert read(an_event(starts=starts, ends=ends)) == Reading(hours("2026-12-08 14:00"), 0)


def test_length_may_be_said_instead_of_the_end() -> None:
    event = an_event("DURATION:PT1H").replace("DTEND:20261208T100000\r\n", "")

    assert read(event).spans == hours("2026-12-08 14:00")


def test_day_without_a_time_is_the_whole_day_where_the_person_is() -> None:
    day = an_event(starts=";VALUE=DATE:20261208", ends=";VALUE=DATE:20261209")
    one_sided = day.replace("DTEND;VALUE=DATE:20261209\r\n", "")

    assert read(day).spans == read(one_sided).spans == ((utc("2026-12-08 05:00"), utc("2026-12-09 05:00")),)
    assert read(day, zone="Asia/Tokyo").spans == ((utc("2026-12-07 15:00"), utc("2026-12-08 15:00")),)


def test_day_on_which_the_clock_changes_has_an_hour_less() -> None:
    day = an_event(starts=";VALUE=DATE:20270314", ends=";VALUE=DATE:20270315")

    assert read(day).spans == ((utc("2027-03-14 05:00"), utc("2027-03-15 04:00")),)


def test_what_repeats_keeps_its_wall_time_when_the_clock_changes() -> None:
    weekly = an_event("RRULE:FREQ=WEEKLY;COUNT=3", starts=":20270302T090000", ends=":20270302T100000")

    assert read(weekly).spans == hours("2027-03-02 14:00", "2027-03-09 14:00", "2027-03-16 13:00")


def test_repetition_that_was_moved_cancelled_or_left_out_is_not_where_it_was() -> None:
    weekly = an_event("RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20261222T090000")
    moved = an_event("RECURRENCE-ID:20261215T090000", starts=":20261216T110000", ends=":20261216T120000")
    cancelled = an_event(
        "RECURRENCE-ID:20261229T090000", "STATUS:CANCELLED", starts=":20261229T090000", ends=":20261229T100000"
    )

    assert read(weekly, moved, cancelled).spans == hours("2026-12-08 14:00", "2026-12-16 16:00")


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "transp:transparent"])
@pytest.mark.parametrize("rule", [(), ("RRULE:FREQ=DAILY",)], ids=["once", "daily"])
def test_what_is_shown_as_free_or_cancelled_is_passed_over(line: str, rule: tuple[str, ...]) -> None:
    assert read(an_event(line, *rule)) == Reading((), 0)


def test_free_busy_periods_count_and_free_ones_do_not() -> None:
    entry = (
        "BEGIN:VFREEBUSY",
        "FREEBUSY:20261208T140000Z/PT1H,20261209T140000Z/20261209T150000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261210T140000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20261211T140000Z/PT1H",
        "END:VFREEBUSY",
    )

    assert read(*entry).spans == hours("2026-12-08 14:00", "2026-12-09 14:00", "2026-12-10 14:00")


def test_times_that_overlap_or_touch_are_one() -> None:
    events = [
        an_event(uid="a"),
        an_event(uid="b", starts=":20261208T093000", ends=":20261208T103000"),
        an_event(uid="c", starts=":20261208T103000", ends=":20261208T110000"),
    ]

    assert read(*events).spans == ((utc("2026-12-08 14:00"), utc("2026-12-08 16:00")),)


def test_only_the_time_from_today_to_the_horizon_is_taken() -> None:
    daily = an_event("RRULE:FREQ=DAILY", starts=":20251201T090000", ends=":20251201T100000")
    long = an_event(uid="long", starts=":20251101T000000Z", ends=":20291101T000000Z")
    past = an_event(uid="past", starts=":20251101T000000Z", ends=":20251102T000000Z")

    first, last = read(daily).spans[0], read(daily).spans[-1]

    assert first == hours("2026-12-01 14:00")[0]
    assert NOW + HORIZON - timedelta(days=1) < last[1] <= NOW + HORIZON
    assert read(long).spans == ((utc("2026-12-01 05:00"), NOW + HORIZON),)
    assert read(past).spans == ()


def test_long_lines_are_joined_and_what_nests_is_passed_over() -> None:
    alarm = "BEGIN:VALARM\r\nDTSTART:20261210T090000\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VALARM"
    folded = an_event(alarm).replace("20261208T10", "2026120\r\n 8T10")

    assert read(folded).spans == hours("2026-12-08 14:00")


def test_entry_that_cannot_be_understood_costs_only_itself() -> None:
    broken = [
        an_event(uid="a", starts=":soon"),
        an_event("RRULE:FREQ=SOMETIMES", uid="b"),
        an_event("RRULE:FREQ=SECONDLY", uid="c"),
        an_event("RRULE:FREQ=HOURLY", uid="d"),
        an_event(uid="e").replace("DTEND:20261208T100000", "DURATION:P99999999999999D"),
        "BEGIN:VFREEBUSY\r\nFREEBUSY:never/ever\r\nEND:VFREEBUSY",
    ]

    assert read(*broken, an_event(uid="f")) == Reading(hours("2026-12-08 14:00"), len(broken))


@pytest.mark.parametrize(
    "raw",
    [b"", b"\n" * 1000, b"%PDF-1.7", b"<html></html>", b"\x00\xff\xfe", b"BEGIN:VCALENDAR", a_calendar()[:-20]],
    ids=["empty", "blank", "pdf", "page", "bytes", "one line", "cut off"],
)
def test_file_that_is_no_calendar_is_refused(raw: bytes) -> None:
    with pytest.raises(CalendarRefused, match="not a calendar"):
        busy_times(raw, zone=ZONE, now=NOW)


def test_zone_that_a_file_defines_is_known_to_no_later_file() -> None:
    zone = ("BEGIN:VTIMEZONE", "TZID:Hospital", "BEGIN:STANDARD", "DTSTART:19700101T000000")
    zone += ("TZOFFSETFROM:+0900", "TZOFFSETTO:+0900", "END:STANDARD", "END:VTIMEZONE")

    read(*zone, an_event(starts=";TZID=Hospital:20261208T090000"))

    assert tzp.timezone("Hospital") is None


def events(count: int, *lines: str, starts: str = ":20261208T090000", ends: str = ":20261208T100000") -> str:
    """As many events as that, each with the lines."""
    return "\r\n".join(an_event(*lines, uid=str(number), starts=starts, ends=ends) for number in range(count))


NUMBERS = ",".join(map(str, range(60)))
BOMBS = {
    "every second of every day": an_event(f"RRULE:FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE={NUMBERS};BYSECOND={NUMBERS}"),
    "a day that never comes": an_event("RRULE:FREQ=DAILY;BYMONTH=2;BYYEARDAY=200"),
    "many such days": events(1000, "RRULE:FREQ=YEARLY;BYMONTH=2;BYYEARDAY=200"),
    "no step at all": an_event("RRULE:FREQ=YEARLY;INTERVAL=0;BYMONTH=2;BYYEARDAY=200"),
    "since the year one": an_event("RRULE:FREQ=DAILY", starts=":00010101T000000", ends=":00010101T010000"),
    "a thousand weeklies": events(1000, "RRULE:FREQ=WEEKLY"),
    "an event changed a thousand times": "\r\n".join(
        an_event(f"RECURRENCE-ID;RANGE=THISANDFUTURE:202612{1 + n % 28:02}T{n % 24:02}{n % 60:02}00")
        for n in range(1500)
    ),
    "many dates": an_event("RDATE:" + ",".join(f"202701{1 + n % 28:02}T{n % 24:02}0000" for n in range(50_000))),
    "many exceptions": an_event("RRULE:FREQ=DAILY", "EXDATE:" + ",".join(["20270101T090000"] * 50_000)),
    "many periods": "BEGIN:VFREEBUSY\r\nFREEBUSY:" + ",".join(["20261208T140000Z/PT1H"] * 40_000) + "\r\nEND:VFREEBUSY",
    "ten thousand events": events(10_000).replace("DTEND:20261208T100000\r\n", ""),
}
HEAVY = {
    "ten thousand past events": events(10_000, starts=":20200101T09", ends=":20200101T10"),
    "a day that never comes in any year": an_event("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "events within events": "\r\n".join(["BEGIN:VEVENT"] * 60_000),
    "open quotes": "BEGIN:VEVENT\r\nDTSTART" + ';A="' * 200_000 + "\r\nEND:VEVENT",
    "many parameters": "BEGIN:VEVENT\r\nDTSTART" + ";A=b" * 200_000 + "\r\nEND:VEVENT",
    "many positions": an_event("RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE;BYSETPOS=" + ",".join(map(str, range(1, 150)))),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_calendar_made_to_take_long_is_refused_soon(bomb: str) -> None:
    raw = a_calendar(bomb)
    assert len(raw) <= LARGEST_BYTES

    began = time.thread_time()
    with pytest.raises(CalendarRefused, match="Export only the coming months"):
        busy_times(raw, zone=ZONE, now=NOW)

    assert time.thread_time() - began < LONGEST_SECONDS


@pytest.mark.parametrize("heavy", HEAVY.values(), ids=HEAVY)
def test_calendar_that_only_looks_heavy_is_read_soon(heavy: str) -> None:
    raw = a_calendar(heavy)
    assert len(raw) <= LARGEST_BYTES

    began = time.thread_time()
    busy_times(raw, zone=ZONE, now=NOW)

    assert time.thread_time() - began < LONGEST_SECONDS


@pytest.mark.parametrize(
    "starts", [":20310107T090000Z", ";VALUE=DATE:20310107", ";TZID=America/New_York:20310107T090000"]
)
def test_series_that_begins_after_the_horizon_is_understood_and_not_busy(starts: str) -> None:
    reading = read(f"BEGIN:VEVENT\r\nUID:late\r\nDTSTART{starts}\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT")

    assert reading == Reading((), 0)


def test_file_past_the_size_is_refused_before_it_is_read() -> None:
    raw = a_calendar("X-PADDING:" + "x" * LARGEST_BYTES)

    with pytest.raises(CalendarRefused, match="larger than 1 MB"):
        busy_times(raw, zone=ZONE, now=NOW)


def test_full_calendar_of_a_busy_clinic_is_read() -> None:
    slots = [
        an_event(uid=f"{day}-{hour}", starts=f":202612{day:02}T{hour:02}0000", ends=f":202612{day:02}T{hour:02}4000")
        for day in range(1, 29)
        for hour in range(8, 18)
    ]
    weekly = [
        an_event("RRULE:FREQ=WEEKLY", uid=f"w{n}", starts=f":20270101T{n:02}0000", ends=f":20270101T{n:02}3000")
        for n in range(20)
    ]

    reading = read(*slots, *weekly)

    assert (len(reading.spans), reading.left_out) == (280 + 20 * 22, 0)
    assert len(slots) < MOST_ENTRIES


WORDS = st.sampled_from(
    ["BEGIN:VEVENT", "END:VEVENT", "BEGIN:VFREEBUSY", "END:VFREEBUSY", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:VCALENDAR"]
    + ["UID:one", "UID:two", "STATUS:CANCELLED", "SEQUENCE:x", "SEQUENCE:2", "DURATION:PT1H", "DURATION:-P1W", "TRANSP:OPAQUE"]
    + [f"{name}{about}:{value}"
       for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")
       for about in ("", ";VALUE=DATE", ";TZID=America/Chicago", ";TZID=../../etc", ";VALUE=PERIOD", ";RANGE=THISANDFUTURE")
       for value in ("20261208T090000", "20261208T100000Z", "20261209", "99991231T235959Z", "00010101", "20261208T090000/PT1H", "")]
)  # fmt: skip
RULES = st.builds(
    "RRULE:FREQ={};INTERVAL={};{}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "MINUTELY", "NEVER"]),
    st.integers(-1, 400),
    st.sampled_from(
        [
            "COUNT=3",
            "UNTIL=20270101",
            "UNTIL=20270101T000000Z",
            "BYDAY=MO,-1FR",
            "BYMONTHDAY=31",
            "BYSETPOS=400",
            "BYEASTER=1",
            "X=1",
        ]
    ),
)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(st.one_of(WORDS, WORDS, RULES, st.text(max_size=30)), max_size=25))
def test_whatever_stands_in_a_file_it_is_read_or_refused_soon(lines: list[str]) -> None:
    began = time.thread_time()

    try:
        spans = busy_times(a_calendar(*lines), zone=ZONE, now=NOW).spans
    except CalendarRefused:
        spans = ()

    assert time.thread_time() - began < LONGEST_SECONDS
    assert all(starts_at < ends_at for starts_at, ends_at in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_refused(raw: bytes) -> None:
    with pytest.raises(CalendarRefused):
        busy_times(raw, zone=ZONE, now=NOW)
