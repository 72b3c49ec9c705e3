"""Questions about meetings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select, true

from tumorboard.accounts.domain import Actor, Permission
from tumorboard.kernel.clock import instant_of, local
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import NotFound
from tumorboard.meetings.domain import HORIZON, MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.series.domain import (
    Closing,
    ClosureEffect,
    HolidayRule,
    Openings,
    PlannedDay,
    Rhythm,
    doubled_days,
    planned_days,
)
from tumorboard.series.models import Policy, Series
from tumorboard.series.queries import closings_of

_A_DAY = timedelta(days=1)
# A past day of the rhythm may have been put off to a day to come; a new zone shifts the horizon by a day.
_MARGIN = timedelta(days=32)


@dataclass(frozen=True)
class Date:
    """One date that a rhythm would give: what becomes of it, when, and whether another of the series falls there."""

    day: PlannedDay
    starts_at: datetime
    ends_at: datetime
    is_doubled: bool


@dataclass(frozen=True)
class Outlook:
    """What a new rhythm would do to meetings to come: how many move, are cancelled, or stay as somebody set them."""

    moved: int
    cancelled: int
    kept: int

    @property
    def changes(self) -> bool:
        """Whether any meeting changes its time or is cancelled."""
        return bool(self.moved or self.cancelled)


@dataclass(frozen=True)
class Effect:
    """What a closure does to one meeting by its general effect, and what is known to decide otherwise.

    `moves_to` is None unless it moves. `offered_at` is the next workday that is free, None where there is none within a
    month. `taken` are the days of the series' other meetings.
    """

    meeting: Meeting
    effect: ClosureEffect
    offered_at: datetime | None
    openings: Openings
    taken: frozenset[date]

    @property
    def moves_to(self) -> datetime | None:
        """When it takes place, if it moves."""
        return self.offered_at if self.effect is ClosureEffect.NEXT_WORKDAY else None

    @property
    def own_link(self) -> str:
        """Where it can meet by video without anybody typing a link."""
        return self.meeting.video_url or self.meeting.series.video_url


def visible_meetings(actor: Actor) -> Select[Meeting]:
    """The meetings a person may know of: that a meeting takes place is no secret within the alliance."""
    return select(Meeting).join(Meeting.series).order_by(Meeting.starts_at, Series.name, Meeting.id)


def meeting_seen_by(actor: Actor, meeting_id: int) -> Meeting:
    """Return the meeting. Raises NotFound."""
    meeting = session().scalars(visible_meetings(actor).where(Meeting.id == meeting_id)).one_or_none()
    if meeting is None:
        raise NotFound("There is no such meeting here.")
    return meeting


def meetings_numbered(numbers: Iterable[int]) -> Select[Meeting]:
    """These meetings, in order."""
    return select(Meeting).where(Meeting.id.in_(list(numbers))).order_by(Meeting.starts_at, Meeting.id)


def meetings_between(actor: Actor, *, since: datetime, until: datetime) -> Select[Meeting]:
    """The meetings a person may know of that touch `[since, until)`, in order, cancelled ones too."""
    return visible_meetings(actor).where(Meeting.ends_at > since, Meeting.starts_at < until)


def coming(actor: Actor, *, after: datetime) -> Select[Meeting]:
    """The meetings a person may know of that take place and are not over, the next first."""
    return visible_meetings(actor).where(Meeting.ends_at > after, Meeting.state == MeetingState.PLANNED)


def coming_of(series_id: int, *, after: datetime) -> Select[Meeting]:
    """The meetings of a series that are not over, in order, cancelled ones too."""
    return (
        select(Meeting)
        .where(Meeting.series_id == series_id, Meeting.ends_at > after)
        .order_by(Meeting.starts_at, Meeting.id)
    )


def not_begun_of(series_id: int, *, after: datetime) -> Select[Meeting]:
    """The meetings of a series that begin after the instant, in order, cancelled ones too."""
    return (
        select(Meeting)
        .where(Meeting.series_id == series_id, Meeting.starts_at > after)
        .order_by(Meeting.starts_at, Meeting.id)
    )


def effects_of(closing: Closing, *, institution_id: int | None, now: datetime) -> list[Effect]:
    """What the closed days do to the meetings to come of one host, or of all hosts where it is None."""
    found = (
        select(Meeting)
        .join(Meeting.series)
        .where(Meeting.state == MeetingState.PLANNED, Meeting.starts_at > now)
        .where(Meeting.starts_at > _midnight(closing.starts_on - _A_DAY))
        .where(Meeting.starts_at < _midnight(closing.ends_on + 2 * _A_DAY))
        .where(true() if institution_id is None else Series.host_id == institution_id)
        .order_by(Meeting.starts_at, Series.name, Meeting.id)
    )
    touched = [meeting for meeting in session().scalars(found) if closing.covers(local_day_of(meeting))]
    hosts = {meeting.series.host_id for meeting in touched}
    closings = {host_id: (closing, *closings_of(host_id, since=closing.starts_on)) for host_id in hosts}
    taken = _days_of_others(touched, after=now)
    effects: list[Effect] = []
    for meeting in touched:
        effects.append(
            _effect_on(meeting, closing, closings[meeting.series.host_id], taken[meeting.series_id], effects)
        )
    return effects


def _effect_on(
    meeting: Meeting, closing: Closing, closings: tuple[Closing, ...], taken: frozenset[date], before: Sequence[Effect]
) -> Effect:
    """The offered day is one that no other meeting of the series has, nor was offered one before this."""
    openings = Openings(meeting.series.holiday_rule, closings)
    same_series = (one for one in before if one.meeting.series_id == meeting.series_id)
    offered = {local(one.offered_at, meeting.time_zone).date() for one in same_series if one.offered_at}
    day = openings.next_workday(local_day_of(meeting), taken=taken | offered)
    wall = local(meeting.starts_at, meeting.time_zone).time()
    at = None if day is None else instant_of(day, wall, meeting.time_zone)
    return Effect(meeting, _possible(closing, meeting, at), at, openings, taken)


def _possible(closing: Closing, meeting: Meeting, at: datetime | None) -> ClosureEffect:
    link = meeting.video_url or meeting.series.video_url or closing.video_url
    lacking = {ClosureEffect.NEXT_WORKDAY: at is None, ClosureEffect.VIDEO_ONLY: not link}
    return ClosureEffect.CANCEL if lacking.get(closing.effect) else closing.effect


def _days_of_others(touched: Sequence[Meeting], *, after: datetime) -> Mapping[int, frozenset[date]]:
    """The days on which the series of these meetings meet besides, by series."""
    numbers = {meeting.series_id for meeting in touched}
    found = select(Meeting.series_id, Meeting.starts_at, Meeting.time_zone).where(
        Meeting.series_id.in_(numbers),
        Meeting.id.not_in([meeting.id for meeting in touched]),
        Meeting.state == MeetingState.PLANNED,
        Meeting.starts_at > after,
    )
    days: dict[int, set[date]] = {number: set() for number in numbers}
    for series_id, starts_at, zone in session().execute(found):
        days[series_id].add(local(starts_at, zone).date())
    return {number: frozenset(found) for number, found in days.items()}


def held_back_by(*closure_ids: int, after: datetime) -> Select[Meeting]:
    """The meetings to come that these closures cancelled, moved or sent to video, in order."""
    return (
        select(Meeting)
        .where(Meeting.closure_id.in_(closure_ids), Meeting.starts_at > after)
        .order_by(Meeting.starts_at, Meeting.id)
    )


def days_of(series: Series, *, now: datetime) -> Mapping[date, PlannedDay]:
    """What becomes of each day of the series' rhythm, from a month ago to a month past the horizon."""
    return _days(series.rhythm, series.host_id, series.holiday_rule, now=now)


def next_dates(
    rhythm: Rhythm, *, host_id: int, holiday_rule: HolidayRule, now: datetime, count: int = 10
) -> list[Date]:
    """The next dates that a rhythm would give, cancelled and moved ones too; nothing has to be stored for it."""
    today = local(now, rhythm.zone).date()
    openings = Openings(holiday_rule, closings_of(host_id, since=today))
    # Some more than are shown: the last of them may be put off to a day that comes after it.
    days = [openings.fate_of(day) for day in rhythm.next_days(2 * count + 1, after=today)]
    doubled = doubled_days(days)
    dates = [_dated(rhythm, day, is_doubled=day.takes_place and day.meets_on in doubled) for day in days]
    return [one for one in dates if one.starts_at > now][:count]


def outlook_of(series: Series, rhythm: Rhythm, *, host_id: int, holiday_rule: HolidayRule, now: datetime) -> Outlook:
    """What the meetings to come of a series would go through, were this its rhythm."""
    days = _days(rhythm, host_id, holiday_rule, now=now)
    meetings = session().scalars(not_begun_of(series.id, after=now)).all()
    planned = [meeting for meeting in meetings if not meeting.is_cancelled]
    kept = [meeting for meeting in planned if meeting.is_edited or meeting.talk_title]
    fates = [(meeting, days.get(meeting.occurs_on)) for meeting in planned if meeting not in kept]
    cancelled = [day for _, day in fates if day is None or not day.takes_place]
    moved = [
        meeting
        for meeting, day in fates
        if day and day.takes_place and _dated(rhythm, day).starts_at != meeting.starts_at
    ]
    return Outlook(len(moved), len(cancelled), len(kept))


def _days(rhythm: Rhythm, host_id: int, holiday_rule: HolidayRule, *, now: datetime) -> Mapping[date, PlannedDay]:
    today = local(now, rhythm.zone).date()
    openings = Openings(holiday_rule, closings_of(host_id, since=today - _MARGIN))
    days = planned_days(rhythm, openings, after=today - _MARGIN, until=today + HORIZON + _MARGIN)
    return {day.occurs_on: day for day in days}


def _dated(rhythm: Rhythm, day: PlannedDay, *, is_doubled: bool = False) -> Date:
    starts_at = instant_of(day.meets_on, rhythm.starts, rhythm.zone)
    return Date(day, starts_at, starts_at + rhythm.length, is_doubled)


def start_of(series: Series, day: PlannedDay) -> datetime:
    """The instant at which the series meets on the day."""
    return instant_of(day.meets_on, series.starts, series.time_zone)


def local_day_of(meeting: Meeting) -> date:
    """The day of the meeting on the wall of its series."""
    return local(meeting.starts_at, meeting.time_zone).date()


def cut_off_of(meeting: Meeting, policy: Policy | None) -> datetime:
    """Return the last moment to submit to the meeting."""
    return cut_off_at(meeting.starts_at, meeting.time_zone, policy)


def cut_off_at(starts_at: datetime, zone: str, policy: Policy | None) -> datetime:
    """Return the last moment to submit: counted in local days back from the day of the start.

    Where no policy is in force, or its cut-off would come after the start, it is the start.
    """
    if policy is None:
        return starts_at
    day = local(starts_at, zone).date() - timedelta(days=policy.cut_off_days)
    return min(instant_of(day, policy.cut_off_at, zone), starts_at)


def may_join(actor: Actor, meeting: Meeting) -> bool:
    """Whether the person is shown the link to the video room."""
    return may_join_series(actor, meeting.series)


def may_join_series(actor: Actor, series: Series) -> bool:
    """Whether the person is shown the links to a series' video rooms: teaching is for all, boards for their own."""
    return series.is_public or actor.may(Permission.AGENDA_SEE, series_id=series.id)


def _midnight(day: date) -> datetime:
    return instant_of(day, datetime.min.time(), "UTC")
