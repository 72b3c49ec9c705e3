"""Addresses of things in the demo, by the names that paths use."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import Select, func, select

from tests.factories import as_actor, form
from tumorboard.accounts.models import Institution, Person
from tumorboard.accounts.services.people import invite_again
from tumorboard.agendas.models import Agenda
from tumorboard.cases.domain import CaseState
from tumorboard.cases.models import Case
from tumorboard.demo.people import DOMAIN
from tumorboard.feeds.models import FeedToken
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.series.models import Closure, Series

OF_THE_COORDINATOR = ("thoracic", "breast", "gi", "colorectal", "gu")


def samples_of_the_demo(app: Flask) -> dict[str, str]:
    """One value for each blank in a path; an invitation and a recovery are made to have their tokens."""
    meetings = select(Meeting.id).join(Meeting.series).where(Meeting.starts_at > utc_now()).order_by(Meeting.starts_at)
    full = (
        select(Agenda.meeting_id)
        .join(Agenda.meeting)
        .join(Meeting.series)
        .join(Agenda.items)
        .where(Meeting.starts_at > utc_now() + timedelta(hours=2), Series.slug.in_(OF_THE_COORDINATOR))
        .group_by(Agenda.meeting_id)
        .order_by(func.count().desc(), Agenda.meeting_id)
    )
    found = {
        "draft": _first(_of_the_physician(CaseState.DRAFT)),
        "submitted": _first(_of_the_physician(CaseState.SUBMITTED)),
        "scheduled": _first(_of_the_physician(CaseState.SCHEDULED)),
        "meeting": _first(full),
        "lecture": _first(meetings.where(Meeting.talk_title != "")),
        "presenter": _first(select(Person.id).where(Person.email == f"physician@{DOMAIN}")),
        "person": _first(select(Person.id).order_by(Person.id.desc())),
        "institution": _first(select(Institution.id)),
        "notice": _first(select(Notice.id)),
        "address": _first(_address_of("nurse", "Phone")),
        "behind": _first(_address_of("coordinator", "Shared screen")),
        "closure": _first(select(Closure.id)),
        "recovery": _recovery(app),
        "invitation": _invitation(),
    }
    return {name: str(value) for name, value in found.items()}


def _of_the_physician(state: CaseState) -> Select[str]:
    mine = select(Case.code).join(Person, Person.id == Case.submitter_id)
    return mine.where(Person.email == f"physician@{DOMAIN}", Case.state == state).order_by(Case.id.desc())


def _address_of(account: str, name: str) -> Select[int]:
    owned = select(FeedToken.id).join(Person, Person.id == FeedToken.person_id)
    return owned.where(Person.email == f"{account}@{DOMAIN}", FeedToken.name == name)


def _first(statement: Select[object]) -> object:
    found = db.session.scalars(statement.limit(1)).one()
    db.session.rollback()
    return found


def _recovery(app: Flask) -> str:
    client = app.test_client()
    client.post("/password-recovery", data=form(client, "/password-recovery", email=f"nurse@{DOMAIN}"))
    return _token(NoticeKind.RECOVERY)


def _invitation() -> str:
    newcomer = db.session.scalars(select(Person).where(Person.joined_at.is_(None))).first()
    admin = db.session.scalars(select(Person).where(Person.email == f"admin@{DOMAIN}")).one()
    assert newcomer is not None
    by = as_actor(admin)
    with transaction():
        invite_again(db.session.get_one(Person, newcomer.id), by=by, now=utc_now())
    return _token(NoticeKind.INVITATION)


def _token(kind: NoticeKind) -> str:
    told = select(Notice.facts).where(Notice.kind == kind).order_by(Notice.id.desc())
    facts = _first(told)
    assert isinstance(facts, dict)
    return str(facts["link"]).rpartition("/")[2]
