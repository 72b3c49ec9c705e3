"""Feeds as iCalendar (RFC 5545, RFC 7986): the only room of this package that knows the `icalendar` library."""

from tumorboard.feeds.calendar.feed import feed_bytes

__all__ = ["feed_bytes"]
