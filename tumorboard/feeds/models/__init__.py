"""Tables of personal feeds, the series a person follows, and what calendars were told."""

from tumorboard.feeds.models.addresses import FeedToken, Follow, LeftOut
from tumorboard.feeds.models.reach import ChangeTold
from tumorboard.feeds.models.store import CalendarEntry, CalendarFeed, CalendarMark

__all__ = ["CalendarEntry", "CalendarFeed", "CalendarMark", "ChangeTold", "FeedToken", "Follow", "LeftOut"]
