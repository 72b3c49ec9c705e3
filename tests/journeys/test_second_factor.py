"""A second factor turned on in a browser, then asked for at the next sign-in; its pages have no barrier."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.accounts.makers import one_time_code
from tests.journeys.demo import Demo
from tests.journeys.test_pages import check_both_schemes, check_reflow
from tests.journeys.watching import Watch
from tumorboard.demo.people import DOMAIN, PASSWORD
from tumorboard.kernel.clock import utc_now

# The sign-in library gives WTForms its choices as that will want them given only from 3.4 on.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")
NEXT_CODE = timedelta(seconds=30)  # a code is good once


def test_second_factor_turned_on_is_asked_for_at_the_next_sign_in(
    demo: Demo, new_context: Callable[..., BrowserContext]
) -> None:
    key = _turn_on(demo, demo.sign_in(new_context(), "nurse"))

    page = _with_password(demo, new_context())
    page.get_by_label("Six digits").fill(one_time_code(key, utc_now() + NEXT_CODE))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")


def test_pages_of_the_second_factor_have_no_barrier(
    demo: Demo, new_context: Callable[..., BrowserContext], watch: Watch
) -> None:
    setup = demo.sign_in(new_context(), "nurse")
    _turn_on(demo, setup)

    asked = _with_password(demo, new_context())
    refused = _with_password(demo, new_context())
    refused.get_by_label("Six digits").fill("000000")
    refused.keyboard.press("Enter")
    expect(refused).to_have_title(re.compile("^Error: "))
    recovery = _with_password(demo, new_context())
    recovery.get_by_role("link", name="Use a recovery code").click()
    expect(recovery.get_by_role("heading", level=1)).to_have_text("Recovery code")

    for page in (setup, asked, refused, recovery):
        check_reflow(page)
        check_both_schemes(page, watch)


def _turn_on(demo: Demo, page: Page) -> str:
    page.goto(f"{demo.url}/account/second-factor")
    page.get_by_role("button", name="Set up an authenticator app").click()
    key = page.locator("code").inner_text()
    page.get_by_label("Six digits").fill(one_time_code(key, utc_now()))
    page.get_by_role("button", name="Turn on").click()
    expect(page).to_have_url(f"{demo.url}/account")
    page.goto(f"{demo.url}/account/second-factor")
    return key


def _with_password(demo: Demo, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/sign-in")
    page.get_by_label("E-mail address").fill(f"nurse@{DOMAIN}")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Six digits")).to_be_visible()
    return page
