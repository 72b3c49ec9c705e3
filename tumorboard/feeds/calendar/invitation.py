"""A letter as iCalendar for a mail (RFC 5546, 6047): one meeting, one person, looked at by the linter before it leaves.

Only the recipient stands in it: who else is invited is nobody's business but the coordinator's.
"""

from datetime import UTC
from functools import cache
from urllib.parse import quote

import structlog
from icalendar import Calendar, Event, Parameters, vCalAddress, vText, vUri

from tumorboard.feeds.calendar.feed import lines_of, summary_of, wall_time, web_address, zone_lines
from tumorboard.feeds.calendar.lint import Fault, lint_invitation
from tumorboard.feeds.domain.invitations import Attendee, Letter, Method, Written
from tumorboard.kernel.text import clean_line

log = structlog.get_logger(__name__)
PRODID = "-//Tumorboard//Invitations 1.0//EN"
ORGANIZER_NAME = "Tumorboard"
# What an address may hold that a mailto URI takes as it is (RFC 6068).
_PLAIN = "@!$'*+-=^_`{|}~."
_END = b"END:VCALENDAR\r\n"


def written(letter: Letter, *, organizer: str, home: str) -> Written:
    """Return the letter's text, or the rule that it breaks."""
    try:
        body = invitation_bytes(letter, organizer=organizer, home=home)
        lint_invitation(body)
        return Written(ics=body.decode())
    except Fault as fault:
        return _spoiled(letter, str(fault))
    except Exception as error:  # whatever one meeting does to the library, the others are still to be written
        return _spoiled(letter, f"it could not be written at all ({type(error).__name__})")


def invitation_bytes(letter: Letter, *, organizer: str, home: str) -> bytes:
    """Return the whole text around the one event, with the zone that it names."""
    event = _event(letter, organizer=organizer, home=home)
    zone = event["DTSTART"].params.get("TZID")
    return b"".join([_head(letter.method), zone_lines(zone) if zone else b"", lines_of(event), _END])


@cache
def _head(method: Method) -> bytes:
    """No name of a calendar: with one, Outlook would make a calendar of its own out of the meeting."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    return lines_of(calendar).removesuffix(_END)


def _event(letter: Letter, *, organizer: str, home: str) -> Event:
    meeting, is_off = letter.event, letter.method is Method.CANCEL
    page, join = f"{home}/meetings/{meeting.meeting_id}", web_address(meeting.video_url)
    entry = Event()
    entry.add("uid", vText(meeting.uid))
    entry.add("sequence", letter.sequence)
    entry.add("dtstamp", letter.stamped_at.astimezone(UTC))
    entry.add("created", meeting.created_at.astimezone(UTC))
    entry.add("last-modified", max(meeting.created_at, meeting.revised_at).astimezone(UTC))
    entry.add("dtstart", wall_time(meeting.starts_at, meeting.zone))
    entry.add("dtend", wall_time(meeting.ends_at, meeting.zone))
    entry.add("status", "CANCELLED" if is_off else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if is_off else "OPAQUE")
    entry.add("summary", vText(summary_of(meeting)))
    entry.add("description", vText(_description(letter, page=page, join=join)))
    if room := clean_line(meeting.room):
        entry.add("location", vText(room))
    entry.add("url", vUri(page))
    entry.add("categories", [clean_line(meeting.short_name), meeting.kind])
    entry.add("organizer", _mailbox(organizer, {"CN": ORGANIZER_NAME}))
    entry.add("attendee", _mailbox(letter.to.address, _attending(letter.to, is_off=is_off)))
    if join:
        about = Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": "Join"})
        entry.add("conference", vUri(join), parameters=about)
    return entry


def _attending(to: Attendee, *, is_off: bool) -> dict[str, str]:
    # A quotation mark may not stand in a parameter, and few programs read its escape (RFC 6868).
    about = {"CN": clean_line(to.name).replace('"', "'"), "ROLE": "REQ-PARTICIPANT"}
    return about if is_off else {**about, "CUTYPE": "INDIVIDUAL", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}


def _mailbox(address: str, about: dict[str, str]) -> vCalAddress:
    is_plain = address.isascii() and address.isprintable()  # what is not, the linter is to find
    mailbox = vCalAddress(f"mailto:{quote(address, safe=_PLAIN) if is_plain else address}")
    mailbox.params = Parameters(about)
    return mailbox


def _description(letter: Letter, *, page: str, join: str | None) -> str:
    """Never what stands on the agenda, not even how many cases: that changes, and no mail follows."""
    speaker = clean_line(letter.event.speaker)
    lines = [f"Speaker: {speaker}"] if speaker else []
    if join and letter.method is Method.REQUEST:
        lines.append(f"Join: {join}")
    lines.append(f"Details, after sign-in: {page}")
    return "\n".join(lines)


def _spoiled(letter: Letter, trouble: str) -> Written:
    log.error("invitation not written", meeting_id=letter.event.meeting_id, trouble=trouble)
    return Written(trouble=trouble)
