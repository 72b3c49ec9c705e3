"""What the calendar shows: meetings, how full they are, and the days on which the alliance rests."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from sqlalchemy import Select, or_, select

from tumorboard.accounts.domain import Actor, InstitutionKind, Permission
from tumorboard.accounts.models import Institution, Person
from tumorboard.agendas.queries import Spell, spells_by_meeting
from tumorboard.feeds.queries import concerns, presented_by
from tumorboard.kernel.clock import instant_of, keeps_other_time, local, long_day, there
from tumorboard.kernel.db import Model, session
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import meetings_between
from tumorboard.series.domain import SeriesKind, Site, federal_holidays
from tumorboard.series.models import Closure, Series
from tumorboard.series.queries import closures, visible_series

T = TypeVar("T", bound=Model)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One meeting on the reader's wall calendar.

    `spells` are the items of its agenda, None where the reader may not see it, or where there is none to see. `there`
    is its time on the wall of its series, where that shows another one than the reader's.
    """

    meeting: Meeting
    wall: datetime
    wall_end: datetime
    is_over: bool
    spells: Sequence[Spell] | None
    there: str

    @property
    def used_minutes(self) -> int | None:
        """How many minutes the cases take."""
        return None if self.spells is None else sum(spell.minutes for spell in self.spells)

    @property
    def segments(self) -> list[tuple[int, str]]:
        """What the ruler draws: one segment a case, in the colour of the site, with the pauses between."""
        of_site = f"s-{self.meeting.series.site.value}"
        parts = ((spell.gap_minutes, spell.minutes) for spell in self.spells or ())
        return [piece for gap, minutes in parts for piece in ((gap, ""), (minutes, of_site)) if piece[0]]

    @property
    def kind(self) -> SeriesKind:
        """What kind of meeting it is."""
        return self.meeting.series.kind

    @property
    def name(self) -> str:
        """`Thoracic`, or `Grand rounds: ctDNA in minimal residual disease`."""
        series, talk = self.meeting.series, self.meeting.talk_title
        return f"{series.short_name}: {talk}" if talk and series.is_public else series.short_name

    @property
    def fullness(self) -> str:
        """`22 of 60 min free`, `Full`, `60 min open`; of a meeting that is over, what was planned for it."""
        used, capacity = self.used_minutes, self.meeting.capacity_minutes
        if used is None:
            return ""
        if self.is_over:
            return f"{used} of {capacity} min"
        if used > capacity:
            return f"{used - capacity} min over"
        if used == capacity:
            return "Full"
        return f"{capacity - used} of {capacity} min free" if used else f"{capacity} min open"


def entries(actor: Actor, *, first: date, last: date, mine: bool, now: datetime) -> list[Entry]:
    """The meetings that begin on these days of the actor's wall calendar, in order."""
    since = instant_of(first, time(0), actor.zone)
    until = instant_of(last + _ONE_DAY, time(0), actor.zone)
    found = meetings_between(actor, since=since, until=until).where(Meeting.starts_at >= since)
    if mine:
        presenting = set(session().scalars(presented_by(actor.person_id, since=since)))
        found = found.where(concerns(actor.person_id, presenting=presenting))
    meetings = session().scalars(found).unique().all()
    seen: dict[int, list[Spell]] = {meeting.id: [] for meeting in meetings if _shows_fullness(actor, meeting)}
    spells = seen | spells_by_meeting(seen)
    return [_entry(meeting, actor.zone, spells.get(meeting.id), now=now) for meeting in meetings]


def series_on_offer(actor: Actor) -> Select[str, str, SeriesKind, Site]:
    """Slug, short name, kind and site of what the calendar can be narrowed to, by short name."""
    columns = Series.slug, Series.short_name, Series.kind, Series.site
    return visible_series(actor).order_by(None).with_only_columns(*columns).order_by(Series.short_name, Series.slug)


def days_of_rest(actor: Actor, *, first: date, last: date) -> Mapping[date, Sequence[str]]:
    """Federal holidays, and the closures of the alliance, the hub and the actor's own institution, by day."""
    names: dict[date, list[str]] = defaultdict(list)
    for year in range(first.year, last.year + 1):
        for day, name in federal_holidays(year).items():
            names[day].append(name)
    hub = select(Institution.id).where(Institution.kind == InstitutionKind.HUB)
    place = Closure.institution_id
    here = or_(place.is_(None), place == actor.institution_id, place.in_(hub))
    for closure in session().scalars(closures(since=first).where(here, Closure.starts_on <= last)):
        at = closure.institution
        label = f"{closure.name}, {at.short_name}" if at else closure.name
        for day in _days(max(closure.starts_on, first), min(closure.ends_on, last)):
            if label not in names[day]:
                names[day].append(label)
    return {day: found for day, found in names.items() if first <= day <= last}


def _entry(meeting: Meeting, home: str, spells: Sequence[Spell] | None, *, now: datetime) -> Entry:
    at, zone = meeting.starts_at, meeting.time_zone
    elsewhere = there(at, zone, home=home) if keeps_other_time(at, zone, home=home) else ""
    return Entry(meeting, local(at, home), local(meeting.ends_at, home), meeting.ends_at <= now, spells, elsewhere)


def _shows_fullness(actor: Actor, meeting: Meeting) -> bool:
    seen = meeting.series.kind.is_board and actor.may(Permission.AGENDA_SEE, series_id=meeting.series_id)
    return seen and meeting.capacity_minutes > 0 and not meeting.is_cancelled


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def subject_names(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What the things are called that acts were done on: people, institutions, series and meetings, by kind and id."""
    ids: dict[str, list[int]] = defaultdict(list)
    for subject, subject_id in keys:
        if subject_id.isdecimal():
            ids[subject].append(int(subject_id))
    names = {("person", str(one.id)): one.name for one in _all(Person, ids["person"])}
    names |= {("institution", str(one.id)): one.name for one in _all(Institution, ids["institution"])}
    for one in _all(Series, ids["series"] + ids["follow"]):
        names |= {(subject, str(one.id)): one.name for subject in ("series", "follow")}
    for meeting in _all(Meeting, ids["meeting"]):
        at = f"{long_day(local(meeting.starts_at, meeting.time_zone))}"
        names["meeting", str(meeting.id)] = f"{meeting.series.name}, {at}"
    return names


def _all(model: type[T], ids: Sequence[int]) -> Sequence[T]:
    return session().scalars(select(model).where(model.id.in_(ids))).unique().all()  # type: ignore[attr-defined]
