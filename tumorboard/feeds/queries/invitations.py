"""Who is invited to what, by mail: who should be, who was, and what they answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select, union
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from tumorboard.accounts.models import Person
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.models import Case
from tumorboard.feeds.domain import PUBLIC_KINDS
from tumorboard.feeds.domain.invitations import AHEAD, Delivery, InvitationState
from tumorboard.feeds.models import CalendarChoice, Follow, MeetingInvitation
from tumorboard.feeds.queries.meetings import concerns, presented_by
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import Reply, ReplyKind
from tumorboard.meetings.models import Meeting
from tumorboard.notices.domain import NoticeState
from tumorboard.notices.models import Notice
from tumorboard.series.models import Seat, Series

BY_MAIL = tuple(delivery for delivery in Delivery if delivery.is_by_mail)
# What could not be written was not sent: the mailbox has an older word, and the feed and notices have to say the new.
_IS_TOLD = and_(
    MeetingInvitation.state.in_((InvitationState.INVITED, InvitationState.CANCELLED)), MeetingInvitation.trouble == ""
)


def delivery_of(person_id: int) -> Delivery:
    """How meetings reach the person."""
    chosen = select(CalendarChoice.delivery).where(CalendarChoice.person_id == person_id)
    return session().scalars(chosen).one_or_none() or Delivery.FEED


def told_by_mail(meeting_id: int) -> Select[int]:
    """The numbers of those whom an invitation tells what becomes of the meeting; of one called off it has told them."""
    return select(MeetingInvitation.person_id).where(MeetingInvitation.meeting_id == meeting_id, _IS_TOLD)


def without_feed_of(meeting_id: int) -> Select[int]:
    """The numbers of those whose own feed leaves the meeting out: `shown_by_mail`, asked from the other end."""
    return (
        told_by_mail(meeting_id)
        .join(CalendarChoice, CalendarChoice.person_id == MeetingInvitation.person_id)
        .where(CalendarChoice.delivery == Delivery.INVITATIONS)
    )


def invitations_of(person_id: int, *, now: datetime) -> Select[MeetingInvitation]:
    """What a person was sent of the meetings to come, the next first, each with its meeting."""
    return (
        select(MeetingInvitation)
        .join(MeetingInvitation.meeting)
        .where(MeetingInvitation.person_id == person_id, Meeting.ends_at > now)
        .order_by(Meeting.starts_at, MeetingInvitation.id)
        .options(contains_eager(MeetingInvitation.meeting))
    )


def answers_to(meeting_id: int) -> Select[MeetingInvitation]:
    """The live invitations to a meeting with what was answered, by name."""
    return (
        select(MeetingInvitation)
        .join(MeetingInvitation.person)
        .where(MeetingInvitation.meeting_id == meeting_id)
        .where(MeetingInvitation.state.in_((InvitationState.INVITED, InvitationState.CANCELLED)))
        .order_by(Person.family_name, Person.given_name, Person.id)
        .options(contains_eager(MeetingInvitation.person))
    )


def replies_to(meeting_id: int) -> list[Reply]:
    """What those invited by mail answered, as the meeting's page shows it."""
    return [
        Reply(
            one.person.display_name, ReplyKind(one.answer or ReplyKind.NONE), is_earlier=one.is_answer_to_earlier_time
        )
        for one in session().scalars(answers_to(meeting_id))
    ]


def shown_by_mail(person_id: int) -> Select[int]:
    """The meetings that a person's feed leaves out: who chose invitations instead has them from the mail already.

    A cancelled one stays out too: the mail that called it off says so.
    """
    return (
        select(MeetingInvitation.meeting_id)
        .join(CalendarChoice, CalendarChoice.person_id == MeetingInvitation.person_id)
        .where(MeetingInvitation.person_id == person_id, CalendarChoice.delivery == Delivery.INVITATIONS, _IS_TOLD)
    )


def meetings_wanted_by(person_id: int, *, now: datetime) -> Select[int]:
    """The coming meetings that are a person's own, as in the personal feed, near enough to be invited to now.

    Of a meeting farther off one stays invited, if it was put off after the invitation.
    """
    presented = {meeting_id for meeting_id, *_ in session().execute(presented_by(person_id, since=now))}
    invited = select(MeetingInvitation.meeting_id).where(MeetingInvitation.person_id == person_id)
    return select(Meeting.id).where(
        concerns(person_id, presenting=presented),
        Meeting.ends_at > now,
        (Meeting.starts_at <= now + AHEAD) | Meeting.id.in_(invited),
    )


def all_wanted(*, now: datetime) -> Select[int, int, str]:
    """Person, meeting and address: the same question as `meetings_wanted_by`, put for everybody at once."""
    seated = select(Seat.person_id, Seat.series_id)
    following = (
        select(Follow.person_id, Follow.series_id).join(Series, Series.id == Follow.series_id).where(
            Series.kind.in_(PUBLIC_KINDS)
        )
    )  # fmt: skip
    series = union(seated, following).subquery()
    by_series = select(series.c.person_id, Meeting.id.label("meeting_id")).join(
        Meeting, Meeting.series_id == series.c.series_id
    )
    pairs = union(by_series, _presenting(Case.presenter_id), _presenting(Case.backup_id)).subquery()
    return (
        select(Person.id, Meeting.id, Person.email)
        .join(pairs, pairs.c.person_id == Person.id)
        .join(Meeting, Meeting.id == pairs.c.meeting_id)
        .join(CalendarChoice, CalendarChoice.person_id == Person.id)
        .outerjoin(
            MeetingInvitation,
            (MeetingInvitation.meeting_id == Meeting.id) & (MeetingInvitation.person_id == Person.id),
        )
        .where(CalendarChoice.delivery.in_(BY_MAIL), Person.active, Meeting.ends_at > now)
        .where((Meeting.starts_at <= now + AHEAD) | MeetingInvitation.id.is_not(None))
    )


def all_held(*, now: datetime) -> Select[MeetingInvitation, NoticeState | None]:
    """Everything that was sent of meetings to come, each with how its mail fares."""
    return (
        select(MeetingInvitation, Notice.state)
        .join(MeetingInvitation.meeting)
        .outerjoin(Notice, Notice.id == MeetingInvitation.notice_id)
        .where(Meeting.ends_at > now)
        .order_by(MeetingInvitation.person_id, MeetingInvitation.id)
    )


def _presenting(column: InstrumentedAttribute[Any]) -> Select[int, int]:
    return (
        select(column.label("person_id"), Agenda.meeting_id)
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .join(Agenda, Agenda.id == AgendaItem.agenda_id)
        .where(Agenda.published_at.is_not(None))
    )
