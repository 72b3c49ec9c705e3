"""Feeds as iCalendar (RFC 5545, RFC 7986): the only room of this package that knows the `icalendar` library."""

from tumorboard.feeds.calendar.bodies import Body
from tumorboard.feeds.calendar.serve import as_it_stands, body_of, catch_up, kept_body, refreshed
from tumorboard.feeds.calendar.single import meeting_file

__all__ = ["Body", "as_it_stands", "body_of", "catch_up", "kept_body", "meeting_file", "refreshed"]
