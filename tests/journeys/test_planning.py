"""A surgeon goes away: the board is planned again, the coordinator sees what moves and why, and people are told once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.factories import a_meeting, a_person, a_series, an_accepted_case, as_actor, seat
from tests.journeys.serving import Mailbox, Served
from tests.journeys.steps import let_the_worker_work, sign_in
from tumorboard.accounts.domain import Specialty
from tumorboard.agendas.models import AgendaItem
from tumorboard.agendas.services import agenda_for, place_case, publish
from tumorboard.cases.models import Case, SpecialtyNeeded
from tumorboard.kernel.clock import local, utc_now, when
from tumorboard.kernel.db import db, reading, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling.queries import proposal_of
from tumorboard.series.domain import SeatPart
from tumorboard.worker import run_once

ZONE = "America/New_York"


@dataclass(frozen=True)
class Cast:
    """The people and things of the story."""

    board_id: int
    slug: str
    surgeon: str
    coordinator: str
    presenter: str
    code: str
    first_at: datetime
    second_at: datetime
    second_id: int


@pytest.fixture
def cast(place: Served) -> Cast:
    """A board with two published agendas; a case on the first one needs the surgeon."""
    now = utc_now()
    with place.app.app_context():
        board = a_series(name="Chest tumor board", last_on=now.date() - timedelta(days=1))
        surgeon, coordinator = a_person(joined_at=now), a_person(joined_at=now)
        seat(board, surgeon, SeatPart.CORE_MEMBER, specialty=Specialty.SURGERY)
        seat(board, coordinator, SeatPart.COORDINATOR)
        first, second = (_a_coming_meeting(board, weeks) for weeks in (1, 2))
        needed, other = (_a_case(board) for _ in range(2))
        with transaction():
            needed.specialties = [SpecialtyNeeded(specialty=Specialty.SURGERY)]
        for meeting, case in ((first, needed), (second, other)):
            _published(meeting, case, by=as_actor(coordinator))
        return Cast(
            board_id=board.id,
            slug=board.slug,
            surgeon=surgeon.email,
            coordinator=coordinator.email,
            presenter=needed.presenter.email,
            code=needed.code,
            first_at=first.starts_at,
            second_at=second.starts_at,
            second_id=second.id,
        )


def _a_coming_meeting(board, weeks: int) -> Meeting:
    starts_at = (utc_now() + timedelta(weeks=weeks)).replace(hour=15, minute=0, second=0, microsecond=0)
    return a_meeting(board, occurs_on=starts_at.date(), starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))


def _a_case(board) -> Case:
    now = utc_now()
    return an_accepted_case(
        board, submitted_at=now - timedelta(days=5), accepted_at=now - timedelta(days=4),
        queued_at=now - timedelta(days=4),
        deadline_on=(now + timedelta(days=30)).date(),
    )  # fmt: skip


def _published(meeting: Meeting, case: Case, *, by) -> None:
    with transaction():
        agenda = agenda_for(meeting, now=utc_now())
        place_case(agenda, case, by=by, now=utc_now()).is_locked = False
        publish(agenda, by=by, now=utc_now())


def test_surgeon_goes_away_and_the_people_concerned_are_told_once(
    place: Served, cast: Cast, mailbox: Mailbox, new_context: Callable[..., BrowserContext]
) -> None:
    surgeon = sign_in(new_context(), place, cast.surgeon)
    coordinator = sign_in(new_context(), place, cast.coordinator)

    _go_away(surgeon, place, cast)
    let_the_worker_work(place, until=lambda: _is_proposed(place, cast))
    coordinator.goto(f"{place.url}/series/{cast.slug}/plan")

    proposal = coordinator.get_by_role("region", name="Proposed")
    expect(proposal).to_contain_text(f"{cast.code}: {when(cast.first_at, ZONE)} → {when(cast.second_at, ZONE)}")
    expect(proposal.locator(".why").filter(has_text="surgery")).to_have_count(1)
    proposal.get_by_role("button", name="Apply").press("Enter")
    expect(coordinator.get_by_text("Done. Presenters whose published time changed were told.")).to_be_visible()
    let_the_worker_work(place, until=lambda: bool(_told(mailbox, cast)))
    run_once(place.app)
    assert _stands_in(place, cast) == cast.second_id
    assert len(_told(mailbox, cast)) == 1


def _go_away(page: Page, place: Served, cast: Cast) -> None:
    page.goto(f"{place.url}/account/availability")
    day = local(cast.first_at, ZONE).date().isoformat()
    page.get_by_label("First day").fill(day)
    page.get_by_label("Last day").fill(day)
    page.get_by_role("button", name="Note days away").press("Enter")
    expect(page.get_by_text("The days away were noted.")).to_be_visible()


def _is_proposed(place: Served, cast: Cast) -> bool:
    with place.app.app_context(), reading():
        return proposal_of(cast.board_id) is not None


def _stands_in(place: Served, cast: Cast) -> int:
    with place.app.app_context(), reading():
        found = select(AgendaItem).join(AgendaItem.case).where(Case.code == cast.code, AgendaItem.is_live)
        return db.session.scalars(found).one().agenda.meeting_id


def _told(mailbox: Mailbox, cast: Cast) -> list[str]:
    """The mails to the presenter that tell a changed time."""
    own = [message for message in mailbox.messages if message["To"] and cast.presenter in message["To"]]
    return [message["Subject"] for message in own if message["Subject"] == "The time of your case has changed"]
