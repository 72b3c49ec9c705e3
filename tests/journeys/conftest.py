"""What journeys stand on: a watched browser, and the demo's alliance behind a real port."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.conftest import NO_BROWSER, NO_POSTGRES, REQUIRED
from tests.factories import form
from tests.journeys.samples import samples_of_the_demo
from tests.journeys.serving import Mailbox, Served, a_database, a_mail_server, migrate, served
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
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OWN = ("http://127.0.0.1:", "data:", "blob:", "about:")
_BREACHES = ("Content Security Policy", "Trusted Type", "TrustedHTML")


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


@dataclass
class Watch:
    """What went wrong in any page that a test opened, until the test brings in a tool of its own."""

    is_over: bool = False
    trouble: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Hear of script errors, breaches of the content policy, requests that leave, and 5xx."""
        context.on("weberror", lambda error: self._note(str(error.error), when=True))
        context.on("console", lambda said: self._note(said.text, when=any(word in said.text for word in _BREACHES)))
        context.on("request", lambda asked: self._note(asked.url, when=not asked.url.startswith(_OWN)))
        context.on("response", lambda got: self._note(f"{got.status} {got.url}", when=got.status >= 500))

    def _note(self, what: str, *, when: bool) -> None:
        if when and not self.is_over:
            self.trouble.append(what)


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


@dataclass(frozen=True)
class Demo:
    """The demo's alliance behind a real port, and a signed-in cookie of each of its accounts."""

    served: Served
    folder: Path
    cookies: dict[str, str]
    samples: dict[str, str]

    @property
    def url(self) -> str:
        """Where it is."""
        return self.served.url

    def sign_in(self, context: BrowserContext, account: str) -> Page:
        """Open a page as somebody who signed in a moment ago."""
        name = self.served.app.config["SESSION_COOKIE_NAME"]
        context.add_cookies([{"name": name, "value": self.cookies[account], "url": self.url}])
        return context.new_page()

    def restore(self) -> None:
        """Put the database back to what was loaded."""
        live = self.folder / "tumorboard.sqlite3"
        with self.served.app.app_context():
            db.engine.dispose()
        for leftover in self.folder.glob("tumorboard.sqlite3-*"):
            leftover.unlink()
        shutil.copy(self.folder / "loaded.sqlite3", live)


@pytest.fixture(scope="session")
def demo_as_loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, loaded once; for tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    with served(folder) as place:
        prepared = place.app.test_cli_runner().invoke(args=["demo", "prepare"])
        assert prepared.exit_code == 0, prepared.output
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
