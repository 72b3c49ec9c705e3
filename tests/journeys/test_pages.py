"""Every page in light and dark and on a narrow screen; every main form as it looks when it was refused."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.demo import Demo
from tests.journeys.watching import Watch
from tumorboard.kernel.clock import utc_now

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Markup is the same in both schemes, so that in the dark only what depends on colors is looked at.
RULES = {
    "light": {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]},
    "dark": {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]},
}
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 800}  # 1280 px at 400 % zoom (WCAG 1.4.10)

# The sign-in library gives WTForms its choices as that will want them given only from 3.4 on.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")

NOBODY = ""
PAGES = [
    (NOBODY, "/sign-in"),
    (NOBODY, "/password-recovery"),
    (NOBODY, "/password-recovery/{recovery}"),
    (NOBODY, "/invitations/{invitation}"),
    (NOBODY, "/invitations/not-a-token"),
    ("physician", "/"),
    ("coordinator", "/"),
    ("nurse", "/"),
    ("admin", "/"),
    ("nurse", "/calendar"),
    ("coordinator", "/calendar?view=week"),
    ("coordinator", "/calendar?view=list"),
    ("coordinator", "/calendar?series=thoracic&series=sarcoma"),
    ("nurse", "/calendar?series=symposium&day=2026-01-05"),
    ("nurse", "/subscriptions"),
    ("nurse", "/subscriptions/education"),
    ("nurse", "/subscriptions/series/lectures-breast"),
    ("nurse", "/subscriptions/addresses/{address}"),
    ("coordinator", "/subscriptions/addresses/{behind}"),
    ("nurse", "/invitations"),
    ("chair", "/invitations"),
    ("nurse", "/account"),
    ("nurse", "/account/availability"),
    ("physician", "/account/availability"),
    ("coordinator", "/people/{presenter}/availability"),
    ("nurse", "/account/password"),
    ("nurse", "/account/verification"),
    ("nurse", "/account/second-factor"),
    ("nurse", "/account/recovery-codes"),
    ("physician", "/cases"),
    ("physician", "/cases/{draft}/sections/board-and-presenter"),
    ("physician", "/cases/{draft}/sections/patient"),
    ("physician", "/cases/{draft}/sections/diagnosis-and-stage"),
    ("physician", "/cases/{draft}/sections/treatment-so-far"),
    ("physician", "/cases/{draft}/sections/question-for-the-board"),
    ("physician", "/cases/{draft}/sections/imaging-and-pathology"),
    ("physician", "/cases/{draft}/check"),
    ("physician", "/cases/{draft}/submission"),
    ("physician", "/cases/{scheduled}"),
    ("physician", "/cases/{submitted}/withdrawal"),
    ("coordinator", "/triage"),
    ("coordinator", "/cases/{submitted}/triage"),
    ("coordinator", "/cases/{submitted}/triage?way=redirection"),
    ("coordinator", "/agendas"),
    ("coordinator", "/meetings/{meeting}/agenda"),
    ("radiologist", "/meetings/{meeting}/agenda"),
    ("radiologist", "/meetings/{meeting}/agenda/print"),
    ("coordinator", "/plans"),
    ("coordinator", "/series/thoracic/plan"),
    ("coordinator", "/series/thoracic/plans"),
    ("coordinator", "/series/thoracic/planning-policy"),
    ("coordinator", "/meetings/{meeting}/what-if"),
    ("coordinator", "/meetings/{meeting}/what-if?kind=longer&minutes=-20"),
    ("nurse", "/series"),
    ("nurse", "/series/lectures-breast"),
    ("coordinator", "/series/thoracic"),
    ("coordinator", "/series/thoracic/edit"),
    ("coordinator", "/series/thoracic/roster"),
    ("coordinator", "/series/thoracic/policy"),
    ("admin", "/series/new"),
    ("coordinator", "/meetings/{meeting}"),
    ("coordinator", "/meetings/{meeting}/time-and-place"),
    ("coordinator", "/meetings/{meeting}/cancellation"),
    ("nurse", "/meetings/{lecture}"),
    ("admin", "/meetings/{lecture}/talk"),
    ("admin", "/closures"),
    ("admin", "/closures/{closure}/removal"),
    ("admin", "/people"),
    ("admin", "/people/new"),
    ("admin", "/people/{person}"),
    ("admin", "/institutions"),
    ("admin", "/institutions/new"),
    ("admin", "/institutions/{institution}"),
    ("admin", "/outbox"),
    ("admin", "/outbox/{notice}"),
    ("privacy", "/audit-trail"),
    ("nurse", "/triage"),
    ("nurse", "/nothing-here"),
]
# Answers that are no pages, and the steps inside a sign-in, which have a test of their own.
NO_PAGES = {
    "kernel.static",
    "kernel.vendor",
    "security.static",
    "feeds.education",
    "feeds.series",
    "feeds.personal",
    "feeds.robots",
    "feeds.meeting",
    "security.tf_select",
    "security.two_factor_rescue",
    "security.two_factor_token_validation",
    "security.mf_recovery",
}


def _violations(page: Page, scheme: str) -> list[str]:
    results = AxeResults(page.evaluate("options => axe.run(document, options)", RULES[scheme]))
    return [results.generate_report()] if results.violations_count else []


def check_both_schemes(page: Page, watch: Watch) -> None:
    """No rule is broken, in light and in dark."""
    watch.is_over = True  # axe tries styles that the policy forbids
    page.evaluate(Axe().axe_script)
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found[scheme] = _violations(page, scheme)
    assert found == {"light": [], "dark": []}, "\n".join(found["light"] + found["dark"])


def check_reflow(page: Page) -> None:
    """Nothing has to be scrolled sideways on the narrowest screen."""
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(WIDE)


@pytest.mark.parametrize(("account", "path"), PAGES)
def test_page_has_no_barrier_in_light_or_dark_and_never_scrolls_sideways(
    demo_as_loaded: Demo, context: BrowserContext, watch: Watch, account: str, path: str
) -> None:
    page = demo_as_loaded.sign_in(context, account) if account else context.new_page()

    page.goto(demo_as_loaded.url + path.format(**demo_as_loaded.samples))

    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page).to_have_title(re.compile(r".+ \| Tumorboard$"))
    check_reflow(page)
    check_both_schemes(page, watch)


# What is typed wrongly into which form, and the button that sends it.
REFUSED = [
    ("physician", "/cases/{draft}/sections/board-and-presenter", {"Minutes asked": "999"}, "Save and continue"),
    ("physician", "/cases/{draft}/sections/patient", {"Age in years": "200"}, "Save and continue"),
    ("physician", "/cases/{draft}/sections/diagnosis-and-stage", {"Year of diagnosis": "19"}, "Save and continue"),
    ("physician", "/cases/{draft}/sections/imaging-and-pathology", {"What": ""}, "Save and continue"),
    ("physician", "/cases/{submitted}/withdrawal", {}, "Withdraw case"),
    ("coordinator", "/cases/{submitted}/triage", {"Minutes": ""}, "Accept case"),
    ("coordinator", "/cases/{submitted}/triage?way=decline", {}, "Do not list"),
    ("coordinator", "/meetings/{meeting}/time-and-place", {"Day": ""}, "Move meeting"),
    ("coordinator", "/series/thoracic/edit", {"Name": ""}, "Save series"),
    ("admin", "/series/new", {}, "Create series"),
    ("admin", "/closures", {}, "See what it touches"),
    ("admin", "/people/new", {}, "Send invitation"),
    ("admin", "/institutions/new", {}, "Save"),
    ("nurse", "/subscriptions", {}, "Make an address"),
    ("nurse", "/subscriptions/addresses/{address}", {r"Which calendar is it for\?": ""}, "Save"),
    ("nurse", "/account/availability", {}, "Note days away"),
    ("nurse", "/account/availability", {}, "Take busy times"),
    ("physician", "/account/availability", {"From": "18:00", "Until": "17:00"}, "Save weekly hours"),
]


@pytest.mark.parametrize(("account", "path", "typed", "button"), REFUSED)
def test_refused_form_opens_at_what_to_fix_and_has_no_barrier(
    demo_as_loaded: Demo,
    context: BrowserContext,
    watch: Watch,
    account: str,
    path: str,
    typed: dict[str, str],
    button: str,
) -> None:
    page = demo_as_loaded.sign_in(context, account)
    page.goto(demo_as_loaded.url + path.format(**demo_as_loaded.samples))

    for label, value in typed.items():
        page.get_by_label(re.compile(rf"^{label}( \(optional\))?$")).first.fill(value)
    with page.expect_navigation() as answered:
        page.get_by_role("button", name=button, exact=True).click()

    assert answered.value.status == 422
    expect(page).to_have_title(re.compile(r"^Error: "))
    expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors a").first.click()
    expect(page.locator("[aria-invalid=true], fieldset.bad input").first).to_be_focused()
    check_reflow(page)
    check_both_schemes(page, watch)


def test_preview_of_a_closure_has_no_barrier_nor_has_what_it_refuses(
    demo_as_loaded: Demo, context: BrowserContext, watch: Watch
) -> None:
    page = demo_as_loaded.sign_in(context, "admin")
    page.goto(demo_as_loaded.url + "/closures")
    page.get_by_label("Name").fill("Ice")
    page.get_by_label("Who is closed").select_option(label="The whole alliance")
    page.get_by_label("Weather").check()
    first, last = ((utc_now().date() + timedelta(days=days)).isoformat() for days in (20, 26))
    page.get_by_label("First day").fill(first)
    page.get_by_label("Last day").fill(last)
    page.get_by_role("button", name="See what it touches").click()
    expect(page.get_by_role("heading", name=re.compile(r"\d+ meetings touched"))).to_be_visible()
    check_reflow(page)

    page.get_by_label("Move", exact=True).first.check()
    page.get_by_label(re.compile("^To the day")).first.fill(first)
    page.get_by_role("button", name="Close these days").click()

    expect(page).to_have_title(re.compile(r"^Error: "))
    expect(page.locator("#errors")).to_be_focused()
    check_reflow(page)
    check_both_schemes(page, watch)


@pytest.mark.parametrize(
    ("path", "button"), [("/calendar", "button:has-text('Series')"), ("/subscriptions", ".program summary")]
)
def test_what_opens_on_a_page_has_no_barrier(
    demo_as_loaded: Demo, context: BrowserContext, watch: Watch, path: str, button: str
) -> None:
    page = demo_as_loaded.sign_in(context, "nurse")
    page.goto(demo_as_loaded.url + path)

    for number in range(page.locator(button).count()):
        page.locator(button).nth(number).press("Enter")
        check_reflow(page)

    check_both_schemes(page, watch)


def test_month_is_printed_on_one_page_across(demo_as_loaded: Demo, context: BrowserContext) -> None:
    page = demo_as_loaded.sign_in(context, "coordinator")
    months = ((utc_now() + timedelta(days=30 * number)).date().isoformat() for number in range(3))

    sheets = []
    for first in months:
        page.goto(f"{demo_as_loaded.url}/calendar?day={first}")
        sheets.append(re.findall(rb"/MediaBox ?\[0 0 (\d+) (\d+)\]", page.pdf(prefer_css_page_size=True)))

    assert sheets == 3 * [[(b"792", b"612")]]


def test_list_of_pages_names_every_page_there_is(demo_as_loaded: Demo) -> None:
    app = demo_as_loaded.served.app
    readable = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    listed = {_endpoint(app, path.format(**demo_as_loaded.samples)) for _, path in PAGES} - {None}

    assert listed | NO_PAGES == readable
    assert listed & NO_PAGES == set()


def _endpoint(app: Flask, path: str) -> str | None:
    address = path.partition("?")[0]
    if address == "/nothing-here":
        return None
    return str(app.url_map.bind("127.0.0.1").match(address)[0])
