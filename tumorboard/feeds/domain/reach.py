"""Who can know of a change by the own calendar, and until when it is waited for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Google looks once a day at worst: what no calendar has fetched by then is not going to be noticed.
PATIENCE = timedelta(hours=24)
# Whoever presents is told the new time of the case, seconds after a move, if the board is planned anew by then.
FOR_CASES = timedelta(minutes=1)
# People look at tomorrow the evening before.
LEAD = timedelta(hours=12)
# A change bears the time at which it began, and is seen by others only when it is stored.
COMMITTED_WITHIN = timedelta(seconds=15)
# Of a program that came once nobody knows more than that Google's takes up to a day.
UNKNOWN_PAUSE = timedelta(hours=24)
_SLACK = timedelta(minutes=15)


@dataclass(frozen=True)
class Visit:
    """When a calendar last came, how often it does, and how many meetings have changed since."""

    fetched_at: datetime | None = None
    client: str = ""
    pause: timedelta | None = None
    changes: int = 0


def know_by(*, changed_at: datetime, was_at: datetime | None, will_be_at: datetime) -> datetime:
    """Return until when calendars are waited for: not a moment when the meeting is near, and never beyond a day."""
    earliest = min(at for at in (was_at, will_be_at) if at)
    return max(changed_at, min(changed_at + PATIENCE, earliest - LEAD))


def expected_by(fetched_at: datetime, pause: timedelta | None) -> datetime:
    """Return when a calendar has come again for all that is known of it."""
    return fetched_at + (UNKNOWN_PAUSE if pause is None else pause * 1.5 + _SLACK)
