"""Tables of personal feeds, the series a person follows, what calendars were told, and invitations."""

from tumorboard.feeds.models.addresses import FeedToken, Follow, LeftOut
from tumorboard.feeds.models.invitations import CalendarChoice, MeetingInvitation
from tumorboard.feeds.models.reach import ChangeTold
from tumorboard.feeds.models.store import CalendarEntry, CalendarFeed, CalendarMark

__all__ = [
    "CalendarChoice",
    "CalendarEntry",
    "CalendarFeed",
    "CalendarMark",
    "ChangeTold",
    "FeedToken",
    "Follow",
    "LeftOut",
    "MeetingInvitation",
]
