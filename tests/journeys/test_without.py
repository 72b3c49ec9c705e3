"""Every page by keyboard alone, and every page without script."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.demo import Demo
from tests.journeys.test_pages import PAGES
from tests.journeys.watching import Watch

MOST_STOPS = 400
# What a person could press or fill on the page, one for each group of radios; script marks each that takes the focus.
CONTROLS = """() => {
  const shown = (el) => el.checkVisibility({ checkVisibilityCSS: true }) && !el.disabled && el.tabIndex >= 0;
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
  const names = new Set();
  window.wanted = new Set(all.filter(shown).filter((el) => {
    if (el.type !== "radio") return true;
    const first = !names.has(el.name);
    names.add(el.name);
    return first;
  }).map((el) => el.type === "radio" ? "radio " + el.name : el));
  document.addEventListener("focusin", (e) => {
    window.wanted.delete(e.target.type === "radio" ? "radio " + e.target.name : e.target);
  });
  return window.wanted.size;
}"""
LEFT = "() => [...window.wanted].map((el) => el.outerHTML ? el.outerHTML.slice(0, 90) : el)"

pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")


def _open(demo: Demo, context: BrowserContext, account: str, path: str) -> Page:
    page = demo.sign_in(context, account) if account else context.new_page()
    page.goto(demo.url + path.format(**demo.samples))
    return page


@pytest.mark.parametrize(("account", "path"), PAGES)
def test_every_control_is_reached_by_the_tab_key(
    demo_as_loaded: Demo, context: BrowserContext, watch: Watch, account: str, path: str
) -> None:
    page = _open(demo_as_loaded, context, account, path)
    count = page.evaluate(CONTROLS)
    # A time or a date is several stops: its parts, and the button that opens a picker.
    parts = 3 * page.locator("input[type=time], input[type=date]").count()

    for _ in range(min(count + parts + 12, MOST_STOPS)):
        page.keyboard.press("Tab")

    assert page.evaluate(LEFT) == []


@pytest.mark.parametrize(("account", "path"), PAGES)
def test_page_stands_and_every_button_works_without_script(
    demo_as_loaded: Demo, browser: Browser, account: str, path: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = _open(demo_as_loaded, context, account, path)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # Without script a button either sends its form or opens a popover of the browser's own; a grip is a second way.
    idle = page.locator("button:visible:not(form button):not([popovertarget]):not(.grip)")
    idle_in_form = page.locator("form button[type=button]:visible:not([popovertarget])")
    assert (idle.count(), idle_in_form.count()) == (0, 0), idle.all_inner_texts()
    context.close()
