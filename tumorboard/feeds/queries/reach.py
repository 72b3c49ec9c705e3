"""Which calendars show a meeting, which of them know what became of it, and whom that leaves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select, union

from tumorboard.accounts.models import Person
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.models import Case
from tumorboard.feeds.domain import COMMITTED_WITHIN, FOR_CASES, Feed, Visit, know_by
from tumorboard.feeds.models import ChangeTold, FeedToken, Follow, LeftOut
from tumorboard.feeds.queries.addresses import IS_LIVE, addresses_of
from tumorboard.feeds.queries.feeds import belongs, feed_at
from tumorboard.feeds.queries.invitations import told_by_mail, without_feed_of
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import ChangeKind, Reach
from tumorboard.meetings.models import Meeting, MeetingChange
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.series.models import Seat
from tumorboard.series.queries import told_of


def showing(meeting: Meeting, *, now: datetime) -> Select[int]:
    """The numbers of the live addresses whose feeds hold the meeting: `belongs`, asked from the other end."""
    presenters = _presenting(meeting.id, Case.presenter_id).union(_presenting(meeting.id, Case.backup_id))
    is_left_out = exists().where(LeftOut.token_id == FeedToken.id, LeftOut.series_id == meeting.series_id)
    is_own = and_(FeedToken.series_id.is_(None), FeedToken.institution_id.is_(None))
    wants_series = and_(_wants_series(meeting), ~is_left_out)
    presents = and_(FeedToken.with_presenting, FeedToken.person_id.in_(presenters.subquery().select()))
    is_by_mail = FeedToken.person_id.in_(without_feed_of(meeting.id))
    shows = or_(
        and_(is_own, or_(wants_series, presents), ~is_by_mail),
        FeedToken.series_id == meeting.series_id,
        FeedToken.institution_id.in_(_institutions(meeting).subquery().select()),
    )
    return select(FeedToken.id).join(Person, Person.id == FeedToken.person_id).where(IS_LIVE, shows).params(now=now)


def unaware(change: MeetingChange, *, now: datetime) -> Select[int]:
    """The people, by number, who are concerned by the change, were not told, and whose calendars do not know of it.

    While calendars are still waited for, one that is expected in time counts as if it knew. Whoever was told the new
    time of a case there since knows of the move; for a moment that mail is waited for too.
    """
    tokens = showing(change.meeting, now=now)
    knows = _knows(change, now=now)
    is_coming = and_(FeedToken.expected_by_at >= now, FeedToken.expected_by_at <= waits_until(change))
    aware = select(FeedToken.person_id).where(FeedToken.id.in_(tokens), or_(knows, is_coming))
    told = select(ChangeTold.person_id).where(ChangeTold.change_id == change.id)
    people = (
        select(Person.id)
        .where(Person.active, _is_concerned(change.meeting, tokens))
        .where(Person.id.not_in(aware), Person.id.not_in(told), Person.id.not_in(told_by_mail(change.meeting_id)))
        .order_by(Person.id)
    )
    if _is_move(change):
        people = people.where(~_is_told_time_of_case(change))
    if now < left_to_cases_until(change):
        people = people.where(Person.id.not_in(_presenting(change.meeting_id, Case.presenter_id)))
    return people


def waits_until(change: MeetingChange) -> datetime:
    """Return until when calendars are waited for to learn of the change."""
    return know_by(changed_at=change.changed_at, was_at=change.was_at, will_be_at=change.will_be_at)


def left_to_cases_until(change: MeetingChange) -> datetime:
    """Return until when presenters are left to the mail with the new time of their case, where there may be one."""
    return min(change.changed_at + FOR_CASES, waits_until(change)) if _is_move(change) else change.changed_at


def changes_to_look_at(*, now: datetime) -> Select[MeetingChange]:
    """The changes of which it is to be looked now whose calendar knows, those of one act side by side."""
    return (
        select(MeetingChange)
        .where(MeetingChange.look_again_at <= now)
        .order_by(MeetingChange.changed_at, MeetingChange.act, MeetingChange.will_be_at, MeetingChange.id)
    )


def reach_of(meeting: Meeting, *, now: datetime) -> Reach:
    """Return how many calendars show the meeting, and how far its last change has come."""
    found = select(MeetingChange).where(MeetingChange.meeting_id == meeting.id)
    last = session().scalars(found.order_by(MeetingChange.changed_at.desc(), MeetingChange.id.desc()).limit(1)).first()
    tokens = select(FeedToken).where(FeedToken.id.in_(showing(meeting, now=now)))
    calendars = _count(tokens)
    if last is None:
        return Reach(calendars)
    return Reach(
        calendars,
        know=_count(tokens.where(_knows(last, now=now))),
        told=_count(select(ChangeTold).where(ChangeTold.change_id == last.id)),
        changed_at=last.changed_at,
        label=last.kind.label,
        waits_until=waits_until(last) if last.look_again_at else None,
    )


def changes_since(feed: Feed, since: datetime, *, now: datetime) -> Select[MeetingChange]:
    """What became of meetings to come that the feed holds, the last change of each, in order."""
    newest = (
        select(func.max(MeetingChange.id)).where(MeetingChange.changed_at > since).group_by(MeetingChange.meeting_id)
    )
    return (
        select(MeetingChange)
        .join(Meeting, Meeting.id == MeetingChange.meeting_id)
        .where(MeetingChange.id.in_(newest), Meeting.ends_at > now)
        .where(belongs(feed, Meeting.series_id, Meeting.id, since=now))
        .order_by(Meeting.starts_at, Meeting.id)
    )


def visits_of(tokens: Sequence[FeedToken], zone: str, *, now: datetime) -> list[Visit]:
    """Return when the calendar at each address last came, and what it missed since: one question for all of them."""
    missed = {
        token.id: _counted(changes_since(feed_at(token, zone=zone, home=""), token.fetched_at, now=now).order_by(None))
        for token in tokens
        if token.fetched_at is not None
    }
    counts = dict(zip(missed, session().execute(select(*missed.values())).one(), strict=True)) if missed else {}
    return [_visit(token, counts.get(token.id, 0)) for token in tokens]


def behind(person_id: int, zone: str, *, now: datetime) -> list[tuple[str, Visit]]:
    """The person's calendars that miss a change, each by its name."""
    live = addresses_of(person_id).where(FeedToken.expires_at > now, FeedToken.fetched_at.is_not(None))
    newest = select(func.max(MeetingChange.changed_at)).scalar_subquery()
    tokens = session().scalars(live.where(FeedToken.fetched_at < newest)).all()
    visits = zip(tokens, visits_of(tokens, zone, now=now), strict=True)
    return [(token.name, visit) for token, visit in visits if visit.changes]


def _knows(change: MeetingChange, *, now: datetime) -> ColumnElement[bool]:
    """A visit that began when the change was stored for sure; one from a clock that ran ahead says nothing."""
    return FeedToken.fetched_at.between(change.changed_at + COMMITTED_WITHIN, now)


def _is_move(change: MeetingChange) -> bool:
    return change.kind is not ChangeKind.CANCELLED and change.was_at not in {None, change.will_be_at}


def _is_told_time_of_case(change: MeetingChange) -> ColumnElement[bool]:
    """A case of the person there was carried to the new time, and a mail since the change says it."""
    carried = _presenting(change.meeting_id, Case.presenter_id).where(Case.scheduled_for_at == change.will_be_at)
    mailed = exists().where(
        Notice.person_id == Person.id,
        Notice.kind.in_((NoticeKind.SLOT_PUBLISHED, NoticeKind.SLOT_CHANGED)),
        Notice.created_at >= change.changed_at,
        Notice.facts["path"].as_string() == f"/meetings/{change.meeting_id}",
    )
    return and_(Person.id.in_(carried), mailed)


def _is_concerned(meeting: Meeting, tokens: Select[int]) -> ColumnElement[bool]:
    """Those who do the board's work, those who present there, and those in whose calendar it stands."""
    seated = told_of(meeting.series_id).with_only_columns(Person.id).order_by(None)
    owners = select(FeedToken.person_id).where(FeedToken.id.in_(tokens))
    presenters = (_presenting(meeting.id, column) for column in (Case.presenter_id, Case.backup_id))
    return Person.id.in_(union(seated, owners, *presenters).subquery().select())


def _wants_series(meeting: Meeting) -> ColumnElement[bool]:
    seated = select(Seat.person_id).where(Seat.series_id == meeting.series_id)
    wants = FeedToken.person_id.in_(seated)
    if not meeting.series.is_public:
        return wants
    return or_(wants, FeedToken.person_id.in_(select(Follow.person_id).where(Follow.series_id == meeting.series_id)))


def _institutions(meeting: Meeting) -> Any:
    seated = select(Person.institution_id).join(Seat, Seat.person_id == Person.id)
    of_cases = _presenting(meeting.id, Case.institution_id)
    return union(seated.where(Seat.series_id == meeting.series_id, Person.active), of_cases)


def _presenting(meeting_id: int, column: Any) -> Select[int]:
    """What stands in the column of the cases on the meeting's published agenda."""
    return (
        select(column)
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .join(Agenda, Agenda.id == AgendaItem.agenda_id)
        .where(Agenda.meeting_id == meeting_id, Agenda.published_at.is_not(None), column.is_not(None))
    )


def _visit(token: FeedToken, changes: int) -> Visit:
    pause = timedelta(seconds=token.polls_every_seconds) if token.polls_every_seconds else None
    return Visit(token.fetched_at, token.client, pause, changes)


def _count(rows: Select[Any]) -> int:
    return session().scalar(select(_counted(rows))) or 0


def _counted(rows: Select[Any]) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()
