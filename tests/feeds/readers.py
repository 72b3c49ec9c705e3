"""Programs of others' making that read a calendar, and one of ours that knows zones by their name alone."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
import vobject
from ical.calendar_stream import IcsCalendarStream
from ical.event import EventStatus

Occurrences = dict[str, tuple[datetime, datetime, bool]]


def by_recurring(body: bytes) -> Occurrences:
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between(date(2026, 1, 1), date(2028, 1, 1))
    return {
        str(event["UID"]): (_utc(event["DTSTART"].dt), _utc(event["DTEND"].dt), event["STATUS"] == "CANCELLED")
        for event in events
    }


def by_vobject(body: bytes) -> Occurrences:
    return {
        event.uid.value: (_utc(event.dtstart.value), _utc(event.dtend.value), event.status.value == "CANCELLED")
        for event in vobject.readOne(body.decode()).vevent_list
    }


def by_ical(body: bytes) -> Occurrences:
    return {
        str(event.uid): (_utc(event.dtstart), _utc(event.dtend), event.status is EventStatus.CANCELLED)
        for event in IcsCalendarStream.calendar_from_ics(body.decode()).events
    }


def by_hand(body: bytes) -> Occurrences:
    """A reader of raw lines that knows the zones by name alone."""
    found: Occurrences = {}
    for text in body.decode().replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]:
        lines = dict(line.split(":", 1) for line in text.split("END:VEVENT")[0].splitlines())
        times = {name.partition(";")[0]: _read(name, value) for name, value in lines.items() if name.startswith("DT")}
        found[lines["UID"]] = (times["DTSTART"], times["DTEND"], lines["STATUS"] == "CANCELLED")
    return found


def _read(name: str, value: str) -> datetime:
    zone = re.search(r"TZID=([^;]+)", name)
    naive = datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the zone comes next
    return naive.replace(tzinfo=ZoneInfo(zone[1]) if zone else UTC).astimezone(UTC)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


READERS = (by_recurring, by_vobject, by_ical, by_hand)
