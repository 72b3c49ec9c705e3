"""Plans that take their time: the button that asked for one says so until the answer is there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.journeys.demo import Demo

WHAT_IF = ("/meetings/{meeting}/what-if", "Show the difference", "Comparing two plans…", "**/what-if?kind=**")
PLAN_NOW = ("/meetings/{meeting}/agenda", "Plan now", "Planning…", "**/series/*/plans")
PLAN_WEEKS = ("/series/thoracic/plan", "Plan now", "Planning…", "**/series/*/plans")
PREVIEW = ("/series/thoracic/planning-policy", "Show the effect", "Planning 12 weeks anew…", "**?preview=1")

# While an answer is held back the browser answers no question either: the page tells by itself what is said and shown,
# after it pressed every such button once more.
WITNESS = """() => new MutationObserver(() => {
  const said = document.getElementById("live").textContent;
  if (!said) return;
  document.querySelectorAll("main [data-busy]").forEach((button) => button.click());
  const button = document.activeElement;
  console.info([said, button.innerText.trim(), button.getAttribute("aria-disabled")].join("|"));
}).observe(document.getElementById("live"), { childList: true })"""


@pytest.fixture
def held() -> list[Route]:
    """What was asked of the server and gets no answer before the test says so."""
    return []


def _open(demo: Demo, context: BrowserContext, path: str) -> Page:
    page = demo.sign_in(context, "coordinator")
    page.goto(demo.url + path.format(**demo.samples))
    page.locator("body[data-ready]").wait_for()
    return page


def _button(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("button", name=name).last


@pytest.mark.parametrize(("path", "name", "words", "asked"), [WHAT_IF, PLAN_NOW, PLAN_WEEKS, PREVIEW])
def test_button_that_asks_for_a_plan_says_it_is_planning_and_is_pressed_once(
    demo_as_loaded: Demo, context: BrowserContext, held: list[Route], path: str, name: str, words: str, asked: str
) -> None:
    page = _open(demo_as_loaded, context, path)
    page.route(asked, lambda route: held.append(route))
    page.evaluate(WITNESS)

    with page.expect_console_message() as told, page.expect_request(asked):
        _button(page, name).press("Enter", no_wait_after=True)

    assert told.value.text == f"{words}|{words}|true"
    while not held:  # the request was seen a moment before it is handed over
        page.wait_for_timeout(10)
    held[0].fulfill(content_type="text/html", body="<h1>The answer</h1>")
    expect(page.get_by_role("heading", name="The answer")).to_be_visible()
    assert len(held) == 1


def test_button_that_asked_is_as_before_when_somebody_comes_back(demo_as_loaded: Demo, context: BrowserContext) -> None:
    path, name, _, _ = WHAT_IF
    page = _open(demo_as_loaded, context, path)
    _button(page, name).press("Enter")
    page.wait_for_url("**/what-if?kind=**")

    page.go_back()

    expect(_button(page, name)).not_to_have_attribute("aria-disabled", "true")
    _button(page, name).press("Enter")
    page.wait_for_url("**/what-if?kind=**")


def test_plan_is_asked_for_without_script(demo_as_loaded: Demo, new_context: Callable[..., BrowserContext]) -> None:
    page = demo_as_loaded.sign_in(new_context(java_script_enabled=False), "coordinator")
    page.goto(demo_as_loaded.url + "/meetings/{meeting}/what-if".format(**demo_as_loaded.samples))

    _button(page, "Show the difference").press("Enter")

    expect(page.get_by_role("region", name="Then")).to_be_visible()
