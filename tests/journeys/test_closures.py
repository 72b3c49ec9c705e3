"""A storm: two boards meet that day, one is called off, one meets by video; everybody is told once, and it clears up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import vobject
from playwright.sync_api import BrowserContext, Page, expect

from tests.factories import a_meeting, a_person, a_series, an_institution, seat
from tests.journeys.serving import Mailbox, Served
from tests.journeys.steps import let_the_worker_work, sign_in
from tumorboard.accounts.domain import InstitutionKind, Part
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db
from tumorboard.meetings.models import Meeting
from tumorboard.series.domain import HolidayRule, SeatPart

LINK = "https://video.example.org/breast"
DEADLINE_SECONDS = 20
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# The sign-in library gives WTForms its choices as that will want them given only from 3.4 on.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")


@dataclass(frozen=True)
class Storm:
    """Who is there, and the meetings of the day, by number."""

    admin: str
    chest_chair: str
    breast_chair: str
    chest: int
    breast: int
    on: str


@pytest.fixture
def storm(place: Served) -> Iterator[Storm]:
    """Two boards of the hub that meet on one day, in three weeks."""
    with place.app.app_context():
        hub = an_institution(kind=InstitutionKind.HUB, name="Hub")
        long_ago, on = utc_now() - timedelta(days=30), utc_now().date() + timedelta(weeks=3)
        admin, one, two = (a_person(*parts, at=hub, joined_at=long_ago) for parts in ((Part.ADMINISTRATOR,), (), ()))
        rhythm = {"rule": f"FREQ=WEEKLY;BYDAY={WEEKDAYS[on.weekday()]}", "holiday_rule": HolidayRule.MEET}
        chest = a_series(name="Chest tumor board", host_id=hub.id, room="Center B", **rhythm)
        breast = a_series(name="Breast tumor board", host_id=hub.id, room="Center C", video_url=LINK, **rhythm)
        for board, chair in ((chest, one), (breast, two)):
            seat(board, chair, SeatPart.CHAIR)
        meetings = [
            a_meeting(board, occurs_on=on, room=board.room, video_url=board.video_url) for board in (chest, breast)
        ]
        yield Storm(admin.email, one.email, two.email, meetings[0].id, meetings[1].id, on.isoformat())


def test_storm_calls_one_board_off_sends_the_other_home_and_tells_everybody_once(
    place: Served, storm: Storm, mailbox: Mailbox, new_context: Callable[..., BrowserContext]
) -> None:
    page = sign_in(new_context(), place, storm.admin)

    _close(page, storm)
    expect(
        page.get_by_text("Meetings: 1 cancelled, 1 by video only. Whoever’s calendar cannot know in time is told.")
    ).to_be_visible()
    _let_mail_go(place, mailbox, count=2)

    told = {message["To"]: message["Subject"] for message in mailbox.messages}
    assert len(mailbox.messages) == len(told) == 2
    assert [address for address in told if storm.chest_chair in address or storm.breast_chair in address] == list(told)
    chest, breast = (_downloaded(page, place, number) for number in (storm.chest, storm.breast))
    assert (chest.status.value, breast.status.value) == ("CANCELLED", "CONFIRMED")
    assert (breast.location.value, chest.sequence.value, breast.sequence.value) == ("By video only", "1", "1")

    page.get_by_role("link", name="Remove Snow storm").click()
    page.get_by_role("button", name="Remove closure").click()
    expect(page.get_by_text("its meetings take place as before")).to_be_visible()
    with place.app.app_context():
        rooms = [db.session.get_one(Meeting, number).room for number in (storm.chest, storm.breast)]
    assert rooms == ["Center B", "Center C"]


def _close(page: Page, storm: Storm) -> None:
    """By labels: the general effect calls all off, and the one that can meets by video."""
    page.goto(page.url.rstrip("/") + "/closures")
    page.get_by_label("Name").fill("Snow storm")
    page.get_by_label("Who is closed").select_option(label="Hub")
    page.get_by_label("Weather").check()
    page.get_by_label("First day").fill(storm.on)
    page.get_by_label("Last day").fill(storm.on)
    page.get_by_role("button", name="See what it touches").click()
    expect(page.get_by_role("heading", name="2 meetings touched")).to_be_visible()
    choices = page.get_by_role("group", name="What happens to Breast tumor board")
    expect(choices.get_by_label("Cancel")).to_be_checked()
    choices.get_by_label("By video only").check()
    expect(page.get_by_text("At its time, by the link it has.")).to_be_visible()
    page.get_by_role("button", name="Close these days").click()


def _let_mail_go(place: Served, mailbox: Mailbox, *, count: int) -> None:
    let_the_worker_work(place, until=lambda: len(mailbox.messages) >= count, seconds=DEADLINE_SECONDS)


def _downloaded(page: Page, place: Served, number: int) -> vobject.base.Component:
    answer = page.request.get(f"{place.url}/meetings/{number}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return vobject.readOne(answer.text()).vevent
