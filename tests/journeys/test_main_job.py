"""The one story that everything is for: a case is submitted, placed, published, told, and seen in a calendar."""

import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import vobject
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.factories import a_person, a_series, an_institution, seat
from tests.journeys.serving import Mailbox, Served
from tests.journeys.steps import let_the_worker_work, sign_in
from tumorboard.accounts.domain import InstitutionKind, Part
from tumorboard.cases.domain import CaseState
from tumorboard.cases.models import Case
from tumorboard.kernel.clock import utc_now, when
from tumorboard.kernel.db import db, reading
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Policy

CODE = re.compile(r"[2-9B-Z]{3}-[2-9B-Z]{3}")
# What is typed about the patient; none of it may leave by mail or calendar.
TYPED = {
    "Why this soon": "Airway is narrowing quickly",
    "What the patient wants": "Wants to keep playing the cello",
    "What the patient knows": "Knows of the adenocarcinoma",
    "Primary site": "C34.1 upper lobe of the lung",
    "Histology": "8140/3 adenocarcinoma, acinar",
    "Title for the agenda": "Stage IIIA lung: resect after neoadjuvant?",
    "The one question": "Would you resect after neoadjuvant treatment?",
    "Why a board": "Borderline pulmonary function",
    "What would you do today?": "Chemoradiation, then durvalumab",
    "What": "CT of the chest with contrast",
}


@dataclass(frozen=True)
class Cast:
    """The people of the story, by address."""

    board: str
    physician: str
    coordinator: str


@pytest.fixture
def cast(place: Served) -> Cast:
    """A weekly board with a coordinator, and a physician of a member."""
    today, long_ago = utc_now().date(), utc_now() - timedelta(days=30)
    with place.app.app_context():
        hub = an_institution(kind=InstitutionKind.HUB, name="Hub")
        board = a_series(
            name="Chest tumor board",
            host_id=hub.id,
            rule="FREQ=WEEKLY;BYDAY=TU",
            first_on=today,
            policies=[Policy(effective_on=today - timedelta(days=30), cut_off_days=1, cut_off_at=datetime.min.time())],
        )
        coordinator = a_person(at=hub, joined_at=long_ago)
        seat(board, coordinator, SeatPart.COORDINATOR)
        physician = a_person(Part.MEMBER_PHYSICIAN, joined_at=long_ago)
        return Cast(board.name, physician.email, coordinator.email)


def test_case_submitted_by_a_physician_is_placed_published_mailed_and_seen_in_a_calendar(
    place: Served, cast: Cast, mailbox: Mailbox, new_context: Callable[..., BrowserContext]
) -> None:
    physician = sign_in(new_context(), place, cast.physician)
    coordinator = sign_in(new_context(), place, cast.coordinator)

    code = _submit_a_case(physician, cast)
    _accept(coordinator, code)
    let_the_worker_work(place, until=lambda: _state_of(place, code) is CaseState.SCHEDULED)
    starts_at = _starts_at(place, code)
    _publish(coordinator, code, starts_at)
    let_the_worker_work(place, until=lambda: bool(_told_time(mailbox, cast)))
    calendar = _subscribed(coordinator)

    told, *others = _told_time(mailbox, cast)
    assert not others
    assert told["Subject"] == "The time of your case"
    assert code in told.get_content()
    assert when(starts_at, "America/New_York") in told.get_content()
    assert starts_at in [event.dtstart.value for event in calendar.vevent_list]
    leaving = [message.as_string() for message in mailbox.messages] + [calendar.serialize()]
    assert [text for text in TYPED.values() for out in leaving if text in out] == []
    expect(physician.get_by_role("heading", name=TYPED["Title for the agenda"])).to_be_visible()
    physician.reload()
    expect(physician.get_by_text("On the agenda")).to_be_visible()


def _submit_a_case(page: Page, cast: Cast) -> str:
    """All seven sections, by labels and keyboard."""
    _press(page, "Submit a case")
    _section(page, "Board and presenter")
    page.get_by_label("Board", exact=True).select_option(label=cast.board)
    _check(page, "Soon: within two weeks")
    _type(page, "Why this soon")
    _section(page, "Patient")
    page.get_by_label("Age in years").fill("61")
    _check(page, "Female")
    page.get_by_label("ECOG performance status").select_option(label="1 restricted")
    _type(page, "What the patient wants", "What the patient knows")
    _section(page, "Diagnosis and stage")
    _type(page, "Primary site", "Histology")
    page.get_by_label("Stage group", exact=True).fill("IIIA")
    _section(page, "Treatment so far")
    _check(page, "None yet")
    _check(page, "Ordered")
    _section(page, "Question for the board")
    _type(page, "Title for the agenda")
    page.get_by_label("Kind of question").select_option(label="Surgery")
    _type(page, "The one question", "Why a board", "What would you do today?")
    _section(page, "Imaging and pathology")
    first = page.get_by_role("group", name="Row 1")
    first.get_by_label("Kind").select_option(label="Imaging")
    first.get_by_label("What").fill(TYPED["What"])
    _section(page, "Check and submit")
    _press(page, "Submit case")
    expect(page.get_by_text("Your case was submitted.")).to_be_visible()
    code = CODE.search(page.url)
    assert code is not None
    return code.group()


def _section(page: Page, title: str) -> None:
    """Go on to the section, and see that it is the one that comes next."""
    heading = page.get_by_role("heading", level=1, name=title)
    if not heading.is_visible():
        _press(page, "Save and continue")
    expect(heading).to_be_visible()


def _type(page: Page, *labels: str) -> None:
    for label in labels:
        page.get_by_label(re.compile(rf"^{re.escape(label)}")).press_sequentially(TYPED[label])


def _check(page: Page, label: str) -> None:
    page.get_by_label(label, exact=True).press("Space")


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).press("Enter")


def _accept(page: Page, code: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Triage").click()
    page.get_by_role("link", name=TYPED["Title for the agenda"]).click()
    expect(page.get_by_text(TYPED["The one question"]).first).to_be_visible()
    page.get_by_role("button", name="Accept case").click()
    expect(page.get_by_text(f"{code} was accepted.")).to_be_visible()


def _publish(page: Page, code: str, starts_at: datetime) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Agendas").click()
    page.get_by_role("link", name=when(starts_at, "America/New_York")).click()
    item = page.get_by_role("listitem").filter(has_text=code).filter(has=page.get_by_label(f"Reorder {code}"))
    expect(item).to_be_visible()
    expect(item.locator(".meta").last).to_have_text(re.compile(r"[A-Z].+\."))  # why it stands here
    page.get_by_role("button", name="Publish agenda").click()
    expect(page.get_by_text("1 presenter was told their time.")).to_be_visible()


def _subscribed(page: Page) -> vobject.base.Component:
    """Make an address on the page, and fetch it as a calendar program does."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Subscribe").click()
    page.get_by_label("Which calendar is it for?").fill("My desk")
    page.get_by_role("button", name="Make an address").click()
    address = page.locator("#address-fresh").input_value()
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        return vobject.readOne(answer.read().decode())


def _state_of(place: Served, code: str) -> CaseState:
    with place.app.app_context(), reading():
        return db.session.scalars(select(Case.state).where(Case.code == code)).one()


def _starts_at(place: Served, code: str) -> datetime:
    with place.app.app_context(), reading():
        found = db.session.scalars(select(Case.scheduled_for_at).where(Case.code == code)).one()
    assert found is not None
    return found


def _told_time(mailbox: Mailbox, cast: Cast) -> list[EmailMessage]:
    return [message for message in mailbox.to(cast.physician) if "time of your case" in message["Subject"]]
