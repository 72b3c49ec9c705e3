"""What stands in which feed.

Every feed is read anew from present rights: who left a board finds its meetings gone at the next look.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from tumorboard.accounts.domain import InstitutionKind
from tumorboard.accounts.models import Institution, Person
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.audit.domain import Outcome
from tumorboard.audit.models import AuditEntry
from tumorboard.cases.models import Case
from tumorboard.feeds.domain import PAST, Feed, FeedEvent, NoSuchFeed, Subscriber, is_token, token_hash
from tumorboard.feeds.models import FeedToken, Follow
from tumorboard.kernel.clock import clock, local, zone_name
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import NotFound
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.series.domain import SeriesKind
from tumorboard.series.models import Seat, Series

PUBLIC_KINDS = tuple(kind for kind in SeriesKind if not kind.is_board)
PUBLIC_NAME = "Lectures and grand rounds"
PERSONAL_NAME = "My tumor boards"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def public_feed(*, home: str, source: str, now: datetime) -> Feed:
    """All education of the alliance, for anybody."""
    hubs = select(Institution.time_zone).where(Institution.kind == InstitutionKind.HUB).order_by(Institution.id)
    zone = session().scalars(hubs.limit(1)).first() or "UTC"
    about = Feed(name=PUBLIC_NAME, zone=zone, home=home, source=source, changed_at=_education_changed_at(now))
    return _filled(about, Series.kind.in_(PUBLIC_KINDS), now=now)


def series_feed(slug: str, *, home: str, source: str, now: datetime) -> Feed:
    """One public series. Raises NoSuchFeed for a board exactly as for what does not exist."""
    series = session().scalars(public_series().where(Series.slug == slug)).one_or_none()
    if series is None:
        raise NoSuchFeed
    about = Feed(
        name=series.name,
        zone=series.time_zone,
        site=series.site.value,
        home=home,
        source=source,
        changed_at=_education_changed_at(now),
    )
    return _filled(about, Meeting.series_id == series.id, now=now)


def personal_feed(subscriber: Subscriber, *, home: str, now: datetime) -> Feed:
    """The boards one sits on, the series one follows, and wherever one presents a case."""
    own = _own_cases(subscriber.person_id, now=now)
    changed_at = max(subscriber.created_at, _anything_done_at(now))
    about = Feed(name=PERSONAL_NAME, zone=subscriber.zone, home=home, changed_at=changed_at)
    return _filled(about, concerns(subscriber.person_id, presenting=own), own=own, now=now)


def subscriber_of(token: str, *, now: datetime) -> Subscriber:
    """Return whom the secret belongs to.

    Raises NoSuchFeed for one that is malformed, unknown, revoked or expired, or whose person has left since.
    """
    if not is_token(token):
        raise NoSuchFeed
    row = session().execute(
        select(
            FeedToken.id,
            FeedToken.person_id,
            Institution.time_zone,
            FeedToken.created_at,
            FeedToken.fetched_at,
        )
        .join(Person, Person.id == FeedToken.person_id)
        .join(Institution, Institution.id == Person.institution_id)
        .where(FeedToken.token_hash == token_hash(token), FeedToken.revoked_at.is_(None))
        .where(FeedToken.expires_at > now, Person.active)
        .where(or_(Person.left_at.is_(None), Person.left_at < FeedToken.created_at))
    )
    found = row.one_or_none()
    if found is None:
        raise NoSuchFeed
    return Subscriber(*found)


def public_series() -> Select[Series]:
    """The series that anybody may subscribe to, by name."""
    return select(Series).where(Series.kind.in_(PUBLIC_KINDS)).order_by(Series.name, Series.id)


def public_series_called(slug: str) -> Series:
    """Return a series that may be followed. Raises NotFound, for boards too."""
    series = session().scalars(public_series().where(Series.slug == slug)).one_or_none()
    if series is None:
        raise NotFound("There is no such series to follow.")
    return series


def boards_sat_on(person_id: int) -> Select[str]:
    """The names of the boards whose roster has the person, by name."""
    return (
        select(Series.name)
        .where(Series.id.in_(select(Seat.series_id).where(Seat.person_id == person_id)))
        .order_by(Series.name, Series.id)
    )


def followed_by(person_id: int) -> Select[int]:
    """The numbers of the series that the person follows, as far as they are public."""
    return (
        select(Follow.series_id)
        .join(Series, Series.id == Follow.series_id)
        .where(Follow.person_id == person_id, Series.kind.in_(PUBLIC_KINDS))
    )


def addresses_of(person_id: int) -> Select[FeedToken]:
    """A person's addresses that were not revoked, the oldest first; expired ones too."""
    return (
        select(FeedToken)
        .where(FeedToken.person_id == person_id, FeedToken.revoked_at.is_(None))
        .order_by(FeedToken.created_at, FeedToken.id)
    )


def address_of(person_id: int, token_id: int) -> FeedToken:
    """Return one's own address. Raises NotFound when missing, foreign or revoked: the three look alike."""
    token = session().scalars(addresses_of(person_id).where(FeedToken.id == token_id)).one_or_none()
    if token is None:
        raise NotFound("There is no such address of yours.")
    return token


def concerns(person_id: int, *, presenting: Iterable[int]) -> ColumnElement[bool]:
    """What makes a meeting the person's own: a seat, a followed series, or a case presented there."""
    seats = select(Seat.series_id).where(Seat.person_id == person_id)
    return or_(
        Meeting.series_id.in_(seats),
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


@dataclass(frozen=True)
class _Own:
    """What the subscriber presents at a meeting: codes with the times that were told, and when the last was told."""

    cases: tuple[str, ...] = ()
    told_at: datetime | None = None


def _own_cases(person_id: int, *, now: datetime) -> dict[int, _Own]:
    found: dict[int, _Own] = {}
    for meeting_id, code, starts_at, told_at, zone in session().execute(presented_by(person_id, since=now - PAST)):
        before = found.get(meeting_id, _Own())
        text = f"{code} at {clock(local(starts_at, zone))} {zone_name(zone)}" if starts_at else code
        last = max((at for at in (before.told_at, told_at) if at), default=None)
        found[meeting_id] = _Own((*before.cases, text), last)
    return found


def _filled(
    about: Feed,
    condition: ColumnElement[bool],
    *,
    now: datetime,
    own: Mapping[int, _Own] | None = None,
) -> Feed:
    """The feed with its meetings, from twelve weeks back on.

    There is no upper end: nothing is made past the horizon, and what was moved there by hand must not vanish.
    """
    rows = session().execute(_meetings().where(condition, Meeting.ends_at > now - PAST)).all()
    kept = [row for row in rows if not _is_dropped(row, now=now)]
    events = tuple(_event(row, own=(own or {}).get(row.id, _Own())) for row in kept)
    # What left by itself did so at a known moment: a cancelled meeting at its end, others 12 weeks later.
    left = [row.ends_at for row in rows if _is_dropped(row, now=now)]
    old = select(func.max(Meeting.ends_at)).join(Series, Series.id == Meeting.series_id)
    last_out = session().scalar(old.where(condition, Meeting.ends_at <= now - PAST))
    left += [last_out + PAST] if last_out else []
    changed_at = max([about.changed_at, *left, *(event.revised_at for event in events)])
    return replace(about, events=events, changed_at=min(changed_at, now))


def _meetings() -> Select[*tuple[Any, ...]]:
    cases = (
        select(func.count())
        .where(AgendaItem.agenda_id == Agenda.id, AgendaItem.case_id.is_not(None))
        .correlate(Agenda)
        .scalar_subquery()
    )
    of_meeting = (
        Meeting.id, Meeting.uid, Meeting.sequence, Meeting.created_at, Meeting.revised_at, Meeting.starts_at,
        Meeting.ends_at, Meeting.time_zone, Meeting.state, Meeting.room, Meeting.video_url,
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


def _is_dropped(row: Row[Any], *, now: datetime) -> bool:
    return row.state is MeetingState.CANCELLED and row.ends_at <= now


def _event(row: Row[Any], *, own: _Own) -> FeedEvent:
    """Never a case's title, an abstract or a reason: what was typed freely may say something of a patient."""
    is_public = not row.kind.is_board
    is_listed = row.kind.is_board and row.published_at is not None and row.state is MeetingState.PLANNED
    return FeedEvent(
        meeting_id=row.id,
        uid=row.uid,
        sequence=row.sequence,
        created_at=row.created_at,
        revised_at=_revised_at(row, own),
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
        own_cases=own.cases if is_listed else (),
    )


def _revised_at(row: Row[Any], own: _Own) -> datetime:
    """A published agenda speaks in the event too, so that its changes are the event's."""
    told = (row.published_at, row.edited_at, own.told_at) if row.published_at else ()
    revised_at: datetime = max([row.revised_at, *(moment for moment in told if moment)])
    return revised_at


def _education_changed_at(now: datetime) -> datetime:
    """When a series or a meeting was last touched: a name, a kind, or a meeting that is no more."""
    last: datetime | None = session().scalar(
        select(func.max(AuditEntry.at)).where(
            AuditEntry.subject.in_(("series", "meeting")), AuditEntry.outcome == Outcome.DONE
        )
    )
    return min(last or _LONG_AGO, now)


def _anything_done_at(now: datetime) -> datetime:
    """When anything whatever was last done.

    Seats, follows and presenters leave no time in their rows once they are gone, but every act leaves one in
    the audit trail. This is later than need be, so that a client which sends dates only may load twice, but
    never misses a change; whoever sends an ETag does neither.
    """
    done = select(AuditEntry.at).where(AuditEntry.outcome == Outcome.DONE)
    last = session().scalar(done.order_by(AuditEntry.sequence.desc()).limit(1))
    return min(last or _LONG_AGO, now)
