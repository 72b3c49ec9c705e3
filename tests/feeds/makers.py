"""Makers of what feeds show: dated meetings, published agendas, and closures."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import time_machine

from tests.factories import NOW, stored
from tumorboard.agendas.domain import PlacedBy
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.models import Case
from tumorboard.feeds.calendar import body_of, refreshed
from tumorboard.feeds.calendar.lint import Line, lint
from tumorboard.feeds.domain import Feed
from tumorboard.feeds.queries import standing_of
from tumorboard.kernel.db import db
from tumorboard.meetings.models import Meeting
from tumorboard.series.models import Series

_number = count(1)


def a_dated_meeting(series: Series, starts_at: datetime | None = None, **overrides: Any) -> Meeting:
    """A meeting of the series a week from now, an hour long, made a month ago."""
    starts_at = (starts_at or NOW + timedelta(days=7)).astimezone(UTC)
    number = next(_number)
    values = {
        "series_id": series.id,
        "occurs_on": starts_at.date(),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "time_zone": series.time_zone,
        "room": "Conference room 4",
        "capacity_minutes": series.capacity_minutes,
        "uid": f"meeting-{number}@tumorboard",
        "created_at": NOW - timedelta(days=30),
        "revised_at": NOW - timedelta(days=20),
    }
    return stored(Meeting(**{**values, **overrides}))


def an_agenda(meeting: Meeting, *cases: Case, minutes: int = 8, is_published: bool = True) -> Agenda:
    """The agenda of the meeting with these cases, published a day ago."""
    items = [
        AgendaItem(position=position, case_id=case.id, minutes=minutes, placed_by=PlacedBy.COORDINATOR)
        for position, case in enumerate(cases, start=1)
    ]
    published_at = NOW - timedelta(days=1) if is_published else None
    return stored(Agenda(meeting_id=meeting.id, published_at=published_at, items=items))


def unescaped(value: str) -> str:
    """The words behind a TEXT value."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@dataclass(frozen=True)
class Seen:
    """A feed as a reader gets it."""

    body: bytes
    etag: str
    changed_at: datetime

    @property
    def events(self) -> list[dict[str, Line]]:
        """The events, each with its lines by name."""
        return list(lint(self.body).values())

    @property
    def meetings(self) -> list[int]:
        """The numbers of the meetings, in the order of the feed."""
        return [int(event["URL"][2].rpartition("/")[2]) for event in self.events]

    def words(self, number: int = 0) -> list[str]:
        """The lines of the description of one event."""
        return unescaped(self.events[number]["DESCRIPTION"][2]).splitlines()


def seen(feed: Feed, now: datetime = NOW) -> Seen:
    """Poll the feed at that moment."""
    db.session.rollback()
    with time_machine.travel(now, tick=False):
        standing = refreshed(feed, standing_of(feed.key))
        etag, body = body_of(feed, standing.etag)
    assert etag == standing.etag
    return Seen(body.plain, etag, standing.changed_at)
