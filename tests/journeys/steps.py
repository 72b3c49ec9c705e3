"""Steps that several journeys take."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.factories import PASSWORD
from tests.journeys.processes import wait_until
from tests.journeys.serving import Served
from tumorboard.worker import run_once

DEADLINE_SECONDS = 40  # a plan waits ten seconds until people are done


def sign_in(context: BrowserContext, place: Served, email: str) -> Page:
    """Come in through the page, by keyboard."""
    page = context.new_page()
    page.goto(place.url)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")
    return page


def let_the_worker_work(place: Served, *, until: Callable[[], bool], seconds: float = DEADLINE_SECONDS) -> None:
    """Let all ticks of the worker run, again and again, until it has come about."""

    def came_about() -> bool:
        run_once(place.app)
        return until()

    wait_until(came_about, seconds=seconds, pause=1)
