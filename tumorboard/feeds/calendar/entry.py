"""An event as text, looked at by the linter before anybody else sees it."""

import structlog

from tumorboard.feeds.calendar.feed import cut_off_text, entry_text
from tumorboard.feeds.calendar.lint import Fault, lint_entry
from tumorboard.feeds.calendar.zones import served_zones
from tumorboard.feeds.domain import Entry, FeedEvent

log = structlog.get_logger(__name__)


def entry_of(event: FeedEvent, home: str) -> Entry:
    """Return the event's text, or the rule that it breaks."""
    try:
        ics, cut_off = entry_text(event, home), cut_off_text(event, home)
        return Entry(
            ics=ics,
            zone=lint_entry(ics, served_zones()),
            cut_off_ics=cut_off,
            cut_off_zone=lint_entry(cut_off, served_zones()) if cut_off else "",
        )
    except Fault as fault:
        return _spoiled(event, str(fault))
    except Exception as error:  # whatever one event does to the library, the others are still to be written
        return _spoiled(event, f"it could not be written at all ({type(error).__name__})")


def _spoiled(event: FeedEvent, trouble: str) -> Entry:
    log.error("calendar entry not taken", meeting_id=event.meeting_id, trouble=trouble)
    return Entry(ics="", trouble=trouble)
