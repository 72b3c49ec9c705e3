"""Rhythms, repetitions, holidays and closures, without a database."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tumorboard.kernel.clock import instant_of
from tumorboard.series.domain import (
    Closing,
    ClosureEffect,
    HolidayRule,
    Nth,
    Openings,
    PlannedDay,
    Repeats,
    Repetition,
    Rhythm,
    RhythmUnreadable,
    Weekday,
    check_rule,
    doubled_days,
    federal_holidays,
    planned_days,
)

CHRISTMAS = date(2026, 12, 25)  # a Friday
STORM = Closing("Snow storm", date(2027, 1, 12), date(2027, 1, 13), ClosureEffect.CANCEL, 7)


def a_rhythm(rule="FREQ=WEEKLY;BYDAY=TU", **overrides):
    values = {
        "starts": time(7, 0),
        "zone": "America/New_York",
        "length": timedelta(hours=1),
        "first_on": date(2026, 1, 6),
    }
    return Rhythm(rule, **{**values, **overrides})


def starts_of(rhythm, after, until):
    days = rhythm.days(after=after, until=until)
    return [instant_of(day, rhythm.starts, rhythm.zone).astimezone(UTC).strftime("%m-%d %H:%M") for day in days]


@pytest.mark.parametrize(
    ("zone", "starts", "after", "expected"),
    [
        ("America/New_York", time(7), date(2026, 10, 27), ["10-27 11:00", "11-03 12:00"]),
        ("America/New_York", time(7), date(2027, 3, 9), ["03-09 12:00", "03-16 11:00"]),
        ("Europe/London", time(7), date(2026, 10, 20), ["10-20 06:00", "10-27 07:00"]),
        ("Europe/London", time(7), date(2027, 3, 23), ["03-23 07:00", "03-30 06:00"]),
        ("America/Phoenix", time(7), date(2027, 3, 9), ["03-09 14:00", "03-16 14:00"]),
        ("America/Los_Angeles", time(18), date(2026, 10, 27), ["10-28 01:00", "11-04 02:00"]),
        ("America/Los_Angeles", time(18), date(2027, 3, 9), ["03-10 02:00", "03-17 01:00"]),
    ],
)
def test_wall_time_stays_when_clocks_change(zone, starts, after, expected):
    rhythm = a_rhythm(zone=zone, starts=starts)

    assert starts_of(rhythm, after, after + timedelta(days=7)) == expected


def test_time_in_the_spring_gap_moves_forward():
    rhythm = a_rhythm("FREQ=WEEKLY;BYDAY=SU", starts=time(2, 30))

    assert starts_of(rhythm, date(2027, 3, 14), date(2027, 3, 14)) == ["03-14 07:30"]  # 3:30 EDT


def test_doubled_time_in_autumn_is_the_first():
    rhythm = a_rhythm("FREQ=WEEKLY;BYDAY=SU", starts=time(1, 30))

    assert starts_of(rhythm, date(2026, 11, 1), date(2026, 11, 1)) == ["11-01 05:30"]  # 1:30 EDT, not EST


def test_rhythm_of_leap_days_comes_round_in_leap_years_only():
    rhythm = a_rhythm("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", first_on=date(2024, 2, 29))

    assert rhythm.next_days(2, after=date(2026, 1, 1)) == [date(2028, 2, 29)]


def test_rhythm_keeps_within_its_first_and_last_day():
    rhythm = a_rhythm(first_on=date(2026, 12, 8), last_on=date(2026, 12, 15))

    assert rhythm.next_days(5, after=date(2026, 1, 1)) == [date(2026, 12, 8), date(2026, 12, 15)]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
        "FREQ=HOURLY",
        "BYDAY=TU",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=99999",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=TU\nEXDATE:20260101",
        "nonsense",
        "",
    ],
)
def test_rule_that_no_calendar_reads_or_that_never_comes_is_refused(rule):
    with pytest.raises(RhythmUnreadable):
        check_rule(rule, first_on=date(2026, 1, 6))


@pytest.mark.parametrize(
    ("repetition", "rule", "words"),
    [
        (Repetition(Repeats.WEEKLY, (Weekday.TUESDAY,)), "FREQ=WEEKLY;BYDAY=TU", "Every Tuesday"),
        (
            Repetition(Repeats.SECOND_WEEK, (Weekday.MONDAY, Weekday.FRIDAY)),
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
            "Every second Monday and Friday",
        ),
        (
            Repetition(Repeats.MONTHLY, (Weekday.THURSDAY,), (Nth.FIRST, Nth.THIRD)),
            "FREQ=MONTHLY;BYDAY=1TH,3TH",
            "First and third Thursday of the month",
        ),
        (
            Repetition(Repeats.MONTHLY, (Weekday.FRIDAY,), (Nth.LAST,)),
            "FREQ=MONTHLY;BYDAY=-1FR",
            "Last Friday of the month",
        ),
        (Repetition(Repeats.YEARLY), "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=6", "Once a year"),
        (
            Repetition(Repeats.CUSTOM, rule="FREQ=MONTHLY;BYMONTHDAY=15"),
            "FREQ=MONTHLY;BYMONTHDAY=15",
            "By the rule FREQ=MONTHLY;BYMONTHDAY=15",
        ),
    ],
)
def test_what_was_chosen_becomes_a_rule_and_comes_back(repetition, rule, words):
    first_on = date(2026, 1, 6)

    assert repetition.as_rule(first_on=first_on) == rule
    assert Repetition.of(rule, first_on=first_on) == repetition
    assert repetition.words == words


@pytest.mark.parametrize(
    ("repetition", "field"),
    [
        (Repetition(Repeats.WEEKLY), "weekdays"),
        (Repetition(Repeats.MONTHLY, (Weekday.MONDAY,)), "nths"),
        (Repetition(Repeats.CUSTOM), "rule"),
    ],
)
def test_missing_choice_is_asked_for_at_its_field(repetition, field):
    with pytest.raises(RhythmUnreadable) as refusal:
        repetition.as_rule(first_on=date(2026, 1, 6))

    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(
    "rule", ["FREQ=MONTHLY;BYDAY=1MO,3TH", "FREQ=MONTHLY;BYDAY=5MO", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2"]
)
def test_rule_that_fits_no_choice_is_kept_as_it_is(rule):
    assert Repetition.of(rule, first_on=date(2026, 1, 6)) == Repetition(Repeats.CUSTOM, rule=rule)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (HolidayRule.MEET, PlannedDay(CHRISTMAS, CHRISTMAS)),
        (HolidayRule.CANCEL, PlannedDay(CHRISTMAS, CHRISTMAS, takes_place=False, reason="Christmas Day")),
        (HolidayRule.NEXT_WORKDAY, PlannedDay(CHRISTMAS, date(2026, 12, 28), reason="Christmas Day")),
    ],
)
def test_holiday_rule_decides_what_becomes_of_a_holiday(rule, expected):
    assert Openings(rule).fate_of(CHRISTMAS) == expected


def test_next_workday_passes_over_closed_days_too():
    inventory = Closing("Inventory", date(2026, 12, 28), date(2026, 12, 28), ClosureEffect.CANCEL)

    day = Openings(HolidayRule.NEXT_WORKDAY, (inventory,)).fate_of(CHRISTMAS)

    assert day.meets_on == date(2026, 12, 29)


def test_closure_speaks_before_a_holiday_and_is_remembered():
    closed = Closing("Flood", CHRISTMAS, CHRISTMAS, ClosureEffect.CANCEL, 9)

    day = Openings(HolidayRule.MEET, (closed,)).fate_of(CHRISTMAS)

    assert day == PlannedDay(CHRISTMAS, CHRISTMAS, takes_place=False, reason="Flood", closure_id=9)


def test_month_of_closed_days_cancels_rather_than_moves_for_ever():
    closed = Closing("Rebuilding", date(2027, 1, 1), date(2027, 3, 1), ClosureEffect.NEXT_WORKDAY)

    assert not Openings(HolidayRule.CANCEL, (closed,)).fate_of(date(2027, 1, 5)).takes_place


def test_planned_days_say_what_becomes_of_each_day():
    openings = Openings(HolidayRule.CANCEL, (STORM,))

    days = list(planned_days(a_rhythm(), openings, after=date(2027, 1, 5), until=date(2027, 1, 19)))

    assert [(day.occurs_on.day, day.takes_place) for day in days] == [(5, True), (12, False), (19, True)]


def test_day_on_which_a_moved_meeting_meets_the_regular_one_is_named():
    rhythm = a_rhythm("FREQ=WEEKLY;BYDAY=FR,MO")
    days = planned_days(rhythm, Openings(HolidayRule.NEXT_WORKDAY), after=CHRISTMAS, until=date(2027, 1, 3))

    assert doubled_days(days) == {date(2026, 12, 28)}


def test_federal_holidays_of_a_year_hold_observed_days():
    names = federal_holidays(2026)

    assert names[date(2026, 7, 3)] == "Independence Day (observed)"
    assert list(names) == sorted(names)


def test_instants_are_utc():
    assert instant_of(CHRISTMAS, time(7), "America/New_York") == datetime(2026, 12, 25, 12, tzinfo=UTC)


def test_day_held_by_video_stays_where_it_is_and_carries_the_link_of_the_closure():
    closed = Closing("Flood", CHRISTMAS, CHRISTMAS, ClosureEffect.VIDEO_ONLY, 9, "https://video.example.org/all")

    day = Openings(HolidayRule.CANCEL, (closed,)).fate_of(CHRISTMAS)

    assert (day.meets_on, day.takes_place, day.reason, day.closure_id) == (CHRISTMAS, True, "Flood", 9)
    assert (day.is_by_video, day.video_url) == (True, "https://video.example.org/all")


def test_day_taken_by_another_meeting_is_no_free_workday():
    monday = date(2026, 12, 28)

    assert Openings(HolidayRule.CANCEL).next_workday(CHRISTMAS, taken={monday}) == date(2026, 12, 29)


@pytest.mark.parametrize(
    ("rule", "closings", "name"),
    [
        (HolidayRule.CANCEL, (), "Christmas Day"),
        (HolidayRule.NEXT_WORKDAY, (), "Christmas Day"),
        (HolidayRule.MEET, (), ""),
        (HolidayRule.MEET, (Closing("Flood", CHRISTMAS, CHRISTMAS, ClosureEffect.CANCEL),), "Flood"),
    ],
)
def test_series_is_kept_from_a_day_by_a_closure_or_by_a_holiday_that_it_observes(rule, closings, name):
    assert Openings(rule, closings).closed_for(CHRISTMAS) == name
