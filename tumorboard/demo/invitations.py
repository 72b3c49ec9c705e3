"""People of the demo who are invited by mail, and what they answered."""

from datetime import datetime

from sqlalchemy import select

from tumorboard.accounts.domain import Actor
from tumorboard.accounts.models import Person
from tumorboard.demo.people import Alliance
from tumorboard.feeds.domain.invitations import Answer, Delivery, Reply
from tumorboard.feeds.jobs import send_invitations
from tumorboard.feeds.models import MeetingInvitation
from tumorboard.feeds.services import choose_delivery, take_reply
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Seat, Series

ROUNDS = 3  # a batch a person each; nobody of the demo sits on so many boards that it takes more
# One after the other along the weeks, and shifted by one from person to person.
_ANSWERS = (Answer.ACCEPTED, Answer.DECLINED, Answer.TENTATIVE, Answer.ACCEPTED, None)


def choose_invitations(alliance: Alliance, series: dict[str, Series], *, now: datetime) -> None:
    """The rosters of two boards are invited instead of subscribing; the radiologist wants both."""
    for person in [*_roster(series["thoracic"]), *_roster(series["sarcoma"])]:
        is_both = person.id == alliance.accounts["radiologist"].id
        delivery = Delivery.BOTH if is_both else Delivery.INVITATIONS
        by = Actor(person_id=person.id, institution_id=person.institution_id)
        choose_delivery(delivery, by=by, now=now)


def send_all_invitations() -> None:
    """What the worker would send within a minute."""
    for _ in range(ROUNDS):
        send_invitations()


def answer_invitations(series: Series, *, now: datetime) -> None:
    """The roster answers, each in another way, and some not at all."""
    for shift, person in enumerate(_roster(series)):
        for number, invitation in enumerate(_invitations(person, series)):
            answer = _ANSWERS[(number + shift) % len(_ANSWERS)]
            if answer is not None:
                take_reply(_reply(invitation, answer, now=now), now=now)


def _reply(invitation: MeetingInvitation, answer: Answer, *, now: datetime) -> Reply:
    return Reply(
        uid=invitation.uid,
        address=invitation.address,
        answer=answer,
        sequence=invitation.sequence,
        stamped_at=now,
    )


def _roster(series: Series) -> list[Person]:
    seated = select(Person).join(Seat, Seat.person_id == Person.id).where(Seat.series_id == series.id)
    parts = (SeatPart.CHAIR, SeatPart.CORE_MEMBER)
    return list(session().scalars(seated.where(Seat.part.in_(parts)).order_by(Seat.id)).unique())


def _invitations(person: Person, series: Series) -> list[MeetingInvitation]:
    held = select(MeetingInvitation).join(MeetingInvitation.meeting).where(Meeting.series_id == series.id)
    return list(session().scalars(held.where(MeetingInvitation.person_id == person.id).order_by(Meeting.starts_at)))
