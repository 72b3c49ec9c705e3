"""A person says how meetings are to reach the own calendar."""

from datetime import datetime

from sqlalchemy import select

from tumorboard.accounts.domain import Actor
from tumorboard.accounts.models import Person
from tumorboard.accounts.services.throttling import count_act
from tumorboard.audit.services import record
from tumorboard.feeds.domain.invitations import MOST_TURNS, Delivery
from tumorboard.feeds.models import CalendarChoice, CalendarMark
from tumorboard.kernel.db import lock, session


def choose_delivery(delivery: Delivery, *, by: Actor, now: datetime) -> bool:
    """Keep the choice; the worker sends or takes back what follows from it. Return whether it is another one.

    Raises TooManyTries for who turns to mail again and again; turning from it is always possible.
    """
    session().execute(lock(select(Person.id).where(Person.id == by.person_id)))
    chosen = session().get(CalendarChoice, by.person_id, populate_existing=True)
    before = chosen.delivery if chosen else Delivery.FEED
    if delivery is before:
        return False
    if delivery.is_by_mail and not before.is_by_mail:
        count_act("invitations", by.person_id, most=MOST_TURNS, now=now)
    if chosen is None:
        chosen = CalendarChoice(person_id=by.person_id)
        session().add(chosen)
    chosen.delivery, chosen.chosen_at = delivery, now
    session().add(CalendarMark(person_id=by.person_id))
    details = {"delivery": delivery.value}
    record("invitations.chosen", by=by, subject="person", subject_id=by.person_id, details=details, now=now)
    return True
