"""A strict linter of .ics bytes, written from the RFCs and sharing no code with what it checks.

A program that meets one bad line drops the whole file in silence, so nothing is served that does not pass.
What a fault says is of our own wording: it is mailed, and what was typed must not be.
"""

import re
from collections.abc import Collection
from itertools import pairwise

UTC_TIME = re.compile(r"\d{8}T\d{6}Z\Z")
LOCAL_TIME = re.compile(r"\d{8}T\d{6}\Z")
OFFSET = re.compile(r"[+-]\d{4}\Z")
VALUE = r'(?:"[^"]*"|[^";:,]*)'
LINE = re.compile(rf"(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z0-9-]+={VALUE}(?:,{VALUE})*)*):(?P<value>.*)\Z")
PARAMETER = re.compile(rf";([A-Z0-9-]+)=({VALUE}(?:,{VALUE})*)")
TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME", "UID"}
URIS = {"URL", "SOURCE", "CONFERENCE", "ORGANIZER", "ATTENDEE"}
MAILBOX = re.compile(r"mailto:[^@:,;<>\s]+@[^@:,;<>\s]+\Z")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
CSS3 = {
    "palevioletred", "cadetblue", "peru", "steelblue", "olivedrab", "mediumorchid", "seagreen", "slateblue",
    "rosybrown", "darkgoldenrod", "indianred", "yellowgreen", "slategray", "teal",
}  # fmt: skip
Line = tuple[str, dict[str, str], str]


class Fault(ValueError):
    """The bytes break a rule."""


def lint(body: bytes) -> dict[str, dict[str, Line]]:
    """Raise Fault at the first rule that a feed breaks; return the events by UID, each with its lines by name."""
    calendar, components = _split([_parsed(row) for row in _unfolded(body)])
    _check_feed(calendar)
    return _check_components(components)


def lint_file(body: bytes) -> dict[str, Line]:
    """Raise Fault at the first rule that a file of one event breaks; return the event's lines by name.

    Nothing in it may name a calendar or promise that it is looked at again: Outlook would make a new calendar of it.
    """
    calendar, components = _split([_parsed(row) for row in _unfolded(body)])
    _check_file(calendar)
    events = list(_check_components(components).values())
    _need(len(events) == 1, "not one event")
    return events[0]


def _check_components(components: list[tuple[str, list[Line]]]) -> dict[str, dict[str, Line]]:
    zones = [rows for name, rows in components if name == "VTIMEZONE"]
    events = [rows for name, rows in components if name == "VEVENT"]
    _need(components, "a calendar without any component")
    kinds = [name for name, _ in components]
    _need(kinds == sorted(kinds, reverse=True), "a zone stands after an event")
    known = [_check_zone(rows) for rows in zones]
    _need(len(known) == len(set(known)), "a zone stands twice")
    found = [_check_event(rows, known) for rows in events]
    used = {line[1]["TZID"] for event in found for line in event.values() if "TZID" in line[1]}
    _need(not events or used == set(known), "a zone is missing or unused")
    by_uid = {event["UID"][2]: event for event in found}
    _need(len(by_uid) == len(found), "a UID stands twice")
    return by_uid


def lint_entry(text: str, zones: Collection[str]) -> str:
    """Raise Fault when the text is not exactly one sound VEVENT; return the zone that it names, empty for UTC."""
    rows = _unfolded(b"BEGIN:VCALENDAR\r\n" + text.encode() + b"END:VCALENDAR\r\n")
    own, components = _split([_parsed(row) for row in rows])
    _need(not own and [name for name, _ in components] == ["VEVENT"], "not one event")
    event = _check_event(components[0][1], zones)
    used = {line[1]["TZID"] for line in event.values() if "TZID" in line[1]}
    _need(len(used) <= 1, "two zones in one event")
    return "".join(used)


def lint_invitation(body: bytes) -> dict[str, Line]:
    """Raise Fault at the first rule that an invitation of one person breaks; return the event's lines by name."""
    own, components = _split([_parsed(row) for row in _unfolded(body)])
    head = _once(own)
    _need(set(head) == {"PRODID", "VERSION", "CALSCALE", "METHOD"}, "a calendar of its own, or no METHOD")
    _need((head["VERSION"][2], head["CALSCALE"][2]) == ("2.0", "GREGORIAN"), "the version or the calendar scale")
    method = head["METHOD"][2]
    _need(method in {"REQUEST", "CANCEL"}, "a METHOD that asks nothing of an invited person")
    kinds = [name for name, _ in components]
    _need(kinds in (["VEVENT"], ["VTIMEZONE", "VEVENT"]), "not one event after at most one zone")
    zones = {_check_zone(rows) for name, rows in components if name == "VTIMEZONE"}
    event = _once(components[-1][1])
    _need({line[1]["TZID"] for line in event.values() if "TZID" in line[1]} == zones, "a zone is missing or unused")
    _need({"ORGANIZER", "ATTENDEE", "CREATED", "LAST-MODIFIED"} <= set(event), "no ORGANIZER, ATTENDEE or time")
    _check_core(event, zones)
    _check_people(event, is_off=method == "CANCEL")
    return event


def _unfolded(body: bytes) -> list[str]:
    _need(body.startswith(b"BEGIN:VCALENDAR\r\n"), "something before BEGIN")
    _need(body.endswith(b"END:VCALENDAR\r\n"), "the end is missing")
    rows = body.removesuffix(b"\r\n").split(b"\r\n")
    for row in rows:
        _need(b"\r" not in row and b"\n" not in row, "a bare line break")
        _need(len(row) <= 75, f"{len(row)} octets in a line")
        _need(_is_utf8(row), "a character folded in two")
        _need(row.strip() != b"", "an empty line")
    for before, after in pairwise(rows):
        folded_in_escape = after.startswith(b" ") and (len(before) - len(before.rstrip(b"\\"))) % 2 == 1
        _need(not folded_in_escape, "folded inside an escape")
    whole: list[str] = []
    for line in (row.decode("utf-8") for row in rows):
        if line.startswith(" "):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    for line in whole:
        _need(not _CONTROLS.search(line), "a control character")
    return whole


def _parsed(row: str) -> Line:
    found = LINE.match(row)
    _need(found is not None, "no content line")
    assert found is not None
    return found["name"], dict(PARAMETER.findall(found["params"])), found["value"]


def _split(lines: list[Line]) -> tuple[list[Line], list[tuple[str, list[Line]]]]:
    """The calendar's own lines, and each component with its lines."""
    own: list[Line] = []
    components: list[tuple[str, list[Line]]] = []
    current: list[Line] | None = None
    for name, params, value in lines[1:-1]:
        if name == "BEGIN" and current is None:
            current = []
            components.append((value, current))
        elif name == "END" and components and value == components[-1][0]:
            current = None
        elif current is None:
            _need(not components, "a property of the calendar after its components")
            own.append((name, params, value))
        else:
            current.append((name, params, value))
    _need(current is None, "a component without an end")
    return own, components


def _check_file(lines: list[Line]) -> None:
    by_name = _check_head(lines)
    _need(set(by_name) == {"VERSION", "PRODID", "CALSCALE"}, "what belongs to a feed in a file of one event")


def _check_head(lines: list[Line]) -> dict[str, Line]:
    by_name = _once(lines)
    for name in ("VERSION", "PRODID", "CALSCALE"):
        _need(name in by_name, f"no {name}")
    _need(by_name["VERSION"][2] == "2.0", "the version")
    _need(by_name["CALSCALE"][2] == "GREGORIAN", "the calendar scale")
    _need("METHOD" not in by_name, "a METHOD without an ORGANIZER")
    return by_name


def _check_feed(lines: list[Line]) -> None:
    by_name = _check_head(lines)
    for name in ("NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        _need(name in by_name, f"no {name}")
    _need(by_name["NAME"][2] == by_name["X-WR-CALNAME"][2], "two names")
    _need(by_name["REFRESH-INTERVAL"][1:] == ({"VALUE": "DURATION"}, "PT1H"), "the refresh interval")
    _need(by_name["X-PUBLISHED-TTL"][2] == "PT1H", "the time to live")
    _need(by_name["COLOR"][2] in CSS3, "a colour that CSS3 has not")
    _need("SOURCE" not in by_name or by_name["SOURCE"][1] == {"VALUE": "URI"}, "SOURCE without VALUE")
    _check_values(by_name)


def _check_zone(lines: list[Line]) -> str:
    phases = [value for name, _, value in lines if name == "BEGIN"]
    _need(phases in (["STANDARD"], ["STANDARD", "DAYLIGHT"]), "not one STANDARD and at most one DAYLIGHT")
    names = [name for name, _, _ in lines]
    _need(names.count("RRULE") == (2 if len(phases) == 2 else 0), "not one rule for each phase")
    _need("RDATE" not in names, "a list of dates")
    for name, _, value in lines:
        _need(name != "DTSTART" or LOCAL_TIME.match(value) is not None, "an onset that is not local")
        _need(not name.startswith("TZOFFSET") or OFFSET.match(value) is not None, "an offset")
    for needed in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"):
        _need(names.count(needed) == len(phases), f"no {needed}")
    return next(value for name, _, value in lines if name == "TZID")


def _check_event(lines: list[Line], zones: Collection[str]) -> dict[str, Line]:
    by_name = _once(lines)
    for name in ("CREATED", "LAST-MODIFIED"):
        _need(name in by_name, f"no {name}")
    _need("ATTENDEE" not in by_name, "a ATTENDEE")
    _check_core(by_name, zones)
    _need(by_name["DTSTAMP"][2] == by_name["LAST-MODIFIED"][2], "two times of revision")
    is_cancelled = by_name["STATUS"][2] == "CANCELLED"
    _need(is_cancelled == by_name["SUMMARY"][2].startswith("Cancelled: "), "a cancellation that says so once")
    return by_name


def _check_core(by_name: dict[str, Line], zones: Collection[str]) -> None:
    """What holds for an event of a feed and of an invitation."""
    for name in ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "STATUS", "TRANSP", "SUMMARY", "URL", "CATEGORIES"):
        _need(name in by_name, f"no {name}")
    for name in ("RRULE", "EXDATE", "RECURRENCE-ID"):
        _need(name not in by_name, f"a {name}")
    _need(by_name["SEQUENCE"][2].isdigit(), "the sequence")
    _need(by_name["STATUS"][2] in {"CONFIRMED", "CANCELLED"}, "the status")
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        _need(UTC_TIME.match(by_name[name][2]) is not None, f"{name} is not in UTC")
    for name in ("DTSTART", "DTEND"):
        zone = by_name[name][1].get("TZID")
        form = UTC_TIME if zone is None else LOCAL_TIME
        _need(form.match(by_name[name][2]) is not None, f"{name} is floating")
        _need(zone is None or zone in zones, f"{name} is in an undeclared zone")
    _need("CONFERENCE" not in by_name or by_name["CONFERENCE"][1].get("VALUE") == "URI", "CONFERENCE without VALUE")
    _check_values(by_name)


def _check_people(event: dict[str, Line], *, is_off: bool) -> None:
    for name in ("ORGANIZER", "ATTENDEE"):
        _need(MAILBOX.match(event[name][2]) is not None, f"{name} is no mail address")
    asked = {key: event["ATTENDEE"][1].get(key) for key in ("PARTSTAT", "RSVP")}
    wanted = (None, None) if is_off else ("NEEDS-ACTION", "TRUE")
    _need(tuple(asked.values()) == wanted, "an attendee who is not asked for an answer")
    _need(bool(event["ATTENDEE"][1].get("CN")), "an attendee without a name")
    _need((event["STATUS"][2] == "CANCELLED") == is_off, "a status other than its METHOD")


def _check_values(by_name: dict[str, Line]) -> None:
    for name, (_, _, value) in by_name.items():
        if name in TEXTS:
            bare = re.sub(r"\\[\\;,nN]", "", value)
            _need(not set(bare) & set("\\;,"), f"{name} is not escaped")
        if name in URIS:
            _need(value.isascii() and value.isprintable() and " " not in value, f"{name} is no URI")


def _is_utf8(row: bytes) -> bool:
    try:
        row.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _once(lines: list[Line]) -> dict[str, Line]:
    names = [name for name, _, _ in lines]
    _need(len(names) == len(set(names)), "a property stands twice")
    return {line[0]: line for line in lines}


def _need(holds: object, fault: str) -> None:
    if not holds:
        raise Fault(fault)
