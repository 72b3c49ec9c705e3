"""A mail that came back, read for an answer to an invitation.

Anybody can send anything to the address, so that a mail is bounded by its size, its parts and its lines before a
library sees it, and what reaches the calendar library are the few lines of one event that say who answers what.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from urllib.parse import unquote

from icalendar import Calendar

from tumorboard.feeds.domain.invitations import Answer, AutomaticMail, NoReply, Reply

LARGEST_BYTES = 512 * 1024
LARGEST_CALENDAR_BYTES = 64 * 1024
MOST_PARTS = 20
MOST_HEADERS = 300
LONGEST_HEADER_BYTES = 4_000
MOST_LINES = 2_000
LARGEST_SEQUENCE = 2**31 - 1
LONGEST_ADDRESS = 254
KINDS = ("text/calendar", "application/ics")
_KEPT = {"UID", "DTSTAMP", "SEQUENCE", "ATTENDEE"}
_LINE = re.compile(r"([A-Za-z-]+)([;:].*)", re.DOTALL)
_CHARSETS = {"utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16"}
_ANSWERS = {"ACCEPTED": Answer.ACCEPTED, "DECLINED": Answer.DECLINED, "TENTATIVE": Answer.TENTATIVE}
# Quoted names and comments; an address alone, and one behind a name (RFC 5322 3.4).
_BESIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)', re.DOTALL)
_ADDRESS = re.compile(r"\s*([^\s<>@,;:]+@[^\s<>@,;:]+)\s*")
_NAMED_ADDRESS = re.compile(r"[^<>,;:]*<\s*([^\s<>@,;:]+@[^\s<>@,;:]+)\s*>\s*")
_BOUNDARY = re.compile(rb"boundary", re.IGNORECASE)
# Each with its folded lines, in the mail's head and in every part's; the library takes a lone CR for an end of line.
_KIND_OR_SENDER = re.compile(
    rb"(?:\A|[\r\n])(?:content-type|from):[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*", re.IGNORECASE
)


def reply_in(raw: bytes) -> Reply:
    """Return the answer that the mail holds.

    Raises NoReply with the reason, or AutomaticMail for what a program wrote by itself.
    """
    if len(raw) > LARGEST_BYTES:
        raise NoReply(f"The mail is larger than {LARGEST_BYTES // 1024} KB.")
    try:
        return _reply(_mail(raw))
    except (NoReply, AutomaticMail):
        raise
    # Hostile text makes the libraries raise whatever Python has, down to the end of its stack.
    except Exception as error:
        raise NoReply("The mail cannot be read.") from error


def _mail(raw: bytes) -> Message:
    """The mail, by the plain rules: the library's own reading of headers is not made for hostile ones."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    if head.count(b"\n") > MOST_HEADERS or len(_BOUNDARY.findall(raw)) > 2 * MOST_PARTS:
        raise NoReply("The mail has too many headers or parts.")
    # Quotation marks and parameters are read in a time that grows with the square of their number.
    if any(len(header[0]) > LONGEST_HEADER_BYTES for header in _KIND_OR_SENDER.finditer(raw)):
        raise NoReply("A header of the mail is too long.")
    return message_from_bytes(raw, policy=policy.compat32)


def _reply(mail: Message) -> Reply:
    _refuse_automatic(mail)
    text = _calendar_of(mail)
    if text is None and mail.get("Auto-Submitted", "no").strip().lower() != "no":
        raise AutomaticMail
    if text is None:
        raise NoReply("The mail holds no answer of a calendar program. Answer by the buttons of your calendar.")
    reply = _answer_in(text)
    if reply.address.lower() != _sender(mail).lower():
        raise NoReply("The mail comes from another address than the one that answers.")
    return reply


def _refuse_automatic(mail: Message) -> None:
    """Bounces, and notes that somebody is away (RFC 3834); a calendar program may say that it generated its mail."""
    submitted = _header(mail, "Auto-Submitted").lower()
    is_by_itself = submitted not in {"", "no", "auto-generated"}
    is_away = _header(mail, "Precedence").lower() in {"auto_reply", "bulk", "junk", "list"}
    is_bounce = mail.get_content_type() == "multipart/report" or _header(mail, "Return-Path") == "<>"
    if is_by_itself or is_away or is_bounce or mail.get("X-Autoreply") or mail.get("X-Autorespond"):
        raise AutomaticMail


def _header(mail: Message, name: str) -> str:
    return str(mail.get(name, "")).partition(";")[0].strip()


def _sender(mail: Message) -> str:
    """The one address that the mail is from; whatever is said beside it is passed over."""
    [line] = mail.get_all("From", []) or [""]
    bare = _BESIDE.sub(" ", str(line))
    found = _ADDRESS.fullmatch(bare) or _NAMED_ADDRESS.fullmatch(bare)
    if found is None:
        raise NoReply("The mail does not come from exactly one address.")
    return found[1]


def _calendar_of(mail: Message) -> str | None:
    parts = list(_parts(mail))
    for kind in KINDS:
        for part in parts:
            if part.get_content_type() == kind:
                return _text_of(part)
    return None


def _parts(mail: Message) -> Iterator[Message]:
    """The parts that are no messages themselves: what somebody forwards is not an answer of the sender's own."""
    waiting, seen = [mail], 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > MOST_PARTS:
            raise NoReply("The mail has too many parts.")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += [one for one in part.get_payload() if isinstance(one, Message)]
        elif not part.is_multipart():
            yield part


def _text_of(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or len(content) > LARGEST_CALENDAR_BYTES:
        raise NoReply("The calendar in the mail cannot be read, or is too large.")
    charset = str(part.get_content_charset("utf-8"))
    # All that counts is in plain letters, so that a name in a set that was named wrongly does no harm.
    return content.decode(charset if charset in _CHARSETS else "utf-8", "replace").removeprefix("\ufeff")


def _answer_in(text: str) -> Reply:
    method, event = _one_event(text)
    if method != "REPLY":
        raise NoReply("The calendar in the mail is not a reply.")
    calendar = Calendar.from_ical(
        "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *event, "END:VEVENT", "END:VCALENDAR"])
    )
    [entry] = calendar.walk("VEVENT")
    attendee, stamp, sequence = entry.get("ATTENDEE"), entry.get("DTSTAMP"), int(entry.get("SEQUENCE", 0))
    if attendee is None or isinstance(attendee, list) or stamp is None or isinstance(stamp, list):
        raise NoReply("The reply does not say who answers, or when.")
    answer = _ANSWERS.get(str(attendee.params.get("PARTSTAT", "")).upper())
    if answer is None:
        raise NoReply("The reply neither accepts nor declines.")
    if not 0 <= sequence <= LARGEST_SEQUENCE:
        raise NoReply("The reply is to no invitation that was ever sent.")
    stamped_at = _instant(stamp.dt)
    return Reply(
        uid=_known_uid(entry.get("UID")),
        address=_address(str(attendee)),
        answer=answer,
        sequence=sequence,
        stamped_at=stamped_at,
    )


def _one_event(text: str) -> tuple[str, list[str]]:
    """The calendar's method, and of its only event the lines that count; what nests in it is passed over."""
    lines = re.split(r"\r?\n", re.sub(r"\r?\n[ \t]", "", text))
    if len(lines) > MOST_LINES:
        raise NoReply("The calendar in the mail has too many lines.")
    method, kept, events, stack = "", list[str](), 0, list[str]()
    for line in filter(None, map(str.strip, lines)):
        word, _, value = line.partition(":")
        match word.upper(), stack:
            case "BEGIN", _:
                stack.append(value.upper())
                events += value.upper() == "VEVENT"
            case "END", _:
                stack.pop()
            case "METHOD", ["VCALENDAR"]:
                method = value.strip().upper()
            case _, ["VCALENDAR", "VEVENT"] if (found := _LINE.fullmatch(line)) and found[1].upper() in _KEPT:
                kept.append(line)
    if events != 1 or stack:
        raise NoReply("The calendar in the mail does not hold exactly one event.")
    return method, kept


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise NoReply("The reply does not say when it was given.")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _known_uid(value: object) -> str:
    if value is None or isinstance(value, list) or not 0 < len(str(value)) <= LONGEST_ADDRESS:
        raise NoReply("The reply does not name the meeting.")
    return _storable(str(value))


def _address(value: str) -> str:
    scheme, _, address = value.strip().partition(":")
    if scheme.lower() != "mailto" or not 0 < len(address) <= LONGEST_ADDRESS:
        raise NoReply("The reply does not say who answers.")
    return _storable(unquote(address.strip()))


def _storable(text: str) -> str:
    """The text, if a database can be asked for it. Raises NoReply for control characters."""
    if not text.isprintable():
        raise NoReply("The reply holds characters that no address has.")
    return text
