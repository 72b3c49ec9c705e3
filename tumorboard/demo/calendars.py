"""Calendars of the demo: some that know of everything, one that misses a change, one that nobody loads."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tumorboard.accounts.domain import Actor
from tumorboard.accounts.models import Person
from tumorboard.demo.people import Alliance
from tumorboard.feeds.domain import expected_by
from tumorboard.feeds.services import make_address, tell_unaware
from tumorboard.series.models import Series

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Calendar:
    """An address, and how its program behaves: None of it has come yet."""

    account: str
    name: str
    client: str = ""
    came: timedelta | None = None
    every: timedelta | None = None
    board: str = ""
    is_institution: bool = False


CALENDARS = (
    Calendar("physician", "Phone", "Apple Calendar", 4 * _MINUTE, 20 * _MINUTE),
    Calendar("physician", "Outlook at work", "Outlook", timedelta(hours=3), timedelta(hours=3)),
    Calendar("coordinator", "Desk", "Thunderbird", 11 * _MINUTE, 30 * _MINUTE),
    Calendar(
        "coordinator", "Shared screen", "Google Calendar", timedelta(hours=9), timedelta(hours=20), board="thoracic"
    ),
    Calendar("chair", "Google", "Google Calendar", timedelta(hours=14), timedelta(hours=22)),
    Calendar("radiologist", "Reading room"),
    Calendar("nurse", "Phone", "Apple Calendar", 9 * _MINUTE, 15 * _MINUTE),
    Calendar("nurse", "Ward calendar", "Outlook", timedelta(hours=1), timedelta(hours=3), is_institution=True),
)


def make_calendars(alliance: Alliance, series: dict[str, Series], *, now: datetime) -> None:
    """Give the accounts of the demo their addresses; nobody knows the secrets."""
    for calendar in CALENDARS:
        _make(calendar, alliance.accounts[calendar.account], series, now=now)


def tell_of_changes(*, now: datetime) -> None:
    """Tell whoever's calendar cannot know what became of meetings, as the worker does."""
    while tell_unaware(now=now):
        pass


def _make(calendar: Calendar, person: Person, series: dict[str, Series], *, now: datetime) -> None:
    by = Actor(person_id=person.id, institution_id=person.institution_id)
    token, _ = make_address(
        calendar.name,
        board_id=series[calendar.board].id if calendar.board else None,
        institution_id=person.institution_id if calendar.is_institution else None,
        by=by,
        now=now - timedelta(days=90),
    )
    if calendar.came is not None:
        token.fetched_at, token.client = now - calendar.came, calendar.client
        token.polls_every_seconds = int(calendar.every.total_seconds()) if calendar.every else None
        token.expected_by_at = expected_by(token.fetched_at, calendar.every)
