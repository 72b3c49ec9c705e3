"""What journeys stand on: a watched browser, and the demo's alliance behind a real port."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.conftest import NO_BROWSER, NO_POSTGRES, REQUIRED
from tests.factories import form
from tests.journeys.demo import Demo
from tests.journeys.samples import samples_of_the_demo
from tests.journeys.serving import Mailbox, Served, a_database, a_mail_server, an_app, migrate, served
from tests.journeys.watching import Watch
from tests.once import made_once
from tumorboard.demo.people import ACCOUNTS, DOMAIN, PASSWORD
from tumorboard.kernel.db import db

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MILLISECONDS = 10_000
# The shell draws the same pages without a window around them, in half the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")


def _chromium() -> str | None:
    found = (shutil.which(name) for name in _NAMES)
    return os.environ.get("TB_CHROMIUM") or next((path for path in found if path), None)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each test names the place it visits; the plugin's own fixture is of a kind that pytest warns of."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's own Chromium; playwright's is not downloaded."""
    path = _chromium()
    if path is None:
        (pytest.fail if REQUIRED else pytest.skip)(NO_BROWSER)
    return {**browser_type_launch_args, "executable_path": path, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desk in New York, where nothing glides."""
    window = {"width": 1280, "height": 900}
    place = {"locale": "en-US", "timezone_id": "America/New_York"}
    return {**browser_context_args, **place, "viewport": window, "reduced_motion": "reduce"}


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The watch over this test's browsers."""
    watch = Watch()
    yield watch
    assert watch.trouble == []


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], watch: Watch) -> Callable[..., BrowserContext]:
    """Open a browser that is watched."""

    def opened(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        watch.over(context)
        return context

    return opened


@pytest.fixture(scope="session")
def demo_as_loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, loaded once; for tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(made_once(tmp_path_factory, "demo-prepared", _prepare), folder, dirs_exist_ok=True)
    with served(folder) as place:
        cookies = {name: _cookie_of(place, f"{name}@{DOMAIN}") for name, *_ in ACCOUNTS}
        with place.app.app_context():
            samples = samples_of_the_demo(place.app)
            db.engine.dispose()
        shutil.copy(folder / "tumorboard.sqlite3", folder / "loaded.sqlite3")
        yield Demo(place, folder, cookies, samples)


@pytest.fixture
def demo(demo_as_loaded: Demo) -> Iterator[Demo]:
    """The demo; whatever the test changes is undone."""
    yield demo_as_loaded
    demo_as_loaded.restore()


def _prepare(folder: Path) -> None:
    app = an_app(folder)
    prepared = app.test_cli_runner().invoke(args=["demo", "prepare"])
    assert prepared.exit_code == 0, prepared.output
    with app.app_context():
        db.engine.dispose()


def _cookie_of(place: Served, email: str) -> str:
    client = place.app.test_client()
    client.post("/sign-in", data=form(client, "/sign-in", email=email, password=PASSWORD))
    cookie = client.get_cookie(place.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server."""
    with a_mail_server() as mailbox:
        yield mailbox


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, mailbox: Mailbox) -> Iterator[Served]:
    """An alliance with nobody in it yet, on each database, whose mail goes to the mail server."""
    with ExitStack() as opened:
        url = opened.enter_context(a_database(request.param, tmp_path))
        if url is None:
            (pytest.fail if REQUIRED else pytest.skip)(NO_POSTGRES)
        smtp = {"TB_SMTP_HOST": "127.0.0.1", "TB_SMTP_PORT": str(mailbox.port), "TB_SMTP_TLS": "none"}
        found = opened.enter_context(served(tmp_path, TB_DATABASE_URL=url, **smtp))
        migrate(found.app)
        yield found
