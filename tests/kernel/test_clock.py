"""Wall time and instants, across both daylight-saving changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tumorboard.kernel.clock import (
    clock,
    day,
    duration,
    instant_of,
    is_zone,
    keeps_other_time,
    span,
    there,
    until,
    when,
    when_there,
    zone_name,
)


@pytest.mark.parametrize(
    ("wall", "zone", "instant"),
    [
        (datetime(2026, 10, 31, 7, 0), "America/New_York", datetime(2026, 10, 31, 11, 0, tzinfo=UTC)),  # noqa: DTZ001 - wall time
        (datetime(2026, 11, 1, 7, 0), "America/New_York", datetime(2026, 11, 1, 12, 0, tzinfo=UTC)),  # noqa: DTZ001 - wall time
        (datetime(2026, 11, 1, 1, 30), "America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # noqa: DTZ001 - wall time
        (datetime(2027, 3, 14, 2, 30), "America/New_York", datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),  # noqa: DTZ001 - wall time
        (datetime(2026, 7, 1, 7, 0), "America/Phoenix", datetime(2026, 7, 1, 14, 0, tzinfo=UTC)),  # noqa: DTZ001 - wall time
    ],
    ids=["summer", "winter", "doubled hour is its first", "missing hour moves forward", "no daylight saving"],
)
def test_wall_time_becomes_its_instant(wall: datetime, zone: str, instant: datetime) -> None:
    assert instant_of(wall.date(), wall.time(), zone) == instant


def test_days_and_times_are_written_the_us_way() -> None:
    at = datetime(2026, 12, 8, 12, 0, tzinfo=UTC)

    assert day(date(2026, 12, 8)) == "Tue, Dec 8"
    assert [clock(time(hour)) for hour in (0, 7, 12, 13)] == ["12:00 AM", "7:00 AM", "Noon", "1:00 PM"]
    assert when(at, "America/New_York") == "Tue, Dec 8, 7:00 AM"
    assert when_there(at, "America/New_York") == "Tue, Dec 8, 7:00 AM Eastern"
    assert span(at, at + timedelta(hours=1), "America/New_York") == "7:00–8:00 AM"
    assert span(at + timedelta(hours=4), at + timedelta(hours=6), "America/New_York") == "11:00 AM–1:00 PM"
    assert [zone_name(zone) for zone in ("America/New_York", "Europe/London")] == ["Eastern", "London"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(30, "less than a minute"), (60, "1 minute"), (7200, "2 hours"), (200_000, "2 days")]
)
def test_duration_is_said_in_its_largest_unit(seconds: int, said: str) -> None:
    assert duration(timedelta(seconds=seconds)) == said


def test_zone_is_known_or_not() -> None:
    assert [is_zone(name) for name in ("America/New_York", "Nowhere/Nothing", "../etc/passwd", "")] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 12, 5, 17, 0, tzinfo=UTC), "in 2 days"),  # Saturday noon to Monday at 7:00
        (datetime(2026, 12, 7, 4, 0, tzinfo=UTC), "tomorrow"),  # Sunday, 11:00 in the evening
        (datetime(2026, 12, 7, 5, 0, tzinfo=UTC), "in 7 hours"),
        (datetime(2026, 12, 7, 11, 40, tzinfo=UTC), "in 20 minutes"),
    ],
)
def test_days_to_come_are_counted_as_the_readers_calendar_does(now: datetime, words: str) -> None:
    assert until(datetime(2026, 12, 7, 12, 0, tzinfo=UTC), now=now, zone="America/New_York") == words


NEW_YORK = "America/New_York"
EVENING = datetime(2026, 12, 8, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("America/Phoenix", "4:00 PM in Phoenix, MST"),
        ("America/Los_Angeles", "3:00 PM in Los Angeles, PST"),
        ("Europe/London", "11:00 PM in London, GMT"),
        ("Asia/Tokyo", "Wed 8:00 AM in Tokyo, JST"),
        ("America/Sao_Paulo", "8:00 PM in Sao Paulo"),
    ],
)
def test_time_of_another_place_names_its_city_and_the_day_where_it_is_another(zone: str, told: str) -> None:
    assert there(EVENING, zone, home=NEW_YORK) == told


def test_zones_of_one_time_are_not_told_apart_and_others_only_while_their_clocks_differ() -> None:
    assert not keeps_other_time(EVENING, "America/Detroit", home=NEW_YORK)
    assert keeps_other_time(EVENING, "America/Phoenix", home="America/Los_Angeles")
    assert not keeps_other_time(datetime(2026, 7, 8, tzinfo=UTC), "America/Phoenix", home="America/Los_Angeles")
