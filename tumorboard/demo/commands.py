"""`flask demo load`, `flask demo prepare`."""

from datetime import timedelta
from random import Random

import click
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy import Select, select

from tumorboard.accounts.domain import Actor, Part
from tumorboard.accounts.models import Absence
from tumorboard.accounts.queries import anybody
from tumorboard.agendas.models import Agenda
from tumorboard.agendas.services import agenda_for, publish
from tumorboard.demo.availability import make_availability
from tumorboard.demo.calendars import make_calendars, tell_of_changes
from tumorboard.demo.cases import make_cases
from tumorboard.demo.invitations import answer_invitations, choose_invitations, send_all_invitations
from tumorboard.demo.people import Alliance, make_people
from tumorboard.demo.series import make_events, make_series
from tumorboard.feeds.models import Follow
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import all_or_nothing, reading, session, transaction
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.notices.domain import NoticeState
from tumorboard.notices.models import Notice
from tumorboard.scheduling.domain import PlanCause
from tumorboard.scheduling.jobs import plan_board
from tumorboard.series.models import Series
from tumorboard.series.queries import boards

SEED = 20
CHANGED_BEFORE = timedelta(hours=2)  # so that some calendars came since, and some did not
demo = AppGroup("demo", help="A fictional alliance to try the service with.")


@demo.command("load")
def load() -> None:
    """Load the demo data; refuses a database that has people in it."""
    with reading():
        if anybody():
            raise click.ClickException("This database has people in it, so no demo data was loaded.")
    _load()
    click.echo("The demo data is loaded.")


@demo.command("prepare")
def prepare() -> None:
    """Bring the database up to date, and fill it when it is empty."""
    upgrade()
    with reading():
        is_empty = not anybody()
    if is_empty:
        click.echo("Loading a fictional alliance: once, some seconds.")
        _load()


@all_or_nothing()
def _load() -> None:
    """The same alliance at every load: one seed, dates relative to now."""
    random, now = Random(SEED), utc_now()
    with transaction():
        alliance = make_people(now=now, random=random)
        by = _administrator(alliance)
        series = make_series(alliance, by=by, now=now, random=random)
        make_availability(alliance, now=now, random=Random(SEED))
        make_cases(alliance, series, now=now, random=random)
    with reading():
        board_ids = list(session().scalars(boards().with_only_columns(Series.id)))
    for board_id in board_ids:
        plan_board(board_id, cause=PlanCause.ASKED)
    with transaction():
        _publish_next(alliance)
    with transaction():
        _follow_teaching(series, alliance)
        make_calendars(alliance, series, now=utc_now())
        choose_invitations(alliance, series, now=utc_now())
    send_all_invitations()
    with transaction():
        answer_invitations(series["thoracic"], now=utc_now())
        make_events(series, alliance, by=by, now=utc_now() - CHANGED_BEFORE, random=random)
        tell_of_changes(now=utc_now())
        _settle_outbox()
    send_all_invitations()
    with transaction():
        _settle_outbox()
    with reading():
        bereft = list(session().scalars(_boards_with_cases_on_cancelled_meetings()))
    for board_id in bereft:
        plan_board(board_id, cause=PlanCause.QUEUE_CHANGED)
    with transaction():
        board_id = _let_somebody_fall_ill(series["gi"])
    plan_board(board_id, cause=PlanCause.PEOPLE_CHANGED)


def _boards_with_cases_on_cancelled_meetings() -> Select[int]:
    """The boards to plan again: what happens in the demo is dated back, so no worker takes it for news."""
    on_agenda = select(Agenda.meeting_id).join(Agenda.items)
    bereft = select(Meeting.series_id).where(Meeting.id.in_(on_agenda), Meeting.starts_at > utc_now())
    return bereft.where(Meeting.state == MeetingState.CANCELLED).distinct().order_by(Meeting.series_id)


def _let_somebody_fall_ill(series: Series) -> int:
    """A presenter whose time was published goes away, so that a coordinator finds a proposal."""
    now = utc_now()
    published = select(Agenda).join(Agenda.meeting).where(Meeting.series_id == series.id, Meeting.starts_at > now)
    agenda = session().scalars(published.where(Agenda.published_at.is_not(None)).order_by(Meeting.starts_at)).first()
    item = next((one for one in agenda.items if one.case is not None), None) if agenda else None
    if agenda is not None and item is not None and item.case is not None and item.case.presenter is not None:
        day = local(agenda.meeting.starts_at, agenda.meeting.time_zone).date()
        session().add(Absence(person_id=item.case.presenter.id, starts_on=day, ends_on=day))
        item.case.presenter.availability_changed_at = now
    return series.id


def _administrator(alliance: Alliance) -> Actor:
    person = alliance.accounts["admin"]
    return Actor(person_id=person.id, institution_id=person.institution_id, parts=frozenset({Part.ADMINISTRATOR}))


def _publish_next(alliance: Alliance) -> None:
    """Publish the agendas of the coming days, so that presenters know their times."""
    now, person = utc_now(), alliance.coordinators[0]
    by = Actor(person_id=person.id, institution_id=person.institution_id)
    soon = (
        select(Agenda).join(Agenda.meeting).where(Meeting.starts_at > now, Meeting.starts_at < now + timedelta(days=4))
    )
    for agenda in session().scalars(soon).all():
        publish(agenda_for(agenda.meeting, now=now), by=by, now=now)


def _follow_teaching(series: dict[str, Series], alliance: Alliance) -> None:
    """The nurse of the demo follows grand rounds and two lecture series."""
    nurse = alliance.accounts["nurse"]
    for slug in ("nursing-grand-rounds", "app-grand-rounds", "lectures-quality", "lectures-survivorship"):
        session().add(Follow(person_id=nurse.id, series_id=series[slug].id))


def _settle_outbox() -> None:
    """What the demo told was delivered long ago, but for one address that does not exist."""
    now = utc_now()
    session().flush()
    told = session().scalars(select(Notice).order_by(Notice.id)).all()
    for notice in told:
        notice.state, notice.sent_at, notice.attempts = NoticeState.SENT, now, 1
    if told:
        told[0].state, told[0].sent_at, told[0].trouble = NoticeState.DEAD, None, "refused: no such mailbox"
