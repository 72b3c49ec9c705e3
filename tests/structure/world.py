"""A small alliance in which every part is played: two boards, two institutions, and things of each."""

from dataclasses import dataclass
from datetime import timedelta

from flask.testing import FlaskClient

from tests.factories import (
    NOW,
    a_case,
    a_meeting,
    a_person,
    a_series,
    an_accepted_case,
    an_institution,
    form,
    seat,
    sign_in,
    stored,
)
from tumorboard.accounts.domain import Part
from tumorboard.accounts.models import Absence, Person, SignIn
from tumorboard.agendas.domain import PlacedBy
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.domain import CaseState
from tumorboard.feeds.models import FeedToken
from tumorboard.kernel.db import transaction
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.scheduling.domain import PlanCause, RunState
from tumorboard.scheduling.models import PlanRun
from tumorboard.series.domain import ClosureCause, ClosureEffect, SeatPart, SeriesKind, Site
from tumorboard.series.models import Closure, Series

ROLES = (
    "nobody",
    "deactivated",
    "clinician",
    "physician",
    "colleague",
    "elsewhere",
    "coordinator",
    "chair",
    "member",
    "observer",
    "other_board",
    "admin",
    "privacy",
)
SEATS = {
    "coordinator": SeatPart.COORDINATOR,
    "chair": SeatPart.CHAIR,
    "member": SeatPart.CORE_MEMBER,
    "observer": SeatPart.OBSERVER,
}
MISSING_ID = "2147483647"


@dataclass(frozen=True)
class World:
    """Who plays the parts, and what the blanks of a path stand for."""

    people: dict[str, Person]
    things: dict[str, str]

    def at(self, path: str) -> str:
        """The path with its blanks filled."""
        return path.format(**self.things)

    def enter(self, client: FlaskClient, role: str) -> str:
        """Come in as the role; give the token that its forms carry."""
        if role == "nobody":
            return str(form(client, "/sign-in")["csrf_token"])
        person = self.people[role]
        sign_in(client, person)
        token = str(form(client, "/account")["csrf_token"])
        if role == "deactivated":
            with transaction():
                person.active = False
        return token


def a_world() -> World:
    """Make everything."""
    home, away = an_institution(), an_institution()
    board, other = a_series(slug="chest"), a_series(slug="breast", site=Site.BREAST)
    lecture = a_series(slug="lectures", kind=SeriesKind.LECTURE, capacity_minutes=0, policies=[])
    people = _people(home=home, away=away)
    for role, part in SEATS.items():
        seat(board, people[role], part)
    seat(other, people["other_board"], SeatPart.COORDINATOR)
    spare = a_person(Part.CLINICIAN, at=away)
    things = {
        "board": board.slug,
        "lectures": lecture.slug,
        "seat": seat(board, spare, SeatPart.EXTENDED_MEMBER).id,
        "person": spare.id,
        "presenter": people["physician"].id,
        "elsewhere": people["elsewhere"].id,
        "institution": away.id,
        **_cases(board, other, people),
        **_meetings(board, other, lecture, people),
        **_own_things(spare, prefix="foreign_"),
        "closure": stored(_a_closure()).id,
        "notice": stored(_a_notice(spare)).id,
        "run": stored(_a_proposal(board)).id,
    }
    return World(people, {name: str(value) for name, value in things.items()})


def _people(*, home, away) -> dict[str, Person]:
    parts = {
        "clinician": (Part.CLINICIAN,),
        "deactivated": (Part.MEMBER_PHYSICIAN, Part.ADMINISTRATOR),
        "physician": (Part.MEMBER_PHYSICIAN,),
        "colleague": (Part.MEMBER_PHYSICIAN,),
        "elsewhere": (Part.MEMBER_PHYSICIAN,),
        "admin": (Part.ADMINISTRATOR,),
        "privacy": (Part.PRIVACY_OFFICER,),
    }
    at = {"elsewhere": away, "other_board": away}
    return {role: a_person(*parts.get(role, ()), at=at.get(role, home)) for role in ROLES if role != "nobody"}


def _cases(board: Series, other: Series, people: dict[str, Person]) -> dict[str, str]:
    mine, theirs = people["physician"], people["elsewhere"]
    return {
        "draft": a_case(board, submitter=mine, state=CaseState.DRAFT, submitted_at=None).code,
        "submitted": a_case(board, submitter=mine).code,
        "foreign": a_case(other, submitter=theirs).code,
        "missing": "ZZZ-ZZ9",
    }


def _meetings(board: Series, other: Series, lecture: Series, people: dict[str, Person]) -> dict[str, object]:
    meeting, away = a_meeting(board), a_meeting(other)
    scheduled = _scheduled(board, people, meeting)
    released = _scheduled(board, people, meeting, released_at=NOW, released_until_at=meeting.ends_at)
    items = [
        AgendaItem(position=position, case_id=case.id, minutes=8, placed_by=PlacedBy.PLANNER)
        for position, case in enumerate((scheduled, released), start=1)
    ]
    stored(Agenda(meeting_id=meeting.id, items=items))
    return {
        "meeting": meeting.id,
        "foreign_meeting": away.id,
        "lecture": a_meeting(lecture, capacity_minutes=0).id,
        "scheduled": scheduled.code,
        "released": released.code,
    }


def _scheduled(board: Series, people: dict[str, Person], meeting, **overrides):
    stands = {"state": CaseState.SCHEDULED, "scheduled_for_at": meeting.starts_at, **overrides}
    return an_accepted_case(board, submitter=people["physician"], **stands)


def _own_things(person: Person, *, prefix: str) -> dict[str, object]:
    token = FeedToken(
        person_id=person.id, name="Phone", token_hash=bytes(32), created_at=NOW, expires_at=NOW + timedelta(days=9)
    )
    visit = SignIn(token_hash=bytes(32), person_id=person.id, data={}, started_at=NOW, seen_at=NOW)
    away = Absence(person_id=person.id, starts_on=NOW.date(), ends_on=NOW.date())
    rows = {"token": token, "sign_in": visit, "absence": away}
    return {prefix + name: stored(row).id for name, row in rows.items()}


def _a_proposal(board: Series) -> PlanRun:
    state, cause = RunState.PROPOSED, PlanCause.ASKED
    return PlanRun(series_id=board.id, cause=cause, state=state, started_at=NOW, finished_at=NOW)


def _a_closure() -> Closure:
    day = NOW.date() + timedelta(days=90)
    return Closure(name="Snow", cause=ClosureCause.WEATHER, effect=ClosureEffect.CANCEL, starts_on=day, ends_on=day)


def _a_notice(person: Person) -> Notice:
    return Notice(
        kind=NoticeKind.PASSWORD_CHANGED,
        person_id=person.id,
        address=person.email,
        name=person.name,
        facts={},
        message_id="notice-1",
        created_at=NOW,
        due_at=NOW,
    )
