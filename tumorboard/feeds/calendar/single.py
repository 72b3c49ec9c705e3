"""One meeting as a file of its own: the event that feeds have, without anything that would make a calendar of it."""

from icalendar import Calendar

from tumorboard.feeds.calendar.entry import entry_of
from tumorboard.feeds.calendar.feed import END, PRODID, lines_of, zone_lines
from tumorboard.feeds.calendar.lint import Fault, lint_file
from tumorboard.feeds.domain import FeedEvent
from tumorboard.kernel.errors import Unavailable


def meeting_file(event: FeedEvent, *, home: str) -> bytes:
    """Return the .ics file of one event. Raises Unavailable where it would break a rule of the format."""
    entry = entry_of(event, home)
    zone = zone_lines(entry.zone) if entry.zone else b""
    body = b"".join([_head(), zone, entry.ics.encode(), END])
    try:
        lint_file(body)
    except Fault as fault:
        raise Unavailable("This meeting cannot be written as a calendar file just now.") from fault
    return body


def _head() -> bytes:
    """Neither NAME nor X-WR-CALNAME (MS-OXCICAL 2.1.3.1.1), and no METHOD: the file shows, it does not invite."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return lines_of(calendar).removesuffix(END)
