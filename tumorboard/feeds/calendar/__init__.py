"""Feeds and invitations as iCalendar (RFC 5545, 5546, 7986): the only room here that knows the `icalendar` library."""

from tumorboard.feeds.calendar.bodies import Body
from tumorboard.feeds.calendar.incoming import receive
from tumorboard.feeds.calendar.invitation import written
from tumorboard.feeds.calendar.reply import LARGEST_BYTES as LARGEST_MAIL_BYTES
from tumorboard.feeds.calendar.serve import as_it_stands, body_of, catch_up, kept_body, refreshed
from tumorboard.feeds.calendar.single import meeting_file

__all__ = [
    "Body",
    "LARGEST_MAIL_BYTES",
    "as_it_stands",
    "body_of",
    "catch_up",
    "kept_body",
    "meeting_file",
    "receive",
    "refreshed",
    "written",
]
