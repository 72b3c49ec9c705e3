"""A feed as bytes: the same feed gives the same bytes, whenever and wherever it is asked for.

There is no METHOD: a feed shows, it does not schedule (RFC 5545 3.7.2). PUBLISH would demand an ORGANIZER
in every event (RFC 5546 3.2.1), and programs would then take each meeting for somebody else's invitation.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Parameters, vText, vUri
from icalendar.cal.component import Component

from tumorboard.feeds.calendar.zones import served_zone, timezone_component
from tumorboard.feeds.domain import Feed, FeedEvent
from tumorboard.kernel.clock import local, long_day
from tumorboard.kernel.text import clean_line

PRODID = "-//Tumorboard//Feeds 1.0//EN"
REFRESH = timedelta(hours=1)
CUT_OFF_SHOWN = timedelta(minutes=15)
LONGEST_LINE_BYTES = 75
# The sites' colours on our pages, as the nearest names of CSS3 (RFC 7986 5.9 takes no others).
COLORS = {
    "breast": "palevioletred",
    "thoracic": "cadetblue",
    "gi": "peru",
    "colorectal": "steelblue",
    "gu": "olivedrab",
    "gyn": "mediumorchid",
    "head-neck": "seagreen",
    "cns": "slateblue",
    "melanoma": "rosybrown",
    "sarcoma": "darkgoldenrod",
    "lymphoma": "indianred",
    "bmt": "yellowgreen",
    "education": "slategray",
}
OWN_COLOR = "teal"
END = b"END:VCALENDAR\r\n"


def entry_text(event: FeedEvent, home: str) -> str:
    """Return the event as it stands in every feed: CRLF, no line over 75 bytes."""
    return lines_of(_event(event, home)).decode()


def cut_off_text(event: FeedEvent, home: str) -> str:
    """Return the end of submissions to a board's meeting as an event of its own; empty where there is none."""
    return lines_of(_cut_off(event, event.cuts_off_at, home)).decode() if event.cuts_off_at else ""


def feed_bytes(feed: Feed, *, entries: str, zones: Sequence[str]) -> bytes:
    """Return the whole .ics file around the entries, with the zones that they name."""
    # RFC 5545 wants at least one component in a calendar, so that an empty one shows its zone.
    shown = zones if entries else [served_zone(feed.zone)]
    head = lines_of(_calendar(feed)).removesuffix(END)
    return b"".join([head, *(zone_lines(zone) for zone in shown), entries.encode(), END])


@cache
def zone_lines(zone: str) -> bytes:
    """The VTIMEZONE as it stands in a file."""
    return lines_of(timezone_component(zone))


def _calendar(feed: Feed) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # The library escapes these two only when they come as vText.
    calendar.add("name", vText(clean_line(feed.name)))
    calendar.add("x-wr-calname", vText(clean_line(feed.name)))
    calendar.add("x-wr-timezone", vText(feed.zone))
    calendar.add("color", vText(COLORS.get(feed.site or "", OWN_COLOR)))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vText("PT1H"))
    if feed.source:
        calendar.add("source", vUri(feed.source), parameters={"VALUE": "URI"})
    return calendar


def _event(event: FeedEvent, home: str) -> Event:
    page = f"{home}/meetings/{event.meeting_id}"
    join = web_address(event.video_url)
    entry = _bare(event, uid=event.uid, sequence=event.sequence, starts_at=event.starts_at, ends_at=event.ends_at)
    entry.add("transp", "TRANSPARENT" if event.is_cancelled else "OPAQUE")
    entry.add("summary", vText(summary_of(event)))
    entry.add("description", vText(_description(event, page=page, join=join)))
    if room := clean_line(event.room):
        entry.add("location", vText(room))
    entry.add("url", vUri(page))
    entry.add("categories", [clean_line(event.short_name), event.kind])
    entry.add("color", vText(COLORS[event.site]))
    if join:
        about = Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": "Join"})
        entry.add("conference", vUri(join), parameters=about)
    return entry


def _cut_off(event: FeedEvent, cuts_off_at: datetime, home: str) -> Event:
    """The quarter of an hour before it: an event without any length is lost in a month's view."""
    starts_at = cuts_off_at - CUT_OFF_SHOWN
    uid = f"cut-off-{event.uid}"
    entry = _bare(event, uid=uid, sequence=event.cut_off_sequence, starts_at=starts_at, ends_at=cuts_off_at)
    summary = f"Submissions close: {clean_line(event.series)}"
    day = long_day(local(event.starts_at, served_zone(event.zone)))
    page = f"{home}/meetings/{event.meeting_id}"
    entry.add("transp", "TRANSPARENT")
    entry.add("summary", vText(f"Cancelled: {summary}" if event.is_cancelled else summary))
    entry.add("description", vText(f"For the meeting on {day}.\nDetails, after sign-in: {page}"))
    entry.add("url", vUri(page))
    entry.add("categories", [clean_line(event.short_name), "Submissions close"])
    entry.add("color", vText(COLORS[event.site]))
    return entry


def _bare(event: FeedEvent, *, uid: str, sequence: int, starts_at: datetime, ends_at: datetime) -> Event:
    entry = Event()
    entry.add("uid", vText(uid))
    entry.add("sequence", sequence)
    entry.add("dtstamp", event.revised_at.astimezone(UTC))
    entry.add("last-modified", event.revised_at.astimezone(UTC))
    entry.add("created", event.created_at.astimezone(UTC))
    entry.add("dtstart", wall_time(starts_at, event.zone))
    entry.add("dtend", wall_time(ends_at, event.zone))
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    return entry


def summary_of(event: FeedEvent) -> str:
    """The title as calendars list it."""
    name, talk = clean_line(event.series), clean_line(event.talk_title)
    summary = f"{name}: {talk}" if talk else name
    # Some programs show a cancelled event like any other, so that the words must say it.
    return f"Cancelled: {summary}" if event.is_cancelled else summary


def _description(event: FeedEvent, *, page: str, join: str | None) -> str:
    lines = [f"Speaker: {speaker}"] if (speaker := clean_line(event.speaker)) else []
    if event.case_count is not None:
        lines.append(f"{event.case_count} case{'' if event.case_count == 1 else 's'} on the agenda.")
    if event.own_cases:
        lines.append(f"You present {', '.join(event.own_cases)}.")
    if join:
        lines.append(f"Join: {join}")  # Outlook and Google do not show CONFERENCE
    lines.append(f"Details, after sign-in: {page}")
    return "\n".join(lines)


def wall_time(moment: datetime, zone: str) -> datetime:
    """Return the local time of a known zone.

    Else UTC; so too in the doubled hour of autumn, whose second half no local time can name.
    """
    local = moment.astimezone(ZoneInfo(served_zone(zone)))
    return moment.astimezone(ZoneInfo("UTC")) if local.fold else local


def web_address(text: str) -> str | None:
    """Return the address of a video room, or None where it is none: a URI is written raw, nothing odd may pass."""
    if not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"https", "http"} and parts.netloc else None


def lines_of(component: Component) -> bytes:
    """The component as it is sent: CRLF, no line over 75 bytes."""
    return b"".join(_folded(line) for line in component.content_lines() if line)


def _folded(line: str) -> bytes:
    """Fold between characters, and never inside an escape: Google drops an event that is folded there."""
    rows, row = [], b""
    for piece in _pieces(line):
        if len(row) + len(piece) > LONGEST_LINE_BYTES:
            rows.append(row)
            row = b" "
        row += piece
    return b"\r\n".join([*rows, row]) + b"\r\n"


def _pieces(line: str) -> list[bytes]:
    """What no fold may divide: a character, or a backslash with the one that it escapes."""
    if line.isascii() and len(line) <= LONGEST_LINE_BYTES:
        return [line.encode()]
    pieces: list[bytes] = []
    characters = iter(line)
    for character in characters:
        escaped = next(characters, "") if character == "\\" else ""
        pieces.append((character + escaped).encode())
    return pieces
