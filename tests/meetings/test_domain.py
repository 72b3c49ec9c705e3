"""How mail writes the time of a meeting."""

from datetime import UTC, datetime

import pytest

from tumorboard.kernel.clock import local
from tumorboard.meetings.domain import in_words


@pytest.mark.parametrize(
    ("instant", "zone", "words"),
    [
        (datetime(2026, 12, 8, 12, tzinfo=UTC), "America/New_York", "Tuesday, December 8, 2026, 7:00 AM EST"),
        (datetime(2026, 7, 7, 16, 5, tzinfo=UTC), "America/New_York", "Tuesday, July 7, 2026, 12:05 PM EDT"),
        (datetime(2026, 7, 7, 4, tzinfo=UTC), "America/New_York", "Tuesday, July 7, 2026, 12:00 AM EDT"),
        (datetime(2026, 12, 8, 12, tzinfo=UTC), "America/Phoenix", "Tuesday, December 8, 2026, 5:00 AM MST"),
    ],
)
def test_time_is_written_on_the_wall_of_the_series(instant, zone, words):
    assert in_words(local(instant, zone)) == words
