"""What calendars say of meetings, and which meetings are whose."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.models import Case
from tumorboard.feeds.domain import PAST, FeedEvent
from tumorboard.feeds.queries.addresses import followed_by, seats_of
from tumorboard.kernel.clock import clock, local, zone_name
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import cut_off_at
from tumorboard.series.models import Policy, Series
from tumorboard.series.queries import in_force


@dataclass(frozen=True)
class Own:
    """What a person presents at a meeting: codes with the times that were told, and when the last was told."""

    cases: tuple[str, ...] = ()
    told_at: datetime | None = None


def events_of(meeting_ids: Iterable[int], *, with_cut_offs: bool = False) -> list[FeedEvent]:
    """The meetings as calendars show them to anybody who may see them."""
    rows = session().execute(_meetings().where(Meeting.id.in_(list(meeting_ids)))).all()
    events = [_event(row) for row in rows]
    return _with_cut_offs(events) if with_cut_offs else events


def own_cases(person_id: int, *, now: datetime) -> dict[int, Own]:
    """What the person presents, by meeting, as far back as feeds go."""
    found: dict[int, Own] = {}
    for meeting_id, code, starts_at, told_at, zone in session().execute(presented_by(person_id, since=now - PAST)):
        before = found.get(meeting_id, Own())
        text = f"{code} at {clock(local(starts_at, zone))} {zone_name(zone)}" if starts_at else code
        last = max((at for at in (before.told_at, told_at) if at), default=None)
        found[meeting_id] = Own((*before.cases, text), last)
    return found


def concerns(person_id: int, *, presenting: Iterable[int]) -> ColumnElement[bool]:
    """What makes a meeting the person's own: a seat, a followed series, or a case presented there."""
    return or_(
        Meeting.series_id.in_(seats_of(person_id)),
        Meeting.series_id.in_(followed_by(person_id)),
        Meeting.id.in_(list(presenting)),
    )


def presented_by(person_id: int, *, since: datetime) -> Select[int, str, datetime | None, datetime | None, str]:
    """Meeting, case code, time and when it was told, and zone, in order, wherever the person stands on a published
    agenda.
    """
    return (
        select(Agenda.meeting_id, Case.code, AgendaItem.told_starts_at, AgendaItem.told_at, Meeting.time_zone)
        .join(AgendaItem, AgendaItem.agenda_id == Agenda.id)
        .join(Case, Case.id == AgendaItem.case_id)
        .join(Meeting, Meeting.id == Agenda.meeting_id)
        .where(Agenda.published_at.is_not(None), Meeting.ends_at > since)
        .where(or_(Case.presenter_id == person_id, Case.backup_id == person_id))
        .order_by(Agenda.meeting_id, AgendaItem.position)
    )


def presented_from(institution_id: int, *, since: datetime) -> Select[int]:
    """The meetings on whose published agendas a case of the institution stands."""
    return (
        select(Agenda.meeting_id)
        .join(AgendaItem, AgendaItem.agenda_id == Agenda.id)
        .join(Case, Case.id == AgendaItem.case_id)
        .join(Meeting, Meeting.id == Agenda.meeting_id)
        .where(Agenda.published_at.is_not(None), Meeting.ends_at > since, Case.institution_id == institution_id)
    )


def _policies_of(series_ids: Collection[int]) -> Mapping[int, Sequence[Policy]]:
    found: dict[int, list[Policy]] = defaultdict(list)
    for policy in session().scalars(select(Policy).where(Policy.series_id.in_(series_ids))):
        found[policy.series_id].append(policy)
    return found


def _meetings() -> Select[*tuple[Any, ...]]:
    cases = (
        select(func.count())
        .where(AgendaItem.agenda_id == Agenda.id, AgendaItem.case_id.is_not(None))
        .correlate(Agenda)
        .scalar_subquery()
    )
    of_meeting = (
        Meeting.id, Meeting.series_id, Meeting.uid, Meeting.sequence, Meeting.created_at, Meeting.revised_at,
        Meeting.starts_at, Meeting.ends_at, Meeting.time_zone, Meeting.state, Meeting.room, Meeting.video_url,
        Meeting.talk_title, Meeting.speaker_name, Meeting.speaker_affiliation,
    )  # fmt: skip
    of_others = (
        Series.name, Series.short_name, Series.kind, Series.site,
        Agenda.published_at, Agenda.edited_at, cases.label("cases"),
    )  # fmt: skip
    return (
        select(*of_meeting, *of_others)
        .join(Series, Series.id == Meeting.series_id)
        .outerjoin(Agenda, Agenda.meeting_id == Meeting.id)
        .order_by(Meeting.starts_at, Meeting.uid)
    )


def _event(row: Row[Any]) -> FeedEvent:
    """Never a case's title, an abstract or a reason: what was typed freely may say something of a patient."""
    is_public = not row.kind.is_board
    is_listed = row.kind.is_board and row.published_at is not None and row.state is MeetingState.PLANNED
    return FeedEvent(
        meeting_id=row.id,
        series_id=row.series_id,
        uid=row.uid,
        sequence=row.sequence,
        created_at=row.created_at,
        revised_at=_revised_at(row),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.time_zone,
        series=row.name,
        short_name=row.short_name,
        kind=row.kind.label,
        site=row.site.value,
        is_board=row.kind.is_board,
        is_cancelled=row.state is MeetingState.CANCELLED,
        room=row.room,
        video_url=row.video_url if is_public else "",
        talk_title=row.talk_title if is_public else "",
        speaker=", ".join(filter(None, (row.speaker_name, row.speaker_affiliation))) if is_public else "",
        case_count=row.cases if is_listed else None,
    )


def _with_cut_offs(events: Sequence[FeedEvent]) -> list[FeedEvent]:
    """The events, those of boards with the end of submissions."""
    policies = _policies_of({event.series_id for event in events if event.is_board})
    return [
        replace(event, cuts_off_at=_cut_off_at(event, policies.get(event.series_id, ()))) if event.is_board else event
        for event in events
    ]


def _cut_off_at(event: FeedEvent, policies: Sequence[Policy]) -> datetime:
    policy = in_force(policies, on=local(event.starts_at, event.zone).date())
    return cut_off_at(event.starts_at, event.zone, policy)


def _revised_at(row: Row[Any]) -> datetime:
    """A published agenda speaks in the event too, so that its changes are the event's."""
    told = (row.published_at, row.edited_at) if row.published_at else ()
    revised_at: datetime = max([row.revised_at, *(moment for moment in told if moment)])
    return revised_at
