"""The case form and the agenda by keyboard, by mouse, by finger, and in a browser that runs no script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys.demo import Demo

PATIENT = "/cases/{draft}/sections/patient"


@pytest.fixture
def agenda(demo: Demo, context: BrowserContext) -> Page:
    """A full agenda, open before its coordinator."""
    return _open_agenda(demo, context)


@pytest.fixture
def form(demo: Demo, context: BrowserContext) -> Page:
    """A section of a draft, open before its physician."""
    page = demo.sign_in(context, "physician")
    page.goto(demo.url + PATIENT.format(**demo.samples))
    page.locator("form[data-autosave][data-ready]").wait_for()
    return page


def _open_agenda(demo: Demo, context: BrowserContext) -> Page:
    page = demo.sign_in(context, "coordinator")
    page.goto(demo.url + "/meetings/{meeting}/agenda".format(**demo.samples))
    page.locator("[data-reorder][data-ready]").wait_for()
    return page


def _order(page: Page) -> list[str]:
    return [str(row.get_attribute("data-name")) for row in page.locator("[data-slots] > [data-name]").all()]


def _grip(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"Reorder {name}")


def _said(page: Page) -> Locator:
    return page.locator("#live")


def test_item_lifted_and_moved_by_keys_is_stored_there_and_keeps_the_focus(agenda: Page) -> None:
    first, second, third, *rest = _order(agenda)

    _grip(agenda, first).focus()
    agenda.keyboard.press("Space")
    expect(_grip(agenda, first)).to_have_attribute("aria-pressed", "true")
    agenda.keyboard.press("ArrowDown")
    agenda.keyboard.press("ArrowDown")
    expect(_said(agenda)).to_have_text(f"Position 3 of {3 + len(rest)}.")
    agenda.keyboard.press("Space")

    expect(_said(agenda)).to_have_text(f"{first} moved to position 3 of {3 + len(rest)}.")
    expect(_grip(agenda, first)).to_be_focused()
    expect(_grip(agenda, first)).to_have_attribute("aria-pressed", "false")
    agenda.reload()
    assert _order(agenda) == [second, third, first, *rest]


def test_item_put_back_with_escape_stands_where_it_stood(agenda: Page) -> None:
    before = _order(agenda)

    _grip(agenda, before[1]).focus()
    for key in ("Space", "ArrowUp", "Escape"):
        agenda.keyboard.press(key)

    expect(_said(agenda)).to_have_text(f"{before[1]} put back to position 2.")
    expect(_grip(agenda, before[1])).to_be_focused()
    assert _order(agenda) == before


def test_item_moved_by_its_button_keeps_the_focus_on_that_button(agenda: Page) -> None:
    first, second, *rest = _order(agenda)
    down = agenda.get_by_role("button", name=f"Move {first} down")

    down.press("Enter")

    expect(_said(agenda)).to_have_text(f"{first} moved to position 2 of {2 + len(rest)}.")
    expect(down).to_be_focused()
    assert _order(agenda) == [second, first, *rest]


def test_edit_that_fails_says_so_and_shows_the_stored_order(agenda: Page) -> None:
    before = _order(agenda)
    sentence = "Many people are working at this. Nothing was stored; try again."
    problem = {"status": 409, "content_type": "application/problem+json", "json": {"message": sentence}}
    agenda.route("**/agenda/edits", lambda route: route.fulfill(**problem))

    agenda.get_by_role("button", name=f"Move {before[0]} down").press("Enter")

    expect(_said(agenda)).to_have_text(sentence)
    expect(agenda.locator("[data-reorder] > .note", has_text=sentence)).to_be_visible()
    assert _order(agenda) == before


def test_item_dragged_with_the_mouse_is_stored_where_it_was_dropped(agenda: Page) -> None:
    first, second, third, *rest = _order(agenda)
    agenda.locator(f"[data-name='{third}']").scroll_into_view_if_needed()
    handle = _box(_grip(agenda, first))
    x, y, way = handle["x"] + 8, handle["y"] + 8, _middle(agenda, third) - _middle(agenda, first) + 4

    agenda.mouse.move(x, y)
    agenda.mouse.down()
    agenda.mouse.move(x, y + way, steps=6)
    agenda.mouse.up()

    expect(_said(agenda)).to_have_text(f"{first} moved to position 3 of {3 + len(rest)}.")
    agenda.reload()
    assert _order(agenda) == [second, third, first, *rest]


def test_item_dragged_with_a_finger_is_stored_where_it_was_dropped(
    demo: Demo, new_context: Callable[..., BrowserContext]
) -> None:
    phone = new_context(has_touch=True, is_mobile=True)
    page = _open_agenda(demo, phone)
    page.set_viewport_size({"width": 390, "height": 844})
    first, second, *rest = _order(page)
    page.locator(f"[data-name='{first}']").scroll_into_view_if_needed()
    handle = _box(_grip(page, first))
    x, y, way = handle["x"] + 8, handle["y"] + 8, _middle(page, second) - _middle(page, first) + 4

    finger = phone.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        points = [{"x": x, "y": y + way * step / 10}]
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    expect(_said(page)).to_have_text(f"{first} moved to position 2 of {2 + len(rest)}.")
    assert _order(page) == [second, first, *rest]


def test_agenda_is_arranged_and_published_without_script(
    demo: Demo, new_context: Callable[..., BrowserContext]
) -> None:
    page = demo.sign_in(new_context(java_script_enabled=False), "coordinator")
    page.goto(demo.url + "/meetings/{meeting}/agenda".format(**demo.samples))
    first, second, *rest = _order(page)

    page.get_by_role("button", name=f"Move {second} up").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{second} moved to position 1 of {2 + len(rest)}.")
    page.get_by_role("button", name=re.compile("^Publish (changes|agenda)$")).click()

    expect(page.get_by_role("status").first).to_contain_text(re.compile(r"Agenda published\. \d+ presenters? w"))
    assert _order(page) == [second, first, *rest]


def test_section_is_submitted_without_script(demo: Demo, new_context: Callable[..., BrowserContext]) -> None:
    page = demo.sign_in(new_context(java_script_enabled=False), "physician")
    page.goto(demo.url + PATIENT.format(**demo.samples))

    page.get_by_label("What the patient wants").fill("Wants to go sailing")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diagnosis and stage")
    page.get_by_role("link", name="Back", exact=True).click()

    expect(page.get_by_label("What the patient wants")).to_have_value("Wants to go sailing")


def test_section_is_filled_and_sent_by_keys_alone(form: Page) -> None:
    form.get_by_label("Age in years").focus()

    form.keyboard.press("ControlOrMeta+a")
    form.keyboard.type("58")
    form.keyboard.press("Tab")
    form.keyboard.press("ArrowDown")  # another sex
    form.keyboard.press("Tab")
    form.keyboard.type("2 up")
    for _ in range(2):
        form.keyboard.press("Tab")
    form.keyboard.press("ControlOrMeta+a")
    form.keyboard.type("Wants to go sailing")
    form.keyboard.press("Tab")
    form.keyboard.press("Tab")
    expect(form.get_by_role("button", name="Save and continue")).to_be_focused()
    form.keyboard.press("Enter")

    expect(form.get_by_role("heading", level=1)).to_have_text("Diagnosis and stage")
    form.get_by_role("link", name="Back", exact=True).click()
    expect(form.get_by_label("Age in years")).to_have_value("58")
    expect(form.get_by_label("ECOG performance status")).to_have_value("2")
    expect(form.get_by_label("What the patient wants")).to_have_value("Wants to go sailing")


def test_first_tab_leads_past_the_navigation(form: Page) -> None:
    form.keyboard.press("Tab")
    expect(form.get_by_role("link", name="Skip to main content")).to_be_focused()
    form.keyboard.press("Enter")

    expect(form.locator("#main")).to_be_focused()


def test_typing_is_saved_by_itself_and_is_there_after_a_reload(form: Page) -> None:
    form.get_by_label("What the patient wants").fill("Wants to see the garden again")

    expect(form.locator(".save-state")).to_have_attribute("data-state", "saved")
    with form.expect_response(re.compile("/sections/patient")) as answered:
        pass
    expect(form.locator(".save-state")).to_have_text(re.compile(r"Draft saved at \d+:\d\d [AP]M"))
    form.reload()

    assert answered.value.ok
    expect(form.get_by_label("What the patient wants")).to_have_value("Wants to see the garden again")


def test_save_that_fails_says_so_and_goes_through_once_the_line_is_back(form: Page) -> None:
    form.route("**/sections/patient", lambda route: route.abort())
    form.get_by_label("What the patient wants").fill("Wants to finish the quilt")
    expect(form.locator(".save-state")).to_contain_text("Not saved. Check your connection")
    expect(_said(form)).to_contain_text("Not saved.")

    form.unroute("**/sections/patient")

    expect(form.locator(".save-state")).to_contain_text("Draft saved at", timeout=10_000)
    form.reload()
    expect(form.get_by_label("What the patient wants")).to_have_value("Wants to finish the quilt")


def test_board_chosen_is_where_the_case_is_going_at_once(demo: Demo, context: BrowserContext) -> None:
    page = demo.sign_in(context, "physician")
    page.goto(demo.url + "/cases/{draft}/sections/board-and-presenter".format(**demo.samples))
    page.locator("form[data-autosave][data-ready]").wait_for()
    chosen = page.get_by_label("Board", exact=True)
    other = chosen.locator("option:not([value='']):not(:checked)").last.inner_text()

    chosen.select_option(label=other)

    expect(page.locator("[data-aside]")).to_contain_text(other)


def test_answer_that_is_refused_is_named_and_stays_on_the_page(form: Page) -> None:
    form.get_by_label("Age in years").fill("412")

    expect(form.locator(".save-state")).to_contain_text("but not Age in years")
    expect(form.locator(".field", has_text="Age in years")).to_contain_text("Enter a whole number from 0 to 90.")
    expect(form.get_by_label("Age in years")).to_have_value("412")


def test_text_typed_after_the_session_ended_is_kept_and_stored_after_signing_in(
    demo: Demo, form: Page, context: BrowserContext
) -> None:
    kept = context.cookies()
    context.clear_cookies()

    form.get_by_label("What the patient wants").fill("Wants to see the sea")
    form.get_by_role("button", name="Save and continue").click()
    expect(form.locator(".save-state")).to_contain_text("Your session ended.")
    expect(form.locator(".save-state").get_by_role("link", name="Sign in")).to_be_visible()
    expect(form.get_by_label("What the patient wants")).to_have_value("Wants to see the sea")
    context.add_cookies([{name: value for name, value in one.items() if value is not None} for one in kept])

    expect(form.locator(".save-state")).to_contain_text("Draft saved at", timeout=10_000)
    form.reload()
    expect(form.get_by_label("What the patient wants")).to_have_value("Wants to see the sea")


def test_long_text_is_counted_and_not_cut(form: Page) -> None:
    form.get_by_label("Comorbidity and frailty").fill("x" * 1900)

    expect(form.get_by_text("1,900 of 600 characters")).to_be_visible()
    expect(form.locator(".save-state")).to_contain_text("but not Comorbidity and frailty")
    expect(form.get_by_label("Comorbidity and frailty")).to_have_value("x" * 1900)


def test_section_open_in_two_tabs_keeps_both_texts_in_sight(form: Page, context: BrowserContext) -> None:
    other = context.new_page()
    other.goto(form.url)
    other.get_by_label("What the patient knows").fill("Said in the other tab")
    other.get_by_role("button", name="Save and continue").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Diagnosis and stage")

    form.get_by_label("What the patient knows").fill("Said in this tab")
    form.get_by_role("button", name="Save and continue").click()

    expect(form.get_by_role("alert")).to_contain_text("Said in the other tab")
    expect(form.get_by_label("What the patient knows")).to_have_value("Said in this tab")


def _middle(page: Page, name: str) -> float:
    box = _box(page.locator(f"[data-name='{name}']"))
    return box["y"] + box["height"] / 2


def _box(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}
